/** The result as SVG: one line a contender, with the interval of each median. */
import { UsageError } from '../../launcher/usage.js';
import { formatSize } from '../options.js';
import type { Result } from './result.js';

/** Okabe and Ito's palette, which colour-blind readers can tell apart. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#7a7a7a', '#b8a800'];
const ink = '#222';
const font = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';
const [width, plotHeight, rowHeight, top] = [760, 420, 20, 56];

interface Dot {
  readonly size: string;
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const escapeXml = (text: string) => text.replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`);

function dotsOf({ columns }: Result): Dot[] {
  return columns.flatMap(({ contender: { name }, rows }) =>
    rows.map(({ size, value: { median, interval } }) => {
      const { low, high } = interval ?? { low: median, high: median };
      return { size: formatSize(size), name, value: median, low, high };
    }),
  );
}

function legend(names: readonly string[], y: number): string {
  return names
    .map((name, i) => {
      const [row, column] = [Math.floor(i / 2), i % 2];
      const at = [40 + column * 360, y + row * rowHeight];
      const swatch = `<circle cx="${at[0]}" cy="${at[1] - 4}" r="5" fill="${colours[i % colours.length]}"/>`;
      return `${swatch}<text x="${at[0] + 14}" y="${at[1]}" font-size="13" fill="${ink}">${escapeXml(name)}</text>`;
    })
    .join('\n');
}

/** Draws a result as a complete SVG file. */
export type Draw = (result: Result) => string;

/**
 * Loads the packages that draw.
 * @throws UsageError that says what to install, if they are not here.
 */
export async function loadDraw(): Promise<Draw> {
  const load = async () => [await import('@observablehq/plot'), await import('linkedom')] as const;
  const [Plot, { parseHTML }] = await load().catch(() => {
    throw new UsageError(
      '--plot needs two packages that are not here: npm install @observablehq/plot linkedom',
    );
  });
  return (result) => {
    const { plan, metric, columns } = result;
    const names = columns.map(({ contender }) => contender.name);
    const { document } = parseHTML('<!doctype html><html><body></body></html>');
    const stroke = (dot: Dot) => colours[names.indexOf(dot.name) % colours.length];
    const dots = dotsOf(result);
    const svg = Plot.plot({
      document: document as never,
      width,
      height: plotHeight,
      marginLeft: 64,
      marginBottom: 44,
      style: { fontFamily: font, fontSize: '12px', color: ink, background: 'none' },
      x: { type: 'point', domain: plan.sizes.map(formatSize), label: 'Size of a message (bytes)' },
      y: { type: 'log', grid: true, nice: true, label: `${metric.label} (${metric.unit})` },
      marks: [
        Plot.ruleX(dots, { x: 'size', y1: 'low', y2: 'high', stroke, strokeWidth: 2, strokeOpacity: 0.5 }),
        Plot.line(dots, { x: 'size', y: 'value', z: 'name', stroke, strokeWidth: 1.8 }),
        Plot.dot(dots, { x: 'size', y: 'value', fill: stroke, r: 3 }),
      ],
    });
    svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    const height = top + plotHeight + 24 + Math.ceil(names.length / 2) * rowHeight;
    const title = `${plan.work}, ${plan.ranks} ranks, medians of ${plan.blocks} blocks with 95 % intervals`;
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family='${font}'>
<rect width="100%" height="100%" fill="white"/>
<text x="32" y="34" font-size="17" font-weight="bold" fill="${ink}">${escapeXml(title)}</text>
<g transform="translate(0,${top})">${svg.outerHTML}</g>
${legend(names, top + plotHeight + 20)}
</svg>
`;
  };
}
