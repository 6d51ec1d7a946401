// The few symbols that compiled C++ asks of its run-time library, answered here, so that nothing of libstdc++ is
// linked: it would bring in exceptions, and with them symbols newer than glibc 2.28, the oldest that Node.js runs on.
// A test looks at the versions.
#include <cstddef>
#include <cstdlib>

// glibc 2.32: reference counts may skip their atomic operation while a process has one thread. Ours never has.
extern "C" {
extern __attribute__((visibility("hidden"))) char __libc_single_threaded;
char __libc_single_threaded = 0;
}

// For the small strings of node-addon-api's error messages; like Node.js itself, it does not survive without memory.
void* operator new(size_t bytes) {
  void* memory = malloc(bytes);
  if (memory == nullptr) abort();
  return memory;
}
void* operator new[](size_t bytes) { return operator new(bytes); }
void operator delete(void* memory) noexcept { free(memory); }
void operator delete[](void* memory) noexcept { free(memory); }
void operator delete(void* memory, size_t) noexcept { free(memory); }
void operator delete[](void* memory, size_t) noexcept { free(memory); }
