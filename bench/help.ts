/** What `mpi4ts bench --help` prints. */
export const benchHelp = `Usage: mpi4ts bench NAME [options]

  latency         half round trip of Send and Recv, two ranks
  bandwidth       64 messages in flight, two ranks
  bibw            the same in both directions at once
  message-rate    the same for small messages, as messages a second
  multi-latency   half round trip of all pairs at once
  ring            an 8-byte message around all ranks, time of one hop
  barrier         Barrier
  bcast           Bcast, each rank in turn the root, as in all that have one; time of a call
  reduce          Reduce, a sum of 32-bit floats, as the next three
  allreduce       Allreduce
  reduce-scatter  Reduce_scatter_block; sizes are of one rank's block
  scan            Scan, in every other round with the ranks in reverse order
  gather          Gather; sizes are of one rank's block, as in the next three
  scatter         Scatter
  allgather       Allgather
  alltoall        Alltoall
  object-bcast    bcast of an object of about so many bytes (default 1K)
  object-allreduce  allreduce of such objects: the one of the highest score
  wakeup          how soon a rank wakes that waited long, and what waiting costs
  startup         time from mpirun to the end of an empty job
  memory          memory of a rank
  logp            the LogGP parameters of each transport
  micro           local operations: ring, matching, datatypes, serialization

  --ranks N               number of ranks; those without a part in the work wait
  --transport KIND        threads (default) or processes, in shared memory; tcp, unix, processes-tcp,
                          processes-unix: over sockets
  --sizes LIST            bytes of a message or block: 8, or 0,8,64K, or 0:4M for all powers of two
  --iterations N          rounds of each size in each block
  --time SECONDS          or as many rounds as take so long (default 0.1)
  --blocks N              samples of each size, each from a new start (default 7; 15 with --versus)
  --buffers reuse|rotate  one buffer for all messages, or the next of 64 MiB of them
  --validate              receivers check every byte
  --versus A,B,...        compare with openmpi, mpich, mpi4py, postmessage, zeromq, node-net,
                          openmpi-tcp, raw-tcp, raw-unix (C: send and recv only); or mpi4ts itself:
                          mpi4ts, no-native, mixed, processes, tcp, unix
  --no-native             without the addon, in pure TypeScript
  --mixed                 first use every kind of buffer, datatype and call
  --json                  print raw samples, environment, medians and intervals
  --plot FILE.svg         draw the result
  -h, --help              print this

The table is that of the OSU benchmarks, each figure a median with its 95 % interval. With
--versus, everybody runs in turn, block by block; the ratio is ours by theirs. The exit code is
1 if somebody failed or received a wrong byte (of whom no figure is printed), 2 for a command
line that cannot be carried out.
`;
