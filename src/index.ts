export * as MPI from './mpi/index.js';
