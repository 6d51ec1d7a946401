#!/usr/bin/env node
import { handOver } from '../cli/handover.js';
import { print, tell } from '../cli/say.js';

async function main(command: string | undefined, words: readonly string[]): Promise<number> {
  switch (command) {
    case 'run': {
      const { mpirun } = await import('../cli/mpirun.js');
      return mpirun(words);
    }
    case 'info': {
      const other = words.find((word) => word !== '--json' && word !== '--collectives');
      if (other !== undefined)
        return refuse(`info: unknown option ${other} (there are --json and --collectives)`);
      const json = words.includes('--json');
      if (words.includes('--collectives')) {
        const { printCollectives } = await import('../cli/collectives.js');
        printCollectives(json);
      } else {
        const { printInfo } = await import('../cli/info.js');
        printInfo(json);
      }
      return 0;
    }
    case 'bench': {
      const { bench } = await import('../../bench/index.js');
      return bench(words);
    }
    case 'agent':
      // Not for users: what the launcher starts on other hosts. It ends itself.
      await import('../agent/main.js');
      return new Promise(() => {});
    case '--version':
    case '-V': {
      const { version } = await import('../cli/version.js');
      print(`mpi4ts ${version()}\n`);
      return 0;
    }
    case '--help':
    case '-h': {
      const { mpi4tsHelp } = await import('../cli/help.js');
      print(mpi4tsHelp);
      return 0;
    }
    case undefined:
      return refuse('no command given (see mpi4ts --help)');
    default:
      return refuse(`unknown command ${command} (see mpi4ts --help)`);
  }
}

function refuse(message: string): number {
  tell('mpi4ts', message);
  return 2;
}

const [command, ...words] = process.argv.slice(2);
if (!(await handOver('mpi4ts', words))) process.exit(await main(command, words));
