#include "server/base/query_errors.h"

#include <string>

#include "server/base/error_builder.h"
#include "server/base/errors.h"
#include "server/base/text.h"

namespace rowkeeper {

absl::Status TooManyRows(std::string_view method, int limit, std::string_view consequence) {
  return ErrorBuilder(Reason::kTooManyRows, Cat(method, " found more than ", limit, " rows (",
                                                LimitName(Limit::kMaxQueryRows), "); ", consequence))
      .With("method", method)
      .WithLimit(Limit::kMaxQueryRows, Cat(limit, " rows"))
      .Build();
}

absl::Status MoreThanOneRow(std::string_view method, std::string_view consequence) {
  return ErrorBuilder(Reason::kMoreThanOneRow, Cat(method, " answers one row and found several; ", consequence))
      .With("method", method)
      .Build();
}

absl::Status NoRow(std::string_view method) {
  return ErrorBuilder(Reason::kRowNotFound, Cat(method, " found no row")).With("method", method).Build();
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
