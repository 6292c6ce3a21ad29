#include "server/exec/traced_connection.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

#include "server/sql/explain.h"

namespace rowkeeper::exec {

absl::StatusOr<db::Rows> TracedConnection::Execute(const db::Query& query) {
  if (sql::ControlsTransaction(query.text)) return connection_.Execute(query);
  if (trace_.wants_plan()) {
    if (absl::Status status = ExplainFirst(query); !status.ok()) return status;
  }
  const Clock::time_point begin = trace_.clock().Now();
  absl::StatusOr<db::Rows> rows = connection_.Execute(query);
  const auto time = std::chrono::duration_cast<std::chrono::microseconds>(trace_.clock().Now() - begin);
  trace_.AddStatement(rows.ok() ? std::max<int64_t>(rows->size(), rows->affected()) : 0, time);
  return rows;
}

/// Its time is part of that of the statement with which it travels.
absl::Status TracedConnection::Enqueue(const db::Query& query) {
  if (sql::ControlsTransaction(query.text)) return connection_.Enqueue(query);
  if (trace_.wants_plan()) {
    if (absl::Status status = ExplainFirst(query); !status.ok()) return status;
  }
  absl::Status status = connection_.Enqueue(query);
  trace_.AddStatement(0, std::chrono::microseconds(0));
  return status;
}

absl::Status TracedConnection::ExplainFirst(const db::Query& query) {
  const std::optional<std::string> text = sql::ExplainStatement(query.text);
  if (!text.has_value()) return absl::OkStatus();
  db::Query explain = query;
  explain.name = nullptr;
  explain.rewriter = nullptr;  // what writes the statement anew does not explain it
  explain.result = ResultShape::Columns(1);
  explain.text = *text;
  explain.effect = db::Query::Effect::kRead;
  const absl::StatusOr<db::Rows> rows = connection_.Execute(explain);
  if (!rows.ok()) return rows.status();
  std::string plan;
  for (int row = 0; row < rows->size(); ++row) plan.append(rows->cell(row, 0)).push_back('\n');
  trace_.AddPlan(plan);
  return absl::OkStatus();
}

absl::Status TracedConnection::ExecuteScript(std::string_view text, int* position) {
  return connection_.ExecuteScript(text, position);
}

}  // namespace rowkeeper::exec
