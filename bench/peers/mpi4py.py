"""The works of bench/contract.ts with mpi4py.

    mpirun -n RANKS python3 mpi4py.py WORK BUFFERS VALIDATE SIZE:ITERATIONS:WARMUP ...
"""
import os
import sys
from time import perf_counter as now

# This file has the package's name: its folder must not be searched for it.
here = os.path.realpath(os.path.dirname(__file__))
sys.path = [folder for folder in sys.path if os.path.realpath(folder) != here]
from mpi4py import MPI  # noqa: E402

sys.path.append(here)
sys.dont_write_bytecode = True
import collectives  # noqa: E402

try:
    import numpy
except ImportError:
    numpy = None

WINDOW = 64
ROTATE_BYTES = 64 << 20
LINE = 64

comm = MPI.COMM_WORLD
rank = comm.Get_rank()
ranks = comm.Get_size()
peer = 1 - rank if rank < 2 else -1
answer = bytearray(4)


def fail(message):
    if rank == 0:
        print(message, file=sys.stderr, flush=True)
    comm.Abort(2)


class Pool:
    def __init__(self, size, messages, rotate):
        slots = min(max(2, ROTATE_BYTES // max(size, LINE)), max(2, messages)) if rotate else 1
        self.slots = [buffer(size) for _ in range(slots)]
        self.next = 0

    def take(self):
        """The buffer of the next message."""
        at = self.next
        self.next = at + 1 if at + 1 < len(self.slots) else 0
        return self.slots[at]


def buffer(size):
    """Memory for a message: touched, so that no page is new to the clock."""
    return bytearray(b'\1') * size if numpy is None else numpy.ones(size, numpy.uint8)


# The rounds.


def latency(sends, receives):
    if peer < 0:
        return
    if rank < peer:
        comm.Send(sends.take(), peer)
        comm.Recv(receives.take(), peer)
    else:
        comm.Recv(receives.take(), peer)
        comm.Send(sends.take(), peer)


def bandwidth(sends, receives):
    if peer < 0:
        return
    if rank < peer:
        MPI.Request.Waitall([comm.Isend(sends.take(), peer) for _ in range(WINDOW)])
        comm.Recv(answer, peer, 1)
    else:
        MPI.Request.Waitall([comm.Irecv(receives.take(), peer) for _ in range(WINDOW)])
        comm.Send(answer, peer, 1)


def bibw(sends, receives):
    if peer < 0:
        return
    requests = [comm.Irecv(receives.take(), peer) for _ in range(WINDOW)]
    requests += [comm.Isend(sends.take(), peer) for _ in range(WINDOW)]
    MPI.Request.Waitall(requests)


def ring(sends, receives):
    left, right = (rank - 1) % ranks, (rank + 1) % ranks
    if rank == 0:
        comm.Send(sends.take(), right)
        comm.Recv(receives.take(), left)
    else:
        message = receives.take()
        comm.Recv(message, left)
        comm.Send(message, right)


def barrier(_sends, _receives):
    comm.Barrier()


def choose(work):
    """The round of a work, this rank's messages sent and received in it, and whose bytes it receives."""
    global peer
    if work == 'barrier':
        return barrier, 0, 0, 0
    if ranks < 2:
        fail('at least 2 ranks are needed')
    if work == 'ring':
        return ring, int(rank == 0), 1, 0
    if work == 'multi-latency':
        if ranks % 2:
            fail('multi-latency needs an even number of ranks')
        peer = (rank + ranks // 2) % ranks
        return latency, 1, 1, peer
    if work == 'latency':
        return latency, int(peer >= 0), int(peer >= 0), peer
    if work in ('bandwidth', 'message-rate'):
        return bandwidth, WINDOW * (rank == 0), WINDOW * (rank == 1), peer
    if work == 'bibw':
        return bibw, WINDOW * (peer >= 0), WINDOW * (peer >= 0), peer
    fail('unknown work')


class Step:
    """One size: its buffers and its clock."""

    def __init__(self, work, size, messages, rotate):
        self.round, self.sent, self.received, self.source = choose(work)
        self.size = size
        self.sends = Pool(size, messages, rotate)
        self.receives = Pool(size, messages, rotate)
        self.ramp = None

    def expected(self, source, number, slot):
        """The message that rank `source` sends from its buffer `slot` in this round."""
        if self.ramp is None:
            self.ramp = bytes((at + (at >> 8)) & 255 for at in range(self.size))
        start = 31 * source + 7 * number + 3 * slot
        return self.ramp.translate(bytes((start + byte) & 255 for byte in range(256)))

    def fill(self, number):
        slots = self.sends.slots
        for i in range(self.sent):
            slot = (self.sends.next + i) % len(slots)
            memoryview(slots[slot])[:] = self.expected(rank, number, slot)

    def check(self, first, number):
        slots = self.receives.slots
        for i in range(self.received):
            slot = (first + i) % len(slots)
            if bytes(slots[slot]) == self.expected(self.source, number, slot):
                continue
            print(f'validation failed: rank {rank}, size {self.size}, round {number}', file=sys.stderr, flush=True)
            comm.Abort(1)

    def timed(self, rounds):
        do, sends, receives = self.round, self.sends, self.receives
        comm.Barrier()
        start = now()
        for _ in range(rounds):
            do(sends, receives)
        return now() - start

    def validated(self, rounds):
        seconds = 0.0
        for number in range(rounds):
            first = self.receives.next
            self.fill(number)
            seconds += self.timed(1)
            self.check(first, number)
        return seconds


def main(work, buffers, validate, *steps):
    for words in steps:
        size, iterations, warmup = map(int, words.split(':'))
        rounds, rotate = iterations + warmup, buffers == 'rotate'
        step = collectives.make_step(work, size, lambda bytes: Pool(bytes, rounds, rotate))
        if step is None:
            step = Step(work, size, rounds * WINDOW, rotate)
        run = step.validated if validate == '1' else step.timed
        run(warmup)
        seconds = run(iterations)
        if rank == 0:
            print(f'{size} {iterations} {seconds:.9f}', flush=True)


main(*sys.argv[1:])
