#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "google/protobuf/message.h"

namespace rowkeeper::fuzz {

/// Random choices from one seed. Not thread-safe.
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  uint64_t Bits() { return engine_(); }
  /// 0 to `limit` - 1; `limit` is positive.
  int Below(int limit) { return static_cast<int>(engine_() % static_cast<uint64_t>(limit)); }
  bool OneIn(int n) { return Below(n) == 0; }

 private:
  std::mt19937_64 engine_;
};

/// Sets random fields of `message` to values of which most can be stored and some lie at or over an edge. `depth`
/// bounds how deep messages nest; one in `sparseness` fields is set.
void Randomize(google::protobuf::Message* message, int depth, int sparseness, Random* random);

}  // namespace rowkeeper::fuzz
