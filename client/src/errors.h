#pragma once

#include <absl/status/status.h>

#include <string>

namespace rowkeeper::client::internal {

/// An error of this library, in the form of the server's: with reason, domain, and metadata `unit_of_work`.
absl::Status MakeError(absl::StatusCode code, const std::string& error_reason, const std::string& message,
                       const std::string& unit_id);

/// For calls on a UnitOfWork or Savepoint that was moved from.
absl::Status MovedFrom();

}  // namespace rowkeeper::client::internal
