#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/caller_id.h"
#include "server/db/runaway_statement.h"
#include "server/db/runaway_statements.h"

namespace rowkeeper::db {

/// Follows statements whose processes were told to end. Those that are found to go on count in RunawayStatements as
/// their callers' until they are over; while nobody answers, they count on. All of one database are asked about
/// together, over one session. Thread-safe.
class RunawayWatch {
 public:
  struct Options {
    std::function<std::vector<Fate>(const std::string& conninfo, const std::vector<RunawayStatement>& statements)>
        poll = &FatesOf;
    /// Most processes end at once. Each poll comes twice as long after the one before, up to `most_pause`.
    std::chrono::milliseconds first_pause{20};
    std::chrono::milliseconds most_pause{500};
    /// After a poll that nobody answered.
    std::chrono::milliseconds unanswered_pause{2000};
  };

  /// `counts` outlives the watch.
  explicit RunawayWatch(RunawayStatements* counts) : RunawayWatch(counts, Options()) {}
  RunawayWatch(RunawayStatements* counts, Options options) : counts_(*counts), options_(std::move(options)) {}

  /// Returns at once where another thread follows statements of this database; else when all of them are over, those
  /// included that others add meanwhile.
  void Follow(const std::string& conninfo, const RunawayStatement& statement, const CallerId& caller);

 private:
  struct Followed {
    RunawayStatement statement;
    CallerId caller;
    bool counted = false;
  };
  struct Database {
    std::vector<Followed> followed;
    /// Since the last poll.
    bool has_new = false;
  };

  /// Waits until the next poll, which comes sooner when something new does. Gives what to ask about.
  std::vector<RunawayStatement> Wait(Database* database, std::chrono::milliseconds* pause);
  void Note(const std::vector<Fate>& fates, Database* database) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  RunawayStatements& counts_;
  const Options options_;
  absl::Mutex mutex_;
  /// By conninfo: those that a thread follows.
  std::map<std::string, Database> databases_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::db
