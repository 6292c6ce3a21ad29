#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
#include "server/wire/running_call.h"

namespace rowkeeper::wire {

/// What an operator who ends a call learns. A call that was asked may still be answered with what it did.
enum class OperatorEnd : uint8_t {
  kAsked,
  kAskedBefore,
  /// Its caller has not taken all of the answer.
  kAnswered,
};

/// A call that an operator wanted to end, as it was before.
struct EndedCall {
  OperatorEnd end = OperatorEnd::kAsked;
  RunningCall call;
};

/// A call that can be told that nobody waits for it any more. It is counted by its holders.
class AbortableRpc {
 public:
  virtual void Abort() = 0;
  /// Cancels a call that was answered before `then` and whose caller has not taken all of the answer. True when it did.
  virtual bool EndIfUnread(Clock::time_point then) = 0;
  /// See observe::CallProgress::number.
  virtual uint64_t number() const = 0;
  virtual Clock::time_point came_at() const = 0;
  /// Cancels a call for an operator, unless it is answered, or was told before.
  virtual OperatorEnd EndByOperator() = 0;
  /// nullopt for a call that is over.
  virtual std::optional<RunningCall> Describe() = 0;
  /// For one who knows that somebody else still holds the object.
  virtual void Ref() = 0;
  virtual void Unref() = 0;

 protected:
  ~AbortableRpc() = default;
};

/// The calls of a service that are not over, so that a shutdown can tell those that it does not wait for. Thread-safe.
class InFlight {
 public:
  /// True when the calls have been aborted already, this one included.
  bool Add(AbortableRpc* rpc);
  /// While gRPC still holds the call.
  void Remove(AbortableRpc* rpc);
  /// Every call, and any that still comes, is told that the server stops.
  void AbortAll();
  /// AbortableRpc::EndIfUnread of every call; gives how many it ended.
  size_t EndUnread(Clock::time_point then);
  /// Those that came first, at most `most`.
  RunningCalls Longest(size_t most);
  /// AbortableRpc::EndByOperator of the call of that number; nullopt when there is none.
  std::optional<EndedCall> EndByOperator(uint64_t number);
  size_t size() const;

 private:
  /// With a reference to each.
  std::vector<AbortableRpc*> Hold() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  bool aborted_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_set<AbortableRpc*> calls_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::wire
