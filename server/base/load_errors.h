#pragma once

#include <chrono>

#include "absl/status/status.h"
#include "server/base/limits.h"

/// Errors of a server that has more to do than it can; see errors.h.
namespace rowkeeper {

/// RESOURCE_EXHAUSTED, reason DEADLINE_UNREACHABLE, with RetryInfo: the call would wait for a connection and run for
/// about `needed` together, and its caller stops waiting after `left`.
absl::Status DeadlineUnreachable(std::chrono::milliseconds needed, std::chrono::milliseconds left);
/// RESOURCE_EXHAUSTED, reason OVERLOADED, with RetryInfo: calls have to wait for `wait`, which is more than `limit`, of
/// `value`, lets them.
absl::Status Overloaded(Limit limit, std::chrono::milliseconds value, std::chrono::milliseconds wait);

}  // namespace rowkeeper
