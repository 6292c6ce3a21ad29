#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "server/base/clock.h"
#include "server/base/memory_budget.h"
#include "server/identity/identity.h"
#include "server/wire/unary_rpc.h"

namespace rowkeeper::wire {

class StreamReactor;

/// What happens to a streaming call. Called on gRPC threads, where it must not block; OnCancel and OnDone may come
/// while another is under way.
class StreamObserver {
 public:
  virtual ~StreamObserver() = default;
  /// The message that Read asked for.
  virtual void OnMessage(std::string bytes) = 0;
  /// Instead of it: the caller sends no more.
  virtual void OnEnd() = 0;
  /// The message that Write was given is on its way, as far as the caller's flow control lets it; another may follow.
  /// Not called when the call is over before: OnCancel or OnDone is.
  virtual void OnWritten() = 0;
  /// The call is over before Finish, which must be called all the same. May come more than once.
  virtual void OnCancel(CancelCause cause) = 0;
  /// gRPC is done with the call, once, after Finish.
  virtual void OnDone() = 0;
};

/// One streaming call, of any direction. Thread-safe. Unlike a UnaryRpc it must be finished by whoever observes it;
/// one that is not observed and is destroyed is finished with INTERNAL.
class StreamRpc {
 public:
  explicit StreamRpc(StreamReactor* reactor) : reactor_(reactor) {}
  StreamRpc(StreamRpc&& other) noexcept;
  StreamRpc& operator=(StreamRpc&& other) noexcept;
  ~StreamRpc();

  /// "/planner.v1.TodoRepository/Export"
  const std::string& path() const;
  /// See UnaryRpc. Until Finish.
  std::optional<std::string_view> Header(std::string_view name) const;
  std::vector<HeaderField> HeadersStartingWith(std::string_view prefix) const;
  Clock::time_point deadline() const;
  Clock::time_point came_at() const;
  /// Since the call came.
  Clock::duration elapsed() const;
  /// See UnaryRpc.
  const observe::Tracer* tracer() const;
  std::string caller() const;
  identity::SharedIdentity identity() const;
  const std::shared_ptr<const MethodTable>& methods() const;
  /// See UnaryRpc.
  MemoryOwner* memory_owner() const;
  observe::CallProgress* progress() const;
  /// The server stops and waits no longer for this call.
  bool aborted() const;

  /// Has `observer` told of everything; call it once, before anything below. It is kept until its OnDone has returned.
  void Observe(std::shared_ptr<StreamObserver> observer);
  /// Asks for the next message; one at a time.
  void Read();
  /// One at a time. False when the call is finished.
  bool Write(std::string message);
  /// Ends the call: OK, or an error. What is being written still goes out first, as far as the caller reads. The first
  /// Finish wins and returns true.
  bool Finish(const absl::Status& status);
  /// Does not wait any longer for the caller to take what was sent, the status included: it sees CANCELLED.
  void Abandon();

 private:
  StreamReactor* reactor_;
};

}  // namespace rowkeeper::wire
