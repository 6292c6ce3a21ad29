#pragma once

#include <exception>
#include <string_view>

#include "absl/status/status.h"

namespace rowkeeper::observe {

/// What a caller is answered with when code threw that should not have: INTERNAL. Its log_id is in a line of the log
/// that says where it was caught ("a worker"), for what (the method, or empty) and what it was. Messages of exceptions
/// may quote rows and requests, so that line has those of the standard library and of protobuf's checks only.
/// Thread-safe.
absl::Status Caught(std::string_view where, std::string_view what_for, const std::exception& error);

}  // namespace rowkeeper::observe
