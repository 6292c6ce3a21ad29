#include "server/exec/upsert_run.h"

#include <google/protobuf/descriptor.h>

#include <string>
#include <unordered_map>
#include <utility>

#include "server/base/database_errors.h"
#include "server/base/errors.h"
#include "server/base/row_errors.h"
#include "server/base/text.h"
#include "server/exec/batch_run.h"
#include "server/exec/conflict.h"
#include "server/exec/judged.h"
#include "server/exec/same_rows.h"
#include "server/exec/statement_scope.h"
#include "server/plan/batch/batch.h"
#include "server/sql/savepoint_numbers.h"
#include "server/sql/transaction_sql.h"

namespace rowkeeper::exec {
namespace {

using plan::WriteOutcome;
using sql::UpsertConflict;

constexpr int kMostTries = 4;

WriteOutcome ToWriteOutcome(std::string_view text) {
  if (text == "INSERTED") return WriteOutcome::kInserted;
  return text == "UPDATED" ? WriteOutcome::kUpdated : WriteOutcome::kUnchanged;
}

/// What the statement met when it made itself fail; none for any other error.
std::optional<UpsertConflict> ConflictOf(const absl::Status& status) {
  const std::optional<Verdict> verdict = KeptRows(status);
  if (!verdict.has_value()) return std::nullopt;
  for (const UpsertConflict conflict :
       {UpsertConflict::kOvertaken, UpsertConflict::kSameRow, UpsertConflict::kOtherKey, UpsertConflict::kHidden}) {
    if (verdict->rows == static_cast<int>(conflict)) return conflict;
  }
  return std::nullopt;
}

absl::Status ExecuteAsIs(const std::string& text, const Execution& execution, db::Cancellation* cancellation) {
  db::Query query;
  query.text = text;
  query.effect = db::Query::Effect::kRead;
  query.cancellation = cancellation;
  return execution.connection.Execute(query).status();
}

StatementScope ScopeOf(const Execution& execution) {
  return StatementScope(&execution.connection, sql::kUpsertSavepoint);
}

}  // namespace

absl::StatusOr<Outcome> UpsertRun::Run() {
  for (int attempt = 0;; ++attempt) {
    absl::StatusOr<Outcome> outcome = Attempt();
    if (outcome.ok()) return outcome;
    const std::optional<UpsertConflict> conflict = ConflictOf(outcome.status());
    if (!conflict.has_value()) return outcome;
    if (absl::Status status = PrepareFor(*conflict, attempt); !status.ok()) return status;
  }
}

absl::StatusOr<Outcome> UpsertRun::Attempt() const {
  if (!execution_.connection.in_transaction()) return Write();
  const StatementScope scope = ScopeOf(execution_);
  if (absl::Status status = scope.Begin(execution_.cancellation); !status.ok()) return status;
  absl::StatusOr<Outcome> outcome = Write();
  // What PostgreSQL failed stays so unless there is another try.
  if (!outcome.ok() && (execution_.connection.in_failed_transaction() || execution_.connection.broken())) {
    return outcome;
  }
  if (absl::Status status = outcome.ok() ? scope.Keep() : scope.Undo(); !status.ok()) return status;
  return outcome;
}

absl::StatusOr<Outcome> UpsertRun::Write() const {
  const Execution execution = Current();
  const std::shared_ptr<const sql::Statement> statement = execution.Get(StatementCache::Kind::kMain);
  absl::StatusOr<db::Rows> rows = execution.Execute(*statement, db::Query::Effect::kWrite);
  const BatchRun batch(execution, places_);
  if (!rows.ok()) return batch.NameElement(rows.status());
  const int count = rows->size();
  if (count == 0) return batch.WhyNothingWasWritten();
  Outcome outcome = RowsOutcome(*std::move(rows), statement, count);
  BatchFacts facts;
  for (int row = 0; row < count; ++row) {
    facts.writes.push_back(ToWriteOutcome(outcome.rows.cell(row, statement->outcome_cell)));
  }
  outcome.facts = std::move(facts);
  return outcome;
}

absl::Status UpsertRun::PrepareFor(UpsertConflict conflict, int attempt) {
  // The statement failed on purpose and has left nothing: the transaction goes on, whatever the caller is told.
  if (execution_.connection.in_failed_transaction()) {
    if (absl::Status status = ScopeOf(execution_).Undo(); !status.ok()) return status;
  }
  if (conflict == UpsertConflict::kSameRow) return SameRowTwice(call_.plan->batch->field->name());
  always_hidden_ = always_hidden_ && conflict == UpsertConflict::kHidden;
  if (attempt + 1 >= kMostTries) {
    // A row that other transactions change is hidden now and then; one that the database keeps is each time.
    if (always_hidden_) return KeptByDatabase(call_.plan->entity->full_name, "rows that are there");
    // Not so where the keys were never learned: other transactions took up the tries.
    const bool learned = call_.variant.as<plan::BatchVariant>().by_stored_key;
    return conflict == UpsertConflict::kOtherKey && learned ? WhyTheKeyIsAnother() : SerializationFailure();
  }
  if (conflict == UpsertConflict::kOtherKey) return FindStoredKeys();
  SleepBeforeRetry(attempt, execution_.parts.clock);
  return absl::OkStatus();
}

absl::Status UpsertRun::FindStoredKeys() {
  absl::StatusOr<db::Rows> rows = WriteAndRollBack();
  if (!rows.ok()) return rows.status();
  const size_t cells = call_.plan->filters.size();
  std::vector<plan::Element>& elements = call_.request.as<plan::BatchRequest>().elements;
  if (static_cast<size_t>(rows->size()) != elements.size()) {
    return KeptByDatabase(call_.plan->entity->full_name, "rows");
  }
  for (size_t i = 0; i < elements.size(); ++i) {
    elements[i].stored_key.assign(cells, plan::Argument());
    for (size_t cell = 0; cell < cells; ++cell) {
      const int row = static_cast<int>(i), column = static_cast<int>(cell) + 1;
      if (rows->is_null(row, column)) continue;
      elements[i].stored_key[cell] = {true, std::string(rows->cell(row, column))};
    }
  }
  call_.variant.as<plan::BatchVariant>().by_stored_key = true;
  return CheckStoredKeysDiffer();
}

absl::StatusOr<db::Rows> UpsertRun::WriteAndRollBack() const {
  plan::Call call = execution_.call;
  const Execution execution{execution_.parts, call, execution_.connection, execution_.cancellation};
  const std::shared_ptr<const sql::Statement> statement = execution.Get(StatementCache::Kind::kStoredKeys);
  const bool alone = !execution_.connection.in_transaction();
  const StatementScope scope = ScopeOf(execution_);
  absl::Status status =
      alone ? ExecuteAsIs(sql::Begin(), execution_, execution_.cancellation) : scope.Begin(execution_.cancellation);
  if (!status.ok()) return status;
  // Nothing of it can be committed, so a lost connection leaves nothing in doubt.
  absl::StatusOr<db::Rows> rows = execution.Execute(*statement, db::Query::Effect::kRead);
  if (!rows.ok() && !alone) return rows;
  status = alone ? ExecuteAsIs(sql::Rollback(), execution_, nullptr) : scope.Undo();
  if (!rows.ok() || status.ok()) return rows;
  return status;
}

absl::Status UpsertRun::WhyTheKeyIsAnother() const {
  const catalogue::Entity& entity = *call_.plan->entity;
  for (const plan::Element& element : call_.request.as<plan::BatchRequest>().elements) {
    for (size_t i = 0; i < element.stored_key.size(); ++i) {
      if (element.stored_key[i].present) continue;
      const catalogue::Column& column = entity.columns[static_cast<size_t>(call_.plan->filters[i].column)];
      return KeyIsEmptied(entity.full_name, column.field->name());
    }
  }
  return KeyChangesEachTime(entity.full_name);
}

absl::Status UpsertRun::CheckStoredKeysDiffer() const {
  const std::vector<plan::Element>& elements = call_.request.as<plan::BatchRequest>().elements;
  std::unordered_map<std::string, size_t> first;
  std::vector<SameRow> same;
  for (size_t i = 0; i < elements.size(); ++i) {
    std::string key;
    bool complete = true;
    for (const plan::Argument& cell : elements[i].stored_key) {
      complete = complete && cell.present;
      key += Cat(cell.text.size(), ":", cell.text);
    }
    const auto [found, fresh] = first.emplace(std::move(key), i);
    if (fresh || !complete) continue;
    const auto place = [this](size_t element) { return places_ == nullptr ? element : (*places_)[element]; };
    same.push_back({place(i), place(found->second)});
  }
  return same.empty() ? absl::OkStatus() : SameRows(*call_.plan, same);
}

}  // namespace rowkeeper::exec
