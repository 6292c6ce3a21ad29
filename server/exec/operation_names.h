#pragma once

#include "server/exec/statement_cache.h"
#include "server/observe/operation_durations.h"

namespace rowkeeper::exec {

/// Where the durations of a plan's statement of this kind are kept: by what PostgreSQL calls the operation, and by the
/// table.
observe::OperationDurations* DurationsOf(const plan::MethodPlan& plan, StatementCache::Kind kind);
/// Of the statement that loads a relation.
observe::OperationDurations* DurationsOf(const catalogue::Relation& relation);

}  // namespace rowkeeper::exec
