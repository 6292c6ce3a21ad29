#pragma once

#include <map>

#include "absl/status/statusor.h"
#include "server/schema/diff/pairing.h"
#include "server/schema/diff/schema_model.h"

namespace rowkeeper::schema {

/// What PostgreSQL makes of the declared tables, by entity, without foreign keys; columns have the names that they have
/// in the database. Makes the tables as temporary ones, so that it needs no right to create any, and rolls them back:
/// `connection` must be in a transaction, which afterwards is as it was. Errors: FAILED_PRECONDITION with PostgreSQL's
/// words, as for the predicate of an index that it does not understand.
absl::StatusOr<std::map<const catalogue::Entity*, TableFacts>> ReadDeclared(const std::vector<TablePair>& pairs,
                                                                            db::Connection& connection);

}  // namespace rowkeeper::schema
