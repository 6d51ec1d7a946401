/**
 * What connections are made of: non-blocking streams of bytes, by id, as the addon has them (see `Native`). Another kind
 * of socket implements the same functions, and everything above is the same for it: handshakes, pumps, records.
 */
import type { Native } from '../../native.js';

type NativeSockets = Pick<
  Native,
  | 'socketListen'
  | 'socketConnect'
  | 'socketAccept'
  | 'socketPort'
  | 'socketError'
  | 'socketUnsent'
  | 'socketSend'
  | 'socketReceive'
  | 'socketWatch'
  | 'socketFinish'
  | 'socketClose'
  | 'socketsReady'
  | 'hold'
  | 'drop'
  | 'copy'
>;

/** Absent where no memory is lent. */
type Lending = Partial<Pick<Native, 'socketLends' | 'socketLend' | 'socketReturned' | 'socketAcknowledge'>>;

export interface Sockets extends NativeSockets, Lending {
  /** Absent where held memory stays readable whatever becomes of its buffer. */
  readonly holdsNothing?: true;
  /** Where the rank does not sleep on its sockets: it is `Parked` so, and to be woken if need be. */
  listen?(parked: number): void;
}
