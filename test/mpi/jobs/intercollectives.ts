/** MPI-4.1 sections 6.2.2 and 6.2.3: collectives between two groups that have a root, and Barrier. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import { inEveryForm } from '../../support/job/forms.js';
import { eachRoot, filled, LENGTHS, parts, UNTOUCHED, value } from '../../support/job/groups.js';

const world = MPI.COMM_WORLD;

defineCases({
  'Barrier: nobody leaves before the last of the other group has come': needs(2, () => {
    const { inter, low, end } = parts();
    inEveryForm(
      { now: () => inter.Barrier(), start: () => inter.Ibarrier(), init: () => inter.Barrier_init() },
      () => {},
      () => {},
    );
    // Everybody else tells the late one that it has begun, and is not through.
    for (let late = 0; late < world.size; late++) {
      if (late === world.rank) {
        for (let other = 1; other < world.size; other++) world.recv(MPI.ANY_SOURCE, 9);
        inter.Ibarrier().Wait();
      } else {
        const request = inter.Ibarrier();
        const isOther = low !== late < Math.ceil(world.size / 3);
        for (let looks = 0; looks < 50; looks++) assert.ok(!(request.Test() && isOther));
        world.send(null, late, 9);
        request.Wait();
      }
    }
    end();
  }),

  'Bcast from every rank of either group to the other': needs(2, () => {
    const { inter, low, end } = parts();
    for (const n of LENGTHS) {
      eachRoot({ inter, low }, (root, role, rank) => {
        const buf = new Float64Array(n);
        inEveryForm(
          {
            now: () => inter.Bcast(buf, root),
            start: () => inter.Ibcast(buf, root),
            init: () => inter.Bcast_init(buf, root),
          },
          () => buf.set(filled(n, (j) => (role === 'root' ? value(low, rank, 0, j) : UNTOUCHED))),
          () => {
            const expected = filled(n, (j) => {
              if (role === 'aside') return UNTOUCHED;
              return value(role === 'root' ? low : !low, rank, 0, j);
            });
            assert.deepEqual(buf, expected);
          },
        );
      });
    }
    end();
  }),

  'Gather and Scatter: the root’s blocks are those of the other group': needs(2, () => {
    const { inter, low, end } = parts();
    for (const n of LENGTHS) {
      eachRoot({ inter, low }, (root, role, rank) => {
        const block = new Float64Array(n);
        const whole = new Float64Array(role === 'root' ? n * inter.remote_size : 0);
        const all = role === 'root' ? whole : null;
        inEveryForm(
          {
            now: () => inter.Gather(block, all, root),
            start: () => inter.Igather(block, all, root),
            init: () => inter.Gather_init(block, all, root),
          },
          () => {
            whole.fill(UNTOUCHED);
            block.set(filled(n, (j) => value(low, inter.rank, rank, j)));
          },
          () =>
            assert.deepEqual(
              whole,
              filled(whole.length, (i) => value(!low, Math.floor(i / n), rank, i % n)),
            ),
        );
        inEveryForm(
          {
            now: () => inter.Scatter(all, block, root),
            start: () => inter.Iscatter(all, block, root),
            init: () => inter.Scatter_init(all, block, root),
          },
          () => {
            block.fill(UNTOUCHED);
            whole.set(filled(whole.length, (i) => value(low, rank, Math.floor(i / n), i % n)));
          },
          () =>
            assert.deepEqual(
              block,
              filled(n, (j) => (role === 'other' ? value(!low, rank, inter.rank, j) : UNTOUCHED)),
            ),
        );
      });
    }
    end();
  }),

  'Gatherv and Scatterv: counts by remote rank, gaps stay': needs(2, () => {
    const { inter, low, end } = parts();
    const lengthOf = (r: number) => (r % 3) * 40;
    const counts = Array.from({ length: inter.remote_size }, (_, r) => lengthOf(r));
    const displs = counts.map((_, r) => r * 81);
    eachRoot({ inter, low }, (root, role, rank) => {
      const block = new Float64Array(lengthOf(inter.rank));
      const whole = new Float64Array(81 * inter.remote_size);
      const all: MPI.VectorSpec | null = role === 'root' ? [whole, counts, displs, MPI.DOUBLE] : null;
      const blocks = (of: (r: number, j: number) => number) =>
        filled(whole.length, (i) => {
          const [r, j] = [Math.floor(i / 81), i % 81];
          return role === 'root' && j < counts[r] ? of(r, j) : UNTOUCHED;
        });
      inEveryForm(
        {
          now: () => inter.Gatherv(block, all, root),
          start: () => inter.Igatherv(block, all, root),
          init: () => inter.Gatherv_init(block, all, root),
        },
        () => {
          whole.fill(UNTOUCHED);
          block.set(filled(block.length, (j) => value(low, inter.rank, rank, j)));
        },
        () =>
          assert.deepEqual(
            whole,
            blocks((r, j) => value(!low, r, rank, j)),
          ),
      );
      inEveryForm(
        {
          now: () => inter.Scatterv(all, block, root),
          start: () => inter.Iscatterv(all, block, root),
          init: () => inter.Scatterv_init(all, block, root),
        },
        () => {
          block.fill(UNTOUCHED);
          whole.set(blocks((r, j) => value(low, rank, r, j)));
        },
        () =>
          assert.deepEqual(
            block,
            filled(block.length, (j) => (role === 'other' ? value(!low, rank, inter.rank, j) : UNTOUCHED)),
          ),
      );
    });
    end();
  }),
});
