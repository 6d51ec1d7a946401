/**
 * The tags of the collectives, inside the context that a communicator keeps for them (never the user's own).
 *
 * One fixed tag per collective is enough, also for collectives that follow one another without a barrier: every
 * receive below names its source, and for each pair (s, d) of ranks the sends of s to d and the receives of d from
 * s come in the same program order on both sides, because both follow from arguments that must agree (operation,
 * bytes, root, P) and all ranks call the collectives of a communicator in the same order. Messages of one pair do
 * not overtake each other, so the k-th receive meets the k-th send, however far one rank runs ahead. The tags
 * differ only so that ranks that call different collectives get an error or a hang, not each other's data.
 */
export const Tag = {
  BARRIER: 1,
  BCAST: 2,
  GATHER: 3,
  SCATTER: 4,
  REDUCE: 5,
  ALLREDUCE: 6,
} as const;
