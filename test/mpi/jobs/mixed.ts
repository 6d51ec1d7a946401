/** The cases of another theme where every second rank has no addon: `MPI4TS_TEST_THEME` names the theme. */
import { SEAT_KEY, type Seat } from '../../../src/bootstrap/seat.js';

// Each rank of a job of threads has an environment of its own, and loads the addon on its first import.
const seat = (globalThis as { [SEAT_KEY]?: Seat })[SEAT_KEY];
if (seat !== undefined && seat.rank % 2 === 1) process.env.MPI4TS_NATIVE = '0';
await import(`./${process.env.MPI4TS_TEST_THEME}.js`);
