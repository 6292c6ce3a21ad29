#include "server/plan/filter/limits.h"

#include "server/base/limits.h"
#include "server/base/text.h"

namespace rowkeeper::plan {

std::string TooLongToLookFor(size_t bytes, const FilterLimits& limits) {
  return Cat("has ", bytes, " bytes; at most ", limits.max_search_bytes, " are looked for, the limit ",
             LimitName(Limit::kMaxSearchBytes));
}

}  // namespace rowkeeper::plan
