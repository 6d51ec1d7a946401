/** The clusters as an SVG: delay and distance against the time of departure, one dot a flight. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { dimensions } from './flights.ts';
import { type Cluster, clock } from './report.ts';

/** Flights drawn: every n-th, so that the file stays small and single dots can be seen. */
const dotsMax = 4000;

/** Okabe and Ito's palette, which colour-blind readers can tell apart; grey for its black, yellow darkened. */
const colours = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#7a7a7a', '#b8a800'];
const ink = '#222';
const faint = '#666';
const font = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';
const [width, height] = [1120, 640];
const [panelWidth, panelHeight] = [540, 400];

interface Dot {
  readonly delay: number;
  readonly distance: number;
  readonly hour: number;
  readonly cluster: number;
}

function sample(points: Int32Array, labels: Uint8Array, clusters: Cluster[]): Dot[] {
  const order: number[] = [];
  for (const [i, { label }] of clusters.entries()) order[label] = i;
  const step = Math.ceil(labels.length / dotsMax);
  const dots: Dot[] = [];
  for (let i = 0; i < labels.length; i += step) {
    const [delay, distance, minutes] = points.subarray(i * dimensions, (i + 1) * dimensions);
    dots.push({ delay, distance, hour: minutes / 60, cluster: order[labels[i]] });
  }
  return dots;
}

/** One panel; the clusters' means are ringed and numbered. */
function panel(dots: Dot[], clusters: Cluster[], y: 'delay' | 'distance', label: string): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const fill = (d: { cluster: number }) => colours[d.cluster];
  const means = clusters.map((mean, cluster) => ({ ...mean, cluster }));
  const svg = Plot.plot({
    document: document as never,
    width: panelWidth,
    height: panelHeight,
    marginLeft: 56,
    marginBottom: 44,
    style: { fontFamily: font, fontSize: '12px', color: ink, background: 'none' },
    x: {
      domain: [0, 24],
      ticks: [0, 4, 8, 12, 16, 20, 24],
      tickFormat: clock,
      label: 'Departure',
    },
    y: { label, grid: true, nice: true },
    marks: [
      Plot.dot(dots, { x: 'hour', y, fill, fillOpacity: 0.45, r: 1.6 }),
      Plot.dot(means, { x: 'hour', y, fill: 'white', stroke: fill, strokeWidth: 2.5, r: 9 }),
      Plot.text(means, { x: 'hour', y, text: (_, i) => String(i + 1), fontWeight: 'bold', fill: ink }),
    ],
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return svg.outerHTML;
}

function text(x: number, y: number, size: number, content: string, more = ''): string {
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${ink}" ${more}>${content}</text>`;
}

/** Two columns of swatches with the size and the means of each cluster. */
function legend(clusters: Cluster[], top: number): string {
  const rows = Math.ceil(clusters.length / 2);
  return clusters
    .map(({ flights, delay, distance, hour }, i) => {
      const x = i < rows ? 40 : width / 2 + 24;
      const y = top + (i % rows) * 24;
      const late = Math.round(delay);
      const punctuality = late === 0 ? 'on time' : `${Math.abs(late)} min ${late < 0 ? 'early' : 'late'}`;
      const words =
        `${flights.toLocaleString('en')} flights, on average ${Math.round(distance)} miles, ` +
        `${punctuality}, at ${clock(hour)}`;
      return `<circle cx="${x}" cy="${y - 4}" r="6" fill="${colours[i]}"/>${text(x + 14, y, 13, `<tspan font-weight="bold">${i + 1}</tspan>  ${words}`)}`;
    })
    .join('\n');
}

/** The drawing as a complete SVG file. `clusters` are in the order of their numbers. */
export function draw(points: Int32Array, labels: Uint8Array, clusters: Cluster[]): string {
  const dots = sample(points, labels, clusters);
  const place = (x: number, svg: string) => `<g transform="translate(${x},76)">${svg}</g>`;
  const subtitle =
    `${labels.length.toLocaleString('en')} flights in ${clusters.length} clusters by delay, distance and departure ` +
    `(k-means on standardised values); ${dots.length.toLocaleString('en')} of them drawn; rings mark the means`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family='${font}'>
<rect width="100%" height="100%" fill="white"/>
${text(32, 36, 20, 'Kinds of flights', 'font-weight="bold"')}
${text(32, 58, 13, subtitle, `fill-opacity="0.75"`)}
${place(16, panel(dots, clusters, 'delay', 'Delay (minutes)'))}
${place(width / 2, panel(dots, clusters, 'distance', 'Distance (miles)'))}
${legend(clusters, 520)}
<text x="${width - 24}" y="${height - 14}" font-size="11" fill="${faint}" text-anchor="end">Data: vega-datasets, flights-200k.json</text>
</svg>
`;
}
