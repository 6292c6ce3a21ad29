#pragma once

#include <functional>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/db/cancellation.h"
#include "server/wire/unary_rpc.h"

namespace rowkeeper::wire {

/// What a statement is told of a call that ended.
db::Cancellation::Cause ToDatabaseCause(CancelCause cause);

/// How a call can be cancelled now, where that changes: it waits for another one, runs, is looked up. The call
/// registers its slot once; each phase of it fills the slot anew. A cancel is remembered: one that comes before the
/// slot is filled reaches whoever fills it next. Thread-safe; calls back with no lock held.
class CancelSlot {
 public:
  using Canceller = std::function<void(CancelCause)>;
  /// Later phases have higher numbers.
  enum class Phase : int {};

  /// From now on whoever filled the slot is not called any more; one that is being called may end later.
  Phase Begin();
  /// Has `canceller` called, at most once, when the call is cancelled in this phase; at once, on this thread, when it
  /// was cancelled before. Does nothing once a later phase has begun.
  void Fill(Phase phase, Canceller canceller);
  /// A phase in which the ticket that `submit` gives (anything with Cancel(db::Cancellation::Cause)) can be cancelled.
  template <typename Submit>
  void FillWithTicket(const Submit& submit) {
    const Phase phase = Begin();  // before the work can be over
    Fill(phase, [ticket = submit()](CancelCause cause) mutable { ticket.Cancel(ToDatabaseCause(cause)); });
  }

  /// The first cause counts.
  void Cancel(CancelCause cause);
  bool cancelled() const;

 private:
  mutable absl::Mutex mutex_;
  int phase_ ABSL_GUARDED_BY(mutex_) = 0;
  Canceller canceller_ ABSL_GUARDED_BY(mutex_);
  std::optional<CancelCause> cause_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::wire
