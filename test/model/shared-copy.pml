/*
 * One copy by two threads (native/shared-copy.cc) for SPIN.
 *
 * Two pullers make COPIES copies of CHUNKS chunks each, by the same record: one alone is open to the owner of the bytes,
 * and who finds it taken copies by itself. (The protocol of the slots has one puller at a time; memory must be safe
 * without it.) The owner helps whenever it likes, and may pause between any two steps for as long as it likes: also from
 * one copy to the next. `copy` stands for what a copy is about (target and length): chunks of another copy are others.
 *
 * Checked: at the end of each copy every chunk was copied once, to that copy's target; nobody writes to the target of
 * a copy that is over; nobody waits for ever.
 *
 * Mutants, each a fault that must be found:
 *   NO_WAIT       the puller leaves while a chunk of the owner's is under way
 *   COUNT_FIRST   the owner counts its chunk before it copies it
 *   TARGET_FIRST  the owner looks at the target before it takes a chunk
 *   OPEN_EARLY    the chunks are there to take before the target is said
 *   FROM_ZERO     chunks are counted from 0: with all of them taken by the owner, an open copy looks closed
 */
#ifndef COPIES
#define COPIES 2
#endif
#ifndef CHUNKS
#define CHUNKS 3
#endif

#ifdef FROM_ZERO
#define FIRST 0
#else
#define FIRST 1
#endif

#define OPENING 255

/* claims_: closed when both are 0. */
byte front, back;
/* target_ and bytes_ */
byte copy;
byte helped;

/* For assertions only: of each puller the copy under way, 0 for none, and how often each of its chunks was copied. */
byte under[2];
byte copied[2 * CHUNKS];

/* Copies are numbered by puller: the odd ones are of one, the even ones of the other. */
inline copyChunk(target, chunk) {
  d_step {
    assert(target == under[target & 1]);
    copied[(target & 1) * CHUNKS + chunk - FIRST]++
  }
}

inline publish() { d_step { front = FIRST; back = FIRST + CHUNKS } }

proctype Puller(bit me) {
  byte n, f, i;
  for (n : 1 .. COPIES) {
    if
    :: atomic { front == 0 && back == 0 -> front = OPENING; back = OPENING }
       d_step {
         under[me] = 2 * n + me;
         for (i : 0 .. CHUNKS - 1) { copied[me * CHUNKS + i] = 0 }
         i = 0
       }
#ifdef OPEN_EARLY
       helped = 0;
       publish();
       copy = under[me];
#else
       copy = under[me];
       helped = 0;
       publish();
#endif
       do
       :: atomic { front != back -> f = front; front++ }
          copyChunk(under[me], f)
       :: atomic { front == back -> f = FIRST + CHUNKS - back; break }
       od;
#ifndef NO_WAIT
       helped == f;
#endif
       skip;
       d_step {
         for (i : 0 .. CHUNKS - 1) { assert(copied[me * CHUNKS + i] == 1) }
         i = 0;
         under[me] = 0;
         front = 0;
         back = 0
       }
    :: atomic { !(front == 0 && back == 0) -> skip }
    fi
  }
}

init { atomic { run Puller(0); run Puller(1); run Owner() } }

proctype Owner() {
  byte f, b, target;
  do
  :: true ->
end:
    atomic { front != back -> f = front; b = back }
#ifdef TARGET_FIRST
    target = copy;
#endif
    if
    :: atomic { front == f && back == b -> back = b - 1 }
#ifndef TARGET_FIRST
       target = copy;
#endif
#ifdef COUNT_FIRST
       helped++;
       copyChunk(target, b - 1)
#else
       copyChunk(target, b - 1);
       helped++
#endif
    :: else
    fi
  od
}
