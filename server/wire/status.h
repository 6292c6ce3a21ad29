#pragma once

#include <grpcpp/support/status.h>

#include <cstddef>

#include "absl/status/status.h"

namespace rowkeeper::wire {

/// Bounds of what an error puts into trailers. Receivers refuse more than 8 KiB of metadata in all, and the message is
/// there twice, once percent-encoded.
inline constexpr size_t kMaxErrorMessageBytes = 1000;
inline constexpr size_t kMaxErrorDetailsBytes = 4096;

/// `status` as it goes on the wire: code, message, and as `grpc-status-details-bin` a google.rpc.Status whose details
/// are the payloads, ErrorInfo first. The message is valid UTF-8 and cut when too long; when the details are too large,
/// the last field violations give way to a note that says how many are missing, then whole details do, ErrorInfo last.
grpc::Status ToGrpcStatus(const absl::Status& status);

/// The reverse, for callers of Rowkeeper's own services: message and details as payloads. Details that do not parse are
/// left out.
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace rowkeeper::wire
