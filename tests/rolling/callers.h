#pragma once

#include <grpcpp/channel.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"

namespace rowkeeper::testing {

/// A caller with a connection of its own, who knows nothing of restarts: what it does is what the pages tell callers to
/// do. For one thread, but for the counts.
class Caller {
 public:
  virtual ~Caller() = default;
  virtual std::string name() const = 0;
  /// One piece of work; OK when it is done.
  virtual absl::Status Work() = 0;
};

/// The marks of entries that callers were told are written. Thread-safe.
class Marks {
 public:
  void Add(const std::string& mark);
  std::multiset<std::string> all() const;

 private:
  mutable std::mutex mutex_;
  std::multiset<std::string> marks_;
};

/// A channel as the client library makes them, which shares no connection with others.
std::shared_ptr<grpc::Channel> ConnectTo(const std::string& target);

/// Reads a counter.
std::unique_ptr<Caller> NewReader(const std::string& target);
/// The same over a new connection each time.
std::unique_ptr<Caller> NewNewcomer(const std::string& target);
/// Creates entries without an idempotency key: a call that is sent twice writes two.
std::unique_ptr<Caller> NewWriter(const std::string& target, Marks* written);
/// Creates entries with one, and sends a call again whose answer was lost.
std::unique_ptr<Caller> NewKeyedWriter(const std::string& target, Marks* written);
/// Adds 1 to the counter and creates an entry, in a unit of work of several calls.
std::unique_ptr<Caller> NewUnitCaller(const std::string& target, int counter, Marks* written);
/// Reads all parcels, and goes on after a broken stream with its resume token.
std::unique_ptr<Caller> NewExporter(const std::string& target);
/// Sends parcels again that it has no answer for.
std::unique_ptr<Caller> NewImporter(const std::string& target);

/// Callers who work all the time, each on a thread, until Stop.
class Workforce {
 public:
  ~Workforce() { Stop(); }
  void Add(std::unique_ptr<Caller> caller);
  void Stop();
  /// Waits until each has done so many pieces of work more; false when that takes too long.
  bool Achieve(int pieces) const;

  /// Pieces of work of all callers.
  int done_so_far() const;
  int failed_so_far() const;

  /// What did not work, each once, with how often. For after Stop, as all that follows.
  std::map<std::string, int> failures() const;
  /// Pieces of work that were done, of all callers of that name.
  std::map<std::string, int> done() const;

 private:
  struct Desk {
    std::unique_ptr<Caller> caller;
    std::atomic<int> done{0};
    std::atomic<int> failed{0};
    std::map<std::string, int> failures;
    std::thread thread;
  };
  std::vector<std::unique_ptr<Desk>> desks_;
  std::atomic<bool> stop_{false};
};

}  // namespace rowkeeper::testing
