// attach, expose, conceal and pull: the checked way from JavaScript to a Segment.
#include "arguments.h"
#include "functions.h"

namespace mpi4ts {

namespace {

// Reads one number of the options; their getters may run any JavaScript, so nothing else is looked at before.
bool option(napi_env env, napi_value options, const char* name, int64_t* out) {
  napi_value value = nullptr;
  double number;
  if (napi_get_named_property(env, options, name, &value) != napi_ok) return false;
  if (napi_get_value_double(env, value, &number) == napi_ok && number >= 0 &&
      number <= static_cast<double>(kIntegerMax)) {
    *out = static_cast<int64_t>(number);
    if (static_cast<double>(*out) == number) return true;
  }
  char text[120];
  snprintf(text, sizeof text, "attach: options.%s must be an integer, not negative", name);
  napi_throw_range_error(env, nullptr, text);
  return false;
}

bool readOptions(napi_env env, napi_value options, Layout* layout, int64_t* rank) {
  napi_valuetype type = napi_undefined;
  napi_typeof(env, options, &type);
  if (type != napi_object && type != napi_function) {
    napi_throw_type_error(env, nullptr, "attach: options must be an object");
    return false;
  }
  struct {
    const char* name;
    int64_t* out;
  } const wanted[] = {
      {"rank", rank},
      {"size", &layout->size},
      {"rankBlocks", &layout->rankBlocks},
      {"rankBytes", &layout->rankBytes},
      {"rankDone", &layout->rankDone},
      {"rankHelp", &layout->rankHelp},
      {"rankPid", &layout->rankPid},
      {"slotTables", &layout->slotTables},
      {"slotsPerRank", &layout->slotsPerRank},
      {"slotBytes", &layout->slotBytes},
      {"processes", &layout->processes},
  };
  for (const auto& each : wanted) {
    if (!option(env, options, each.name, each.out)) return false;
  }
  return true;
}

// What `pull` and `pullHeld` share, once they know where the bytes go.
napi_value pullInto(napi_env env, const Arguments<6>& in, int64_t owner, int64_t slot, int32_t word, uint8_t* target,
                    int64_t bytes) {
  if (!Segment::offered(word)) {
    in.fail("pull: word %" PRId32 " is in neither state OFFERED nor MATCHED", word);
    return nullptr;
  }
  Pulled pulled = in.thread()->segment->pull(owner, slot, word, target, bytes);
  if (pulled == Pulled::kTooLong) {
    in.fail("pull: %" PRId64 " bytes are more than were exposed", bytes);
    return nullptr;
  }
  napi_value result = nullptr;
  napi_create_int32(env, static_cast<int32_t>(pulled), &result);
  return result;
}

}  // namespace

napi_value attach(napi_env env, napi_callback_info info) {
  Arguments<2> in(env, info, "attach");
  Thread* thread = in.thread();
  Layout layout;
  int64_t rank;
  View view;
  if (!readOptions(env, in.value(1), &layout, &rank) || !in.view(0, "segment", &view, true)) return nullptr;
  const char* problem = layout.problem(view.bytes);
  if (problem == nullptr && rank >= layout.size) problem = "the rank is not below size";
  if (problem == nullptr && reinterpret_cast<uintptr_t>(view.data) % 4 != 0) problem = "the view is not aligned";
  if (problem == nullptr && thread->segment != nullptr) problem = "this thread is already attached";
  Hold* memory = problem == nullptr ? Hold::make(env, view.buffer, thread->sharedOnly) : nullptr;
  if (problem == nullptr && memory == nullptr) problem = "the memory of this buffer cannot be held";
  Segment* segment = problem == nullptr ? Segment::attach(view.data, layout, rank, &problem) : nullptr;
  if (segment == nullptr) {
    if (memory != nullptr) memory->release();
    in.fail("attach: %s", problem);
    return nullptr;
  }
  thread->renewHook();
  thread->segment = segment;
  thread->base = view.data;
  thread->bytes = view.bytes;
  thread->rank = rank;
  thread->memory = memory;
  return nullptr;
}

napi_value expose(napi_env env, napi_callback_info info) {
  Arguments<4> in(env, info, "expose");
  Segment* segment = in.segment();
  int64_t slot, id, offset, bytes;
  if (segment == nullptr || !in.integer(0, "slot", segment->layout().slotsPerRank - 1, &slot) ||
      !in.integer(1, "hold", kIntegerMax, &id) || !in.integer(2, "byteOffset", kIntegerMax, &offset) ||
      !in.integer(3, "bytes", kIntegerMax, &bytes)) {
    return nullptr;
  }
  Hold* held = in.thread()->holds.find(id);
  if (held == nullptr) {
    in.fail("expose: nothing is held under %" PRId64, id);
    return nullptr;
  }
  bool inside = bytes <= held->bytes() && offset <= held->bytes() - bytes;
  bool exposed = inside && segment->expose(in.thread()->rank, slot, held, offset, bytes);
  napi_value result = nullptr;
  napi_get_boolean(env, exposed, &result);
  return result;
}

napi_value conceal(napi_env env, napi_callback_info info) {
  Arguments<1> in(env, info, "conceal");
  Segment* segment = in.segment();
  int64_t slot;
  if (segment != nullptr && in.integer(0, "slot", segment->layout().slotsPerRank - 1, &slot)) {
    segment->conceal(in.thread()->rank, slot);
  }
  return nullptr;
}

napi_value pull(napi_env env, napi_callback_info info) {
  Arguments<6> in(env, info, "pull");
  Segment* segment = in.segment();
  int64_t owner, slot, offset, bytes;
  int32_t word;
  View target;
  if (segment == nullptr || !in.integer(0, "owner", segment->layout().size - 1, &owner) ||
      !in.integer(1, "slot", segment->layout().slotsPerRank - 1, &slot) || !in.word(2, "word", &word) ||
      !in.view(3, "target", &target) || !in.integer(4, "targetOffset", kIntegerMax, &offset) ||
      !in.integer(5, "bytes", kIntegerMax, &bytes) || !in.inside("target", offset, bytes, target.bytes)) {
    return nullptr;
  }
  return pullInto(env, in, owner, slot, word, target.data + offset, bytes);
}

napi_value pullHeld(napi_env env, napi_callback_info info) {
  Arguments<6> in(env, info, "pullHeld");
  Segment* segment = in.segment();
  int64_t owner, slot, id, byteOffset, bytes;
  int32_t word;
  if (segment == nullptr || !in.integer(0, "owner", segment->layout().size - 1, &owner) ||
      !in.integer(1, "slot", segment->layout().slotsPerRank - 1, &slot) || !in.word(2, "word", &word) ||
      !in.integer(3, "hold", kIntegerMax, &id) || !in.integer(4, "byteOffset", kIntegerMax, &byteOffset) ||
      !in.integer(5, "bytes", kIntegerMax, &bytes)) {
    return nullptr;
  }
  Hold* held = in.thread()->holds.find(id);
  if (held == nullptr) {
    in.fail("pullHeld: nothing is held under %" PRId64, id);
    return nullptr;
  }
  if (!in.inside("the held memory", byteOffset, bytes, held->bytes())) return nullptr;
  return pullInto(env, in, owner, slot, word, held->data() + byteOffset, bytes);
}

napi_value help(napi_env env, napi_callback_info info) {
  Arguments<1> in(env, info, "help");
  Segment* segment = in.segment();
  if (segment == nullptr) return nullptr;
  napi_value result = nullptr;
  napi_create_int32(env, segment->help(in.thread()->rank), &result);
  return result;
}

}  // namespace mpi4ts
