#include "reallocation.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

#include "holds.h"

namespace mpi4ts {

void* v8Reallocate(void* allocator, void* data, size_t bytes, size_t newBytes)
    V8_FUNCTION("_ZN2v811ArrayBuffer9Allocator10ReallocateEPvmm");
void* nodeReallocate(void* allocator, void* data, size_t bytes, size_t newBytes)
    V8_FUNCTION("_ZN4node24NodeArrayBufferAllocator10ReallocateEPvmm");
void nodeFree(void* allocator, void* data, size_t bytes) V8_FUNCTION("_ZN4node24NodeArrayBufferAllocator4FreeEPvm");
void* currentIsolate() V8_FUNCTION("_ZN2v87Isolate10GetCurrentEv");
void** isolateAllocator(void* isolate) V8_FUNCTION("_ZN2v87Isolate23GetArrayBufferAllocatorEv");

namespace {

using Reallocate = void* (*)(void* allocator, void* data, size_t bytes, size_t newBytes);

// A table of virtual functions has two words before the address that objects point at. It may be shorter than we
// copy: what lies behind it is readable and never called.
constexpr size_t kBefore = 2;
constexpr size_t kFunctions = 16;

void* guarded[kBefore + kFunctions];
void** original = nullptr;
Reallocate reallocate = nullptr;
std::atomic_flag building = ATOMIC_FLAG_INIT;

// Runs on the thread of the isolate, as V8 calls it only from `transfer`.
void* reallocateUnheld(void* allocator, void* data, size_t bytes, size_t newBytes) {
  if (!Hold::any(data)) return reallocate(allocator, data, bytes, newBytes);
  void* memory = malloc(sizeof(Orphan));
  void* copy = memory != nullptr ? reallocate(allocator, nullptr, 0, newBytes) : nullptr;
  if (copy == nullptr) {
    free(memory);
    return nullptr;
  }
  size_t kept = std::min(bytes, newBytes);
  memcpy(copy, data, kept);
  memset(static_cast<uint8_t*>(copy) + kept, 0, newBytes - kept);
  Hold::adopt(data, new (memory) Orphan(allocator, static_cast<uint8_t*>(data), bytes));
  return copy;
}

// Copies `table` with our function in the place of the one that the allocator inherits or has.
bool build(void** table) {
  for (Reallocate candidate : {v8Reallocate, nodeReallocate}) {
    for (size_t slot = 0; candidate != nullptr && slot < kFunctions; slot++) {
      if (table[slot] != reinterpret_cast<void*>(candidate)) continue;
      memcpy(guarded, table - kBefore, sizeof guarded);
      guarded[kBefore + slot] = reinterpret_cast<void*>(reallocateUnheld);
      reallocate = candidate;
      original = table;
      return true;
    }
  }
  return false;
}

}  // namespace

void Orphan::release() {
  if (--count_ != 0) return;
  nodeFree(allocator_, data_, bytes_);
  free(this);
}

bool guardReallocation() {
  if (v8Reallocate == nullptr && nodeReallocate == nullptr) return true;
  if (nodeFree == nullptr || currentIsolate == nullptr || isolateAllocator == nullptr) return false;
  void** allocator = isolateAllocator(currentIsolate());
  auto** table = static_cast<void**>(*allocator);
  if (table == guarded + kBefore) return true;
  while (building.test_and_set(std::memory_order_acquire)) sched_yield();
  bool usable = original != nullptr ? table == original : build(table);
  building.clear(std::memory_order_release);
  // The collector's threads may be calling `Free` through it, which is the same function in both tables.
  if (usable) __atomic_store_n(allocator, static_cast<void*>(guarded + kBefore), __ATOMIC_RELEASE);
  return usable;
}

}  // namespace mpi4ts
