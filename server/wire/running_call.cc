#include "server/wire/running_call.h"

#include <algorithm>
#include <optional>

#include "server/observe/trace_parent.h"
#include "server/uow/handle.h"
#include "server/wire/answer_log.h"
#include "server/wire/caller.h"
#include "server/wire/headers.h"
#include "server/wire/rpc_context.h"

namespace rowkeeper::wire {

/// The certificate is not asked: gRPC reads it when somebody does, without a lock.
void DescribeCaller(const grpc::CallbackServerContext& context, const identity::SharedIdentity& identity,
                    RunningCall* call) {
  call->caller = identity != nullptr ? identity->name : CallerOfPeer(context.peer());
  call->request_id = ReadCallContext(FindHeader(context, kRequestIdHeader), std::nullopt).request_id;
  if (const auto trace = observe::ReadTraceParent(FindHeader(context, kTraceParentHeader).value_or(""))) {
    call->trace_id = trace->trace_id;
  }
  const auto handle = uow::Handle::Parse(FindHeader(context, kUnitOfWorkHeader).value_or(""));
  if (handle.has_value() && !handle->of_another_release) call->unit_of_work = handle->Id();
}

void DescribeProgress(const observe::CallProgress& progress, RunningCall* call) {
  call->number = progress.number();
  call->stage = progress.stage();
  call->rows = progress.rows();
  call->runs_as = progress.runs_as();
  call->runs_with_others = progress.runs_with_others();
}

std::string MethodOfPath(std::string_view path) {
  std::string method(path.substr(!path.empty() && path.front() == '/' ? 1 : 0));
  std::replace(method.begin(), method.end(), '/', '.');
  return method;
}

}  // namespace rowkeeper::wire
