#pragma once

#include <absl/status/status.h>

#include <string>

namespace rowkeeper::client::internal {

/// An error of this library, in the form of the server's: with reason, domain, and metadata `unit_of_work`.
absl::Status MakeError(absl::StatusCode code, const std::string& error_reason, const std::string& message,
                       const std::string& unit_id);

/// For calls on a UnitOfWork or Savepoint that was moved from.
absl::Status MovedFrom();

/// gRPC's server dropped the call before any method of it saw it, for it is stopping and its goodbye (GOAWAY) has not
/// arrived here yet. That is the text of its status; the server's own answers have details, and whoever cancels a call
/// here is not answered at all.
bool WasDropped(const absl::Status& status);

/// A server that is starting or stopping did nothing with the call, which is of no unit of work.
bool WasNotTaken(const absl::Status& status);

}  // namespace rowkeeper::client::internal
