#include "server/exec/judged.h"

#include <google/protobuf/descriptor.h>

#include <string>

#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/sql/judgement.h"

namespace rowkeeper::exec {
namespace {

/// "the row with id 0b52…", as far as the request names one.
std::string RowsInWords(const Execution& execution, const Verdict& verdict) {
  if (execution.call.plan->family() != catalogue::Family::kWrite) return "rows";
  const std::string key = execution.KeyText();
  if (key.empty()) return "the row";
  return Cat(verdict.rows > 0 ? "a row that goes along with " : "", "the row with ", key);
}

}  // namespace

absl::Status Answer(const Execution& execution, const absl::Status& error) {
  const std::optional<Verdict> verdict = VerdictOf(error);
  if (!verdict.has_value()) return error;
  const catalogue::Entity& entity = *execution.call.plan->entity;
  const bool known = verdict->column >= 0 && verdict->column < static_cast<int>(entity.columns.size());
  if (known) return UnrepresentableResult(entity.columns[static_cast<size_t>(verdict->column)].field->full_name());
  if (verdict->undecided) return Undecided();
  return WithVerdict(KeptByDatabase(entity.full_name, RowsInWords(execution, *verdict)), *verdict);
}

std::optional<Verdict> KeptRows(const absl::Status& error) { return VerdictOf(error); }

void FailTransaction(db::Connection* connection) {
  if (!connection->in_transaction() || connection->in_failed_transaction()) return;
  const std::string text = sql::AlwaysFails();
  db::Query query;
  query.text = text;
  query.effect = db::Query::Effect::kRead;
  (void)connection->Execute(query);
}

}  // namespace rowkeeper::exec
