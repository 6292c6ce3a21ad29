#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/schema/migration_options.h"

namespace rowkeeper::schema {

/// Looks, while it lives, whether a session waits for a lock, and tells options.observer.notice who is in its way: the
/// process, its application, the age of its transaction, its query without values. Looks a few times a second, over a
/// connection of its own, which it opens only for a session that lives longer than that; tells again when others are in
/// the way, and every ten seconds. Without a listener, or where that connection is refused, it does nothing.
class BlockerWatch {
 public:
  /// `path` is the file that the session runs; `pid` is its process on the server. `options` outlives the watch.
  BlockerWatch(const MigratorOptions& options, std::string path, int pid);
  ~BlockerWatch();
  BlockerWatch(const BlockerWatch&) = delete;
  BlockerWatch& operator=(const BlockerWatch&) = delete;

  /// Tells one line, not while the watch tells another.
  void Notice(const std::string& line);

 private:
  void Run();
  /// False when the watch is to end before that.
  bool Wait(Clock::duration time);
  void Look(db::Connection& connection);

  const MigratorOptions& options_;
  const std::string path_;
  const int pid_;
  absl::Mutex telling_;
  absl::Mutex mutex_;
  absl::CondVar ended_;
  bool end_ ABSL_GUARDED_BY(mutex_) = false;
  /// Used by the thread alone: who was told, and when.
  std::string told_;
  Clock::time_point told_at_;
  std::thread thread_;
};

}  // namespace rowkeeper::schema
