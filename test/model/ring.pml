/*
 * The ring and doorbell protocol (src/transport/ring, and Engine.wait and Engine.park) for SPIN.
 *
 * Two ranks, a ring each way. Every rank sends SENDn records and receives all of its peer's; where it can do neither
 * it spins, or parks on its doorbell. A PAD ends the ring wherever a record of two lines meets the last line. The
 * sizes of records are given (SIZES), everything else is free: all interleavings, all delays of plain stores, when to
 * spin and when to park, whether the ring is cooled for another peer's sake, and (AWAIT) whether the rank goes on
 * listening after it woke.
 *
 * Memory. Atomics.* are sequentially consistent: each is one step on the shared arrays. A plain store goes to the
 * thread's store buffer, from where it reaches memory at any later time and in any order (process Memory), at the
 * latest when the thread's next Atomics.store or read-modify-write takes effect (release). What the model need not
 * show: a plain store may also become visible early, but never before the thread's last Atomics.load, and that of
 * the head (or of the mode, after the last commit) has by then made the line the sender's own; plain loads may be
 * early or late likewise, between the load of the header (for a poll before sleep: of the doorbell) and the store
 * of the head.
 *
 * With FENCED a header may be a plain store, on a processor that keeps stores in order (layout.ts, RingMode): it
 * reaches memory after the payload, but perhaps only after the sender has looked at the mode.
 *
 * Abstractions. A sleep has no timeout here, so no time slice hides a lost wake-up. A fruitless look changes
 * nothing and is left out: a rank spins by waiting for something to see. `rung` says that the doorbell has changed
 * since its owner read it. Counters are modulo 16 instead of 2^32, so that they overflow too.
 *
 * Checked: no invalid end state (every rank ends, with everything sent and received); no line is written before it
 * is read to its end (`unread`); records arrive in order and whole.
 *
 * Mutants, each a fault that must be found:
 *   PLAIN_COMMIT       the header is a plain store: unordered with the payload, and later than the look at the mode
 *   NO_FENCE           FENCED, but a rank that stops polling a ring does not fence its sender
 *   HEADER_FIRST       the header is stored before the payload
 *   NO_RECHECK         a rank sleeps without a look around after it said that it parks
 *   NO_MODE_LOOK       the sender does not look at the mode after it published
 *   PARKED_LOOK_FIRST  the sender looks whether its peer sleeps before it sets the pending bit
 *   NOTIFY_ONLY        the doorbell is notified but not changed
 *   SILENT_COOL        a ring that is polled no more is not looked at once more
 *   NO_SPACE_WAKE      the reader makes room and wakes nobody
 *   NO_CLEAR           the header after the record is not cleared
 *   WRONG_CLEAR        the record's own header is cleared instead
 *   NO_PAD_CLEAR       the header at the start of the ring is not cleared before a PAD leads there
 *   NO_SPARE_LINE      no room is asked for the header that is cleared
 *   FREE_FIRST         the reader gives the room back before it has read
 */
#ifndef LINES
#define LINES 8
#endif
#ifndef SEND0
#define SEND0 18
#endif
#ifndef SEND1
#define SEND1 0
#endif
/* Times that rank 0 must have lapped its ring by the end. */
#ifndef LAPS
#define LAPS 3
#endif
/* Records taken before the next ring has its turn (drainRecordsMax). */
#ifndef DRAIN
#define DRAIN 2
#endif

/* Lines of the record after n others, at most LINES / 4: bit n % 5 of SIZES says whether it has two. */
#ifndef SIZES
#define SIZES 10
#endif
#define SIZE(n) (1 + ((SIZES >> ((n) % 5)) & 1))
#define MODULUS(n) ((n) & 15)

/* Header words: NONE, the lines of a record, or PAD | lines. */
#define NONE 0
#define PAD 8

#define SIGNAL 0
#define POLLED 1

/* Ring r is written by rank r and read by the other. Of each line: its first word, and the rest. */
byte first[2 * LINES];
byte rest[2 * LINES];
byte head[2];
bit mode[2];
/* Rank block. */
bit pending[2];
bit parked[2];
bit rung[2];
bit asleep[2];

/* Written and not yet read to the end; for assertions only. */
bit unread[2 * LINES];

/* Store buffers: a header to clear (line + 1), lines of payload (a mask), and the commit word. */
byte clears[2];
byte payload[2];
byte payloadLine[2];
byte payloadSeq[2];
byte commits[2];
byte commitLine[2];

#define LINE(r, n) ((r) * LINES + (n))

inline applyClear(r) {
  assert(!unread[LINE(r, clears[r] - 1)]);
  first[LINE(r, clears[r] - 1)] = NONE;
  clears[r] = 0
}

/* A later line's first word is payload as well: here one that would pass for a header. */
inline applyPayload(r, i) {
  assert(!unread[LINE(r, payloadLine[r] + i)]);
  rest[LINE(r, payloadLine[r] + i)] = payloadSeq[r];
  if
  :: i > 0 -> first[LINE(r, payloadLine[r] + i)] = 1
  :: else
  fi;
  payload[r] = payload[r] & ~(1 << i);
  if
  :: payload[r] == 0 -> payloadLine[r] = 0; payloadSeq[r] = 0
  :: else
  fi
}

inline applyHeader(r, line, word) {
  assert(!unread[LINE(r, line)]);
  first[LINE(r, line)] = word;
  unread[LINE(r, line)] = 1;
  if
  :: (word & 7) > 1 -> unread[LINE(r, line) + 1] = 1
  :: else
  fi
}

inline applyCommit(r) {
  applyHeader(r, commitLine[r], commits[r]);
  commits[r] = 0;
  commitLine[r] = 0
}

inline flush(r) {
  if :: clears[r] != 0 -> applyClear(r) :: else fi;
  if :: payload[r] & 1 -> applyPayload(r, 0) :: else fi;
  if :: payload[r] & 2 -> applyPayload(r, 1) :: else fi;
  if :: commits[r] != 0 -> applyCommit(r) :: else fi
}

proctype Memory(bit me) {
end:
  do
  :: d_step { clears[me] != 0 -> applyClear(me) }
  :: d_step { (payload[me] & 1) != 0 -> applyPayload(me, 0) }
  :: d_step { (payload[me] & 2) != 0 -> applyPayload(me, 1) }
  :: d_step { commits[me] != 0 -> applyCommit(me) }
  od
}

/* RingTransport.wake */
inline wake(who) {
#ifdef NOTIFY_ONLY
  if
  :: parked[who] -> asleep[who] = 0
  :: else
  fi
#else
  if
  :: parked[who] ->
    d_step { flush(me); rung[who] = 1 };
    asleep[who] = 0
  :: else
  fi
#endif
}

/* RingTransport.#signal */
inline signal() {
#ifdef PARKED_LOOK_FIRST
  tmp = parked[peer];
  d_step { flush(me); pending[peer] = 1 };
  if
  :: tmp -> rung[peer] = 1; asleep[peer] = 0
  :: else
  fi;
  tmp = 0
#else
  d_step { flush(me); pending[peer] = 1 };
  wake(peer)
#endif
}

#define FREE (LINES - MODULUS(written - headSeen))
#define TO_END (LINES - position)
#ifdef NO_SPARE_LINE
#define SPARE 0
#else
#define SPARE 1
#endif
#define NEEDED (lines + SPARE + (lines > TO_END -> TO_END : 0))
#define NEXT (position + lines == LINES -> 0 : position + lines)

/* OutRing.reserve: `room` tells whether there is any. */
inline reserve() {
  room = 1;
  if
  :: FREE < NEEDED ->
    d_step {
      headSeen = head[me];
      room = (FREE >= NEEDED -> 1 : 0)
    }
  :: else
  fi;
  if
  :: room && lines > TO_END ->
    d_step {
      flush(me);
#ifndef NO_PAD_CLEAR
      clears[me] = 1
#endif
    };
    d_step {
      flush(me);
      applyHeader(me, position, PAD | TO_END);
      written = MODULUS(written + TO_END);
      position = 0;
      laps++
    }
  :: else
  fi
}

/* The plain stores of a record. */
inline fill() {
  d_step {
    flush(me);
#ifdef WRONG_CLEAR
    clears[me] = position + 1;
#else
#ifndef NO_CLEAR
    clears[me] = NEXT + 1;
#endif
#endif
    payloadLine[me] = position;
    payloadSeq[me] = sent + 1;
    payload[me] = (1 << lines) - 1
  }
}

#define COMMIT_IN_ORDER d_step { flush(me); commits[me] = lines; commitLine[me] = position }
#define COMMIT_AT_ONCE d_step { flush(me); applyHeader(me, position, lines) }

/* OutRing.commit, OutRing.#publish and RingTransport.commit. */
inline publish() {
#ifdef HEADER_FIRST
  d_step { applyHeader(me, position, lines) };
  fill();
#else
  fill();
#ifdef PLAIN_COMMIT
  d_step { commits[me] = lines; commitLine[me] = position };
#else
#ifdef FENCED
  if
  :: fenced -> COMMIT_IN_ORDER
  :: else -> COMMIT_AT_ONCE
  fi;
#else
  COMMIT_AT_ONCE;
#endif
#endif
#endif
  d_step {
    written = MODULUS(written + lines);
    laps = laps + (position + lines == LINES);
    position = NEXT;
    lines = 0;
    sent++;
    news = 1
  };
#ifndef NO_MODE_LOOK
  fenced = mode[me];
  if
  :: fenced
  :: else -> signal()
  fi
#endif
}

/* Sender.push: what is queued, as far as there is room. */
inline push() {
  do
  :: sent < toSend ->
    lines = SIZE(sent);
    reserve();
    if
    :: room -> publish()
    :: else -> break
    fi
  :: else -> break
  od;
  room = 0
}

#define STEP(n) \
  inAt = (inAt + (n) == LINES -> 0 : inAt + (n)); \
  consumed = MODULUS(consumed + (n))

/* InRing.peek: the record's header, or NONE. */
inline peek() {
  d_step {
    record = first[LINE(peer, inAt)];
    if
    :: record & PAD -> unread[LINE(peer, inAt)] = 0; STEP(record & 7)
    :: else
    fi
  };
  if
  :: record & PAD -> record = first[LINE(peer, inAt)]
  :: else
  fi
}

/* The sink: reads the payload. */
inline read() {
  d_step {
    assert(!(record & PAD));
    assert(rest[LINE(peer, inAt)] == got + 1)
  };
  if
  :: record > 1 -> d_step {
      assert(first[LINE(peer, inAt) + 1] == 1);
      assert(rest[LINE(peer, inAt) + 1] == got + 1)
    }
  :: else
  fi;
  d_step {
    unread[LINE(peer, inAt)] = 0;
    if
    :: record > 1 -> unread[LINE(peer, inAt) + 1] = 0
    :: else
    fi;
    got++
  }
}

/* InRing.advance and RingTransport.consumed. */
inline advance() {
  d_step { STEP(record) };
  if
  :: MODULUS(consumed - published) >= LINES / 4 ->
    d_step { flush(me); published = consumed; head[peer] = consumed };
#ifndef NO_SPACE_WAKE
    wake(peer)
#endif
  :: else
  fi
}

/* RingTransport.#cool */
inline cool() {
  d_step { flush(me); hot = 0; mode[peer] = SIGNAL };
#ifdef FENCED
#ifndef NO_FENCE
  d_step { flush(peer) };
#endif
#endif
#ifndef SILENT_COOL
  d_step { flush(me); pending[me] = 1 }
#endif
}

/* RingTransport.drain */
inline drain() {
  count = 0;
  do
  :: count < DRAIN ->
    peek();
    if
    :: record == NONE -> break
    :: else
    fi;
    if
    :: !hot && !listening -> d_step { flush(me); hot = 1; mode[peer] = POLLED }
    :: else
    fi;
#ifdef FREE_FIRST
    d_step {
      head[peer] = MODULUS(consumed + record);
      published = head[peer]
    };
    read();
    d_step { STEP(record) };
    wake(peer);
#else
    read();
    advance();
#endif
    d_step { count++; news = 1; record = NONE }
  :: else ->
    if
    :: !hot -> d_step { flush(me); pending[me] = 1 }
    :: else
    fi;
    break
  od;
  skip;
  d_step { count = 0; record = NONE }
}

/* RingTransport.poll. `watch`: Engine.#watch, which looks at a ring that need not be hot. */
inline poll() {
  if
  :: hot || watch -> drain()
  :: else
  fi;
  watch = 0;
  if
  :: pending[me] ->
    d_step { flush(me); pending[me] = 0 };
    drain()
  :: else
  fi
}

#define READY (sent == toSend && got == toGet)
#define VISIBLE (first[LINE(peer, inAt)] != NONE || pending[me] || (sent < toSend && head[me] != headSeen))

proctype Rank(bit me; byte toSend; byte toGet) {
  bit peer = 1 - me;
  /* Writing end. */
  byte position, written, headSeen, lines, sent;
  bit room, fenced; /* fenced: the mode as last seen */
  byte laps;
  /* Reading end. */
  byte inAt, consumed, published, record, count, got;
  bit hot, listening;
  /* Engine. */
  bit news, parking, watch, tmp;

  do
  :: !parking && READY -> break
  :: else ->
    news = 0;
#ifdef NO_RECHECK
    if
    :: parking
    :: else -> poll(); push()
    fi;
#else
    poll();
    push();
#endif
    if
    :: parking ->
      if
      :: !news && !READY ->
        /* Atomics.wait compares and falls asleep in one step. */
        d_step {
          if
          :: rung[me]
          :: else -> asleep[me] = 1
          fi
        };
        !asleep[me]
      :: else
      fi;
      d_step { parking = 0; rung[me] = 0 };
      /* Engine.park ends with `ignore`, unless something is awaited in the event loop meanwhile. */
      if
      :: d_step { flush(me); listening = 0; parked[me] = 0 }
      :: READY -> d_step { flush(me); listening = 0; parked[me] = 0 }
#ifdef AWAIT
      :: !READY
#endif
      fi
    :: !parking && !news && !READY ->
      if
      :: VISIBLE -> watch = 0
      :: VISIBLE -> watch = 1
      :: hot -> cool() /* a ninth peer took its place */
      :: /* RingTransport.listen */
        if
        :: !listening ->
          listening = 1;
          if
          :: hot -> cool()
          :: else
          fi;
          d_step { flush(me); parked[me] = 1 }
        :: else
        fi;
        d_step { rung[me] = 0; parking = 1 }
      fi
    :: else
    fi
  od;
  assert(me == 1 || laps >= LAPS)
}

init {
  atomic {
    run Memory(0);
    run Memory(1);
    run Rank(0, SEND0, SEND1);
    run Rank(1, SEND1, SEND0)
  }
}
