#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "server/base/limits.h"

/// Errors of batches and bulk changes; see errors.h.
namespace rowkeeper {

/// INVALID_ARGUMENT, reason BATCH_TOO_LARGE, with BadRequest. `value` is that of `limit`, with its unit.
absl::Status BatchTooLarge(std::string_view field, std::string_view problem, Limit limit, std::string_view value);
/// FAILED_PRECONDITION, reason MAX_AFFECTED_EXCEEDED, with PreconditionFailure: more rows of `entity` match than a bulk
/// change may change.
absl::Status MaxAffectedExceeded(std::string_view entity, int64_t max_affected);
/// `error`, which ended a purge after `purged` rows were removed for good; metadata "purged".
absl::Status PurgeInterrupted(const absl::Status& error, int64_t purged);

/// UNAVAILABLE, reason NOT_TRIED: an element of a partial batch that came after what `cause` ended.
absl::Status ElementNotTried(const absl::Status& cause);

}  // namespace rowkeeper
