#pragma once

#include <grpcpp/server_context.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/clock.h"
#include "server/identity/identity.h"
#include "server/observe/call_progress.h"

namespace rowkeeper::wire {

/// A call that is not over, as it was at one moment.
struct RunningCall {
  /// See observe::CallProgress.
  uint64_t number = 0;
  /// "planner.v1.TodoRepository.GetById"
  std::string method;
  /// The name of the identity, else the peer's address. Empty: not known yet.
  std::string caller;
  /// Since it came.
  Clock::duration elapsed{0};
  observe::CallProgress::Stage stage = observe::CallProgress::Stage::kArriving;
  /// The answer is made, and its caller has not taken all of it.
  bool answered = false;
  /// That a stream has sent or stored; negative: it counts none.
  int64_t rows = -1;
  /// What db::RunningStatements knows its statement by, and whether that serves other calls, too.
  uint64_t runs_as = 0;
  bool runs_with_others = false;
  /// The caller's header x-request-id, of which 128 bytes are kept; may be empty.
  std::string request_id;
  /// Of the caller's header traceparent, 32 hex digits; may be empty.
  std::string trace_id;
  /// Id of the unit of work that it belongs to; never the handle. Empty: none.
  std::string unit_of_work;
};

/// Some of the calls of a service.
struct RunningCalls {
  /// Longest first.
  std::vector<RunningCall> calls;
  /// How many run for a shorter time than those.
  size_t left_out = 0;
};

/// Adds what identity and headers say of a call. `context`: of a call that gRPC holds, and that has arrived
/// (observe::CallProgress); whoever serves it may use it meanwhile.
void DescribeCaller(const grpc::CallbackServerContext& context, const identity::SharedIdentity& identity,
                    RunningCall* call);
/// What `progress` says of one.
void DescribeProgress(const observe::CallProgress& progress, RunningCall* call);
/// "planner.v1.TodoRepository.GetById" for "/planner.v1.TodoRepository/GetById".
std::string MethodOfPath(std::string_view path);

}  // namespace rowkeeper::wire
