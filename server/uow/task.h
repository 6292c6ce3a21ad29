#pragma once

#include "server/db/cancellation.h"

namespace rowkeeper::uow {

/// What a Ticket stands for. Thread-safe.
class Task {
 public:
  virtual ~Task() = default;
  /// Never blocks; without effect once the call has its answer.
  virtual void Cancel(db::Cancellation::Cause cause) = 0;
};

}  // namespace rowkeeper::uow
