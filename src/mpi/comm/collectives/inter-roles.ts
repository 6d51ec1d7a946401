/** Who does what in a collective between two groups that has a root (MPI-4.1 §6.2.3). */
import { ERR_COMM, ERR_ROOT, Exception, show } from '../../../base/errors.js';
import type * as inter from '../../../coll/inter/index.js';
import { place } from '../../../engine/ops.js';
import { isRank } from '../../arguments.js';
import { PROC_NULL, ROOT } from '../../constants.js';
import type { CollectiveChannel } from '../channel.js';

/** Both ways of a channel between two groups. */
export function groupsOf(ch: CollectiveChannel): inter.Groups {
  return { local: ch.local, between: ch };
}

/**
 * That `root` says who this rank is: `MPI.ROOT`, a bystander in its group, or a receiver's or sender's root; the others are
 * told. ERR_ROOT.
 */
export function checkInterRoot(ch: CollectiveChannel, root: number): void {
  ch.signature?.root(root);
  if (root === ROOT || root === PROC_NULL || isRank(root, ch.size)) return;
  throw new Exception(
    ERR_ROOT,
    `${place(ch.call, ch.scope)}: root is ${show(root)}; it must be a rank of the remote group, 0 to ${ch.size - 1}, ` +
      'MPI.ROOT or MPI.PROC_NULL',
  );
}

/** The plan of a collective that only one group can have. ERR_COMM. */
export function refuse(ch: CollectiveChannel): never {
  throw new Exception(
    ERR_COMM,
    `${place(ch.call, ch.scope)}: there is no ${ch.call} on intercommunicators; Merge makes one group of both`,
  );
}
