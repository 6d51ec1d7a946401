#include "store.h"

namespace mpi4ts {

using Pointer = std::shared_ptr<v8::BackingStore>;

Pointer arrayBufferStore(void* self) V8_FUNCTION("_ZN2v811ArrayBuffer15GetBackingStoreEv");
Pointer sharedBufferStore(void* self) V8_FUNCTION("_ZN2v817SharedArrayBuffer15GetBackingStoreEv");
size_t viewByteLength(void* self) V8_FUNCTION("_ZN2v815ArrayBufferView10ByteLengthEv");
void* storeData(const void* self) V8_FUNCTION("_ZNK2v812BackingStore4DataEv");
size_t storeBytes(const void* self) V8_FUNCTION("_ZNK2v812BackingStore10ByteLengthEv");
bool storeResizable(const void* self) V8_FUNCTION("_ZNK2v812BackingStore27IsResizableByUserJavaScriptEv");

// Never called: its name spells `std::shared_ptr` as libstdc++ does, so that it exists tells that V8's shared
// pointers are laid out like ours.
void newFromStore() V8_FUNCTION("_ZN2v811ArrayBuffer3NewEPNS_7IsolateESt10shared_ptrINS_12BackingStoreEE");

namespace {

Pointer storeOf(napi_value buffer, bool shared) {
  // A napi_value has the bits of a v8::Local, which V8's API takes as `this`.
  return shared ? sharedBufferStore(buffer) : arrayBufferStore(buffer);
}

}  // namespace

bool Store::available() {
  return viewByteLength && arrayBufferStore && sharedBufferStore && storeData && storeBytes && storeResizable && newFromStore;
}

int64_t viewBytes(napi_value view) { return static_cast<int64_t>(viewByteLength(view)); }

Store::Store(napi_value buffer, bool shared) : store_(storeOf(buffer, shared)) {}

bool Store::fixed() const { return !storeResizable(store_.get()); }
uint8_t* Store::data() const { return static_cast<uint8_t*>(storeData(store_.get())); }
int64_t Store::bytes() const { return static_cast<int64_t>(storeBytes(store_.get())); }

}  // namespace mpi4ts
