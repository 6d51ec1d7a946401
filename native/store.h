// V8's reference-counted memory of an ArrayBuffer or SharedArrayBuffer, reached without V8's headers: the functions
// are ones that every Node.js exports, bound weakly by their C++ names. Weak, rather than by dlsym, because the
// loader then does the look-up and the binary needs no symbol version newer than glibc 2.28's.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <memory>

// A function of Node.js or V8 by its C++ name; null where this Node.js does not export it.
#define V8_FUNCTION(name) __asm__(name) __attribute__((weak))

namespace v8 {
class BackingStore;
}

namespace mpi4ts {

// The bytes of a TypedArray: 0 for a detached or out-of-bounds one. Node-API tells elements and their type, at three
// times the cost.
int64_t viewBytes(napi_value view);

class Store {
 public:
  // Whether this Node.js has all the functions, compiled against the same standard library as we are.
  static bool available();

  // The memory under an ArrayBuffer or, if `shared`, a SharedArrayBuffer.
  Store(napi_value buffer, bool shared);

  // False for resizable buffers: they can shrink under a reader.
  bool fixed() const;
  uint8_t* data() const;
  int64_t bytes() const;

 private:
  // Only ever destroyed, never copied.
  std::shared_ptr<v8::BackingStore> store_;
};

}  // namespace mpi4ts
