// The processor that the calling thread runs on.
#include <node_api.h>
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
  napi_value cpus = nullptr;
  napi_create_array(env, &cpus);
  Mask mask;
  if (sched_getaffinity(0, kMaskBytes, mask.set()) != 0) return cpus;
  uint32_t count = 0;
  for (uint32_t cpu = 0; cpu < kCpus; cpu++) {
    if (!CPU_ISSET_S(cpu, kMaskBytes, mask.set())) continue;
    napi_value number = nullptr;
    napi_create_uint32(env, cpu, &number);
    napi_set_element(env, cpus, count++, number);
  }
  return cpus;
}

napi_value bind(napi_env env, napi_callback_info info) {
  size_t arguments = 1;
  napi_value cpus = nullptr;
  napi_get_cb_info(env, info, &arguments, &cpus, nullptr, nullptr);
  bool isArray = false;
  napi_is_array(env, cpus, &isArray);
  if (!isArray) {
    napi_throw_type_error(env, nullptr, "bind: cpus must be an array of CPU numbers");
    return nullptr;
  }
  Mask mask;
  uint32_t count = 0;
  napi_get_array_length(env, cpus, &count);
  for (uint32_t index = 0; index < count; index++) {
    napi_value cpu = nullptr;
    if (napi_get_element(env, cpus, index, &cpu) != napi_ok) return nullptr;
    double number = -1;
    napi_get_value_double(env, cpu, &number);
    if (!(number >= 0 && number < kCpus) || number != static_cast<uint32_t>(number)) {
      napi_throw_range_error(env, nullptr, "bind: a CPU number must be an integer from 0 to 65535");
      return nullptr;
    }
    CPU_SET_S(static_cast<uint32_t>(number), kMaskBytes, mask.set());
  }
  napi_value bound = nullptr;
  napi_get_boolean(env, sched_setaffinity(0, kMaskBytes, mask.set()) == 0, &bound);
  return bound;
}

}  // namespace mpi4ts
