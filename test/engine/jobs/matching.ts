/** Carries out the scripts of `script.ts` (argv 2: a JSON file of them) and writes what each rank saw beside it. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { MPI } from 'mpi4ts';
import { type Action, ANY, type Outcome, type Receipt, type Script } from '../script.js';

const comm = MPI.COMM_WORLD;
const file = process.argv[2];

interface Posted {
  readonly source: number;
  readonly tag: number;
  readonly buffer: Int32Array;
  readonly request: MPI.Request;
}

const sourceOf = (source: number) => (source === ANY ? MPI.ANY_SOURCE : source);
const tagOf = (tag: number) => (tag === ANY ? MPI.ANY_TAG : tag);

/** The contents of message `index`: the index in every word. */
const contents = (index: number, bytes: number) => new Int32Array(bytes >> 2).fill(index);

function receipt(posted: Posted, status: MPI.Status, late: boolean): Receipt {
  const { source, tag, buffer } = posted;
  if (status.Is_cancelled()) return { source, tag, late, matched: false, from: -1, message: -1 };
  const words = status.Get_count(MPI.INT32_T);
  assert.ok(
    buffer.subarray(0, words).every((word) => word === buffer[0]),
    'contents of a message',
  );
  return { source, tag, late, matched: true, from: status.source, message: buffer[0] };
}

/** Posts a receive; a probed one takes a message out of matching if one is there, else it is left out. */
function post({ source, tag, probed }: Action & { kind: 'receive' }, words: number): Posted | undefined {
  const buffer = new Int32Array(words);
  if (!probed) return { source, tag, buffer, request: comm.Irecv(buffer, sourceOf(source), tagOf(tag)) };
  const message = comm.Improbe(sourceOf(source), tagOf(tag));
  return message === null ? undefined : { source, tag, buffer, request: message.Irecv(buffer) };
}

/**
 * Cancels what has not matched, the last first: what comes meanwhile then finds those posted earlier still there, as it
 * must. Receives what is left, in the order it comes.
 */
function settle(posted: readonly Posted[], incoming: number, words: number): Outcome {
  const backwards = posted.toReversed().map((one) => {
    const status = new MPI.Status();
    if (!one.request.Get_status()) one.request.Cancel();
    one.request.Wait(status);
    return receipt(one, status, false);
  });
  const outcome = backwards.reverse();
  const left = incoming - outcome.filter((one) => one.matched).length;
  for (let i = 0; i < left; i++) {
    const buffer = new Int32Array(words);
    const status = comm.Recv(buffer, MPI.ANY_SOURCE, MPI.ANY_TAG);
    outcome.push(receipt({ source: ANY, tag: ANY, buffer, request: MPI.REQUEST_NULL }, status, true));
  }
  return outcome;
}

function run(script: Script): Outcome {
  const isMine = (action: Action) => action.kind === 'send' && action.dest === comm.rank;
  const incoming = script.flat().filter(isMine);
  const words = Math.max(1, ...incoming.map((action) => (action.kind === 'send' ? action.bytes >> 2 : 0)));
  const posted: Posted[] = [];
  const sends: MPI.Request[] = [];
  for (const action of script[comm.rank]) {
    if (action.kind === 'send') {
      const data = contents(sends.length, action.bytes);
      const { dest, tag, sync } = action;
      sends.push(sync ? comm.Issend(data, dest, tag) : comm.Isend(data, dest, tag));
    } else if (action.kind === 'receive') {
      const one = post(action, words);
      if (one !== undefined) posted.push(one);
    } else {
      for (let i = 0; i < action.times; i++) comm.Iprobe(MPI.ANY_SOURCE, 7);
    }
  }
  comm.Barrier();
  const outcome = settle(posted, incoming.length, words);
  MPI.Request.Waitall(sends);
  return outcome;
}

const scripts = JSON.parse(readFileSync(file, 'utf8')) as Script[];
const outcomes = scripts.map((script) => {
  const outcome = run(script);
  comm.Barrier();
  return outcome;
});
writeFileSync(`${file}.${comm.rank}`, JSON.stringify(outcomes));
