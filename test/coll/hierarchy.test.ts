/** Collectives across hosts, on real threads: their results against a serial model, and what goes between hosts. */
import test, { type ExecutionContext } from 'ava';
import { testSeed } from '../support/sampling.js';
import { type Case, hostsNamed, type Operation } from './support/cases.js';
import { random } from './support/channel.js';
import { Ranks } from './support/ranks.js';

const seed = 20240311;
const sums: Operation = { op: 'SUM', kind: 'float64' };
const maxima: Operation = { op: 'MAX', kind: 'int8' };
const matrices: Operation = { op: 'matrices', grain: 16 };
const positions: Operation = { op: 'positions' };

/** Of how many ranks each host is, in the order of the hosts. */
const sizesOf = (hosts: readonly number[]): number[] =>
  hosts.flatMap((first, rank) => (first === rank ? [hosts.filter((other) => other === rank).length] : []));

/** Two hosts with ranks in turn; one of a single rank; hosts in order; and whatever else comes. */
function placings(ranks: number): number[][] {
  const next = random(testSeed + ranks);
  const all = [...Array(ranks).keys()];
  const any = (count: number): number[] => all.map(() => Math.floor(next() * count));
  return [
    all.map((rank) => rank % 2),
    all.map((rank) => (rank === 1 ? 1 : 0)),
    all.map((rank) => (rank < ranks / 2 ? 0 : 1)),
    all.map((rank) => Math.floor(rank / 3)),
    any(3),
    any(ranks),
  ].map(hostsNamed);
}

type Less = Omit<Case, 'hosts' | 'seed' | 'synchronous'>;

/** Every collective that goes in levels, from every root. */
function casesOf(ranks: number, hosts: readonly number[]): Case[] {
  const cases: Less[] = [];
  for (const count of [0, 1, 300]) {
    for (const inPlace of [false, true]) {
      for (let root = 0; root < ranks; root++) {
        for (const collective of ['gather', 'scatter'] as const)
          cases.push({ collective, root, count, inPlace });
        const operation = [sums, matrices, positions][root % 3];
        cases.push({ collective: 'reduce', root, count, inPlace, operation });
      }
      for (const collective of ['allgather', 'allgatherv', 'alltoall'] as const)
        cases.push({ collective, root: 0, count, inPlace });
      for (const operation of [sums, maxima, matrices, positions]) {
        for (const collective of ['allreduce', 'scan', 'exscan', 'reduce_scatter'] as const)
          cases.push({ collective, root: 0, count, inPlace, operation, shift: cases.length % 2 });
      }
    }
    for (let root = 0; root < ranks; root++) {
      cases.push({ collective: 'bcast', root, count });
      if (count !== 1) cases.push({ collective: 'objects', root, count });
    }
    cases.push({ collective: 'barrier', root: 0, count: 0 });
  }
  // Long enough to go by themselves, and in the heads' long algorithms.
  cases.push({ collective: 'alltoall', root: 0, count: 30_000 });
  cases.push({ collective: 'allgather', root: 0, count: 20_000 });
  cases.push({ collective: 'reduce_scatter', root: 0, count: 2_000, operation: sums, shift: 0 });
  return cases.map((one, index) => ({ ...one, hosts, seed: seed + index, synchronous: index % 2 === 0 }));
}

for (let ranks = 2; ranks <= 9; ranks++) {
  test.serial(`every collective across hosts on ${ranks} ranks`, async (t) => {
    const job = new Ranks(ranks, seed);
    t.teardown(() => job.end());
    for (const hosts of placings(ranks)) t.deepEqual(await job.run(casesOf(ranks, hosts)), [], `${hosts}`);
  });
}

/** What a case sends between hosts. */
async function crossing(t: ExecutionContext, job: Ranks, one: Less, hosts: readonly number[]) {
  job.crossed();
  t.deepEqual(await job.run([{ ...one, hosts, seed }]), []);
  return job.crossed();
}

const counted = [
  [0, 1, 0, 1, 0, 1],
  [0, 0, 0, 3, 3, 3],
  [0, 0, 0, 0, 0, 5],
  [0, 1, 1, 0, 4, 1],
  [0, 0, 2, 2, 4, 4],
];

test.serial('a byte crosses once for each host', async (t) => {
  const job = new Ranks(6, seed);
  t.teardown(() => job.end());
  const count = 100;
  for (const hosts of counted) {
    const sizes = sizesOf(hosts);
    const others = sizes.length - 1;
    for (let root = 0; root < 6; root++) {
      const own = hosts.filter((host) => host === hosts[root]).length;
      for (const collective of ['gather', 'scatter'] as const) {
        const once = { messages: others, bytes: (6 - own) * count };
        t.deepEqual(
          await crossing(t, job, { collective, root, count }, hosts),
          once,
          `${collective} ${hosts}`,
        );
      }
      const bcast = await crossing(t, job, { collective: 'bcast', root, count }, hosts);
      t.deepEqual(bcast, { messages: others, bytes: others * count });
    }
    const allgather = await crossing(t, job, { collective: 'allgather', root: 0, count }, hosts);
    t.is(allgather.bytes, 6 * count * others, `allgather ${hosts}`);
    t.true(allgather.messages <= others * sizes.length);
    // The blocks are of (7 r + 2) mod 3 times as many bytes.
    const allgatherv = await crossing(t, job, { collective: 'allgatherv', root: 0, count }, hosts);
    t.is(allgatherv.bytes, 6 * count * others, `allgatherv ${hosts}`);
    t.true(allgatherv.messages <= others * sizes.length);
  }
});

test.serial('hosts exchange one message each way while blocks are short', async (t) => {
  const job = new Ranks(6, seed);
  t.teardown(() => job.end());
  for (const hosts of counted.filter((one) => sizesOf(one).every((size) => size < 5))) {
    const sizes = sizesOf(hosts);
    const between = sizes.reduce((sum, size) => sum + size * (6 - size), 0);
    const short = await crossing(t, job, { collective: 'alltoall', root: 0, count: 8 }, hosts);
    t.deepEqual(short, { messages: sizes.length * (sizes.length - 1), bytes: between * 8 }, `${hosts}`);
    const long = await crossing(t, job, { collective: 'alltoall', root: 0, count: 100_000 }, hosts);
    t.deepEqual(long, { messages: between, bytes: between * 100_000 }, `${hosts}`);
  }
});

test.serial('a reduction crosses once for each host, in its order', async (t) => {
  const job = new Ranks(6, seed);
  t.teardown(() => job.end());
  for (const hosts of counted) {
    const heads = sizesOf(hosts).length;
    // Rank 1 has no block: five of 8 times 30 bytes.
    const some = { collective: 'reduce_scatter', root: 0, count: 30, operation: sums, shift: 0 } as const;
    t.true((await crossing(t, job, some, hosts)).bytes <= heads * 5 * 30 * 8, `${hosts}`);
    if (!hosts.every((host, rank) => rank === 0 || host >= hosts[rank - 1])) continue;
    for (const collective of ['scan', 'exscan'] as const) {
      const { messages } = await crossing(
        t,
        job,
        { collective, root: 0, count: 30, operation: matrices },
        hosts,
      );
      t.is(messages, heads === 2 ? 2 : 4, `${collective} ${hosts}`);
    }
  }
});

test.serial('objects cross once for each host, but in alltoall and scan', async (t) => {
  const job = new Ranks(6, seed);
  t.teardown(() => job.end());
  const hosts = [0, 0, 0, 3, 3, 3];
  // One each in bcast, gather, scatter and reduce, two in allgather and allreduce; 18 in alltoall, 8 in each of two scans.
  // Reductions end on the first head, and their result goes to the root's.
  for (let root = 0; root < 6; root++) {
    const { messages } = await crossing(t, job, { collective: 'objects', root, count: 50 }, hosts);
    t.is(messages, 42 + (root < 3 ? 0 : 1));
  }
});
