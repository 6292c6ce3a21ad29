#include "server/exec/runner.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "absl/strings/str_join.h"
#include "server/base/errors.h"
#include "server/base/row_errors.h"
#include "server/base/text.h"
#include "server/exec/batch_run.h"
#include "server/exec/bulk_run.h"
#include "server/exec/cascade_outcome.h"
#include "server/exec/list_run.h"
#include "server/exec/partial_run.h"
#include "server/exec/query_run.h"
#include "server/exec/relation_loader.h"
#include "server/exec/statement_scope.h"
#include "server/plan/response_facts.h"

namespace rowkeeper::exec {
namespace {

using catalogue::Operation;

/// "id 0b52…, owner_id 77aa…": how the caller named the row.
std::string DescribeKey(const plan::Call& call) {
  std::vector<std::string> parts;
  for (int i : call.variant.filters) {
    const plan::FilterTerm& filter = call.plan->filters[i];
    parts.push_back(Cat(call.plan->inputs[filter.input].name, " ", call.request.arguments[filter.input].text));
  }
  return absl::StrJoin(parts, ", ");
}

bool CellIsTrue(const db::Rows& rows, int column) { return rows.cell(0, column) == "t"; }

/// A soft delete wants a row that is deleted, a restore one that is not.
bool IsInWantedState(const plan::Call& call, bool live) {
  if (call.plan->operation == Operation::kRestore) return live;
  return call.plan->operation == Operation::kSoftDelete && !live;
}

/// Whether the write may touch a row in this state; restores are about deleted rows only.
bool IsInReach(const plan::Call& call, bool live) {
  if (call.plan->operation == Operation::kRestore) return !live;
  switch (call.variant.deleted) {
    case plan::Deleted::kExclude:
      return live;
    case plan::Deleted::kInclude:
      return true;
    case plan::Deleted::kOnly:
      return !live;
  }
  return live;
}

/// The cells of a probe after the first two tell which immutable fields have the request's value.
FieldViolations ChangedImmutables(const plan::Call& call, const db::Rows& rows) {
  FieldViolations violations;
  for (size_t i = 0; i < call.variant.unchanged.size(); ++i) {
    if (CellIsTrue(rows, 2 + static_cast<int>(i))) continue;
    const plan::ValueTerm& value = call.plan->values[call.variant.unchanged[i]];
    violations.Add(call.plan->inputs[value.input].name,
                   "is immutable; send the stored value, or leave it out of update_mask");
  }
  return violations;
}

Outcome ToOutcome(db::Rows rows, std::shared_ptr<const sql::Statement> statement, int count) {
  Outcome outcome;
  outcome.rows = std::move(rows);
  outcome.statement = std::move(statement);
  outcome.row_count = count;
  return outcome;
}

absl::StatusOr<Outcome> AlreadyInState(const Step& step) {
  if (step.call.variant.columns.empty()) return Outcome{};
  const auto statement = step.Get(StatementCache::Kind::kReread);
  absl::StatusOr<db::Rows> rows = step.Execute(*statement, db::Query::Effect::kRead);
  if (!rows.ok()) return rows.status();
  const int count = std::min(rows->size(), 1);
  return ToOutcome(*std::move(rows), statement, count);
}

absl::StatusOr<Outcome> ExplainMiss(const Step& step) {
  const plan::Call& call = step.call;
  const catalogue::Entity& entity = *call.plan->entity;
  const auto probe = step.Get(StatementCache::Kind::kProbe);
  absl::StatusOr<db::Rows> rows = step.Execute(*probe, db::Query::Effect::kRead);
  if (!rows.ok()) return rows.status();
  const absl::Status missing = RowNotFound(entity.full_name, DescribeKey(call));
  const absl::StatusOr<Outcome> nothing_there =
      call.request.allow_missing ? absl::StatusOr<Outcome>(Outcome{}) : missing;
  if (rows->size() == 0) return nothing_there;

  const bool live = CellIsTrue(*rows, 0);
  const bool version_matches = CellIsTrue(*rows, 1);
  if (IsInWantedState(call, live)) {
    if (call.request.allow_missing && version_matches) return AlreadyInState(step);
    if (call.request.allow_missing) return VersionMismatch(entity.full_name, call.request.version);
    return live ? RowNotDeleted(entity.full_name, DescribeKey(call)) : missing;
  }
  if (!IsInReach(call, live)) return nothing_there;
  if (!version_matches) return VersionMismatch(entity.full_name, call.request.version);
  const FieldViolations violations = ChangedImmutables(call, *rows);
  // Otherwise the row came, or became fitting, between the two statements: as good as having looked a moment earlier.
  return violations.empty() ? nothing_there : violations.ToStatus();
}

absl::StatusOr<Outcome> RunOne(const Step& step) {
  const plan::Call& call = step.call;
  if (call.plan->operation == Operation::kList) return RunList(step);
  if (call.plan->operation == Operation::kCount) return RunCount(step);
  const auto statement = step.Get(StatementCache::Kind::kMain);
  absl::StatusOr<db::Rows> rows = CascadeResult(*call.plan, *statement, step.Execute(*statement, step.effect()));
  if (!rows.ok()) return rows.status();
  if (rows->size() > 0) return ToOutcome(*std::move(rows), statement, 1);
  if (rows->affected() > 0) return Outcome{};
  if (call.plan->operation == Operation::kGet) return RowNotFound(call.plan->entity->full_name, DescribeKey(call));
  return ExplainMiss(step);
}

/// Whether an error may come after a statement that has written.
bool MayFailHalfWay(const plan::Call& call) {
  const plan::MethodPlan& plan = *call.plan;
  if (plan.reads_only()) return false;
  if (plan.partial || plan.operation == Operation::kPurge) return true;
  if (plan.query != nullptr) return plan::CarriesRows(plan.response);
  // Of several rows those may be read again that others have written meanwhile.
  return catalogue::IsUpsert(plan.operation) && call.request.elements.size() > 1;
}

absl::StatusOr<Outcome> RunAny(const Step& step) {
  const plan::Call& call = step.call;
  if (call.plan->operation == Operation::kPurge) return RunPurge(step);
  if (catalogue::IsBulkChange(call.plan->operation)) return RunBulkChange(step);
  if (call.plan->query != nullptr) return RunQuery(step);
  if (call.plan->partial) return PartialRun(step).Run();
  absl::StatusOr<Outcome> outcome = call.plan->batch.has_value() ? BatchRun(step).Run() : RunOne(step);
  if (!outcome.ok() || call.variant.relations == nullptr) return outcome;
  if (absl::Status status = RelationLoader(step).Load(&*outcome); !status.ok()) return status;
  return outcome;
}

}  // namespace

absl::StatusOr<Outcome> Runner::Run(const plan::Call& call, db::Connection& connection,
                                    db::Cancellation* cancellation) const {
  const Step step{parts_, call, connection, cancellation};
  if (!MayFailHalfWay(call)) return RunAny(step);
  return RunAllOrNothing(step, [&step] { return RunAny(step); });
}

}  // namespace rowkeeper::exec
