#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace rowkeeper::client {

/// How one call is made.
struct CallOptions {
  /// From sending the call to its answer, including the wait for a connection and for sending it again.
  std::chrono::milliseconds timeout{10000};

  /// What to do when the connection is lost before the answer has come. Whatever it says, a call that a server did
  /// nothing with, because it was starting or stopping, is sent again until `timeout` has passed.
  enum class LostReply {
    /// Give up with UNAVAILABLE: the call may or may not have been executed.
    kGiveUp,
    /// Inside a unit of work: send the call again under the same `rowkeeper-sequence` number, for which the server
    /// executes it once at most. Outside of one: send it again under its idempotency key, which does the same; also
    /// after COMMIT_OUTCOME_UNKNOWN. Without a key it is given up there.
    kSendAgain,
  };
  LostReply lost_reply = LostReply::kGiveUp;

  /// Further request headers; names in lower case.
  std::vector<std::pair<std::string, std::string>> metadata;

  /// Of a write: the header `idempotency-key`. The server executes calls with one key once, and answers every repeat
  /// with the first response, for a day unless its operator says otherwise. 1 to 255 printable ASCII characters; empty:
  /// none. Repeats must be the same call with the same request.
  std::string idempotency_key;
};

/// A key that nobody else has: make one for each write, and keep it for its repeats. Thread-safe.
std::string NewIdempotencyKey();

/// A method of a generated stub, &AccountRepository::Stub::Create.
template <typename Stub, typename Request, typename Response>
using StubMethod = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);

namespace internal {

using Send = std::function<grpc::Status(grpc::ClientContext*)>;

/// Calls `send`, outside of any unit of work: again when no server did anything with the call.
absl::Status SendCall(const CallOptions& options, const Send& send);

/// The stub of a stub or a pointer to it.
template <typename Stub, typename StubPointer>
Stub* StubOf(StubPointer& stub) {
  if constexpr (std::is_base_of_v<Stub, StubPointer>) {
    return std::addressof(stub);
  } else {
    return std::addressof(*stub);
  }
}

/// What is used after the call that takes it: an object with a name, or a plain pointer.
template <typename StubPointer>
constexpr void RequireThatStays() {
  static_assert(std::is_lvalue_reference_v<StubPointer> || std::is_pointer_v<std::remove_reference_t<StubPointer>>,
                "the stub has to outlive the rows; keep it in a variable");
}

/// Makes a call with `sender(const Send&) -> absl::Status`.
template <typename Sender, typename Stub, typename Request, typename Response, typename StubPointer>
absl::StatusOr<Response> CallThrough(const Sender& sender, StubMethod<Stub, Request, Response> method,
                                     StubPointer& stub, const Request& request) {
  Response response;
  absl::Status status = sender([&](grpc::ClientContext* context) {
    response.Clear();
    return std::invoke(method, stub, context, request, &response);
  });
  if (!status.ok()) return status;
  return response;
}

}  // namespace internal

/// Makes one call outside of any unit of work: a transaction of its own. `stub` is a generated stub or a pointer to it.
///
///   absl::StatusOr<Account> account = Call(&AccountRepository::Stub::GetById, stub, request);
///
/// Errors are those of the server with their details (error_details.h), or gRPC's own.
template <typename Stub, typename Request, typename Response, typename StubPointer>
absl::StatusOr<Response> Call(StubMethod<Stub, Request, Response> method, StubPointer&& stub, const Request& request,
                              const CallOptions& options = {}) {
  const auto sender = [&](const internal::Send& send) { return internal::SendCall(options, send); };
  return internal::CallThrough(sender, method, stub, request);
}

}  // namespace rowkeeper::client
