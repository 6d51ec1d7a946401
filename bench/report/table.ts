/** The result as text: OSU's columns, and ratios beside those that are compared. */
import type { Estimate } from '../statistics.js';
import type { Column, Result } from './result.js';

/** As OSU prints: two digits after the point; small figures with three digits that count. */
function figure(value: number): string {
  return value !== 0 && Math.abs(value) < 1 ? value.toPrecision(3) : value.toFixed(2);
}

function interval({ interval: found }: Estimate): string {
  return found === null ? '-' : `[${figure(found.low)}, ${figure(found.high)}]`;
}

/** Heads and cells of one contender. */
function cellsOf({ contender, rows }: Column, { metric, columns }: Result): string[][] {
  const alone = columns.length === 1;
  const label = alone ? `${metric.label} (${metric.unit})` : contender.name;
  const cells = [[label, ...rows.map(({ value }) => figure(value.median))]];
  if (alone || rows[0].ratio === undefined)
    return [...cells, ['[low, high]', ...rows.map(({ value }) => interval(value))]];
  const ratios = rows.map((row) => `${figure(row.ratio!.median)} ${interval(row.ratio!)}`);
  return [...cells, ['ratio [low, high]', ...ratios]];
}

function describe({ plan, metric, columns }: Result): string[] {
  const { work, ranks, blocks, options } = plan;
  const time = options.iterations === undefined ? `${options.seconds} s` : `${options.iterations} rounds`;
  const title = [
    `# ${columns[0].contender.name} ${work}`,
    `${ranks} ranks`,
    `buffers ${options.buffers}`,
    ...(options.validate ? ['validated'] : []),
    `${blocks} block${blocks === 1 ? '' : 's'} of ${time} a size`,
  ].join(', ');
  const found = columns[0].rows[0].value.interval;
  const meaning =
    found === null
      ? `# Medians; ${blocks} blocks are too few for a 95 % interval (at least 6)`
      : `# Medians; [low, high]: samples ${found.ranks.join(' and ')} of ${blocks} in order, ` +
        `which hold the median with ${(100 * found.confidence).toFixed(1)} %`;
  if (columns.length === 1) return [title, meaning];
  const good = metric.better === 'lower' ? 'below' : 'above';
  return [
    title,
    `# ${metric.label} in ${metric.unit}; ratio: ours by theirs, ${good} 1 we are ahead`,
    meaning,
  ];
}

/** The table, with a line break at its end. The result has at least one column. */
export function tableOf(result: Result): string {
  const sizes = ['# Size', ...result.columns[0].rows.map(({ size }) => String(size))];
  const cells = result.columns.flatMap((column) => cellsOf(column, result));
  const widths = cells.map((column) => Math.max(...column.map((cell) => cell.length)) + 3);
  const lines = sizes.map((size, row) =>
    [size.padEnd(10), ...cells.map((column, i) => column[row].padStart(widths[i]))].join(''),
  );
  return `${[...describe(result), ...lines].join('\n')}\n`;
}
