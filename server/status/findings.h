#pragma once

#include <vector>

#include "server/status/overview.h"

namespace rowkeeper::status {

/// What hurts, the worst first, each with what to do about it.
std::vector<Finding> FindProblems(const OverviewData& data);

/// One sentence for all of it.
Finding Summarise(const std::vector<Finding>& findings, const OverviewData& data);

}  // namespace rowkeeper::status
