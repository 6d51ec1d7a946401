/**
 * Collectives on intercommunicators (MPI-4.1 §6.2.3): what the local group does by itself goes over a communicator of its
 * own, what passes between the groups over messages in the context of the collectives.
 */
import { ERR_COMM, ERR_ROOT, Exception, show } from '../../base/errors.js';
import { place } from '../../engine/ops.js';
import { type CallOptions, isRank } from '../arguments.js';
import type { BufferSpec } from '../buffer.js';
import { PROC_NULL, ROOT } from '../constants.js';
import { CommCollectives } from './collectives.js';
import { Comm } from './comm.js';
import type { Intracomm } from './intracomm.js';

const Tag = { BARRIER: 1, BCAST: 2 } as const;
const NOTHING = new Uint8Array(0);

export abstract class InterCollectives extends Comm {
  /** Returns when every member of both groups has called it (MPI-4.1 §6.3). */
  override Barrier(opts?: CallOptions): void {
    this.enter('Barrier', opts);
    const { local } = this;
    local.Barrier(opts);
    if (this.rank === 0) this.between.Sendrecv(NOTHING, 0, Tag.BARRIER, NOTHING, 0, Tag.BARRIER, null, opts);
    local.Barrier(opts);
  }

  /**
   * Copies `buf` of one rank into `buf` of all ranks of the other group (MPI-4.1 §6.4). `root` is `MPI.ROOT` on that rank,
   * `MPI.PROC_NULL` on the others of its group, and its rank in the other group. ERR_ROOT.
   */
  override Bcast(buf: BufferSpec, root = 0, opts?: CallOptions): void {
    this.enter('Bcast', opts);
    if (root === ROOT) this.between.Send(buf, 0, Tag.BCAST, opts);
    if (root === ROOT || root === PROC_NULL) return;
    if (!isRank(root, this.peers)) {
      throw new Exception(
        ERR_ROOT,
        `${place('Bcast', this)}: root is ${show(root)}; it must be a rank of the remote group, 0 to ${this.peers - 1}, MPI.ROOT or MPI.PROC_NULL`,
      );
    }
    if (this.rank === 0) this.between.Recv(buf, root, Tag.BCAST, null, opts);
    this.local.Bcast(buf, 0, opts);
  }

  /** @internal The local group, in the contexts of this communicator. */
  protected abstract get local(): Intracomm;

  /** @internal The two groups, in the context of the collectives. */
  protected abstract get between(): Comm;
}

/** Calls of the collectives that are written for one group only: between two they refuse. */
for (const call of Object.getOwnPropertyNames(CommCollectives.prototype)) {
  if (call === 'constructor' || Object.hasOwn(InterCollectives.prototype, call)) continue;
  const descriptor = Object.getOwnPropertyDescriptor(CommCollectives.prototype, call);
  if (typeof descriptor?.value !== 'function') continue;
  Object.defineProperty(InterCollectives.prototype, call, {
    ...descriptor,
    value(this: InterCollectives): never {
      this.Get_rank();
      throw new Exception(ERR_COMM, `${place(call, this)}: there is no ${call} on intercommunicators`);
    },
  });
}
