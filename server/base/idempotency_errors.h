#pragma once

#include <string_view>

#include "absl/status/status.h"

/// Errors of idempotency keys; see errors.h.
namespace rowkeeper {

/// INVALID_ARGUMENT, reason IDEMPOTENCY_KEY_REUSED: the key belongs to a call with another method or request.
absl::Status IdempotencyKeyReused(std::string_view key);

}  // namespace rowkeeper
