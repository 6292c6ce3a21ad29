#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/db/cancellation.h"
#include "server/db/connection.h"
#include "server/db/running_statements.h"
#include "server/exec/statement_cache.h"

namespace rowkeeper::app {

/// Looks at the server's statements from outside, over a connection of its own that it opens when there is something to
/// ask and closes when there has been nothing for a while: whom those that take long wait for (observe::LockWaits, and
/// a line in the log), and the plans and query ids of those that were used. Nothing of it is on the way of a call.
/// Keeps real time.
class StatementWatch {
 public:
  struct Options {
    db::ConnectionOptions connection;
    /// Before the first plan is asked for: a server that has just started has better things to do.
    std::chrono::milliseconds plan_delay{5000};
  };

  /// `statements` outlives this object.
  StatementWatch(Options options, const exec::StatementCache* statements);
  /// Cancels what it asks.
  ~StatementWatch();

 private:
  using time_point = std::chrono::steady_clock::time_point;

  void Loop();
  /// False when it is time to end.
  bool Pause();
  void LookAtLocks(time_point now);
  /// Of statements that were used since they were asked about last; a few at a time.
  void AskForPlans(time_point now);
  absl::Status AskForPlan(const sql::Statement& statement);
  /// nullptr: there is none now.
  db::Connection* Connect(time_point now);
  absl::StatusOr<db::Rows> Execute(const std::string& text, const std::vector<db::Param>& params, int columns);
  /// One that lost its session, or has nothing to do, goes.
  void CloseUnused(time_point now);

  const db::ConnectionOptions options_;
  const exec::StatementCache& statements_;
  db::Cancellation cancellation_;
  // Of its thread alone.
  std::unique_ptr<db::Connection> connection_;
  time_point used_;
  time_point connect_after_;
  time_point look_after_;
  time_point plans_after_;
  struct Asked {
    /// Uses of the statement by then.
    int64_t uses = 0;
    int failures = 0;
    time_point again;
  };
  /// By statement id.
  std::map<uint64_t, Asked> asked_;
  /// Statements whose wait is in the log, by process and beginning.
  std::map<int, time_point> told_;

  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::CondVar stop_requested_;
  std::thread thread_;
};

}  // namespace rowkeeper::app
