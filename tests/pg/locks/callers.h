#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/catalogue/entity.h"
#include "server/plan/method_plan.h"
#include "tests/support/in_process_server.h"

namespace rowkeeper::testing {

/// What the server sees within a second or two when nothing else takes its time away.
inline constexpr std::chrono::seconds kSoon{10};

/// How long a lock is held, seconds: ROWKEEPER_LOCK_SECONDS, or `otherwise`.
std::chrono::milliseconds LockTime(double otherwise);

/// Reads that need the table of one entity alone, answered in the same way as long as its rows stay.
struct PlainRead {
  const catalogue::Entity* entity = nullptr;
  std::string method;
  Json request = Json::object();
};

/// "planner" for "planner/v1", as the name of a test.
std::string ExampleName(const ::testing::TestParamInfo<const char*>& example);

/// A list of each entity that has one which needs no arguments.
std::vector<PlainRead> PlainReads(const app::LoadedCatalogue& loaded);

/// Calls the server all the time, a read of each of some entities in turn, and keeps what came of it.
class Callers {
 public:
  /// Calls with `threads` threads until Stop.
  Callers(InProcessServer* server, std::vector<PlainRead> reads, int threads);
  ~Callers();

  void Stop();

  struct Result {
    int calls = 0;
    std::chrono::milliseconds slowest{0};
    /// Nine of ten took no longer. A machine that stands still for a moment delays one call of each thread.
    std::chrono::milliseconds p90{0};
    /// "UNAVAILABLE DATABASE_UNAVAILABLE: …", with the method of one of them.
    std::map<std::string, std::string> errors;
  };
  /// After Stop.
  Result result() const;

 private:
  void Call(size_t first);

  InProcessServer* const server_;
  const std::vector<PlainRead> reads_;
  std::atomic<bool> stop_{false};
  mutable absl::Mutex mutex_;
  std::vector<std::chrono::milliseconds> times_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::string> errors_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

/// Asks health all the time, and keeps whether it ever said that it does not serve.
class HealthWatch {
 public:
  explicit HealthWatch(InProcessServer* server);
  ~HealthWatch();
  bool always_served() const { return always_served_; }

 private:
  std::atomic<bool> stop_{false};
  std::atomic<bool> always_served_{true};
  std::thread thread_;
};

}  // namespace rowkeeper::testing
