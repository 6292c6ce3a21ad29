#pragma once

#include <grpcpp/impl/service_type.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/base/clock.h"
#include "server/base/memory_budget.h"
#include "server/observe/counter.h"
#include "server/policy/policies.h"
#include "server/wire/answer_log.h"
#include "server/wire/callers.h"
#include "server/wire/stream_rpc.h"
#include "server/wire/traffic.h"
#include "server/wire/unary_reactor.h"
#include "server/wire/unary_rpc.h"

namespace rowkeeper::wire {

/// Serves one method. Called on a gRPC thread, for many calls at once, so it must not block: it hands the call on.
using UnaryHandler = std::function<void(UnaryRpc rpc)>;

struct DynamicMethod {
  /// "/package.Service/Method"
  std::string path;
  UnaryHandler handler;
  /// How calls are counted and logged that end before they reach the handler. Null: not at all. Outlives the service.
  const ServedMethod* served = nullptr;
  /// What it is to the policies, if there are any.
  policy::Subject subject = {};
};

/// The same for a method that streams, in either direction or both.
using StreamHandler = std::function<void(StreamRpc rpc)>;

struct DynamicStream {
  std::string path;
  StreamHandler handler;
  /// See DynamicMethod.
  const ServedMethod* served = nullptr;
  policy::Subject subject = {};
};

struct DynamicServiceOptions {
  /// Larger responses become RESOURCE_EXHAUSTED, reason RESPONSE_TOO_LARGE. gRPC clients refuse more than 4 MiB unless
  /// told otherwise. Range 1 KiB to 1 GiB.
  size_t max_response_bytes = 4 << 20;
  /// Of calls' deadlines and durations. Outlives the service.
  Clock* clock = &Clock::System();
  /// That the messages of all calls share. Null: there is no limit for all of them together. Outlives the service.
  MemoryBudget* memory = nullptr;
  /// Who may call, which is asked before any handler is. Null: everybody, anonymously. Outlives the service.
  const Callers* callers = nullptr;
  /// Which calls are sampled. Null: none. Outlives the service.
  const observe::Tracer* tracer = nullptr;
  /// Who may call what, which is asked next. Null: everybody may call everything. Outlives the service.
  const policy::Policies* policies = nullptr;
};

/// Methods that are known only at run time, as bytes in and bytes out; registered the way generated code registers raw
/// callback methods. Outlives the server it is added to. Handlers outlive their calls.
class DynamicService : public grpc::Service {
 public:
  DynamicService(std::vector<DynamicMethod> methods, DynamicServiceOptions options)
      : DynamicService(std::move(methods), {}, options) {}
  DynamicService(std::vector<DynamicMethod> methods, std::vector<DynamicStream> streams, DynamicServiceOptions options);

  /// Has every call that is not over, and any that still comes, cancelled with CancelCause::kShutdown.
  void AbortCalls() { in_flight_.AbortAll(); }
  /// Cancels unary calls whose answer is ready for longer than `limit` and was not taken by the caller: it is memory
  /// that waits for somebody who does not read.
  void EndUnread(Clock::duration limit) { unread_.Add(in_flight_.EndUnread(clock_.Now() - limit)); }
  /// How many calls EndUnread has cancelled.
  uint64_t unread() const { return unread_.value(); }
  /// The calls that are not over, `most` of them, those first that came first.
  RunningCalls LongestCalls(size_t most) { return in_flight_.Longest(most); }
  /// Cancels a call with CancelCause::kOperator, by RunningCall::number; nullopt when it is over.
  std::optional<EndedCall> EndCall(uint64_t number) { return in_flight_.EndByOperator(number); }
  /// How many calls are not over.
  size_t calls() const { return in_flight_.size(); }
  const Traffic& traffic() const { return traffic_; }

 private:
  struct Entry {
    UnaryReactor::Method method;
    UnaryHandler handler;
    const ServedMethod* served = nullptr;
    policy::Subject subject;
  };

  void Register(int index);
  void RegisterStream(int index, const DynamicStream* stream);

  InFlight in_flight_;
  observe::Counter unread_;
  Traffic traffic_;
  Clock& clock_;
  MemoryBudget* const memory_;
  const Callers* const callers_;
  const observe::Tracer* const tracer_;
  const policy::Policies* const policies_;
  std::vector<std::unique_ptr<Entry>> entries_;  // gRPC keeps pointers to the paths
  std::vector<std::unique_ptr<const DynamicStream>> streams_;
};

}  // namespace rowkeeper::wire
