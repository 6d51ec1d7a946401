"""The collective and the object works of bench/contract.ts for mpi4py.py, which imports this."""
import sys
from array import array
from itertools import cycle, islice
from time import perf_counter as now

from mpi4py import MPI

comm = MPI.COMM_WORLD
rank = comm.Get_rank()
ranks = comm.Get_size()
reversed_comm = comm.Split(0, ranks - rank)


def fail_validation(size, number, what):
    print(f'validation failed: rank {rank}, size {size}, round {number}, {what}', file=sys.stderr, flush=True)
    comm.Abort(1)


class Shape:
    """Which blocks the buffers of a collective hold, and whose they are (as in bench/jobs/collectives.ts)."""

    def __init__(self, call, source, sends_all=False, receives_all=False, at_root=False):
        self.call, self.source, self.at_root = call, source, at_root
        self.send_blocks = ranks if sends_all else 1
        self.receive_blocks = ranks if receives_all else 1
        self.sums = source in ('all', 'before')


SHAPES = {
    'bcast': Shape(lambda send, _recv, root, _comm: comm.Bcast(send, root), 'root'),
    'reduce': Shape(lambda send, recv, root, _comm: comm.Reduce(send, recv, MPI.SUM, root), 'all', at_root=True),
    'allreduce': Shape(lambda send, recv, _root, _comm: comm.Allreduce(send, recv), 'all'),
    'reduce-scatter': Shape(
        lambda send, recv, _root, _comm: comm.Reduce_scatter_block(send, recv), 'all', sends_all=True
    ),
    'scan': Shape(lambda send, recv, _root, turning: turning.Scan(send, recv), 'before'),
    'gather': Shape(
        lambda send, recv, root, _comm: comm.Gather(send, recv, root), 'each', receives_all=True, at_root=True
    ),
    'scatter': Shape(lambda send, recv, root, _comm: comm.Scatter(send, recv, root), 'root', sends_all=True),
    'allgather': Shape(lambda send, recv, _root, _comm: comm.Allgather(send, recv), 'each', receives_all=True),
    'alltoall': Shape(
        lambda send, recv, _root, _comm: comm.Alltoall(send, recv), 'each', sends_all=True, receives_all=True
    ),
}


class Clocked:
    """A step whose rounds are counted: `call` with the next of `arguments` is one."""

    turn = 0

    def timed(self, rounds):
        call, arguments = self.call, islice(self.arguments, rounds)
        self.turn += rounds
        comm.Barrier()
        start = now()
        for each in arguments:
            call(*each)
        return now() - start

    def validated(self, rounds):
        seconds = 0.0
        for _ in range(rounds):
            turn = self.turn
            self.fill(turn)
            seconds += self.timed(1)
            self.check(turn)
        return seconds


class CollectiveStep(Clocked):
    """One size of a collective: its buffers, and what is in them."""

    def __init__(self, work, size, pool_of):
        self.work, self.size = work, size
        self.shape = shape = SHAPES[work]
        self.call = shape.call
        self.sends = pool_of(size * shape.send_blocks)
        self.receives = self.sends if work == 'bcast' else pool_of(size * shape.receive_blocks)
        # A datatype that is named need not be found in each call.
        datatype = MPI.FLOAT if shape.sums else MPI.BYTE
        given, got = ([[memory, datatype] for memory in pool.slots] for pool in (self.sends, self.receives))
        self.arguments = zip(cycle(given), cycle(got), cycle(range(ranks)), cycle((comm, reversed_comm)))

    def contents(self, source, dest, turn):
        """The block that `source` has for `dest`: bytes, or numbers as small."""
        start = 31 * source + 3 * dest + 7 * turn
        count = self.size // 4 if self.shape.sums else self.size
        return bytes((start + at + (at >> 8)) & 255 for at in range(count))

    def buffers(self, turn):
        return [memoryview(pool.slots[turn % len(pool.slots)]).cast('B') for pool in (self.sends, self.receives)]

    def fill(self, turn):
        send, receive = self.buffers(turn)
        receive[:] = b'\xff' * len(receive)
        if self.work == 'bcast' and rank != turn % ranks:
            return
        blocks = [self.contents(rank, dest, turn) for dest in range(self.shape.send_blocks)]
        send[:] = b''.join(array('f', list(block)).tobytes() if self.shape.sums else block for block in blocks)

    def expected(self, turn):
        shape = self.shape
        dest = rank if shape.send_blocks > 1 else 0
        if shape.source == 'root':
            return self.contents(turn % ranks, dest, turn)
        first, last = (0, ranks - 1) if shape.source != 'before' else (rank, ranks - 1) if turn & 1 else (0, rank)
        blocks = [self.contents(source, dest, turn) for source in range(first, last + 1)]
        return array('f', list(map(sum, zip(*blocks)))).tobytes() if shape.sums else b''.join(blocks)

    def check(self, turn):
        if self.shape.at_root and rank != turn % ranks:
            return
        expected, found = self.expected(turn), bytes(self.buffers(turn)[1])
        if found != expected:
            at = next((at for at, (a, b) in enumerate(zip(found, expected)) if a != b), len(expected))
            fail_validation(self.size, turn, f'byte {at}')


def item_of(size, score):
    """An item of `size` bytes, about; all of it depends on its score (as in bench/jobs/objects.ts)."""
    count = size // 18
    name = 'abcdefghijklmnopqrstuvwxyz'[score % 26] * max(0, size - 40 - 9 * count)
    return {'score': score, 'name': name, 'values': [score + at + 0.5 for at in range(count)]}


def better(a, b):
    return a if a['score'] >= b['score'] else b


class ObjectStep(Clocked):
    """One size of an object work."""

    def __init__(self, work, size):
        self.size = size
        self.mine, self.got = item_of(size, rank), None
        self.rooted = work == 'object-bcast'
        self.call = self.bcast if self.rooted else self.allreduce
        self.arguments = zip(cycle(range(ranks)))

    def bcast(self, root):
        self.got = comm.bcast(self.mine if rank == root else None, root)

    def allreduce(self, _root):
        self.got = comm.allreduce(self.mine, better)

    @staticmethod
    def score(who, turn):
        """That of a rank's item in a validated round."""
        return turn * ranks + (who + turn) % ranks

    def fill(self, turn):
        self.mine, self.got = item_of(self.size, self.score(rank, turn)), None

    def check(self, turn):
        best = self.score(turn % ranks, turn) if self.rooted else turn * ranks + ranks - 1
        if self.got != item_of(self.size, best):
            fail_validation(self.size, turn, f'not the item of score {best}')


def make_step(work, size, pool_of):
    """A step of a work of this file; None for another one."""
    if work in ('object-bcast', 'object-allreduce'):
        return ObjectStep(work, size)
    return CollectiveStep(work, size, pool_of) if work in SHAPES else None
