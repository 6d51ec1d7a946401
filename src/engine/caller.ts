/** Where the program called us: the first frame of the stack that is not ours, and the call that it made. */
import { relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface Caller {
  /** `Waitall`; undefined where there is no frame of the program, or the function has no name. */
  readonly call?: string;
  /** `job.ts:12:8`, from the current directory. */
  readonly at?: string;
}

/** Frames that are looked at. */
const framesMax = 100;

/** Our own files, bundled or not. */
const own = import.meta.url.slice(0, import.meta.url.lastIndexOf('/src/') + '/src/'.length);

const NOWHERE: Caller = {};

/** Frames as they run, and as they are shown: lines of the source, which only Node's own way of printing has. */
function framesOf([first, second]: readonly Error[]): [frames: NodeJS.CallSite[], lines: string[]] {
  const { prepareStackTrace } = Error;
  try {
    Error.prepareStackTrace = (_, sites) => sites;
    const frames = first.stack as unknown as NodeJS.CallSite[];
    // Node's own.
    Reflect.deleteProperty(Error, 'prepareStackTrace');
    const lines = second.stack?.split('\n').filter((line) => /^ +at /.test(line)) ?? [];
    return [frames, lines];
  } finally {
    if (prepareStackTrace === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
    else Error.prepareStackTrace = prepareStackTrace;
  }
}

function urlOf(frame: NodeJS.CallSite): string | undefined {
  const file = frame.getFileName();
  if (typeof file !== 'string' || file.startsWith('node:')) return undefined;
  return file.startsWith('file:') ? file : pathToFileURL(file).href;
}

/** The place in a line as in `at f (file:///a/job.ts:12:8)`. */
function placeIn(line: string): string | undefined {
  const found = /(?:.* \(|^ +at (?:async )?)(.+):(\d+):(\d+)\)?$/.exec(line);
  if (found === null) return undefined;
  const [, file, row, column] = found;
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  const short = relative(process.cwd(), path);
  return `${short.startsWith('..') ? path : short}:${row}:${column}`;
}

/** Stacks are made here, and put into words when they are asked for: 0.01 ms to a millisecond and more. */
function twoStacks(): readonly Error[] {
  const { stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = framesMax;
    return [new Error(), new Error()];
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

export function findCaller(): Caller {
  return callerIn(twoStacks());
}

/** `findCaller` to be told later, of the call that is made now. */
export function markCaller(): () => Caller {
  const stacks = twoStacks();
  return () => callerIn(stacks);
}

/** Never throws: a program may have its own ways with stacks. */
function callerIn(stacks: readonly Error[]): Caller {
  try {
    const [frames, lines] = framesOf(stacks);
    const urls = frames.map(urlOf);
    const first = urls.findIndex((url) => url !== undefined && !url.startsWith(own));
    if (first < 0) return NOWHERE;
    const ours = urls.slice(0, first).findLastIndex((url) => url !== undefined);
    const call = frames[ours]?.getFunctionName()?.split('.').at(-1);
    const at = placeIn(lines[first]);
    return { ...(call && { call }), ...(at && { at }) };
  } catch {
    return NOWHERE;
  }
}
