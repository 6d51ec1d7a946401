/** Imported first: from then on `launch` starts ranks as processes. */
process.env.MPI4TS_TEST_PROCESSES = '1';
