#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "absl/status/status.h"

namespace rowkeeper::db {

/// Lets a caller's deadline or cancellation reach the statement that is running for it, and no other. Shared between
/// the call (which may Cancel) and the thread that executes. Thread-safe.
class Cancellation {
 public:
  enum class Cause { kCaller, kDeadline, kOperator };

  Cancellation();
  ~Cancellation();
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;

  /// Never blocks: a running statement is cancelled by another thread. Later calls have no effect.
  void Cancel(Cause cause);
  bool cancelled() const;
  /// Of the first Cancel; nullopt: there was none.
  std::optional<Cause> cause() const;

  struct Impl;

 private:
  friend class CancelScope;
  std::shared_ptr<Impl> impl_;
};

/// What a call that was stopped is answered: CANCELLED, which says by whom, or DEADLINE_EXCEEDED while `where` was
/// under way.
absl::Status CancelledStatus(Cancellation::Cause cause, std::string_view where);

}  // namespace rowkeeper::db
