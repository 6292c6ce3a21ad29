#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "server/plan/filter/limits.h"
#include "server/plan/method_plan.h"
#include "server/plan/page/page_token.h"
#include "server/plan/relation/limits.h"
#include "server/plan/request.h"
#include "server/plan/variant.h"

namespace rowkeeper::plan {

/// Sizes of list pages, in rows, and what may come along with them.
struct PageLimits {
  /// Used when a request's page_size is 0. Range 1 to max_page_size.
  int default_page_size = 50;
  /// Larger requests are coerced to it (AIP-158). Range 1 to 10000.
  int max_page_size = 1000;
  /// Longest `skip`, rows: the database reads all that it leaves out. Range 0 to 10000000.
  int max_skip = 10000;
  FilterLimits filter = {};
  RelationLimits relations = {};
};

/// One call, checked against everything that is known without the database, and ready to become a statement.
struct Call {
  const MethodPlan* plan = nullptr;
  Request request;
  Variant variant;
  /// How many rows the call may take, and from where, as its family knows it; set where it knows one.
  std::variant<std::monostate, ListBounds, BulkBounds, QueryBounds> bounds;
  /// Texts that binding made out of the request and that go to the database as parameters: operands of the filter
  /// expression, parts of jsonb values.
  std::vector<std::optional<std::string>> computed;
};

/// Checks `request` and resolves masks, order, page token and defaults. Errors: INVALID_ARGUMENT with every field that
/// is wrong; PERMISSION_DENIED TENANT_REQUIRED or FIELD_NOT_ALLOWED, whatever else is wrong. Pure apart from the token
/// key; thread-safe.
absl::StatusOr<Call> Bind(const MethodPlan& plan, Request request, const PageLimits& limits, const PageTokens& tokens);

/// The token of the page after the one that ended with a row whose order columns have these cells.
std::string NextPageToken(const Call& call, const PageTokens& tokens,
                          const std::vector<std::optional<std::string>>& cells);

/// The text that an absent value of a field without presence stands for ('' 0 false {} []), or nullopt where absence
/// is no value (uuid, decimal, enum with an unspecified zero, Timestamp, Duration, Date).
std::optional<std::string> ZeroText(const catalogue::Column& column);

}  // namespace rowkeeper::plan
