// Reductions of the elements of TypedArrays.
#include "functions.h"
#include "reduction-arguments.h"

namespace mpi4ts {

namespace {

template <size_t N>
bool fits(const Arguments<N>& in, const View& view, const View& out) {
  return view.bytes == out.bytes || in.fail("%" PRId64 " and %" PRId64 " bytes are not equally many", view.bytes, out.bytes);
}

}  // namespace

napi_value reduce(napi_env env, napi_callback_info info) {
  Arguments<4> in(env, info, "reduce");
  View input, inout;
  if (!in.view(2, "input", &input) || !in.view(3, "inout", &inout) || !fits(in, input, inout)) return nullptr;
  int64_t count;
  ReductionLoop loop = readLoop(in, 0, inout.bytes, &count);
  if (loop != nullptr) loop(input.data, inout.data, inout.data, count);
  return nullptr;
}

napi_value combine(napi_env env, napi_callback_info info) {
  Arguments<5> in(env, info, "combine");
  View a, b, out;
  if (!in.view(2, "a", &a) || !in.view(3, "b", &b) || !in.view(4, "out", &out) || !fits(in, a, out) ||
      !fits(in, b, out)) {
    return nullptr;
  }
  int64_t count;
  ReductionLoop loop = readLoop(in, 0, out.bytes, &count);
  if (loop != nullptr) loop(a.data, b.data, out.data, count);
  return nullptr;
}

}  // namespace mpi4ts
