#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "server/db/connection.h"
#include "server/db/describe.h"
#include "server/plan/method_plan.h"
#include "server/schema/fit.h"

namespace rowkeeper::schema {

/// Compares the custom queries among `plans` with the database, without executing them, and adds to `report` what does
/// not fit: statements that PostgreSQL refuses, result columns without a field and fields without a column, types that
/// differ, columns that may be NULL where the field is never absent, and reads that call functions which may write.
/// From the first statement on that cannot be prepared at the moment, because a table is locked, they are passed over.
/// Asks nothing when there are no queries. Errors: those of db::Connection::Execute and of a describer that is broken.
absl::Status CheckQueries(const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans, db::Describer& describer,
                          db::Connection& connection, FitReport* report);

/// Whether there is anything for CheckQueries to do.
bool HasQueries(const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans);

}  // namespace rowkeeper::schema
