// One slot's bytes, as its owner exposes them. It lives in memory of ours that JavaScript cannot write, so that the
// protocol in the segment's words decides who gets a message, but never whether memory may be read.
#pragma once

#include <sched.h>

#include <atomic>
#include <cstdint>

#include "holds.h"
#include "shared-copy.h"

namespace mpi4ts {

class alignas(64) Exposure {
 public:
  // Keeps the owner from changing the entry; any number of threads, for the time of a copy.
  void pin() {
    while (pins_.fetch_add(1, std::memory_order_acquire) < 0) {
      pins_.fetch_sub(1, std::memory_order_relaxed);
      sched_yield();
    }
  }
  void unpin() { pins_.fetch_sub(1, std::memory_order_release); }

  // Pinned, or on the owner's thread.
  bool empty() const { return hold_ == nullptr; }
  uint8_t* data() const { return data_; }
  int64_t bytes() const { return bytes_; }
  SharedCopy& sharedCopy() { return sharedCopy_; }

  // Owner only; waits for those who pinned it. A null hold empties the entry.
  void set(Hold* hold, int64_t offset, int64_t bytes) {
    int32_t unpinned = 0;
    while (!pins_.compare_exchange_weak(unpinned, kChanging, std::memory_order_acquire)) {
      if (unpinned != 0) sched_yield();
      unpinned = 0;
    }
    Hold* before = hold_;
    if (hold != nullptr) hold->retain();
    hold_ = hold;
    data_ = hold != nullptr ? hold->data() + offset : nullptr;
    bytes_ = bytes;
    pins_.fetch_sub(kChanging, std::memory_order_release);
    if (before != nullptr) before->release();
  }

 private:
  static constexpr int32_t kChanging = INT32_MIN / 2;

  std::atomic<int32_t> pins_;
  Hold* hold_;
  uint8_t* data_;
  int64_t bytes_;
  SharedCopy sharedCopy_;
};

static_assert(sizeof(Exposure) == 64, "neighbouring slots never share a cache line");

}  // namespace mpi4ts
