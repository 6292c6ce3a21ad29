#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "server/base/errors.h"
#include "server/plan/call.h"

namespace rowkeeper::plan {

/// How much one bulk change may do.
struct BulkLimits {
  /// Rows that one call may change when its request says nothing, and the most that it may say. Range 1 to 100000000.
  int64_t max_affected = 10000;
  /// Rows that a purge removes in one statement, and outside a unit of work in one transaction. Range 1 to 100000.
  int purge_batch_rows = 1000;
};

/// Longest older_than of a purge, seconds: a thousand years.
inline constexpr int64_t kLongestPurgeAge = 31557600000;

/// Binds the filters of a bulk change and checks it against everything that is known without the database. An
/// UpdateWhere gets what it writes.
void BindBulk(Call* call, const FilterLimits& limits, FieldViolations* violations);

/// Sets how many rows the bulk change may touch. INVALID_ARGUMENT when the request asks for more than the server
/// allows.
absl::Status LimitBulk(const BulkLimits& limits, Call* call);

}  // namespace rowkeeper::plan
