#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace rowkeeper {

/// RESOURCE_EXHAUSTED, reason TOO_MANY_ROWS, without RetryInfo: the same call would end the same. `limit` is
/// max-query-rows; `consequence` says what to do, or what became of a change.
absl::Status TooManyRows(std::string_view method, int limit, std::string_view consequence);
/// FAILED_PRECONDITION, reason MORE_THAN_ONE_ROW: a query that answers one row found several.
absl::Status MoreThanOneRow(std::string_view method, std::string_view consequence);
/// NOT_FOUND, reason ROW_NOT_FOUND: a query that answers one row found none.
absl::Status NoRow(std::string_view method);

/// INVALID_ARGUMENT, reason INVALID_FIELD: PostgreSQL could not compute with a value (`problem` says how) and does not
/// say with which; the parameters of the query are named, or the method when it has none.
absl::Status QueryValueRefused(std::string_view method, const std::vector<std::string>& fields,
                               std::string_view problem);

}  // namespace rowkeeper
