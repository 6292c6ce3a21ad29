#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/impl/service_type.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "server/base/clock.h"
#include "server/base/memory_budget.h"
#include "server/observe/counter.h"
#include "server/policy/policies.h"
#include "server/wire/callers.h"
#include "server/wire/method_table.h"
#include "server/wire/served_methods.h"
#include "server/wire/stream_rpc.h"
#include "server/wire/traffic.h"
#include "server/wire/unary_reactor.h"
#include "server/wire/unary_rpc.h"

namespace rowkeeper::wire {

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
  /// Who may call what, which is asked next, where the service is made of methods without a table. Null: everybody may
  /// call everything. Outlives the service.
  const policy::Policies* policies = nullptr;
  /// Where open units are looked up, whose calls go on with the methods that they were begun with. Null: there are no
  /// units. Outlives the service.
  const UnitsSlot* units = nullptr;
};

/// Methods that are known only at run time, as bytes in and bytes out; registered the way generated code registers raw
/// callback methods. Others may take their place while it serves: gRPC asks for those that it does not know, see
/// StartLate, and calls of those that are gone are answered as those of methods that never were. Outlives the server it
/// is added to. Handlers outlive their calls.
class DynamicService : public grpc::Service {
 public:
  DynamicService(std::vector<DynamicMethod> methods, DynamicServiceOptions options)
      : DynamicService(std::move(methods), {}, options) {}
  DynamicService(std::vector<DynamicMethod> methods, std::vector<DynamicStream> streams, DynamicServiceOptions options)
      : DynamicService(std::make_shared<const MethodTable>(std::move(methods), std::move(streams),
                                                           MethodTable::Common{options.policies}),
                       options) {}
  DynamicService(SharedMethods methods, DynamicServiceOptions options);

  /// OK, or why `next` cannot take the place of what is served without a new start: INVALID_ARGUMENT, with the method,
  /// or with the rows that would no longer be kept to their tenants.
  absl::Status CheckReplacement(const MethodTable& next) const;
  /// Calls that begin from now on are answered by `next`; gives what it took the place of. Others go on as they began.
  SharedMethods Replace(SharedMethods next) { return served_.Replace(std::move(next)); }
  /// By which calls are answered that begin now.
  SharedMethods methods() const { return served_.Get(); }

  /// Begins a call of a method that gRPC does not know; null where the service does not know it either.
  grpc::ServerGenericBidiReactor* StartLate(grpc::GenericCallbackServerContext* context);

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
  /// Both: null for a method that there is no more.
  grpc::ServerUnaryReactor* StartUnary(const std::string& path, grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request, grpc::ByteBuffer* response);
  /// `path` lives until the call is done.
  grpc::ServerGenericBidiReactor* StartAny(const std::string& path, grpc::CallbackServerContext* context);
  /// The request of a late call is there. False: there is no such method any more.
  bool BeginLate(LateUnaryReactor* reactor, grpc::CallbackServerContext* context);

  void Register(const std::string* path);
  void RegisterStream(const std::string* path);

  InFlight in_flight_;
  observe::Counter unread_;
  Traffic traffic_;
  Clock& clock_;
  const Callers* const callers_;
  const RpcService rpc_service_;
  ServedMethods served_;
  std::vector<std::unique_ptr<const std::string>> paths_;  // gRPC keeps pointers to them
  /// Those that gRPC reads one request of.
  absl::flat_hash_set<std::string_view> unary_paths_;
};

}  // namespace rowkeeper::wire
