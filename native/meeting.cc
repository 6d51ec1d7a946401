// What members of a meeting show each other in the segment: awaited for a moment, and read or combined in the same call, whose
// beginning is then over before the bytes are there. Who may read what, and until when, the ranks agree on among themselves.
#include "arguments.h"
#include "functions.h"
#include "move.h"
#include "reduction-arguments.h"

namespace mpi4ts {

namespace {

// Up to so many bytes are fetched while their number is awaited; of more, lines would be taken from under who writes them.
constexpr int64_t kAheadBytesMax = 256;
constexpr int64_t kLineBytes = 64;

// Three arguments: word, number, looks; what is shown once the word of the segment is that number.
class Shown {
 public:
  template <size_t N>
  bool read(const Arguments<N>& in, size_t first) {
    int64_t word;
    if (in.segment() == nullptr) return false;
    if (!in.integer(first, "word", in.thread()->bytes / 4 - 1, &word) || !in.word(first + 1, "number", &number_) ||
        !in.integer(first + 2, "looks", kLooksMax, &looks_)) {
      return false;
    }
    word_ = reinterpret_cast<int32_t*>(in.thread()->base) + word;
    return true;
  }

  bool await(const uint8_t* payload, int64_t bytes) const {
    int64_t ahead = bytes <= kAheadBytesMax ? bytes : 0;
    for (int64_t look = 0; look < looks_; look++) {
      if (__atomic_load_n(word_, __ATOMIC_ACQUIRE) == number_) return true;
      for (int64_t at = 0; at < ahead; at += kLineBytes) __builtin_prefetch(payload + at);
    }
    return false;
  }

 private:
  // Some tens of microseconds.
  static constexpr int64_t kLooksMax = 10000;

  int32_t* word_;
  int32_t number_;
  int64_t looks_;
};

// A byte offset in the segment, from which on so many bytes are inside.
template <size_t N>
const uint8_t* readPayload(const Arguments<N>& in, size_t index, int64_t bytes) {
  int64_t offset;
  if (!in.integer(index, "from", kIntegerMax, &offset) ||
      !in.inside("the segment", offset, bytes, in.thread()->bytes)) {
    return nullptr;
  }
  return in.thread()->base + offset;
}

}  // namespace

napi_value copyShown(napi_env env, napi_callback_info info) {
  Arguments<7> in(env, info, "copyShown");
  Shown shown;
  int64_t bytes;
  if (!shown.read(in, 0)) return nullptr;
  uint8_t* target = in.held(4, &bytes);
  const uint8_t* payload = target == nullptr ? nullptr : readPayload(in, 3, bytes);
  if (payload == nullptr) return nullptr;
  bool good = shown.await(payload, bytes);
  if (good) move(target, payload, bytes);
  return boolean(env, good);
}

napi_value combineShown(napi_env env, napi_callback_info info) {
  Arguments<10> in(env, info, "combineShown");
  Shown shown;
  int64_t bytes, count;
  if (!shown.read(in, 2)) return nullptr;
  uint8_t* target = in.held(7, &bytes);
  ReductionLoop loop = target == nullptr ? nullptr : readLoop(in, 0, bytes, &count);
  const uint8_t* a = loop == nullptr ? nullptr : readPayload(in, 5, bytes);
  const uint8_t* b = a == nullptr ? nullptr : readPayload(in, 6, bytes);
  if (b == nullptr) return nullptr;
  bool good = shown.await(a, bytes);
  if (good) loop(a, b, target, count);
  return boolean(env, good);
}

}  // namespace mpi4ts
