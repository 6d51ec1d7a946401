/** The figures of a run, ready to be shown. */
import type { Contender, Sample, Step } from '../contract.js';
import { type Metric, metrics } from '../metric.js';
import type { Plan } from '../plan.js';
import type { Series } from '../run.js';
import { type Estimate, estimate, ratio } from '../statistics.js';

/** One size of one contender. */
export interface Row extends Step {
  /** Raw: seconds of `iterations` rounds, one for each block. */
  readonly seconds: readonly number[];
  /** The work's figure in each block. */
  readonly values: readonly number[];
  readonly value: Estimate;
  /** Our figure by this contender's, block by block; absent for ourselves. */
  readonly ratio?: Estimate;
}

export interface Column {
  readonly contender: Contender;
  readonly rows: readonly Row[];
}

export interface Result {
  readonly plan: Plan;
  readonly metric: Metric;
  /** Ours first. */
  readonly columns: readonly Column[];
}

/** Derives figures, medians, intervals and ratios. The first series is ours. */
export function resultOf(plan: Plan, series: readonly Series[]): Result {
  const metric = metrics[plan.work];
  const valuesOf = ({ blocks }: Series, at: number) =>
    blocks.map((samples) => metric.of(samples[at], plan.ranks));
  const columns = series.map((one, column) => {
    const rows = one.steps.map((step, at): Row => {
      const values = valuesOf(one, at);
      return {
        ...step,
        seconds: one.blocks.map((samples: readonly Sample[]) => samples[at].seconds),
        values,
        value: estimate(values),
        ...(column > 0 && { ratio: ratio(valuesOf(series[0], at), values) }),
      };
    });
    return { contender: one.contender, rows };
  });
  return { plan, metric, columns };
}
