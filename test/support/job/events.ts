/** The lines by which the ranks of a job of cases tell the test what happens, among any other output. */

const MARK = '#case ';

export type CaseEvent =
  | { readonly event: 'start'; readonly rank: number; readonly index: number; readonly name: string }
  | { readonly event: 'pass'; readonly rank: number; readonly index: number; readonly ms: number }
  | {
      readonly event: 'fail';
      readonly rank: number;
      readonly index: number;
      readonly name: string;
      readonly message: string;
    }
  | { readonly event: 'end'; readonly rank: number };

export function writeEvent(event: CaseEvent): void {
  process.stdout.write(`${MARK}${JSON.stringify(event)}\n`);
}

export function readEvent(line: string): CaseEvent | undefined {
  return line.startsWith(MARK) ? (JSON.parse(line.slice(MARK.length)) as CaseEvent) : undefined;
}
