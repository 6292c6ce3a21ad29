#include "server/db/statement_cost.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "server/base/statement_text.h"
#include "server/observe/call_context.h"

namespace rowkeeper::db {
namespace {

std::string_view OperationName(TransactionEffect effect) {
  switch (effect) {
    case TransactionEffect::kBegin:
    case TransactionEffect::kBeginReadOnly:
      return "BEGIN";
    case TransactionEffect::kSavepoint:
      return "SAVEPOINT";
    case TransactionEffect::kCommit:
      return "COMMIT";
    case TransactionEffect::kRollback:
      return "ROLLBACK";
    case TransactionEffect::kRollbackTo:
      return "ROLLBACK TO SAVEPOINT";
    case TransactionEffect::kNone:
    case TransactionEffect::kUnknown:
      break;
  }
  return "_OTHER";
}

/// Of statements that belong to no method: those that control transactions, and what the server asks for itself.
observe::OperationDurations& DurationsOfEffect(TransactionEffect effect) {
  constexpr auto kCount = static_cast<size_t>(TransactionEffect::kUnknown) + 1;
  static const auto* const durations = [] {
    auto* all = new std::array<observe::OperationDurations*, kCount>{};
    for (size_t i = 0; i < kCount; ++i) {
      (*all)[i] = observe::DatabaseOperations::Process().Of(OperationName(static_cast<TransactionEffect>(i)), "");
    }
    return all;
  }();
  return *(*durations)[static_cast<size_t>(effect)];
}

/// What a statement without a purpose may be called: the words of transaction control hold nothing of a caller.
std::string PurposeInLog(const ExecutedStatement& statement) {
  const std::string_view text = statement.query.text;
  if (statement.effect == TransactionEffect::kNone) return std::string(PurposeOf(text));
  return std::string(text.substr(0, std::min(text.find_first_of(" ;"), text.size())));
}

void AddSpan(const ExecutedStatement& statement, const observe::OperationDurations& durations,
             const absl::StatusOr<Rows>& rows, observe::CallSpans* spans) {
  const Query& query = statement.query;
  observe::ExecutedSpan span;
  span.time = statement.time;
  span.operation = durations.operation();
  span.table = durations.table();
  span.purpose = PurposeOf(query.text);
  if (query.name != nullptr) {  // nothing of a request is in what is prepared
    span.name = query.name->str();
    span.text = query.text;
  }
  span.database = statement.session.database();
  span.host = statement.session.host();
  span.port = statement.session.port();
  span.backend = statement.backend;
  span.query_id = query.use != nullptr ? query.use->query_id() : 0;
  const absl::Status& status = rows.status();
  if (rows.ok()) {
    span.rows = rows->size();
  } else {
    span.error = &status;
    span.sqlstate = statement.sqlstate;
  }
  spans->AddStatement(span);
}

}  // namespace

void NoteQueued(TransactionEffect effect) {
  observe::CallContext* const call = observe::CallScope::Current();
  if (call != nullptr && effect == TransactionEffect::kNone) ++call->times.statements;
}

void NoteCost(const ExecutedStatement& statement, const absl::StatusOr<Rows>& rows) {
  observe::OperationDurations& durations =
      statement.query.durations != nullptr ? *statement.query.durations : DurationsOfEffect(statement.effect);
  rows.ok() ? durations.Record(statement.time) : durations.RecordFailure(statement.sqlstate, statement.time);
  if (observe::StatementUse* use = statement.query.use; use != nullptr) {
    if (rows.ok()) {
      use->Add(statement.time, std::max<int64_t>(rows->size(), rows->affected()));
    } else {
      use->AddFailure(statement.time);
    }
  }
  observe::CallContext* const call = observe::CallScope::Current();
  if (call == nullptr) return;
  call->times.database += statement.time;
  if (statement.effect == TransactionEffect::kNone) ++call->times.statements;
  if (call->spans != nullptr) AddSpan(statement, durations, rows, call->spans.get());
  if (!call->IsSlowest(statement.time)) return;
  observe::SlowStatement& slowest = call->slowest;
  slowest.time = statement.time;
  slowest.purpose = PurposeInLog(statement);
  slowest.name = statement.query.name != nullptr ? statement.query.name->str() : "";
  const observe::StatementUse* const use = statement.query.use;
  slowest.query_id = use != nullptr ? use->query_id() : 0;
  slowest.plan = use != nullptr ? use->plan() : nullptr;
  slowest.backend = statement.backend;
}

}  // namespace rowkeeper::db
