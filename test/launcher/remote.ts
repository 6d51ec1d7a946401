/** A remote shell that is a script: it runs what it is given on this machine, and shows what can go wrong. */
import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { ExecutionContext } from 'ava';
import { ownAddresses } from '../../launcher/agent/addresses.js';
import { emptied } from '../support/emptied.js';
import { type Launched, launch, mpirunPath } from '../support/launch.js';
import { directoryWith } from './fixture.js';

/** How long a job of these tests may take. */
const endMsMax = 90_000;

/** Tenfold what is promised: machines are busy. */
export const goneMsMax = 20_000;

const runtime = new URL('../../src/index.js', import.meta.url).href;
export const head = `import { MPI } from '${runtime}';\nconst comm = MPI.COMM_WORLD;\nconst { rank, size } = comm;\n`;

/** A remote shell: hosts called `a`, `b` … run what they are given, others show what can go wrong. */
const shell = `
host=$1; shift
case $host in
  refused) echo "ssh: connect to host refused port 22: Connection refused" >&2; exit 255;;
  hanging) exec sleep 600;;
  missing) exit 127;;
  noisy) echo "Welcome!"; echo "Last login: never" >&2;;
  older) echo 'mpi4ts-agent {"mpi4ts":"0.0.1","node":"'$NODE'","cores":2,"addonMissing":null,"addresses":[]}'; exec sleep 600;;
  othernode) echo 'mpi4ts-agent {"mpi4ts":"'$VERSION'","node":"18.1.0","cores":2,"addonMissing":null,"addresses":[]}'; exec sleep 600;;
  noaddon) MPI4TS_NATIVE=0; export MPI4TS_NATIVE;;
  away) network=$AWAY;;
  dies) echo 'mpi4ts-agent {"mpi4ts":"'$VERSION'","node":"'$NODE'","cores":2,"addonMissing":null,"addresses":[],"reached":{"from":"127.0.0.1","at":"127.0.0.1"}}'; exit 3;;
  held) sleep 30 >&2 & ;;
  odd) (sleep 0.7; echo 'a line of a profile') & ;;
  slow) sleep 1;;
  late) exec 4<&0; (sleep 1; exec cat <&4) | SSH_CONNECTION="127.0.0.1 1 127.0.0.1 22" sh -c "$*"; exit;;
esac
cd /
SSH_CONNECTION="127.0.0.1 1 \${network:-127.0.0.1} 22" HOST=$host exec sh -c "$*"
`;

/** Both kinds of rank, and the files of a job with that shell. */
export interface Fixture {
  readonly directory: string;
  readonly words: readonly string[];
  readonly env: Record<string, string>;
}

export function fixture(t: ExecutionContext, job: string): Fixture {
  const directory = directoryWith(t, { shell, 'job.mjs': job });
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  // By the mark in their environment, what is left of a job is found.
  const [away] = ownAddresses();
  const env = {
    MARK: directory,
    VERSION: version,
    NODE: process.versions.node,
    AWAY: away?.address ?? '',
  };
  return { directory, words: ['--rsh-agent', `sh ${directory}/shell`], env };
}

export const run = (
  { directory, words, env }: Fixture,
  args: readonly string[],
  stdin?: string,
): Promise<Launched> =>
  launch([...words, ...args], { cwd: directory, env, timeoutMs: 60_000, ...(stdin && { stdin }) });

/** Processes of the job, by the mark that they inherited. */
export function remains({ directory }: Fixture): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`MARK=${directory}`);
    } catch {
      return false;
    }
  });
}

/** The command lines of those that are still there after a while. */
export function gone(job: Fixture): Promise<string[]> {
  const commands = () =>
    remains(job).flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        return []; // gone meanwhile
      }
    });
  return emptied(commands, goneMsMax);
}

/** Resolves when the output matches. */
export function outputOf(child: ChildProcess, what: RegExp): Promise<void> {
  let text = '';
  return new Promise((resolve, reject) => {
    child.stdout!.on('data', (chunk) => {
      text += chunk;
      if (what.test(text)) resolve();
    });
    child.on('close', () => reject(new Error(`ended before ${what}: ${text}`)));
  });
}

/** A job that does not end by itself is killed, which its code tells. */
export function endOf(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  child.stdout!.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr!.on('data', (chunk) => {
    stderr += chunk;
  });
  const timer = setTimeout(() => {
    stderr += `(no end within ${endMsMax} ms)`;
    child.kill('SIGKILL');
  }, endMsMax);
  return new Promise((resolve) =>
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    }),
  );
}

/** The agent of a host. The remote shell that leads to it has become it. */
export function agentOf(job: Fixture, host: string): number {
  const found = remains(job).find((pid) => {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return (
      command.includes('agent/main.js') &&
      readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`HOST=${host}\0`)
    );
  });
  if (found === undefined) throw new Error(`no agent of host ${host}`);
  return Number(found);
}

/** Starts a job, to be watched while it runs. */
export function begin(
  { directory, words, env }: Fixture,
  args: readonly string[],
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [mpirunPath, ...words, ...args], {
    cwd: directory,
    env: { ...process.env, ...env },
  });
}
