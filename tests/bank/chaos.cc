#include "tests/bank/chaos.h"

#include <chrono>
#include <cstdlib>
#include <thread>

#include "server/base/text.h"

namespace rowkeeper::bank {
namespace {

using std::chrono::milliseconds;
using testing::OwnPostgres;

/// The trigger `linger` holds them there.
constexpr char kBeforeCommit[] = "query = 'COMMIT' AND wait_event = 'PgSleep'";
constexpr char kAfterCommit[] = "wait_event = 'SyncRep'";
constexpr auto kPatience = milliseconds(15000);

}  // namespace

const std::vector<Fault>& AllFaults() {
  static const auto* const faults = new std::vector<Fault>{Fault::kTerminateSome,
                                                           Fault::kTerminateBeforeCommit,
                                                           Fault::kTerminateAfterCommit,
                                                           Fault::kKillServer,
                                                           Fault::kKillServerAfterCommit,
                                                           Fault::kRestartPostgresFast,
                                                           Fault::kRestartPostgresImmediately,
                                                           Fault::kRestartPostgresAfterCommit,
                                                           Fault::kAlterTables};
  return *faults;
}

std::string NameOf(Fault fault) {
  switch (fault) {
    case Fault::kTerminateSome:
      return "sessions ended";
    case Fault::kTerminateBeforeCommit:
      return "sessions ended in COMMIT, before it";
    case Fault::kTerminateAfterCommit:
      return "sessions ended in COMMIT, after it";
    case Fault::kKillServer:
      return "server killed";
    case Fault::kKillServerAfterCommit:
      return "server killed after commits that it did not know of";
    case Fault::kRestartPostgresFast:
      return "PostgreSQL restarted";
    case Fault::kRestartPostgresImmediately:
      return "PostgreSQL restarted as after a crash";
    case Fault::kRestartPostgresAfterCommit:
      return "PostgreSQL restarted as after a crash after commits that nobody knew of";
    case Fault::kAlterTables:
      return "tables altered";
  }
  return "";
}

std::vector<Fault> Chaos::Shuffled() {
  std::vector<Fault> faults = AllFaults();
  for (int i = static_cast<int>(faults.size()) - 1; i > 0; --i) std::swap(faults[i], faults[Below(i + 1)]);
  return faults;
}

absl::Status Chaos::Strike(Fault fault) {
  switch (fault) {
    case Fault::kTerminateSome:
      return Terminate("true", 1 + Below(6)).status();
    case Fault::kTerminateBeforeCommit:
      return TerminateBeforeCommit();
    case Fault::kTerminateAfterCommit:
      return TerminateAfterCommit();
    case Fault::kKillServer:
      return KillServer();
    case Fault::kKillServerAfterCommit:
      return AfterCommits([this] { return KillServer(); });
    case Fault::kRestartPostgresFast:
      return postgres_->Restart(OwnPostgres::Shutdown::kFast);
    case Fault::kRestartPostgresImmediately:
      return postgres_->Restart(OwnPostgres::Shutdown::kImmediate);
    case Fault::kRestartPostgresAfterCommit:
      return AfterCommits([this] { return postgres_->Restart(OwnPostgres::Shutdown::kImmediate); });
    case Fault::kAlterTables:
      return AlterTables();
  }
  return absl::OkStatus();
}

absl::Status Chaos::KillServer() {
  ++server_kills_;
  ++server_age_;
  const absl::Status status = server_->KillAndRestart();
  ++server_age_;
  return status;
}

/// Nothing here writes a table anew: to a snapshot that is older than that it would be empty.
absl::Status Chaos::AlterTables() {
  for (const char* change :
       {"ALTER TABLE accounts ADD COLUMN IF NOT EXISTS note text", "ALTER TABLE accounts ALTER balance SET DEFAULT 0",
        "CREATE INDEX IF NOT EXISTS ix_extra ON transfers (from_account)",
        "ALTER TABLE transfers DISABLE TRIGGER linger", "ALTER TABLE accounts DROP COLUMN note",
        "ALTER TABLE transfers ENABLE TRIGGER linger", "DROP INDEX ix_extra",
        "ALTER TABLE accounts ALTER balance DROP DEFAULT", "ANALYZE accounts, transfers"}) {
    const absl::Status status = postgres_->Execute(change).status();
    if (!status.ok()) return status;
    std::this_thread::sleep_for(milliseconds(Below(40)));
  }
  return absl::OkStatus();
}

absl::Status Chaos::TerminateBeforeCommit() {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < give_up) {
    const absl::StatusOr<int> ended = Terminate(kBeforeCommit, 3);
    if (!ended.ok()) return ended.status();
    ended_before_commit_ += *ended;
    if (*ended > 0) return absl::OkStatus();
    std::this_thread::sleep_for(milliseconds(2));
  }
  return absl::DeadlineExceededError("no session was met in COMMIT");
}

absl::Status Chaos::TerminateAfterCommit() {
  return AfterCommits([this] {
    const absl::StatusOr<int> ended = Terminate(kAfterCommit, 100);
    if (ended.ok()) ended_after_commit_ += *ended;
    return ended.status();
  });
}

absl::Status Chaos::AfterCommits(const std::function<absl::Status()>& action) {
  absl::Status status = HoldAnswersToCommits();
  if (status.ok()) status = WaitUntilCommitsAreHeld();
  if (status.ok()) status = action();
  const absl::Status released = ReleaseAnswersToCommits();
  return status.ok() ? released : status;
}

absl::Status Chaos::HoldAnswersToCommits() {
  // A commit that waits for a standby has happened. There is no such standby.
  const absl::Status status = postgres_->Execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'").status();
  return status.ok() ? postgres_->Execute("SELECT pg_reload_conf()").status() : status;
}

absl::Status Chaos::ReleaseAnswersToCommits() {
  const absl::Status status = postgres_->Execute("ALTER SYSTEM RESET synchronous_standby_names").status();
  return status.ok() ? postgres_->Execute("SELECT pg_reload_conf()").status() : status;
}

absl::Status Chaos::WaitUntilCommitsAreHeld() {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < give_up) {
    if (postgres_->Value(Cat("SELECT count(*) > 0 FROM pg_stat_activity WHERE ", kAfterCommit)) == "t") {
      std::this_thread::sleep_for(milliseconds(Below(50)));  // for more of them
      return absl::OkStatus();
    }
    std::this_thread::sleep_for(milliseconds(2));
  }
  return absl::DeadlineExceededError("no session came to commit");
}

absl::StatusOr<int> Chaos::Terminate(const std::string& condition, int limit) {
  const absl::StatusOr<db::Rows> rows =
      postgres_->Execute(Cat("SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE "
                             "backend_type = 'client backend' AND pid <> pg_backend_pid() AND ",
                             condition, " ORDER BY random() LIMIT ", limit, ") sessions"));
  if (!rows.ok()) return rows.status();
  return std::atoi(std::string(rows->cell(0, 0)).c_str());
}

}  // namespace rowkeeper::bank
