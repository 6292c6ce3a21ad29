#include "server/exec/execution.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_join.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/base/verdict.h"
#include "server/exec/batch_run.h"
#include "server/exec/judged.h"
#include "server/plan/query/query_plan.h"

namespace rowkeeper::exec {
namespace {

/// One more than are shown tells whether there are more.
std::string RowLimit(const plan::Call& call) {
  const auto* list = std::get_if<plan::ListBounds>(&call.bounds);
  return std::to_string((list != nullptr ? list->page_size : std::get<plan::QueryBounds>(call.bounds).max_rows) + 1);
}

db::Param ParameterValue(const Execution& execution, const sql::Parameter& parameter) {
  if (parameter.source == sql::Parameter::Source::kRoom) {
    // In a transaction the response is looked at before COMMIT. A partial batch stands whatever becomes of its
    // response.
    if (execution.connection.in_transaction() || execution.call.plan->partial) return std::nullopt;
    return std::to_string(execution.parts.room());
  }
  if (parameter.source == sql::Parameter::Source::kLargeRow) return std::to_string(execution.parts.large_row_bytes);
  return ValueOf(execution.call, parameter);
}

std::vector<db::Param> ParamsOf(const Execution& execution, const sql::Statement& statement) {
  std::vector<db::Param> params;
  params.reserve(statement.parameters.size());
  for (const sql::Parameter& parameter : statement.parameters) params.push_back(ParameterValue(execution, parameter));
  return params;
}

}  // namespace

db::Param ValueOf(const plan::Call& call, const sql::Parameter& parameter) {
  switch (parameter.source) {
    case sql::Parameter::Source::kArgument: {
      const plan::Argument& argument = call.request.arguments[parameter.index];
      return argument.present ? db::Param(argument.text) : std::nullopt;
    }
    case sql::Parameter::Source::kCursor:
      return std::get<plan::ListBounds>(call.bounds).cursor[parameter.index];
    case sql::Parameter::Source::kLimit:
      return RowLimit(call);
    case sql::Parameter::Source::kVersion:
      return std::to_string(call.request.as<plan::WriteRequest>().version);
    case sql::Parameter::Source::kElements:
      return ElementsText(call, parameter.index);
    case sql::Parameter::Source::kElementVersions:
      return ElementVersionsText(call);
    case sql::Parameter::Source::kElementKeys:
      return ElementStoredKeysText(call, parameter.index);
    case sql::Parameter::Source::kElementCount:
      return std::to_string(call.request.as<plan::BatchRequest>().elements.size());
    case sql::Parameter::Source::kComputed:
      return call.computed[parameter.index];
    case sql::Parameter::Source::kSkip:
      return std::to_string(call.request.as<plan::ListRequest>().skip);
    case sql::Parameter::Source::kMaxAffected:  // one more tells that there are too many
      return std::to_string(std::get<plan::BulkBounds>(call.bounds).max_affected + 1);
    case sql::Parameter::Source::kOlderThan:
      return call.request.as<plan::BulkRequest>().older_than;
    case sql::Parameter::Source::kTenant:
      return call.request.tenant.empty() ? std::nullopt : db::Param(call.request.tenant);
    case sql::Parameter::Source::kRoom:
    case sql::Parameter::Source::kLargeRow:
    case sql::Parameter::Source::kParentKeys:
      break;  // given by who executes the statement
  }
  return std::nullopt;
}

bool SkipsUnrepresentable(const plan::Call& call) {
  const auto* skips = plan::PartOf<plan::WithSkipUnrepresentable>(call.request.family);
  return skips != nullptr && skips->skip_unrepresentable;
}

db::Query QueryOf(const Execution& execution, const sql::Statement& statement, const std::vector<db::Param>& params,
                  db::Query::Effect effect) {
  db::Query query;
  query.text = statement.text;
  query.result = statement.Shape();
  query.name = statement.name ? &*statement.name : nullptr;
  query.params = &params;
  query.effect = effect;
  query.use = statement.use.get();
  query.rewriter = execution.parts.statements->rewriter();
  query.statement = &statement;
  query.errors = &execution.parts.errors.For(execution.subject());
  query.durations = statement.durations;
  query.cancellation = execution.cancellation;
  query.most_result_bytes = kRowsPerResponse * static_cast<size_t>(execution.parts.max_response_bytes);
  if (effect == db::Query::Effect::kWrite && execution.call.plan->partial) {
    query.most_result_bytes -= std::min(execution.kept_bytes, query.most_result_bytes - 1);
    query.rows_of_write = db::Query::RowsOfWrite::kDrop;
  }
  return query;
}

const catalogue::Entity& Execution::subject() const {
  const plan::MethodPlan& plan = *call.plan;
  const bool known = plan.query != nullptr && plan.query->target != nullptr;
  return known ? *plan.query->target : *plan.entity;
}

std::string KeyTextOf(const plan::Call& call) {
  return absl::StrJoin(call.variant.filters, ", ", [&call](std::string* out, int filter) {
    const int input = call.plan->filters[filter].input;
    out->append(Cat(call.plan->inputs[input].name, " ", call.request.arguments[input].text));
  });
}

std::string Execution::KeyText() const { return KeyTextOf(call); }

std::shared_ptr<const sql::Statement> Execution::Get(StatementCache::Kind kind) const {
  if (ahead != nullptr && kind == StatementCache::Kind::kMain) return ahead->statement;
  return parts.statements->Get(*call.plan, call.variant, kind);
}

SentAhead Execution::SendAhead(std::shared_ptr<const sql::Statement> main) const {
  SentAhead sent;
  sent.statement = std::move(main);
  sent.params = ParamsOf(*this, *sent.statement);
  const bool is_sent = connection.SendAhead(QueryOf(*this, *sent.statement, sent.params, effect()));
  return is_sent ? std::move(sent) : SentAhead();
}

absl::StatusOr<db::Rows> Execution::Execute(const sql::Statement& statement, db::Query::Effect effect) const {
  if (ahead != nullptr && ahead->statement.get() == &statement) return Execute(statement, ahead->params, effect);
  return Execute(statement, ParamsOf(*this, statement), effect);
}

absl::StatusOr<db::Rows> Execution::Execute(const sql::Statement& statement, const std::vector<db::Param>& params,
                                            db::Query::Effect effect) const {
  absl::StatusOr<db::Rows> rows = connection.Execute(QueryOf(*this, statement, params, effect));
  if (rows.ok()) return rows;
  const auto response = static_cast<size_t>(parts.max_response_bytes);
  if (ReasonOf(rows.status()) == Reason::kResponseTooLarge) {
    return IsChangeMade(rows.status()) ? ChangeWasMade(RowsTooLarge(response)) : RowsTooLarge(response);
  }
  return Answer(*this, rows.status());
}

}  // namespace rowkeeper::exec
