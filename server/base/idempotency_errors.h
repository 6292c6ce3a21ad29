#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"

/// Errors of idempotency keys; see errors.h.
namespace rowkeeper {

/// INVALID_ARGUMENT, reason IDEMPOTENCY_KEY_REUSED: the key belongs to a call with another method or request.
absl::Status IdempotencyKeyReused(std::string_view key);
/// FAILED_PRECONDITION, reason IDEMPOTENCY_KEY_OTHER_RELEASE: another release of the server executed the call and
/// stored its response in a format that this one does not read.
absl::Status IdempotencyKeyOfAnotherRelease(std::string_view key);
/// RESOURCE_EXHAUSTED, reason RESPONSE_TOO_LARGE, without RetryInfo: the response of a call with a key is larger than
/// what is kept of one. Nothing was changed.
absl::Status ResponseTooLargeToKeep(size_t bytes, size_t limit_bytes);

}  // namespace rowkeeper
