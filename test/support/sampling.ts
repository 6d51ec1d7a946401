/** How much of the large matrices a run takes. */

/** The whole matrix instead of a sample: `npm run test:all`. */
export const testAll = process.env.MPI4TS_TEST_ALL === '1';
/** Chooses the sample; a day's runs agree, and a failure can be repeated by setting it. */
export const testSeed = Number(process.env.MPI4TS_TEST_SEED ?? Math.floor(Date.now() / 86_400_000));
