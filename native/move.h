// The one memory copy of the addon.
#pragma once

#include <cstdint>

namespace mpi4ts {

// Copies without regard to overlap. Not memcpy alone, which takes no notice of where the bytes lie: see move.cc.
void move(uint8_t* target, const uint8_t* source, int64_t bytes);

}  // namespace mpi4ts
