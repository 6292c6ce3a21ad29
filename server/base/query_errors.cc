#include "server/base/query_errors.h"

#include <string>

#include "server/base/error_parts.h"
#include "server/base/errors.h"
#include "server/base/text.h"

namespace rowkeeper {
namespace {

absl::Status QueryError(Reason reason, std::string_view method, std::string_view message) {
  return error_parts::Error(reason, message, {{"method", method}});
}

}  // namespace

absl::Status TooManyRows(std::string_view method, int limit, std::string_view consequence) {
  return WithMetadata(QueryError(Reason::kTooManyRows, method,
                                 Cat(method, " found more than ", limit, " rows (max-query-rows); ", consequence)),
                      "limit", Cat(limit), "");
}

absl::Status MoreThanOneRow(std::string_view method, std::string_view consequence) {
  return QueryError(Reason::kMoreThanOneRow, method, Cat(method, " answers one row and found several; ", consequence));
}

absl::Status NoRow(std::string_view method) {
  return QueryError(Reason::kRowNotFound, method, Cat(method, " found no row"));
}

absl::Status QueryValueRefused(std::string_view method, const std::vector<std::string>& fields,
                               std::string_view problem) {
  FieldViolations violations;
  if (fields.empty()) violations.Add(method, problem);
  for (const std::string& field : fields) {
    violations.Add(field, fields.size() == 1 ? std::string(problem) : Cat("may be the one: ", problem));
  }
  return violations.ToStatus();
}

}  // namespace rowkeeper
