#pragma once

#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/text.h"
#include "tests/support/in_process_server.h"

namespace rowkeeper::testing {

/// Unary calls that are under way at once, as many as one likes, without a thread for each. Thread-safe; the destructor
/// waits for all.
class ManyCalls {
 public:
  /// What came back: "OK", or the reason of the error.
  struct Answer {
    std::string outcome;
    std::chrono::steady_clock::duration took{0};
  };

  /// The calls are spread over `connections`, each of which carries 1000 at a time. `address`: of those that the server
  /// listens on; callers on different families of addresses are different ones to it.
  ManyCalls(InProcessServer* server, const std::string& address, int connections);
  ~ManyCalls();
  ManyCalls(const ManyCalls&) = delete;
  ManyCalls& operator=(const ManyCalls&) = delete;

  void Start(std::string_view method, const std::string& request, const CallOptions& options = CallOptions());
  size_t started() const;
  size_t answered() const;
  /// Waits until so many have been answered; false when that takes longer than a minute.
  bool Await(size_t count) const;
  std::vector<Answer> answers() const;
  /// Gives the answers that have come since the last time, and forgets them.
  std::vector<Answer> TakeAnswers();
  /// How many answers of each outcome there are.
  std::map<std::string, int> outcomes() const;

 private:
  struct Call;
  void Ended(Call* call, const grpc::Status& status);

  InProcessServer* const server_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  mutable absl::Mutex mutex_;
  size_t started_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t answered_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<Answer> answers_ ABSL_GUARDED_BY(mutex_);
};

/// Calls that come at their moments, whatever becomes of those before them.
struct OpenLoop {
  ManyCalls* calls = nullptr;
  std::string method;
  std::string request;
  double calls_per_second = 0;
  CallOptions options;
};
/// Blocks for `time`, and for no answer.
void RunOpenLoops(const std::vector<OpenLoop>& loops, std::chrono::milliseconds time);

}  // namespace rowkeeper::testing
