// The processor that the calling thread runs on.
#include <napi.h>
#include <sched.h>

#include "functions.h"

namespace mpi4ts {

namespace {
// Far beyond any Linux kernel's limit (8192): a mask of this many bits is never too short.
constexpr uint32_t kCpus = 65536;
constexpr size_t kMaskBytes = CPU_ALLOC_SIZE(kCpus);

struct Mask {
  alignas(cpu_set_t) unsigned char bytes[kMaskBytes] = {};
  cpu_set_t* set() { return reinterpret_cast<cpu_set_t*>(bytes); }
};
}  // namespace

napi_value yieldCpu(napi_env, napi_callback_info) {
  sched_yield();
  return nullptr;
}

napi_value affinity(napi_env env, napi_callback_info) {
  Napi::Array cpus = Napi::Array::New(env);
  Mask mask;
  if (sched_getaffinity(0, kMaskBytes, mask.set()) != 0) return cpus;
  uint32_t count = 0;
  for (uint32_t cpu = 0; cpu < kCpus; cpu++) {
    if (CPU_ISSET_S(cpu, kMaskBytes, mask.set())) cpus.Set(count++, Napi::Number::New(env, cpu));
  }
  return cpus;
}

napi_value bind(napi_env env, napi_callback_info info) {
  Napi::CallbackInfo in(env, info);
  if (!in[0].IsArray()) {
    napi_throw_type_error(env, nullptr, "bind: cpus must be an array of CPU numbers");
    return nullptr;
  }
  auto cpus = in[0].As<Napi::Array>();
  Mask mask;
  uint32_t count = cpus.Length();
  for (uint32_t index = 0; index < count; index++) {
    Napi::Value cpu = cpus.Get(index);
    if (in.Env().IsExceptionPending()) return nullptr;
    double number = cpu.IsNumber() ? cpu.As<Napi::Number>().DoubleValue() : -1;
    if (!(number >= 0 && number < kCpus) || number != static_cast<uint32_t>(number)) {
      napi_throw_range_error(env, nullptr, "bind: a CPU number must be an integer from 0 to 65535");
      return nullptr;
    }
    CPU_SET_S(static_cast<uint32_t>(number), kMaskBytes, mask.set());
  }
  return Napi::Boolean::New(env, sched_setaffinity(0, kMaskBytes, mask.set()) == 0);
}

}  // namespace mpi4ts
