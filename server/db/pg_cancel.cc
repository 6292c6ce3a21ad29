// How PgConnection ends a statement: by a cancel request, and where that is ignored by ending its process.

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <spdlog/spdlog.h>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/base/statement_text.h"
#include "server/db/pg_connection.h"
#include "server/db/run_detached.h"
#include "server/db/runaway_statement.h"
#include "server/observe/call_context.h"

namespace rowkeeper::db {
namespace {

constexpr std::chrono::seconds kCancelRequestLimit{2};
/// How long a statement may go on after its cancel request was sent. One that still has not ended waits for a network
/// or server that hangs, or, rarely, is long in code of PostgreSQL that does not look for cancellation.
constexpr std::chrono::milliseconds kCancelGrace{1500};

/// How many statements may be seen to at once after they were given up; the others wait.
constexpr int kMostTerminating = 8;
/// Before a request to end a statement that nobody answered is made again.
constexpr absl::Duration kTerminatePause = absl::Seconds(1);

/// Whose call this thread runs; the server itself where nobody knows.
CallerId CallerNow() {
  const observe::CallContext* const call = observe::CallScope::Current();
  const auto account = call == nullptr || call->memory_owner == nullptr ? nullptr : call->memory_owner->Account();
  return account == nullptr ? CallerId() : account->caller();
}

/// A statement that was given up, until it is known that it has ended.
struct GivenUp {
  std::string conninfo;
  RunawayStatement statement;
  std::shared_ptr<SessionCounters> counters;
  CallerId caller;
};

/// Follows it on a thread of its own where there is one.
void FollowGivenUp(const GivenUp& given_up) {
  const auto follow = [given_up] {
    given_up.counters->runaway_watch.Follow(given_up.conninfo, given_up.statement, given_up.caller);
  };
  try {
    (void)RunDetached(follow);
  } catch (const std::system_error&) {
    follow();
  }
}

/// Has PostgreSQL end statements, a few at a time, each until it was told to or is over. Thread-safe.
class Terminations {
 public:
  /// Lives as long as the process: its threads may.
  static Terminations& All() {
    static auto* const all = new Terminations();
    return *all;
  }

  void Add(GivenUp given_up) {
    const absl::MutexLock lock(&mutex_);
    waiting_.push_back(std::move(given_up));
    if (threads_ == kMostTerminating) return;
    try {
      (void)RunDetached([this] { EndAll(); });
      ++threads_;
    } catch (const std::system_error&) {
      // The threads that there are see to it; without one, that of the next statement.
    }
  }

 private:
  void EndAll() {
    while (std::optional<GivenUp> next = Next()) {
      if (IsSettled(*next)) continue;
      {
        const absl::MutexLock lock(&mutex_);
        waiting_.push_back(*std::move(next));
      }
      absl::SleepFor(kTerminatePause);
    }
  }

  std::optional<GivenUp> Next() {
    const absl::MutexLock lock(&mutex_);
    if (waiting_.empty()) {
      --threads_;
      return std::nullopt;
    }
    GivenUp next = std::move(waiting_.front());
    waiting_.pop_front();
    return next;
  }

  /// False when nobody answered, or it still runs and was not told to end.
  static bool IsSettled(const GivenUp& given_up) {
    if (!Terminate(given_up.conninfo, given_up.statement)) {
      return FatesOf(given_up.conninfo, {given_up.statement}).front() == Fate::kIsOver;
    }
    given_up.counters->terminated.Add();
    spdlog::warn("ended a statement that ignored its cancellation: backend={}", given_up.statement.server_pid);
    FollowGivenUp(given_up);
    return true;
  }

  absl::Mutex mutex_;
  std::deque<GivenUp> waiting_ ABSL_GUARDED_BY(mutex_);
  int threads_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace

/// libpq's cancel request waits for the server for as long as that takes; on the canceller's thread all other
/// connections would wait with it.
void PgConnection::DeliverCancel() {
  watch_.Shorten(kCancelGrace);
  const absl::MutexLock lock(&cancel_mu_);
  if (cancel_request_ != nullptr && !cancel_request_->HasBeenNotified()) return;
  try {
    cancel_request_ = RunDetached([session = session_] { session->TryCancel(); });
  } catch (const std::system_error&) {
    // There is no thread for it now; the canceller tries again for as long as the statement runs.
  }
}

bool PgConnection::CancelRequestEnds() const {
  std::shared_ptr<absl::Notification> last;
  {
    const absl::MutexLock lock(&cancel_mu_);
    last = cancel_request_;
  }
  return last == nullptr || last->WaitForNotificationWithTimeout(absl::FromChrono(kCancelRequestLimit));
}

/// Behind a pooler the process may be another client's by now, or its number made up.
void PgConnection::TerminateRunaway(const Query& query, Clock::duration ran) {
  if (!facts_.own_session || facts_.server_pid != told_pid_) {
    counters_->left.Add();
    spdlog::warn("a statement that gave no answer may still run: behind a pooler the server cannot end it: {}",
                 PurposeOf(query.text));
    return;
  }
  const RunawayStatement statement{facts_.server_pid, facts_.server_started, ran, Clock::System().Now()};
  Terminations::All().Add({conninfo_, statement, counters_, CallerNow()});
}

}  // namespace rowkeeper::db
