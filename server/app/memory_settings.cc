#include "server/app/memory_settings.h"

#include <algorithm>

#include "server/base/errors.h"
#include "server/base/limits.h"
#include "server/base/machine_memory.h"
#include "server/base/memory_budget.h"
#include "server/base/text.h"

namespace rowkeeper::app {
namespace {

using Use = MemoryBudget::Use;

constexpr size_t kKibibyte = 1024;
constexpr size_t kMebibyte = 1024 * kKibibyte;
constexpr size_t kDefaultPercent = 30;

/// The budget whose share for `use` has room for `bytes`.
size_t BudgetFor(Use use, size_t bytes) {
  return bytes / static_cast<size_t>(MemoryBudget::kPercent[static_cast<size_t>(use)]) * 100 + kMebibyte;
}

/// One call of each kind must find room, however large its messages may be.
size_t LeastBudget(const ServeSettings& settings) {
  const size_t request = static_cast<size_t>(settings.max_request_kib) * kKibibyte;
  const size_t response = static_cast<size_t>(settings.max_response_kib) * kKibibyte;
  return std::max({BudgetFor(Use::kRequests, request), BudgetFor(Use::kResults, kRowsPerResponse * response),
                   BudgetFor(Use::kResponses, response)});
}

}  // namespace

absl::StatusOr<size_t> ToMemoryBudget(const ServeSettings& settings) {
  const size_t least = LeastBudget(settings);
  if (settings.memory_budget_mib == 0) return std::max(UsableMemory() / 100 * kDefaultPercent, least);
  const size_t budget = static_cast<size_t>(settings.memory_budget_mib) * kMebibyte;
  if (budget >= least) return budget;
  return InvalidField(LimitName(Limit::kMemoryBudget),
                      Cat("is ", settings.memory_budget_mib,
                          " MiB, and one call with the largest request and response "
                          "needs ",
                          least / kMebibyte + 1, " MiB; raise it, or lower max-request-size and max-response-size"));
}

}  // namespace rowkeeper::app
