#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/base/clock.h"
#include "server/observe/span.h"

namespace rowkeeper::wire {

/// What became of traces that were sent.
struct SendResult {
  enum class Outcome {
    kTaken,
    kTryAgain,  ///< the same may be sent once more
    kRefused,   ///< that would be of no use
  };
  Outcome outcome = Outcome::kTaken;
  /// Spans that the collector did not want, of those that it has taken.
  int64_t rejected = 0;
  /// The collector asks to wait so long before the next try.
  Clock::duration wait{0};
  /// For the log, of what was not taken: "UNAVAILABLE: …".
  std::string why;
};

/// Brings traces to a collector.
class TraceSender {
 public:
  virtual ~TraceSender() = default;
  /// Blocks until there is a result, for 10 s at most. One thread at a time.
  virtual SendResult Send(const std::vector<observe::CallTrace>& traces) = 0;
  /// Ends a Send that is under way, and each that comes, with kTryAgain. Thread-safe.
  virtual void Cancel() = 0;
};

}  // namespace rowkeeper::wire
