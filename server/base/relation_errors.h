#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "server/base/limits.h"

namespace rowkeeper {

/// INVALID_ARGUMENT, reason READ_TOO_LARGE, with BadRequest: what the read mask asks for could be more than the server
/// reads for one call. `field` is the request's read mask; `value` is that of `limit`, with its unit.
absl::Status ReadTooLarge(std::string_view field, std::string_view problem, std::string_view remedy, Limit limit,
                          std::string_view value);
/// RESOURCE_EXHAUSTED, reason RELATED_ROWS_TOO_LARGE, without RetryInfo: the rows of relations have more than
/// `limit_bytes`. `relation` is the one whose rows were too many.
absl::Status RelatedRowsTooLarge(std::string_view relation, size_t limit_bytes);

}  // namespace rowkeeper
