#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/schema/migration_options.h"

namespace rowkeeper::schema {

/// Looks, while it lives, at what a session does, and tells options.observer.notice:
///   - who is in the way when it waits for a lock: the process, its application, the age of its transaction, its query
///     without values; again when others are in the way, and every ten seconds;
///   - that a statement still runs, for how long, and how far an index is: after 10 s, and each time it has taken
///     half as long again, at least every ten minutes.
/// Looks a few times a second, over a connection of its own, which it opens only for a session that lives longer than
/// that. Without a listener, or where that connection is refused, it does nothing.
class SessionWatch {
 public:
  /// `path` is the file that the session runs; `pid` is its process on the server. `options` outlives the watch.
  SessionWatch(const MigratorOptions& options, std::string path, int pid);
  ~SessionWatch();
  SessionWatch(const SessionWatch&) = delete;
  SessionWatch& operator=(const SessionWatch&) = delete;

  /// The statement that begins at `line` of the file is sent now.
  void Begin(int line);
  /// It is over.
  void End();
  /// Tells one line, not while the watch tells another.
  void Notice(const std::string& line);

 private:
  void Run();
  /// False when the watch is to end before that.
  bool Wait(Clock::duration time);
  void LookForBlockers(db::Connection& connection);
  void LookAtProgress(db::Connection& connection);

  const MigratorOptions& options_;
  const std::string path_;
  const int pid_;
  absl::Mutex telling_;
  absl::Mutex mutex_;
  absl::CondVar ended_;
  bool end_ ABSL_GUARDED_BY(mutex_) = false;
  /// Of the statement that runs; 0: none was begun.
  int line_ ABSL_GUARDED_BY(mutex_) = 0;
  Clock::time_point began_ ABSL_GUARDED_BY(mutex_);
  /// How long it has to run before that is told.
  Clock::duration tell_after_ ABSL_GUARDED_BY(mutex_) = {};
  /// Used by the thread alone: who was told, and when.
  std::string told_;
  Clock::time_point told_at_;
  std::thread thread_;
};

}  // namespace rowkeeper::schema
