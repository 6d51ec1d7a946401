/*
 * Meetings (src/engine/meeting.ts, src/transport/ring/arena.ts) for SPIN.
 *
 * MEMBERS members go through COUNT collectives: all read what all others have shown; all read what a root has; or all read
 * where the others lend. Which kinds follow each other is given (KINDS, a digit each, the first one last); free are all
 * interleavings, how long stores are on their way, and whether who waits looks again or sleeps.
 *
 * Memory. A store goes to its thread's store buffer, from where it reaches memory at any later time, in order: that is x86,
 * where numbers are shown by plain stores. (Elsewhere they are stored by Atomics.store, which lets nothing be later.) Who
 * is about to sleep has all others' buffers emptied first (membarrier), between saying so and its last look.
 *
 * A rank remembers what it knows the others to have left (`known`): also, of whoever has shown a number, the one before.
 *
 * Checked: what is read is what was written for this collective, from the first byte to the last (two looks, between which
 * anything may happen); what is lent stays as it is until all have read it; nobody sleeps for ever.
 *
 * Mutants, each a fault that must be found:
 *   NUMBER_FIRST   the number is stored before the payload
 *   NO_CLEAR       a slot is written again without waiting for its readers
 *   CLEAR_LATE     they are taken to have left one collective too early
 *   KNOWN_TOO_MUCH who has shown a number is taken to have left that collective, not the one before
 *   LEAVE_FIRST    a member says that it has left before it has read to the end
 *   NO_DEPART      a lender takes its buffer back without waiting
 *   NO_FENCE       nobody's buffer is emptied before the last look
 *   NO_RECHECK     a member sleeps without a last look
 *   LEAVE_SILENTLY who leaves wakes nobody
 */
#ifndef MEMBERS
#define MEMBERS 2
#endif
#ifndef COUNT
#define COUNT 5
#endif

/* Kinds of collectives: ALL, LEND, FROM + root. */
#define ALL 0
#define LEND 1
#define FROM 2
#ifndef KINDS
#define KINDS 21220
#endif
#define KIND(i) (i == 1 -> KINDS % 10 : (i == 2 -> KINDS / 10 % 10 : (i == 3 -> KINDS / 100 % 10 : (i == 4 -> KINDS / 1000 % 10 : KINDS / 10000))))
byte kind[COUNT + 1];

/* Of each member: two slots of a number and a payload, what it has left, and a buffer of its own. */
byte number[2 * MEMBERS];
byte payload[2 * MEMBERS];
byte left[MEMBERS];
byte own[MEMBERS];
bit parked[MEMBERS];
bit rung[MEMBERS];

#define SLOT(m, n) (2 * (m) + ((n) & 1))

/* Store buffers. */
#define NUMBER 0
#define PAYLOAD 1
#define LEFT 2
#define OWN 3
chan stores[MEMBERS] = [5] of { byte, byte };

inline apply(m, what, n) {
  if
  :: what == NUMBER -> number[SLOT(m, n)] = n
  :: what == PAYLOAD -> payload[SLOT(m, n)] = n
  :: what == LEFT -> left[m] = n
  :: what == OWN -> own[m] = n
  fi
}

proctype Memory(byte m) {
  byte what, n;
end:
  do
  :: atomic { stores[m] ? what, n -> apply(m, what, n); what = 0; n = 0 }
  od
}

/* All buffers are emptied. */
inline fence() {
  i = 0;
  do
  :: i < MEMBERS ->
     do
     :: stores[i] ? what, value -> apply(i, what, value)
     :: empty(stores[i]) -> break
     od;
     i++
  :: else -> break
  od;
  i = 0; what = 0; value = 0
}

/* All at once: who parks while others are woken looks once more. (Whoever shows a number soon leaves: it is then that it must wake.) */
inline wake() {
  d_step {
    for (i : 0 .. MEMBERS - 1) {
      if
      :: i != me && parked[i] -> rung[i] = 1
      :: else
      fi
    }
    i = 0
  }
}

/* Waits until `ready`: by looking, or asleep in between. */
#define WAIT(ready) \
  do \
  :: atomic { (ready) -> break } \
  :: atomic { !(ready) -> rung[me] = 0; parked[me] = 1 } \
     LAST_LOOK(ready) \
     parked[me] = 0 \
  od

#ifdef NO_RECHECK
#define LAST_LOOK(ready) rung[me] == 1;
#else
#ifdef NO_FENCE
#define LAST_LOOK(ready) if :: (ready) :: atomic { !(ready) -> skip } rung[me] == 1 fi;
#else
#define LAST_LOOK(ready) atomic { fence() } if :: (ready) :: atomic { !(ready) -> skip } rung[me] == 1 fi;
#endif
#endif

#ifdef CLEAR_LATE
#define AGO 3
#else
#define AGO 2
#endif

/* What a rank that has shown its number has left. */
#ifdef KNOWN_TOO_MUCH
#define ITS(n) (n)
#else
#define ITS(n) ((n) - 1)
#endif

inline clear() {
#ifndef NO_CLEAR
  for (j : 0 .. MEMBERS - 1) {
    if
    :: j != me && n > AGO && known[j] < n - AGO ->
       WAIT(left[j] >= n - AGO);
       known[j] = n - AGO
    :: else
    fi
  }
  j = 0;
#endif
  skip
}

inline publish() {
#ifdef NUMBER_FIRST
  stores[me] ! NUMBER, n;
  stores[me] ! PAYLOAD, n;
#else
  stores[me] ! PAYLOAD, n;
  stores[me] ! NUMBER, n;
#endif
  wake()
}

inline leave() {
  stores[me] ! LEFT, n;
#ifndef LEAVE_SILENTLY
  wake()
#endif
}

#define READS(j) (j != me && (kind[n] < FROM || kind[n] == FROM + j))

proctype Member(byte me) {
  byte n, i, j, what, value;
  byte known[MEMBERS];
  for (n : 1 .. COUNT) {
    if
    :: kind[n] == LEND -> stores[me] ! OWN, n
    :: else
    fi;
    if
    :: kind[n] < FROM || kind[n] == FROM + me -> clear(); publish()
    :: else
    fi;
    for (j : 0 .. MEMBERS - 1) {
      if
      :: READS(j) ->
         WAIT(number[SLOT(j, n)] == n);
         known[j] = ITS(n);
#ifdef LEAVE_FIRST
         leave();
#endif
         assert(payload[SLOT(j, n)] == n);
         assert(payload[SLOT(j, n)] == n && (kind[n] != LEND || own[j] == n))
      :: else
      fi
    }
    j = 0;
#ifndef LEAVE_FIRST
    leave();
#endif
    if
    :: kind[n] == LEND ->
#ifndef NO_DEPART
       for (j : 0 .. MEMBERS - 1) {
         if
         :: j != me -> WAIT(left[j] >= n)
         :: else
         fi
       }
       j = 0;
#endif
       stores[me] ! OWN, 0
    :: else
    fi
  }
}

init {
  byte i;
  atomic {
    for (i : 1 .. COUNT) { kind[i] = KIND(i) }
    for (i : 0 .. MEMBERS - 1) {
      run Memory(i);
      run Member(i)
    }
  }
}
