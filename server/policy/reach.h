#pragma once

#include <vector>

#include "server/policy/allow_list.h"
#include "server/policy/policies.h"

namespace rowkeeper::policy {

/// To how many callers something is open that all of `lists` have to admit. Exact: it tries callers of every kind that
/// the lists can tell apart.
Reach ReachOfAll(const std::vector<const AllowList*>& lists);

}  // namespace rowkeeper::policy
