#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/clock.h"
#include "server/observe/call_context.h"
#include "server/wire/unary_rpc.h"

/// What every kind of call needs of gRPC's types.
namespace rowkeeper::wire {

/// The deadline of a call, on the clock on which it is `now`; time_point::max() when its caller set none.
Clock::time_point DeadlineOf(const grpc::CallbackServerContext& context, Clock::time_point now);
/// Why a call is cancelled at this moment.
CancelCause CauseOfCancel(const grpc::CallbackServerContext& context);

/// See UnaryRpc.
std::optional<std::string_view> FindHeader(const grpc::CallbackServerContext& context, std::string_view name);
std::vector<HeaderField> HeadersStartingWith(const grpc::CallbackServerContext& context, std::string_view prefix);

/// For what is logged of a call that nothing else knows any more.
observe::CallContext CallContextOf(const grpc::CallbackServerContext& context);

grpc::Slice OneSlice(const grpc::ByteBuffer& buffer);
grpc::ByteBuffer ToBuffer(std::string bytes);

}  // namespace rowkeeper::wire
