#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rowkeeper/v1/unit_of_work.pb.h"
#include "server/plan/call.h"
#include "server/plan/page/page_token.h"
#include "server/uow/unit_info.h"

namespace rowkeeper::wire {

/// Where a list of units is made.
struct UnitListPlace {
  const plan::PageTokens* tokens = nullptr;
  plan::PageLimits pages;
  /// Address of the server that holds the units: a token is good there alone.
  std::string server;
  /// The identity that its tokens belong to; empty: anybody's.
  std::string owner = {};
  /// Whose units the caller may see; empty: all.
  std::string shown_caller = {};
};

/// The page of those `units` that may be seen that `request` asks for: its caller's units or all, oldest first, and
/// those that began at the same moment by id. Errors: INVALID_ARGUMENT with the fields that are wrong.
absl::StatusOr<v1::ListResponse> ListUnits(const v1::ListRequest& request, std::vector<uow::UnitInfo> units,
                                           const UnitListPlace& place);

}  // namespace rowkeeper::wire
