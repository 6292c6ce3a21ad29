#pragma once

#include "absl/status/status.h"
#include "server/base/errors.h"
#include "server/db/cancellation.h"

namespace rowkeeper::uow {

/// What a Ticket stands for. Thread-safe.
class Task {
 public:
  virtual ~Task() = default;
  /// Never blocks; without effect once the call has its answer.
  virtual void Cancel(db::Cancellation::Cause cause) = 0;
};

/// The answer to a call that was given up before it began.
inline absl::Status GivenUp(db::Cancellation::Cause cause, const char* where) {
  return cause == db::Cancellation::Cause::kDeadline ? DeadlineExceeded(where) : Cancelled();
}

}  // namespace rowkeeper::uow
