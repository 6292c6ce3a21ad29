#include "server/observe/random_ids.h"

#include <cstring>

#include "server/base/ids.h"

namespace rowkeeper::observe {
namespace {

/// SplitMix64, which any state suits.
class SplitMix {
 public:
  SplitMix() {
    const std::string bytes = RandomBytes(sizeof state_);
    std::memcpy(&state_, bytes.data(), sizeof state_);
  }

  uint64_t Next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

 private:
  uint64_t state_ = 0;
};

}  // namespace

uint64_t RandomNumber() {
  thread_local SplitMix numbers;
  return numbers.Next();
}

SpanId RandomSpanId() {
  SpanId id = 0;
  while (id == 0) id = RandomNumber();
  return id;
}

TraceId RandomTraceId() {
  const uint64_t halves[] = {RandomNumber(), RandomSpanId()};
  TraceId id;
  static_assert(sizeof halves == sizeof id);
  std::memcpy(id.data(), halves, sizeof halves);
  return id;
}

}  // namespace rowkeeper::observe
