#include "server/exec/operation_names.h"

#include <string>

#include "absl/strings/match.h"
#include "server/base/statement_text.h"
#include "server/base/text.h"
#include "server/plan/query/query_plan.h"

namespace rowkeeper::exec {
namespace {

std::string TableName(const catalogue::Entity& entity) {
  return entity.schema.empty() ? entity.table : Cat(entity.schema, ".", entity.table);
}

observe::OperationDurations* DurationsOn(std::string_view operation, const catalogue::Entity& entity) {
  return observe::DatabaseOperations::Process().Of(operation, TableName(entity));
}

std::string_view OperationOf(catalogue::Change change) {
  switch (change) {
    case catalogue::Change::kNone:
      return "SELECT";
    case catalogue::Change::kCreate:
    case catalogue::Change::kUpsert:
      return "INSERT";
    case catalogue::Change::kUpdate:
    case catalogue::Change::kSoftDelete:
    case catalogue::Change::kRestore:
      return "UPDATE";
    case catalogue::Change::kDelete:
    case catalogue::Change::kPurge:
      return "DELETE";
  }
  return "SELECT";
}

/// The first word of a custom query that writes, where it is the statement's; a WITH may lead to anything.
std::string_view OperationOf(const plan::QueryPlan& query) {
  const std::string_view text = query.pieces.empty() ? "" : SkipComments(query.pieces.front().text);
  for (const std::string_view operation : {"INSERT", "UPDATE", "DELETE", "SELECT"}) {
    if (absl::StartsWithIgnoreCase(ToAbsl(text), ToAbsl(operation))) return operation;
  }
  return "WITH";
}

}  // namespace

observe::OperationDurations* DurationsOf(const plan::MethodPlan& plan, StatementCache::Kind kind) {
  if (plan.query != nullptr && !plan.query_reads) {
    const catalogue::Entity* const target = plan.query->target;
    return DurationsOn(OperationOf(*plan.query), target != nullptr ? *target : *plan.entity);
  }
  switch (kind) {
    case StatementCache::Kind::kMain:
    case StatementCache::Kind::kMerged:
    case StatementCache::Kind::kParents:
      return DurationsOn(OperationOf(plan.change()), *plan.entity);
    case StatementCache::Kind::kProbe:
    case StatementCache::Kind::kReread:
    case StatementCache::Kind::kStoredKeys:
    case StatementCache::Kind::kCount:
    case StatementCache::Kind::kEstimate:
    case StatementCache::Kind::kLargeRows:
      break;
  }
  return DurationsOn("SELECT", *plan.entity);
}

observe::OperationDurations* DurationsOf(const catalogue::Relation& relation) {
  return DurationsOn("SELECT", *relation.target);
}

}  // namespace rowkeeper::exec
