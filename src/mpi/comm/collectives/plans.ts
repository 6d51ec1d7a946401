/** The plans of the collectives among the members of one group. */
import * as all from './all-plans.js';
import * as reductions from './reduction-plans.js';
import * as rooted from './rooted-plans.js';

export const plansOfOne = { ...rooted, ...all, ...reductions };

/** What a communicator's collectives are made of. */
export type Plans = Readonly<typeof plansOfOne>;
