#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/db/connection.h"
#include "server/db/describe.h"
#include "server/plan/method_plan.h"
#include "server/schema/fit.h"

namespace rowkeeper::schema {

/// A custom query of which PostgreSQL could not say what it gives.
struct UnknownQuery {
  const plan::MethodPlan* plan = nullptr;
  /// One line, for people.
  std::string why;
};

/// The custom queries among `plans`.
std::vector<const plan::MethodPlan*> QueriesOf(const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans);

/// Compares custom queries with the database, without executing them, and adds to `report` what does not fit:
/// statements that PostgreSQL refuses, result columns without a field and fields without a column, types that differ,
/// columns that may be NULL where the field is never absent, and reads that call functions which may write. The
/// mismatches of a query have its full name as their entity.
/// Gives those that cannot be prepared at the moment: nothing is said of them. After a few that had to be waited for,
/// the others are not asked about and are among them. Errors: those of db::Connection::Execute and of a describer that
/// is broken; then `report` is as it was.
absl::StatusOr<std::vector<UnknownQuery>> CheckQueries(const std::vector<const plan::MethodPlan*>& queries,
                                                       db::Describer& describer, db::Connection& connection,
                                                       FitReport* report);

}  // namespace rowkeeper::schema
