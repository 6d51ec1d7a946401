/** Whether two groups agree on a root (MPI-4.1 §6.2.3): all that their members could pass. */
import test from 'ava';
import { ERR_ROOT } from '../../src/base/errors.js';
import { judgeBetween } from '../../src/mpi/comm/collectives/inter-judgement.js';
import { PROC_NULL, ROOT } from '../../src/mpi/constants.js';

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

/** What the members pass when the one at `root` is the root, by their places. */
function agreed(root: number, first: number, size: number): number[] {
  return upTo(size).map((place) => {
    if (place === root) return ROOT;
    if (place < first === root < first) return PROC_NULL;
    return root < first ? root : root - first;
  });
}

/** All lists with one of each. */
function* lists(options: readonly (readonly number[])[]): Generator<number[]> {
  if (options.length === 0) {
    yield [];
    return;
  }
  for (const rest of lists(options.slice(1))) for (const one of options[0]) yield [one, ...rest];
}

for (const [first, second] of [
  [1, 1],
  [1, 2],
  [2, 1],
  [2, 2],
  [2, 3],
]) {
  test(`roots of groups of ${first} and ${second}`, (t) => {
    const size = first + second;
    const right = new Set(upTo(size).map((root) => agreed(root, first, size).join()));
    const options = upTo(size).map((place) => [PROC_NULL, ROOT, ...upTo(place < first ? second : first)]);
    let fitting = 0;
    for (const roots of lists(options)) {
      const all = roots.map((root) => ({ call: 'Bcast', at: '', root, same: [], types: [] }));
      const judgement = judgeBetween(all, first);
      t.is(judgement === null, right.has(roots.join()), roots.join());
      if (judgement === null) {
        fitting++;
        continue;
      }
      for (const place of upTo(size)) {
        const [errorClass, text] = judgement(place, (at) => `member ${at}`);
        t.is(errorClass, ERR_ROOT);
        t.regex(text, /but member \d called Bcast with root .*; the root passes MPI\.ROOT/);
      }
    }
    t.is(fitting, size);
  });
}
