// Reductions of the elements of TypedArrays.
#include "reduce.h"

#include "arguments.h"
#include "functions.h"

namespace mpi4ts {

namespace {

// Arguments of reduce and combine: op, kind, and views of as many elements each.
struct Reduction {
  ReductionLoop loop;
  int64_t element;

  template <size_t N>
  bool read(const Arguments<N>& in) {
    int64_t op, kind;
    if (!in.integer(0, "op", kOps - 1, &op) || !in.integer(1, "kind", kKinds - 1, &kind)) return false;
    loop = reductionLoop(op, kind);
    element = reductionBytes(kind);
    return loop != nullptr || in.fail("op %" PRId64 " is not defined for kind %" PRId64, op, kind);
  }

  template <size_t N>
  bool fits(const Arguments<N>& in, const View& view, const View& out) {
    if (view.bytes == out.bytes && out.bytes % element == 0) return true;
    return in.fail("%" PRId64 " and %" PRId64 " bytes are not equally many elements of %" PRId64, view.bytes, out.bytes,
                   element);
  }
};

}  // namespace

napi_value reduce(napi_env env, napi_callback_info info) {
  Arguments<4> in(env, info, "reduce");
  Reduction job;
  View input, inout;
  if (job.read(in) && in.view(2, "input", &input) && in.view(3, "inout", &inout) && job.fits(in, input, inout)) {
    job.loop(input.data, inout.data, inout.data, inout.bytes / job.element);
  }
  return nullptr;
}

napi_value combine(napi_env env, napi_callback_info info) {
  Arguments<5> in(env, info, "combine");
  Reduction job;
  View a, b, out;
  if (job.read(in) && in.view(2, "a", &a) && in.view(3, "b", &b) && in.view(4, "out", &out) && job.fits(in, a, out) &&
      job.fits(in, b, out)) {
    job.loop(a.data, b.data, out.data, out.bytes / job.element);
  }
  return nullptr;
}

}  // namespace mpi4ts
