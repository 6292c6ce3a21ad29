#include "server/exec/judged.h"

#include <google/protobuf/descriptor.h>

#include <string>

#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/exec/conflict.h"
#include "server/plan/query/query_plan.h"
#include "server/sql/judgement.h"

namespace rowkeeper::exec {
namespace {

/// The entity whose row the verdict is about: a custom query may write several.
const catalogue::Entity& WrittenEntity(const Execution& execution, const Verdict& verdict) {
  const auto& query = execution.call.plan->query;
  if (query == nullptr || verdict.element < 1) return execution.subject();
  const auto index = static_cast<size_t>(verdict.element) - 1;
  return index < query->writes_below.size() ? *query->writes_below[index].write.target : execution.subject();
}

/// "the row with id 0b52…", as far as the request names one.
std::string RowInWords(const Execution& execution) {
  if (execution.call.plan->family() != catalogue::Family::kWrite) return "a row";
  const std::string key = execution.KeyText();
  return key.empty() ? "the row" : Cat("the row with ", key);
}

/// The same for rows that were not written: "2 of 3 rows".
std::string RowsInWords(const Execution& execution, const Verdict& verdict) {
  if (const auto* batch = std::get_if<plan::BatchRequest>(&execution.call.request.family)) {
    const auto asked = static_cast<int64_t>(batch->elements.size());
    return verdict.rows < asked ? Cat(asked - verdict.rows, " of ", asked, " rows") : "rows of the cascade";
  }
  if (execution.call.plan->family() != catalogue::Family::kWrite) return "rows";
  return Cat(verdict.rows > 0 ? "a row in the cascade of " : "", RowInWords(execution));
}

}  // namespace

absl::Status Answer(const Execution& execution, const absl::Status& error) {
  const std::optional<Verdict> verdict = VerdictOf(error);
  if (!verdict.has_value()) return error;
  const catalogue::Entity& entity = WrittenEntity(execution, *verdict);
  const bool known = verdict->column >= 0 && verdict->column < static_cast<int>(entity.columns.size());
  if (known) {
    const std::string& field = entity.columns[static_cast<size_t>(verdict->column)].field->name();
    return WithVerdict(UnrepresentableResult(entity.full_name, field, RowInWords(execution)), *verdict);
  }
  if (verdict->undecided) return Undecided();
  return WithVerdict(KeptByDatabase(entity.full_name, RowsInWords(execution, *verdict)), *verdict);
}

std::optional<Verdict> KeptRows(const absl::Status& error) {
  const std::optional<Verdict> verdict = VerdictOf(error);
  return verdict.has_value() && verdict->column >= 0 ? std::nullopt : verdict;
}

bool LookAgain(const Execution& execution, int attempt) {
  constexpr int kMostAttempts = 5;
  if (attempt >= kMostAttempts) return false;
  if (attempt > 1) SleepBeforeRetry(attempt, execution.parts.clock);
  return true;
}

void FailTransaction(db::Connection* connection) {
  if (!connection->in_transaction() || connection->in_failed_transaction()) return;
  const std::string text = sql::AlwaysFails();
  db::Query query;
  query.text = text;
  query.effect = db::Query::Effect::kRead;
  (void)connection->Execute(query);
}

}  // namespace rowkeeper::exec
