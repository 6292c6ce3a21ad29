// How PgConnection ends a statement: by a cancel request, and where that is ignored by ending its process.

#include <atomic>
#include <chrono>
#include <memory>
#include <system_error>

#include <spdlog/spdlog.h>

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

/// How many statements may be seen to at once after they were given up.
constexpr int kMostTerminating = 8;

/// Whose call this thread runs; the server itself where nobody knows.
CallerId CallerNow() {
  const observe::CallContext* const call = observe::CallScope::Current();
  const auto account = call == nullptr || call->memory_owner == nullptr ? nullptr : call->memory_owner->Account();
  return account == nullptr ? CallerId() : account->caller();
}

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
  static std::atomic<int> running{0};
  if (running.fetch_add(1) >= kMostTerminating) {
    running.fetch_sub(1);  // the whole server hangs
    return;
  }
  const RunawayStatement statement{facts_.server_pid, facts_.server_started, ran, Clock::System().Now()};
  try {
    (void)RunDetached([conninfo = conninfo_, statement, counters = counters_, caller = CallerNow()] {
      const bool told = Terminate(conninfo, statement);
      running.fetch_sub(1);
      if (!told) return;
      counters->terminated.Add();
      spdlog::warn("ended a statement that ignored its cancellation: backend={}", statement.server_pid);
      counters->runaway_watch.Follow(conninfo, statement, caller);
    });
  } catch (const std::system_error&) {
    running.fetch_sub(1);
  }
}

}  // namespace rowkeeper::db
