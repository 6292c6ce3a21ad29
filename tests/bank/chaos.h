#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/bank/own_postgres.h"
#include "tests/bank/server_program.h"

namespace rowkeeper::bank {

enum class Fault {
  /// Ends a few sessions of the server, whatever they do.
  kTerminateSome,
  /// Ends sessions that are in COMMIT, before PostgreSQL has committed.
  kTerminateBeforeCommit,
  /// Ends sessions that are in COMMIT, after PostgreSQL has committed and before it says so.
  kTerminateAfterCommit,
  /// kill -9.
  kKillServer,
  /// The same, while commits have happened that it does not know of.
  kKillServerAfterCommit,
  kRestartPostgresFast,
  kRestartPostgresImmediately,
  /// The same, while commits have happened that the server does not know of.
  kRestartPostgresAfterCommit,
  /// Alters the tables under the statements that are prepared for them, and leaves them as they were.
  kAlterTables,
};

const std::vector<Fault>& AllFaults();
std::string NameOf(Fault fault);

/// Breaks things and mends them. For the thread that made the processes.
class Chaos {
 public:
  Chaos(testing::OwnPostgres* postgres, testing::ServerProgram* server, uint32_t seed)
      : postgres_(postgres), server_(server), random_(seed) {}

  /// Every fault once, in a random order.
  std::vector<Fault> Shuffled();
  /// Returns when all runs again. Errors: the fault could not be brought about, or something did not come back.
  absl::Status Strike(Fault fault);
  /// 0 to n - 1.
  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  /// Sessions that were ended in COMMIT, before PostgreSQL had committed, and after.
  int ended_before_commit() const { return ended_before_commit_; }
  int ended_after_commit() const { return ended_after_commit_; }
  int server_kills() const { return server_kills_; }
  /// Odd while the server is being killed, and larger after each time. For any thread.
  const std::atomic<int>& server_age() const { return server_age_; }

 private:
  absl::Status TerminateBeforeCommit();
  absl::Status TerminateAfterCommit();
  absl::Status KillServer();
  absl::Status AlterTables();
  /// Does something while commits have happened that nobody was told of.
  absl::Status AfterCommits(const std::function<absl::Status()>& action);
  absl::Status HoldAnswersToCommits();
  absl::Status WaitUntilCommitsAreHeld();
  absl::Status ReleaseAnswersToCommits();
  /// Ends the server's sessions for which the condition holds; gives their number.
  absl::StatusOr<int> Terminate(const std::string& condition, int limit);

  testing::OwnPostgres* const postgres_;
  testing::ServerProgram* const server_;
  std::mt19937 random_;
  int ended_before_commit_ = 0;
  int ended_after_commit_ = 0;
  int server_kills_ = 0;
  std::atomic<int> server_age_{0};
};

}  // namespace rowkeeper::bank
