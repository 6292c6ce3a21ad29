#include "server/exec/export_run.h"

#include <optional>
#include <vector>

#include "server/base/statement_text.h"
#include "server/sql/render_export.h"
#include "server/sql/transaction_sql.h"

namespace rowkeeper::exec {

absl::Status ExportRun::Open() {
  sql::TransactionMode mode;
  mode.isolation = sql::TransactionMode::Isolation::kRepeatableRead;
  mode.read_only = true;
  if (absl::Status status = Execute(sql::BeginTransaction(mode, idle_limit_)).status(); !status.ok()) return status;
  statement_ = execution_.Get(StatementCache::Kind::kMain);
  sql::Statement declaration = *statement_;
  declaration.name.reset();
  declaration.result.clear();
  declaration.text = sql::DeclareExport(statement_->text);
  return execution_.Execute(declaration, db::Query::Effect::kRead).status();
}

absl::StatusOr<db::Rows> ExportRun::Fetch(int rows) {
  absl::StatusOr<db::Rows> fetched = Execute(WithPurpose(PurposeOf(statement_->text), sql::FetchExport(rows)),
                                             statement_->Shape(), statement_->durations);
  if (!fetched.ok() || fetched->size() > 0) return fetched;
  if (absl::Status status = Execute(sql::Commit()).status(); !status.ok()) return status;
  return fetched;
}

std::string ExportRun::TokenAfter(const db::Rows& rows, int row) const {
  std::vector<std::optional<std::string>> cells;
  for (const int cell : statement_->cursor_cells) {
    cells.push_back(rows.is_null(row, cell) ? std::nullopt : std::optional<std::string>(rows.cell(row, cell)));
  }
  return plan::NextPageToken(execution_.call, execution_.parts.tokens, cells);
}

absl::StatusOr<db::Rows> ExportRun::Execute(const std::string& text, ResultShape result,
                                            observe::OperationDurations* durations) const {
  db::Query query;
  query.text = text;
  query.result = result;
  query.effect = db::Query::Effect::kRead;
  query.errors = &execution_.parts.errors.For(*execution_.call.plan->entity);
  query.cancellation = execution_.cancellation;
  query.durations = durations;
  return execution_.connection.Execute(query);
}

}  // namespace rowkeeper::exec
