/**
 * Two ranks, messages of 8 bytes back and forth. Arguments: MESSAGES WARMUP. Rank 0 prints a JSON array of
 * `SteadyResult`: what each rank's heap saw of each way to send, after a warm-up that compiles it.
 */
import { GCProfiler, getHeapStatistics } from 'node:v8';
import { MPI } from 'mpi4ts';

export interface SteadyResult {
  readonly way: string;
  readonly rank: number;
  /** Sent and received by this rank together. */
  readonly messages: number;
  readonly bytesAllocated: number;
  readonly collections: number;
}

const comm = MPI.COMM_WORLD;
const [messages, warmup] = process.argv.slice(2).map(Number);
const rounds = Math.max(1, Math.round(messages / 2));
const peer = 1 - comm.rank;
const status = new MPI.Status();
const outgoing = new Float64Array(1);
const incoming = new Float64Array(1);
const send = comm.Send_init(outgoing, peer);
const receive = comm.Recv_init(incoming, peer);

function blocking(count: number): void {
  for (let i = 0; i < count; i++) {
    if (comm.rank === 0) comm.Send(outgoing, peer, 0);
    comm.Recv(incoming, peer, 0, status);
    if (comm.rank === 1) comm.Send(outgoing, peer, 0);
  }
}

function persistent(count: number): void {
  for (let i = 0; i < count; i++) {
    receive.Start();
    if (comm.rank === 0) {
      send.Start();
      send.Wait(status);
    }
    receive.Wait(status);
    if (comm.rank === 1) {
      send.Start();
      send.Wait(status);
    }
  }
}

/**
 * Bytes allocated: what the heap holds more at the end than at the start, and what collections freed in between.
 * Asking costs some itself; that is found by asking twice.
 */
function watch(work: () => void): Pick<SteadyResult, 'bytesAllocated' | 'collections'> {
  const profiler = new GCProfiler();
  profiler.start();
  const first = getHeapStatistics().used_heap_size;
  const before = getHeapStatistics().used_heap_size;
  work();
  const after = getHeapStatistics().used_heap_size;
  // The profile's declared type lacks some fields on some versions of Node; absent profile: nothing was collected.
  const statistics = profiler.stop()?.statistics ?? [];
  let freed = 0;
  for (const { beforeGC, afterGC } of statistics) {
    freed += beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize;
  }
  const asking = before - first;
  return { bytesAllocated: Math.max(0, after - before + freed - asking), collections: statistics.length };
}

const results: SteadyResult[] = [];
for (const [way, work] of [
  ['Send and Recv', blocking],
  ['persistent requests', persistent],
] as const) {
  work(warmup);
  watch(() => {}); // the profiler's own first use
  comm.Barrier();
  const seen = watch(() => work(rounds));
  const mine: SteadyResult = { way, rank: comm.rank, messages: 2 * rounds, ...seen };
  if (comm.rank === 1) comm.send(mine, 0);
  else results.push(mine, comm.recv(1) as SteadyResult);
}
send.Free();
receive.Free();
if (comm.rank === 0) console.log(JSON.stringify(results));
