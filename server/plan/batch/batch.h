#pragma once

#include <cstddef>
#include <string>

#include "server/base/errors.h"
#include "server/plan/call.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::plan {

/// How much one batch may hold. More is refused with INVALID_ARGUMENT BATCH_TOO_LARGE before the database is asked.
struct BatchLimits {
  /// Rows or keys. Range 1 to 10000.
  int max_rows = 1000;
  /// The request message, bytes. Range 1 KiB to 1 GiB.
  size_t max_bytes = 2 << 20;
};

/// What an upsert did to a row; as in rowkeeper.v1.WriteOutcome. kNone stands for a row that a partial batch refused.
enum class WriteOutcome { kNone = 0, kInserted = 1, kUpdated = 2, kUnchanged = 3 };

/// "todos[2]"; "todo" in a single upsert.
std::string ElementName(const MethodPlan& plan, size_t index);
/// "todos[2].title", or "ids[2]" where the elements are values.
std::string ElementFieldName(const MethodPlan& plan, size_t index, int input);

/// Checks the elements of `call` against everything that is known without the database, fills in what absent values
/// mean, and sets the parts of the variant that speak of elements. All mistakes of all elements go to `violations`, or
/// in a partial batch to the elements' refusals.
void BindBatch(Call* call, FieldViolations* violations);

}  // namespace rowkeeper::plan
