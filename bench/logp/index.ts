/**
 * The LogGP parameters of each transport and protocol regime: `mpi4ts bench logp`. See `fit.ts` for the equations.
 *
 *     L          the way of the first byte, net of both overheads
 *     o_s, o_r   the time that a message keeps its sender, its receiver busy
 *     g          between the starts of two messages of one sender, at least
 *     G          the same for each further byte: 1 / G is the bandwidth
 *     O_s, O_r   the part of the overheads that grows with each byte
 *
 * Where bytes are streamed through the ring (rendezvous without the addon) both processors work for as long as the
 * transfer takes: all of the way is overhead, and L may come out as nothing, or less.
 */

import type { Options } from '../options.js';
import { runJob } from '../single/program.js';
import { digits, guarded, report, table } from '../single/report.js';
import {
  type Bounded,
  eagerLimit,
  fitRegime,
  type ParameterName,
  parameterNames,
  type SizeSamples,
} from './fit.js';
import type { JobResult } from './job.js';
import { eagerBytesMax, type Regime, regimesOf } from './regimes.js';

/** Messages of PRTT(n, ...): so few that they never wait for credit, so many that one more or less does not show. */
const messages = 16;
const graceMs = 60_000;
/** One timed stretch on a crowded machine. */
const stretchMsMax = 200;
const stretchesPerRepetition = 5;

interface Measured {
  readonly regime: Regime;
  readonly parameters: Record<ParameterName, Bounded>;
  readonly clockNs: number;
  readonly samples: SizeSamples[];
}

/** Where rendezvous becomes cheaper, as measured, beside the limit in force. Infinity (in JSON null): never. */
interface Limit {
  readonly native: boolean;
  readonly inForce: number;
  readonly suggested: Bounded;
}

async function measure(regime: Regime, repetitions: number, rounds: number): Promise<Measured> {
  const stretches = regime.sizes.length * (repetitions * stretchesPerRepetition + 10);
  const { clockNs, samples } = await runJob<JobResult>(new URL('./job.js', import.meta.url), {
    ranks: 2,
    args: [regime.mode, messages, repetitions, rounds, ...regime.sizes],
    transport: regime.transport,
    native: regime.native,
    limitMs: graceMs + stretches * stretchMsMax,
  });
  return { regime, parameters: fitRegime(samples, messages), clockNs, samples };
}

function limitOf(native: boolean, all: readonly Measured[]): Limit[] {
  const find = (name: Regime['name']) =>
    all.find(({ regime }) => regime.native === native && regime.name === name)?.samples;
  const [eager, rendezvous] = [find('copied'), find('rendezvous')];
  // A line needs two sizes.
  if (eager === undefined || rendezvous === undefined || eager.length < 2 || rendezvous.length < 2) return [];
  return [{ native, inForce: eagerBytesMax(native), suggested: eagerLimit(eager, rendezvous) }];
}

function parameterTable(all: readonly Measured[]): string {
  const cell = (name: ParameterName, { value, low, high }: Bounded) => {
    // Picoseconds a byte: thousandths of a nanosecond would all read 0.0.
    const unit = name === 'G' || name.startsWith('O') ? 1e3 : 1;
    return `${digits(value * unit)} [${digits(low * unit)}, ${digits(high * unit)}]`;
  };
  return table([
    ['# Regime', 'Bytes', 'L ns', 'o_s ns', 'o_r ns', 'g ns', 'G ps/B', 'O_s ps/B', 'O_r ps/B'],
    ...all.map(({ regime, parameters }) => [
      `${regime.transport} ${regime.native ? 'addon' : 'plain'} ${regime.name}`,
      `${regime.sizes[0]}-${regime.sizes[regime.sizes.length - 1]}`,
      ...parameterNames.map((name) => cell(name, parameters[name])),
    ]),
  ]);
}

function limitLine({ native, inForce, suggested }: Limit): string {
  const { value, low, high } = suggested;
  const bytes = [value, low, high].map((size) =>
    Number.isFinite(size) ? String(Math.round(size)) : 'never',
  );
  const where = native ? 'addon' : 'plain';
  return `# eager limit, ${where}: rendezvous is cheaper from ${bytes[0]} bytes on [${bytes[1]}, ${bytes[2]}]; in force: ${inForce}`;
}

/**
 * `--sizes`: by default powers of two up to 256 KiB and the ends of the regimes; `--blocks`: repetitions, 31 by
 * default; `--iterations`: round trips in one timed stretch. With and without the addon, unless `--no-native`.
 */
export function run(options: Options): Promise<number> {
  return guarded('logp', options, async () => {
    const { blocks: repetitions = 31, iterations: rounds = 0, sizes } = options;
    // Processes need the addon.
    const variants = !options.native ? [false] : options.transport === 'threads' ? [true, false] : [true];
    const regimes: Measured[] = [];
    for (const regime of variants.flatMap((native) => regimesOf(options.transport, native, sizes))) {
      regimes.push(await measure(regime, repetitions, rounds));
    }
    const limits = variants.flatMap((native) => limitOf(native, regimes));
    const tables = () => [parameterTable(regimes), ...limits.map(limitLine)];
    report('logp', options, tables, { messages, regimes, limits });
  });
}
