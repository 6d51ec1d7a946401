/** The clusters in the units of the data. */
import type { Clustering } from './cluster.ts';
import { dimensions } from './flights.ts';

export interface Cluster {
  /** The label that the points of this cluster have. */
  readonly label: number;
  readonly flights: number;
  /** Mean delay in minutes. */
  readonly delay: number;
  /** Mean distance in miles. */
  readonly distance: number;
  /** Mean time of departure in hours. */
  readonly hour: number;
}

/** The clusters, the largest first. */
export function describe({ centroids, sums }: Clustering): Cluster[] {
  const clusters = Array.from({ length: centroids.length / dimensions }, (_, label) => ({
    label,
    flights: sums[label * (dimensions + 1) + dimensions],
    delay: centroids[label * dimensions],
    distance: centroids[label * dimensions + 1],
    hour: centroids[label * dimensions + 2] / 60,
  }));
  return clusters.sort((a, b) => b.flights - a.flights || a.label - b.label);
}

/** 17.75 as '17:45'. */
export function clock(hour: number): string {
  const minutes = Math.round(hour * 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** Columns of text, right-aligned, under their titles. */
export function table(titles: string[], rows: string[][]): string {
  const widths = titles.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
  const line = (cells: string[]) => cells.map((cell, i) => cell.padStart(widths[i])).join('  ');
  return [line(titles), ...rows.map(line)].join('\n');
}

export function clusterTable(clusters: Cluster[]): string {
  const all = clusters.reduce((sum, { flights }) => sum + flights, 0);
  const rows = clusters.map(({ flights, delay, distance, hour }, i) => [
    String(i + 1),
    flights.toLocaleString('en'),
    `${((100 * flights) / all).toFixed(1)} %`,
    delay.toFixed(1),
    distance.toFixed(0),
    clock(hour),
  ]);
  const titles = ['cluster', 'flights', 'share', 'mean delay (min)', 'mean distance (mi)', 'mean departure'];
  return table(titles, rows);
}
