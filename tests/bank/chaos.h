#pragma once

#include <cstdint>
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
  kRestartPostgresFast,
  kRestartPostgresImmediately,
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
  /// Sessions that were ended in COMMIT, before and after PostgreSQL had committed.
  int ended_before_commit() const { return ended_before_commit_; }
  int ended_after_commit() const { return ended_after_commit_; }

 private:
  absl::Status TerminateBeforeCommit();
  absl::Status TerminateAfterCommit();
  /// Ends the server's sessions for which the condition holds; gives their number.
  absl::StatusOr<int> Terminate(const std::string& condition, int limit);
  /// The same, tried again until there is one.
  absl::StatusOr<int> TerminateSoon(const std::string& condition, int limit);

  testing::OwnPostgres* const postgres_;
  testing::ServerProgram* const server_;
  std::mt19937 random_;
  int ended_before_commit_ = 0;
  int ended_after_commit_ = 0;
};

}  // namespace rowkeeper::bank
