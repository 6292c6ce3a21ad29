#include "tests/bank/chaos.h"

#include <chrono>
#include <cstdlib>
#include <thread>

#include "server/base/text.h"

namespace rowkeeper::bank {
namespace {

using std::chrono::milliseconds;
using testing::OwnPostgres;

constexpr char kInCommit[] = "upper(query) LIKE 'COMMIT%' AND state = 'active'";

}  // namespace

const std::vector<Fault>& AllFaults() {
  static const auto* const faults =
      new std::vector<Fault>{Fault::kTerminateSome, Fault::kTerminateBeforeCommit, Fault::kTerminateAfterCommit,
                             Fault::kKillServer,    Fault::kRestartPostgresFast,   Fault::kRestartPostgresImmediately};
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
    case Fault::kRestartPostgresFast:
      return "PostgreSQL restarted";
    case Fault::kRestartPostgresImmediately:
      return "PostgreSQL restarted as after a crash";
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
      return server_->KillAndRestart();
    case Fault::kRestartPostgresFast:
      return postgres_->Restart(OwnPostgres::Shutdown::kFast);
    case Fault::kRestartPostgresImmediately:
      return postgres_->Restart(OwnPostgres::Shutdown::kImmediate);
  }
  return absl::OkStatus();
}

absl::Status Chaos::TerminateBeforeCommit() {
  // The trigger `linger` holds them there.
  const absl::StatusOr<int> ended = TerminateSoon(Cat(kInCommit, " AND wait_event = 'PgSleep'"), 3);
  if (ended.ok()) ended_before_commit_ += *ended;
  return ended.status();
}

absl::Status Chaos::TerminateAfterCommit() {
  // A commit that waits for a standby has happened already. There is no such standby.
  absl::Status status = postgres_->Execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'").status();
  if (status.ok()) status = postgres_->Execute("SELECT pg_reload_conf()").status();
  if (!status.ok()) return status;
  std::this_thread::sleep_for(milliseconds(Below(100)));
  const absl::StatusOr<int> ended = TerminateSoon("wait_event = 'SyncRep'", 100);
  if (ended.ok()) ended_after_commit_ += *ended;
  status = postgres_->Execute("ALTER SYSTEM RESET synchronous_standby_names").status();
  if (status.ok()) status = postgres_->Execute("SELECT pg_reload_conf()").status();
  return ended.ok() ? status : ended.status();
}

absl::StatusOr<int> Chaos::Terminate(const std::string& condition, int limit) {
  const absl::StatusOr<db::Rows> rows =
      postgres_->Execute(Cat("SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE "
                             "backend_type = 'client backend' AND pid <> pg_backend_pid() AND ",
                             condition, " ORDER BY random() LIMIT ", limit, ") sessions"));
  if (!rows.ok()) return rows.status();
  return std::atoi(std::string(rows->cell(0, 0)).c_str());
}

absl::StatusOr<int> Chaos::TerminateSoon(const std::string& condition, int limit) {
  const auto give_up = std::chrono::steady_clock::now() + milliseconds(15000);
  while (std::chrono::steady_clock::now() < give_up) {
    const absl::StatusOr<int> ended = Terminate(condition, limit);
    if (!ended.ok() || *ended > 0) return ended;
    std::this_thread::sleep_for(milliseconds(2));
  }
  return absl::DeadlineExceededError(Cat("no session came to be where ", condition));
}

}  // namespace rowkeeper::bank
