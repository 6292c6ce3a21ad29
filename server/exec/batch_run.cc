#include "server/exec/batch_run.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "absl/strings/str_join.h"
#include "server/base/array_literal.h"
#include "server/base/database_errors.h"
#include "server/base/errors.h"
#include "server/base/row_errors.h"
#include "server/base/text.h"
#include "server/exec/cascade_outcome.h"
#include "server/exec/judged.h"
#include "server/exec/partial_run.h"
#include "server/exec/reach.h"
#include "server/exec/same_rows.h"
#include "server/exec/statement_scope.h"
#include "server/exec/upsert_run.h"
#include "server/plan/batch/batch.h"

namespace rowkeeper::exec {
namespace {

using catalogue::Change;
using Kind = StatementCache::Kind;

Outcome AllRows(db::Rows rows, std::shared_ptr<const sql::Statement> statement) {
  const int count = rows.size();
  Outcome outcome = RowsOutcome(std::move(rows), std::move(statement), count);
  outcome.facts = BatchFacts();
  return outcome;
}

Outcome NoRows(BatchFacts facts) {
  Outcome outcome;
  outcome.facts = std::move(facts);
  return outcome;
}

BatchFacts& FactsOf(Outcome* outcome) { return std::get<BatchFacts>(outcome->facts); }

/// An array literal of one argument of each element.
template <typename Argument>
std::string ArgumentsText(const plan::Call& call, Argument argument_of) {
  std::string text = "{";
  for (const plan::Element& element : call.request.as<plan::BatchRequest>().elements) {
    if (text.size() > 1) text.push_back(',');
    const plan::Argument& argument = argument_of(element);
    if (argument.present) {
      AppendQuotedElement(argument.text, &text);
    } else {
      text += "NULL";
    }
  }
  return text + "}";
}

}  // namespace

std::string ElementsText(const plan::Call& call, int input) {
  return ArgumentsText(
      call, [input](const plan::Element& element) -> const auto& { return element.arguments[input]; });
}

std::string ElementStoredKeysText(const plan::Call& call, int index) {
  return ArgumentsText(
      call, [index](const plan::Element& element) -> const auto& { return element.stored_key[index]; });
}

std::string ElementVersionsText(const plan::Call& call) {
  return Cat("{",
             absl::StrJoin(call.request.as<plan::BatchRequest>().elements, ",",
                           [](std::string* out, const plan::Element& e) { out->append(std::to_string(e.version)); }),
             "}");
}

size_t ElementOf(const db::Rows& rows, int row, const sql::Statement& statement) {
  if (statement.element_cell < 0) return static_cast<size_t>(row);
  return std::stoul(std::string(rows.cell(row, statement.element_cell))) - 1;
}

namespace {

std::vector<std::string> KeyTexts(const plan::Call& call, size_t element) {
  std::vector<std::string> texts;
  for (const plan::FilterTerm& key : call.plan->filters) {
    texts.push_back(call.request.as<plan::BatchRequest>().elements[element].arguments[key.input].text);
  }
  return texts;
}

/// Elements that no row of a result belongs to, which counts `before` of others before them.
std::vector<size_t> MissingElements(const plan::Call& call, const db::Rows& rows, const sql::Statement& statement,
                                    size_t before) {
  std::vector<bool> there(call.request.as<plan::BatchRequest>().elements.size());
  for (int row = 0; row < rows.size(); ++row) there[ElementOf(rows, row, statement) - before] = true;
  std::vector<size_t> missing;
  for (size_t i = 0; i < there.size(); ++i) {
    if (!there[i]) missing.push_back(i);
  }
  return missing;
}

void AddMissing(const plan::Call& call, const std::vector<size_t>& elements, Outcome* outcome) {
  for (size_t element : elements) FactsOf(outcome).missing.push_back(KeyTexts(call, element));
}

}  // namespace

absl::StatusOr<Outcome> GotOutcome(const plan::Call& call, db::Rows rows,
                                   std::shared_ptr<const sql::Statement> statement, size_t before) {
  const std::vector<size_t> missing = MissingElements(call, rows, *statement, before);
  if (!missing.empty() && !call.request.as<plan::BatchRequest>().allow_missing) {
    std::vector<BatchItem> items;
    for (size_t element : missing) {
      items.push_back({plan::ElementName(*call.plan, element), absl::StrJoin(KeyTexts(call, element), ", ")});
    }
    return RowsNotFound(call.plan->entity->full_name, items);
  }
  Outcome outcome = AllRows(std::move(rows), std::move(statement));
  AddMissing(call, missing, &outcome);
  return outcome;
}

BatchRun::BatchRun(const Execution& execution, const std::vector<size_t>* places)
    : execution_(execution),
      plan_(*execution.call.plan),
      request_(execution.call.request.as<plan::BatchRequest>()),
      variant_(execution.call.variant.as<plan::BatchVariant>()),
      count_(request_.elements.size()),
      places_(places) {}

absl::StatusOr<Outcome> BatchRun::Run() const { return Run(1); }

absl::StatusOr<Outcome> BatchRun::Run(int attempt) const {
  if (count_ == 0) return NoRows({});
  if (plan_.change() == Change::kUpsert) return UpsertRun(execution_, places_).Run();
  const SharedStatement statement = execution_.Get(Kind::kMain);
  absl::StatusOr<db::Rows> rows = CascadeResult(plan_, *statement, execution_.Execute(*statement, execution_.effect()));
  if (!rows.ok()) return NameElement(rows.status());
  switch (plan_.change()) {
    case Change::kNone:
      return GotOutcome(execution_.call, *std::move(rows), statement, 0);
    case Change::kCreate:
      return Created(*std::move(rows), statement);
    case Change::kUpdate:
    case Change::kSoftDelete:
    case Change::kRestore:
    case Change::kDelete:
    case Change::kUpsert:
    case Change::kPurge:
      break;
  }
  return Changed(*std::move(rows), statement, attempt);
}

absl::Status BatchRun::NameElement(const absl::Status& error) const {
  const std::optional<Verdict> verdict = VerdictOf(error);
  if (!verdict.has_value() || verdict->element < 1 || static_cast<size_t>(verdict->element) > count_) return error;
  const BatchItem item = Item(static_cast<size_t>(verdict->element) - 1);
  if (verdict->column >= 0) {
    const catalogue::Column& column = plan_.entity->columns[static_cast<size_t>(verdict->column)];
    return UnrepresentableResult(plan_.entity->full_name, column.field->name(), Cat("the row of ", item.second),
                                 item.first);
  }
  return KeptByDatabase(plan_.entity->full_name,
                        Cat(count_ - static_cast<size_t>(verdict->rows), " of ", count_, " rows"), item.first);
}

absl::StatusOr<Outcome> BatchRun::Created(db::Rows rows, SharedStatement statement) const {
  return statement->cells.empty() ? NoRows({}) : AllRows(std::move(rows), std::move(statement));
}

absl::StatusOr<Outcome> BatchRun::Changed(db::Rows rows, SharedStatement statement, int attempt) const {
  if (rows.size() == 0) return ExplainMisses(attempt);
  const std::vector<size_t> missing = MissingElements(execution_.call, rows, *statement, 0);
  Outcome outcome = AllRows(std::move(rows), std::move(statement));
  AddMissing(execution_.call, missing, &outcome);
  return outcome;
}

absl::StatusOr<Outcome> BatchRun::ExplainMisses(int attempt) const {
  const absl::StatusOr<std::vector<State>> states = Probe();
  if (!states.ok()) return states.status();
  const auto in_reach = [this](const State& state) { return IsInReach(state); };
  if (!request_.allow_missing || std::any_of(states->begin(), states->end(), in_reach)) {
    const absl::Status problem = ExplainStates(*states);
    if (!problem.ok()) return problem;
    // The rows became fitting between the two statements, or they can be seen but not changed.
    return LookAgain(execution_, attempt) ? Run(attempt + 1)
                                          : KeptByDatabase(plan_.entity->full_name, "some of the rows");
  }
  std::vector<size_t> all(count_);
  for (size_t i = 0; i < count_; ++i) all[i] = i;
  Outcome outcome = NoRows({});
  AddMissing(execution_.call, all, &outcome);
  return outcome;
}

absl::Status BatchRun::WhyNothingWasWritten() const {
  const absl::StatusOr<std::vector<State>> states = Probe();
  if (!states.ok()) return states.status();
  const absl::Status problem = ExplainStates(*states);
  // Otherwise the rows became fitting between the two statements: the same call will do now.
  return problem.ok() ? SerializationFailure() : problem;
}

absl::StatusOr<std::vector<BatchRun::State>> BatchRun::Probe() const {
  const SharedStatement probe = execution_.Get(Kind::kProbe);
  const absl::StatusOr<db::Rows> rows = execution_.Execute(*probe, db::Query::Effect::kRead);
  if (!rows.ok()) return rows.status();
  std::vector<State> states(count_);
  size_t next = 0;
  for (int row = 0; row < rows->size(); ++row) {
    const size_t element = std::stoul(std::string(rows->cell(row, 0))) - 1;
    if (element < next) continue;  // deleted rows with the same values
    next = element + 1;
    State& state = states[element];
    state.first = std::stoul(std::string(rows->cell(row, 1))) - 1;
    state.found = rows->cell(row, 2) == "t";
    state.live = rows->cell(row, 3) == "t";
    state.version_matches = rows->cell(row, 4) == "t";
    for (size_t i = 0; i < variant_.unchanged.size(); ++i) {
      state.unchanged.push_back(rows->cell(row, 5 + static_cast<int>(i)) == "t");
    }
  }
  return states;
}

/// Rows that the write would have changed; with allow_missing those in the wanted state too, for a version guards them
/// as well.
bool BatchRun::IsInReach(const State& state) const {
  if (!state.found) return false;
  const bool wants_state = plan_.change() == Change::kSoftDelete || plan_.change() == Change::kRestore;
  if (wants_state && request_.allow_missing) return true;
  return exec::IsInReach(plan_.change(), execution_.call.variant.deleted, state.live);
}

absl::Status BatchRun::ExplainSameRows(const std::vector<State>& states) const {
  std::vector<SameRow> same;
  for (size_t i = 0; i < states.size(); ++i) {
    const bool meets = plan_.change() == Change::kUpsert || IsInReach(states[i]);
    if (states[i].first != i && meets) same.push_back({Place(i), Place(states[i].first)});
  }
  return same.empty() ? absl::OkStatus() : SameRows(plan_, same);
}

absl::Status BatchRun::ExplainStates(const std::vector<State>& states) const {
  if (absl::Status status = ExplainSameRows(states); !status.ok()) return status;
  const catalogue::Entity& entity = *plan_.entity;
  const bool upsert = plan_.change() == Change::kUpsert;
  const bool restore = plan_.change() == Change::kRestore;
  std::vector<BatchItem> missing, wrong_state, versions;
  FieldViolations immutables;
  for (size_t i = 0; i < states.size(); ++i) {
    const State& state = states[i];
    const bool absent = !upsert && !IsInReach(state);
    if (absent && state.found && restore) {
      wrong_state.push_back(Item(i));
    } else if (absent) {
      if (!request_.allow_missing) missing.push_back(Item(i));
    } else if (upsert && state.found && !state.live && !plan_.batch->live_only) {
      wrong_state.push_back(Item(i));
    } else if (!state.version_matches) {
      versions.push_back(VersionItem(i));
    } else if (state.found) {
      for (size_t j = 0; j < state.unchanged.size(); ++j) {
        if (state.unchanged[j]) continue;
        immutables.Add(plan::ElementFieldName(plan_, Place(i), plan_.values[variant_.unchanged[j]].input),
                       upsert ? "is immutable; send the stored value"
                              : "is immutable; send the stored value, or leave it out of update_mask");
      }
    }
  }
  if (!missing.empty()) return RowsNotFound(entity.full_name, missing);
  if (!wrong_state.empty() && upsert) return DeletedRowsExist(entity.full_name, entity.primary_key_name, wrong_state);
  if (!wrong_state.empty()) return RowsNotDeleted(entity.full_name, wrong_state);
  if (!versions.empty()) return VersionMismatches(entity.full_name, versions);
  return immutables.ToStatus();
}

BatchItem BatchRun::Item(size_t element) const {
  return {plan::ElementName(plan_, Place(element)), absl::StrJoin(KeyTexts(execution_.call, element), ", ")};
}

BatchItem BatchRun::VersionItem(size_t element) const {
  return {plan::ElementName(plan_, Place(element)), std::to_string(request_.elements[element].version)};
}

absl::StatusOr<Outcome> RunBatch(const Execution& execution) {
  if (!execution.call.plan->partial) return BatchRun(execution).Run();
  return RunAllOrNothing(execution, [&execution] { return PartialRun(execution).Run(); });
}

}  // namespace rowkeeper::exec
