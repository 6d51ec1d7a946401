/** What `--help` prints. */

export const mpirunHelp = `Usage: mpirun [options] program [arguments] [: [options] program [arguments]] ...

Runs a JavaScript or TypeScript program as a parallel job. Each rank is a thread, or a process.

  -n, -np N               number of ranks (default: one for each core)
  -x NAME[=VALUE]         set a variable in the ranks' environment; may be repeated
  --wdir DIR              the job's working directory
  --tag-output            start each line with [1,RANK]<stdout>: or <stderr>:
  --timestamp-output      start each line with the time
  --output-filename DIR   copy each rank's output to DIR/1/rank.R/stdout and stderr;
                          a name with %r is one file a rank; DIR:nocopy: files only
  --stdin R|all|none      which ranks read standard input (default: rank 0)
  --timeout SECONDS       end a job that runs longer; exit code 124
  --bind-to core|none     bind each rank to one core in turn (default: none)
  --host a:SLOTS,b:SLOTS  the hosts, reached through ssh, and how many ranks each takes
  --hostfile FILE         the same from a file: lines of 'NAME slots=N' or 'NAME:N'
  --map-by slot|node      fill one host after the other (default), or take turns
  --rsh-agent COMMAND     the remote shell (default: ssh)
  --heartbeat SECONDS     a host that is silent for so long is lost (default: 2; 0: never)
  --start-timeout SECONDS how long a host may take to report (default: 30)
  --oversubscribe         allow more ranks than slots
  --threads               run ranks as threads of one process (the default)
  --processes             run each rank as a process
  --transport NAME        shared: memory (default); tcp, unix: sockets between all ranks;
                          ws: WebSockets, which need no addon
  --zerocopy              long messages over TCP without the kernel's copy at the sender
  --deadlock abort|report|off
                          when all ranks wait for each other: tell and end the job with exit
                          code 35 (default), tell and go on waiting, or neither
  --check                 raise what the MPI standard calls erroneous: collectives whose calls differ
                          between ranks, ready sends without a posted receive
  -h, --help              print this
  -V, --version           print the version

The exit code is 0 if every rank's is, else that of the first rank that failed: 1 for an
uncaught exception; 35 for a deadlock; 124 after --timeout; 130 and 143 after SIGINT and SIGTERM; 2 for a
command line that cannot be carried out.
`;

export const mpi4tsHelp = `Usage: mpi4ts COMMAND

  mpi4ts run ...          run a job: the same as mpirun
  mpi4ts info [--json]    what is available on this machine, and why something is not;
                          with --collectives, which algorithm serves which message
  mpi4ts bench NAME ...   measure (see mpi4ts bench --help)
  mpi4ts --version        print the version
  mpi4ts --help           print this
`;
