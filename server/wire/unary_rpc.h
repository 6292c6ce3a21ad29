#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "server/base/clock.h"
#include "server/base/memory_budget.h"
#include "server/identity/identity.h"
#include "server/observe/call_progress.h"
#include "server/observe/tracer.h"

namespace rowkeeper::wire {

class MethodTable;
class UnaryCall;

/// Why a call ended before it was answered.
enum class CancelCause {
  kCaller,    ///< the caller cancelled or went away
  kDeadline,  ///< its deadline passed
  kShutdown,  ///< the server stops and waits no longer
  kOperator,  ///< somebody who runs the server ended it
};

/// Name and value; valid as long as the call is unanswered.
using HeaderField = std::pair<std::string_view, std::string_view>;

/// One unary call: the request as bytes, and the duty to answer it. It may be moved to any thread, and answered there;
/// a call that is destroyed unanswered is answered with INTERNAL, so that no caller hangs. Methods may be called from
/// several threads, but the ones marked "until Finish" must not race with it.
class UnaryRpc {
 public:
  explicit UnaryRpc(UnaryCall* reactor) : reactor_(reactor) {}
  UnaryRpc(UnaryRpc&& other) noexcept;
  UnaryRpc& operator=(UnaryRpc&& other) noexcept;
  ~UnaryRpc();

  /// RESOURCE_EXHAUSTED MEMORY_FULL when there was no room for the request, or there is none for responses. The call is
  /// charged for its request all the same if that is a small one, so that calls that free memory can be let in.
  absl::Status Admission() const;
  /// Whose memory the call takes. Lives as long as this object (or what it was moved to).
  MemoryOwner* memory_owner() const;
  /// For those who look at the call while it runs. Lives as long as memory_owner().
  observe::CallProgress* progress() const;
  /// The request message's bytes; valid as long as this object (or what it was moved to).
  std::string_view request() const;
  /// Frees the request's bytes, for a call that will wait without needing them; request() is empty from then on.
  void DropRequest();
  /// "/planner.v1.TodoRepository/GetById"
  const std::string& path() const;
  /// The first value of a request header, by its lower-case name. Until Finish.
  std::optional<std::string_view> Header(std::string_view name) const;
  /// All request headers whose names start with the lower-case `prefix`, by name; one that is sent twice is there
  /// twice. Until Finish.
  std::vector<HeaderField> HeadersStartingWith(std::string_view prefix) const;
  /// When the caller stops waiting; time_point::max() when it set no deadline.
  Clock::time_point deadline() const;
  /// Of the deadline.
  Clock& clock() const;
  Clock::time_point came_at() const;
  /// Since the call came.
  Clock::duration elapsed() const;
  /// The name of the identity, else see CallerOf. Until Finish.
  std::string caller() const;
  /// Which calls are sampled; null: none.
  const observe::Tracer* tracer() const;
  /// Who calls, as was proved before the call began; null for an anonymous caller.
  identity::SharedIdentity identity() const;
  /// By which the call is answered, with all that its method uses.
  const std::shared_ptr<const MethodTable>& methods() const;

  using CancelCallback = std::function<void(CancelCause)>;
  /// Has `callback` called, at most once and on a gRPC thread, when the call ends before it is answered; at once, on
  /// this thread, when that has happened already. It must not block and must own what it uses: it is dropped at Finish,
  /// but one that runs at that moment may end after Finish has returned. Register once; where the way to cancel
  /// changes, that is a CancelSlot.
  void OnCancel(CancelCallback callback);
  bool cancelled() const;
  /// Has `callback` called, on a gRPC thread, when the call ended before its answer was sent. It must not block and
  /// must not hold this object. Until Finish.
  void OnUndelivered(std::function<void()> callback);
  /// The server stops and waits no longer for this call, which should be answered at once.
  bool aborted() const;
  /// An operator ended it before it was answered.
  bool ended_by_operator() const;

  /// Adds to the trailing metadata that goes with the answer, whether it is a response or an error: a lower-case name,
  /// and text, or any bytes where the name ends in "-bin". Does nothing after Finish.
  void AddTrailer(const std::string& name, const std::string& value);

  /// Answers, once: the first Finish wins and returns true, any later one does nothing and returns false. Does not
  /// block.
  bool Finish(std::string response);
  /// Answers with an error; OK is a mistake here and is answered as INTERNAL.
  bool Finish(const absl::Status& error);

 private:
  UnaryCall* reactor_;
};

}  // namespace rowkeeper::wire
