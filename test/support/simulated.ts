/**
 * A network that is worse than any: loaded before a rank's program (`--import`), it stands between the rank and its
 * sockets. Each connection, by itself, now and then delivers nothing for a while, and gives and takes bytes in pieces of
 * any size; what different peers say comes in any order. Seeded by MPI4TS_TEST_SIMULATED.
 */
import { loadNative, type Native } from '../../src/native.js';

/** Longest silence of a connection. */
const silenceMsMax = 2;
/** One look in so many begins a silence, and one in so many moves a piece only. */
const silentOneIn = 300;
const piecesOneIn = 4;
/** What a connection sends first is left alone: a handshake that fails is tried again, and starts late. */
const greetings = 3;

let state = Number(process.env.MPI4TS_TEST_SIMULATED) + process.pid;

/** At least 0, less than `below`. */
function random(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

const piece = (bytes: number) => (bytes > 1 && random(piecesOneIn) === 0 ? 1 + random(bytes) : bytes);

function simulate(native: Native): void {
  const { socketReceive, socketSend } = native;
  const silentUntil = new Map<number, number>();
  const sends = new Map<number, number>();
  const silent = (connection: number) => {
    const until = silentUntil.get(connection);
    if (until === undefined && random(silentOneIn) > 0) return false;
    if (until !== undefined && performance.now() >= until) {
      silentUntil.delete(connection);
      return false;
    }
    if (until === undefined)
      silentUntil.set(connection, performance.now() + (random(1000) / 1000) * silenceMsMax);
    return true;
  };
  native.socketReceive = (socket, view, offset, bytes, ...rest) =>
    silent(socket) ? 0 : socketReceive(socket, view, offset, piece(bytes), ...rest);
  // A negative key is the other direction.
  native.socketSend = (socket, view, offset, bytes, hold, byteOffset, heldBytes, ...rest) => {
    const earlier = sends.get(socket) ?? 0;
    sends.set(socket, earlier + 1);
    if (earlier < greetings)
      return socketSend(socket, view, offset, bytes, hold, byteOffset, heldBytes, ...rest);
    if (silent(-socket)) return 0;
    const part = piece(bytes);
    const held = part < bytes ? 0 : piece(heldBytes);
    return socketSend(
      socket,
      view,
      offset,
      part,
      held === 0 ? 0 : hold,
      held === 0 ? 0 : byteOffset,
      held,
      ...rest,
    );
  };
}

const { native } = loadNative();
if (native !== null) simulate(native);
