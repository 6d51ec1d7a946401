// Arguments of a call from JavaScript, checked. Every getter throws a JavaScript exception and returns false where
// the argument is not what it must be; the caller then returns nullptr. Plain Node-API calls, because the C++
// wrappers would cost as much as the work of a small copy.
#pragma once

#include <cinttypes>
#include <cstddef>
#include <cstdio>

#include "thread.h"

namespace mpi4ts {

constexpr int64_t kIntegerMax = int64_t{1} << 53;

// An integer as JavaScript has it.
inline napi_value number(napi_env env, int64_t value) {
  napi_value result = nullptr;
  napi_create_double(env, static_cast<double>(value), &result);
  return result;
}

inline napi_value boolean(napi_env env, bool value) {
  napi_value result = nullptr;
  napi_get_boolean(env, value, &result);
  return result;
}

// The memory of a TypedArray; valid until the call returns to JavaScript.
struct View {
  uint8_t* data = nullptr;
  int64_t bytes = 0;
  napi_value buffer = nullptr;
};

template <size_t N>
class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info, const char* function) : env_(env), function_(function) {
    size_t count = N;
    void* data = nullptr;
    napi_get_cb_info(env, info, &count, values_, nullptr, &data);
    thread_ = static_cast<Thread*>(data);
  }

  Thread* thread() const { return thread_; }
  napi_value value(size_t index) const { return values_[index]; }

  // The thread's segment, or nullptr and an exception before `attach`.
  Segment* segment() const {
    if (thread_->segment == nullptr) napi_throw_error(env_, nullptr, "call attach() first");
    return thread_->segment;
  }

  // An integer from 0 to `max`.
  bool integer(size_t index, const char* what, int64_t max, int64_t* out) const {
    double number;
    if (napi_get_value_double(env_, values_[index], &number) == napi_ok && number >= 0 &&
        number <= static_cast<double>(max)) {
      *out = static_cast<int64_t>(number);
      if (static_cast<double>(*out) == number) return true;
    }
    return fail("%s: %s must be an integer from 0 to %" PRId64, function_, what, max);
  }

  // A 32-bit word as an Int32Array reads it.
  bool word(size_t index, const char* what, int32_t* out) const {
    double number;
    if (napi_get_value_double(env_, values_[index], &number) == napi_ok && number >= INT32_MIN &&
        number <= INT32_MAX) {
      *out = static_cast<int32_t>(number);
      if (static_cast<double>(*out) == number) return true;
    }
    return fail("%s: %s must be a 32-bit signed integer", function_, what);
  }

  // A TypedArray. Asking for `data` moves a small array's bytes out of V8's heap, where the collector could move them.
  bool view(size_t index, const char* what, View* out, bool withBuffer = false) const {
    void* data = nullptr;
    if (napi_get_typedarray_info(env_, values_[index], nullptr, nullptr, &data,
                                 withBuffer ? &out->buffer : nullptr, nullptr) == napi_ok) {
      out->data = static_cast<uint8_t*>(data);
      out->bytes = viewBytes(values_[index]);
      return true;
    }
    char text[120];
    snprintf(text, sizeof text, "%s: %s must be a TypedArray", function_, what);
    napi_throw_type_error(env_, nullptr, text);
    return false;
  }

  // Three arguments: hold, byteOffset, bytes. Memory that this thread holds; nullptr and an exception where it does not.
  uint8_t* held(size_t first, int64_t* bytes) const {
    int64_t id, offset;
    if (!integer(first, "hold", kIntegerMax, &id) || !integer(first + 1, "byteOffset", kIntegerMax, &offset) ||
        !integer(first + 2, "bytes", kIntegerMax, bytes)) {
      return nullptr;
    }
    Hold* held = thread_->holds.find(id);
    if (held == nullptr) {
      fail("%s: nothing is held under %" PRId64, function_, id);
      return nullptr;
    }
    return inside("the held memory", offset, *bytes, held->bytes()) ? held->data() + offset : nullptr;
  }

  // That `bytes` at `offset` lie inside `total`.
  bool inside(const char* what, int64_t offset, int64_t bytes, int64_t total) const {
    if (bytes <= total && offset <= total - bytes) return true;
    return fail("%s: %" PRId64 " bytes at byte %" PRId64 " are not inside the %" PRId64 " bytes of %s",
                function_, bytes, offset, total, what);
  }

  // Throws a RangeError.
  template <typename... Values>
  bool fail(const char* format, Values... values) const {
    char text[240];
    snprintf(text, sizeof text, format, values...);
    napi_throw_range_error(env_, nullptr, text);
    return false;
  }

 private:
  napi_env env_;
  const char* function_;
  napi_value values_[N];
  Thread* thread_;
};

}  // namespace mpi4ts
