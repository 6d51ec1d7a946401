// Parts of what others expose, read and written where they lie by threads of the same process. Who may do so, and until
// when, the ranks agree on among themselves; here only that there is memory, and enough of it.
#include "arguments.h"
#include "functions.h"
#include "move.h"
#include "reduction-arguments.h"

namespace mpi4ts {

namespace {

// Bytes of an owner's slot that stay where they are as long as this lives.
class Pinned {
 public:
  Pinned(Segment* segment, int64_t owner, int64_t slot) : exposure_(segment->exposure(owner, slot)) {
    if (exposure_ != nullptr) exposure_->pin();
  }
  ~Pinned() {
    if (exposure_ != nullptr) exposure_->unpin();
  }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

  // nullptr if there are fewer.
  uint8_t* bytes(int64_t from, int64_t count) const {
    bool inside = exposure_ != nullptr && !exposure_->empty() && count <= exposure_->bytes() &&
                  from <= exposure_->bytes() - count;
    return inside ? exposure_->data() + from : nullptr;
  }

 private:
  Exposure* exposure_;
};

template <size_t N>
bool readPlace(const Arguments<N>& in, size_t first, Segment* segment, int64_t* owner, int64_t* slot) {
  if (segment->layout().processes != 0) return in.fail("the ranks of this segment are processes");
  return in.integer(first, "owner", segment->layout().size - 1, owner) &&
         in.integer(first + 1, "slot", segment->layout().slotsPerRank - 1, slot);
}

}  // namespace

napi_value readExposed(napi_env env, napi_callback_info info) {
  Arguments<6> in(env, info, "readExposed");
  Segment* segment = in.segment();
  int64_t owner, slot, from, bytes;
  if (segment == nullptr || !readPlace(in, 0, segment, &owner, &slot) || !in.integer(2, "from", kIntegerMax, &from)) {
    return nullptr;
  }
  uint8_t* target = in.held(3, &bytes);
  if (target == nullptr) return nullptr;
  Pinned pinned(segment, owner, slot);
  const uint8_t* source = pinned.bytes(from, bytes);
  if (source != nullptr) move(target, source, bytes);
  return boolean(env, source != nullptr);
}

napi_value writeExposed(napi_env env, napi_callback_info info) {
  Arguments<6> in(env, info, "writeExposed");
  Segment* segment = in.segment();
  int64_t owner, slot, from, bytes;
  if (segment == nullptr || !readPlace(in, 0, segment, &owner, &slot) || !in.integer(2, "from", kIntegerMax, &from)) {
    return nullptr;
  }
  const uint8_t* source = in.held(3, &bytes);
  if (source == nullptr) return nullptr;
  Pinned pinned(segment, owner, slot);
  uint8_t* target = pinned.bytes(from, bytes);
  if (target != nullptr) move(target, source, bytes);
  return boolean(env, target != nullptr);
}

napi_value combineExposed(napi_env env, napi_callback_info info) {
  Arguments<10> in(env, info, "combineExposed");
  Segment* segment = in.segment();
  int64_t ownerA, slotA, ownerB, slotB, from, bytes, count;
  if (segment == nullptr || !readPlace(in, 2, segment, &ownerA, &slotA) || !readPlace(in, 4, segment, &ownerB, &slotB) ||
      !in.integer(6, "from", kIntegerMax, &from)) {
    return nullptr;
  }
  uint8_t* target = in.held(7, &bytes);
  ReductionLoop loop = target == nullptr ? nullptr : readLoop(in, 0, bytes, &count);
  if (loop == nullptr) return nullptr;
  Pinned a(segment, ownerA, slotA);
  Pinned b(segment, ownerB, slotB);
  const uint8_t* left = a.bytes(from, bytes);
  const uint8_t* right = b.bytes(from, bytes);
  bool good = left != nullptr && right != nullptr;
  if (good) loop(left, right, target, count);
  return boolean(env, good);
}

napi_value reduceExposed(napi_env env, napi_callback_info info) {
  Arguments<8> in(env, info, "reduceExposed");
  Segment* segment = in.segment();
  int64_t owner, slot, from, bytes, count;
  if (segment == nullptr || !readPlace(in, 2, segment, &owner, &slot) || !in.integer(4, "from", kIntegerMax, &from)) {
    return nullptr;
  }
  uint8_t* target = in.held(5, &bytes);
  ReductionLoop loop = target == nullptr ? nullptr : readLoop(in, 0, bytes, &count);
  if (loop == nullptr) return nullptr;
  Pinned pinned(segment, owner, slot);
  const uint8_t* source = pinned.bytes(from, bytes);
  if (source != nullptr) loop(source, target, target, count);
  return boolean(env, source != nullptr);
}

}  // namespace mpi4ts
