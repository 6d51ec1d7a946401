/*
 * One copy by two threads (native/shared-copy.cc) for SPIN.
 *
 * The puller makes COPIES copies of CHUNKS chunks, one after the other, by the same record; the owner of the bytes
 * helps whenever it likes, and may pause between any two steps for as long as it likes: also from one copy to the
 * next. `copy` stands for what a copy is about (target and length): chunks of a later copy are others.
 *
 * Checked: at the end of each copy every chunk was copied once, to that copy's target; nobody writes to the target of
 * a copy that is over; nobody waits for ever.
 *
 * Mutants, each a fault that must be found:
 *   NO_WAIT       the puller leaves while a chunk of the owner's is under way
 *   COUNT_FIRST   the owner counts its chunk before it copies it
 *   TARGET_FIRST  the owner looks at the target before it takes a chunk
 *   OPEN_EARLY    the chunks are there to take before the target is said
 */
#ifndef COPIES
#define COPIES 3
#endif
#ifndef CHUNKS
#define CHUNKS 4
#endif

/* claims_ */
byte front, back;
/* target_ and bytes_ */
byte copy;
byte helped;

/* For assertions only: the copy under way, 0 for none, and how often each of its chunks was copied. */
byte under;
byte copied[CHUNKS];

inline copyChunk(target, chunk) {
  d_step {
    assert(target == under);
    copied[chunk]++
  }
}

inline publish() { d_step { front = 0; back = CHUNKS } }

active proctype Puller() {
  byte n, f, i;
  for (n : 1 .. COPIES) {
    d_step {
      under = n;
      for (i : 0 .. CHUNKS - 1) { copied[i] = 0 }
      i = 0
    }
#ifdef OPEN_EARLY
    helped = 0;
    publish();
    copy = n;
#else
    copy = n;
    helped = 0;
    publish();
#endif
    do
    :: atomic { front != back -> f = front; front++ }
       copyChunk(n, f)
    :: atomic { front == back -> f = CHUNKS - back; break }
    od;
#ifndef NO_WAIT
    helped == f;
#endif
    skip;
    d_step {
      under = 0;
      for (i : 0 .. CHUNKS - 1) { assert(copied[i] == 1) }
      i = 0;
      front = 0;
      back = 0
    }
  }
}

active proctype Owner() {
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
