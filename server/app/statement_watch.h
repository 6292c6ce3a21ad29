#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/app/plan_turns.h"
#include "server/base/clock.h"
#include "server/db/cancellation.h"
#include "server/db/connection.h"
#include "server/db/running_statements.h"

namespace rowkeeper::app {

/// Looks at the server's statements from outside, over a connection of its own that it opens when there is something to
/// ask and closes when there has been nothing for a while: whom those that take long wait for (observe::LockWaits, and
/// a line in the log), and the plans and query ids of those that were used. Nothing of it is on the way of a call.
class StatementWatch {
 public:
  struct Options {
    db::ConnectionOptions connection;
    /// Before the first plan is asked for: a server that has just started has better things to do.
    std::chrono::milliseconds plan_delay{5000};
    /// When it asks, and for how long it keeps its connection. How long statements run is real time. Outlives the
    /// watch.
    Clock* clock = &Clock::System();
  };

  /// Gives the statements that there are, in any order; called on its thread.
  using Statements = std::function<PlanTurns::Statements()>;

  StatementWatch(Options options, Statements statements);
  /// Cancels what it asks.
  ~StatementWatch();

 private:
  using time_point = Clock::time_point;

  void Loop();
  /// When there is something to do next.
  time_point Due() const;
  /// False when it is time to end.
  bool PauseUntil(time_point due);
  void WatchLocks(time_point now);
  /// A few at a time.
  void AskForPlans(time_point now);
  absl::Status AskForPlan(const sql::Statement& statement);
  /// nullptr: there is none now.
  db::Connection* Connect(time_point now);
  absl::StatusOr<db::Rows> Execute(const std::string& text, const std::vector<db::Param>& params, int columns);
  /// One that lost its session, or has nothing to do, goes.
  void CloseUnused(time_point now);

  const db::ConnectionOptions options_;
  Clock& clock_;
  const Statements statements_;
  db::Cancellation cancellation_;
  // Of its thread alone.
  std::unique_ptr<db::Connection> connection_;
  time_point used_;
  time_point connect_after_;
  time_point locks_after_;
  time_point plans_after_;
  PlanTurns turns_;
  /// Statements whose wait is in the log, by process and beginning.
  std::map<int, time_point> told_;

  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::CondVar stop_requested_;
  std::thread thread_;
};

}  // namespace rowkeeper::app
