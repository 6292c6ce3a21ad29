#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
#include "server/identity/key_fetcher.h"
#include "server/identity/key_files.h"
#include "server/identity/key_schedule.h"
#include "server/identity/key_set.h"

namespace rowkeeper::identity {

struct KeyDownloadStats {
  /// By FetchOutcome.
  std::array<uint64_t, kFetchOutcomes> fetches_total{};
  /// Problems that were told; each kind once until a fetch succeeds.
  uint64_t problems_total = 0;
  /// How long ago a fetch succeeded; nullopt: none has.
  std::optional<std::chrono::milliseconds> age;
};

/// Fetches keys as KeySchedule says, on a thread of its own, from when it is made until it is destroyed. Keys that
/// were fetched stay until others are, whatever fails. Thread-safe.
class KeyDownload {
 public:
  struct Options {
    std::unique_ptr<KeyFetcher> fetcher;
    /// Where from, for the log and for errors.
    std::string from;
    /// Told of keys other than those before, on the thread. What it uses outlives this object.
    std::function<void(KeySet keys, KeyTexts texts)> take;
  };

  /// `clock` outlives this object.
  KeyDownload(Options options, Clock* clock);
  ~KeyDownload();
  KeyDownload(const KeyDownload&) = delete;
  KeyDownload& operator=(const KeyDownload&) = delete;

  /// Has the keys fetched now, or when the last fetch that was asked for is KeySchedule::kCooldown ago, however often
  /// it is asked. Does not wait.
  void FetchSoon();
  /// Calls `done` once when the first fetch has ended, whatever came of it: at once, or later on the thread; never when
  /// this object ends before. Call once.
  void WhenTried(std::function<void()> done);
  KeyDownloadStats stats() const;

 private:
  void Run();
  /// False when it is time to end.
  bool Pause();
  bool IsEnding() const;
  /// Fetches, and has what is new taken.
  FetchAnswer Fetch();
  /// What was fetched is taken, or the answer is made to say why not.
  void Take(FetchAnswer* answer);
  void Note(const FetchAnswer& answer);
  void Tell(const FetchAnswer& answer);

  const Options options_;
  Clock& clock_;
  // Of the thread alone:
  /// Of the keys in use; empty: there are none yet.
  std::string text_;
  std::string etag_;
  /// Which problems were told since the last fetch that succeeded.
  std::bitset<kFetchOutcomes> told_;
  uint64_t problems_ = 0;

  mutable absl::Mutex mutex_;
  absl::CondVar wake_;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  bool asked_ ABSL_GUARDED_BY(mutex_) = false;
  bool tried_ ABSL_GUARDED_BY(mutex_) = false;
  std::function<void()> when_tried_ ABSL_GUARDED_BY(mutex_);
  KeySchedule schedule_ ABSL_GUARDED_BY(mutex_);
  KeyDownloadStats stats_ ABSL_GUARDED_BY(mutex_);
  std::optional<Clock::time_point> succeeded_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace rowkeeper::identity
