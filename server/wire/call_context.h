#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/wire/unary_call.h"

/// What every kind of call needs of gRPC's types.
namespace rowkeeper::wire {

/// The deadline of a call; time_point::max() when its caller set none.
std::chrono::steady_clock::time_point DeadlineOf(const grpc::CallbackServerContext& context);
/// Why a call with this deadline is cancelled now.
CancelCause CauseOfCancel(std::chrono::steady_clock::time_point deadline);

/// See UnaryCall.
std::optional<std::string_view> FindHeader(const grpc::CallbackServerContext& context, std::string_view name);
std::vector<CallHeader> HeadersStartingWith(const grpc::CallbackServerContext& context, std::string_view prefix);

grpc::Slice OneSlice(const grpc::ByteBuffer& buffer);
grpc::ByteBuffer ToBuffer(std::string bytes);

}  // namespace rowkeeper::wire
