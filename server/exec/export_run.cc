#include "server/exec/export_run.h"

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "server/base/array_literal.h"
#include "server/base/errors.h"
#include "server/base/statement_text.h"
#include "server/sql/render_export.h"
#include "server/sql/transaction_sql.h"

namespace rowkeeper::exec {
namespace {

/// What of a response large rows may take that are loaded at once; a single one may be larger.
constexpr size_t kPartsOfResponse = 4;
/// The parts that rows are assembled of.
constexpr int kOfPiece = 0;
constexpr int kOfLarge = 1;

absl::Status RowTooLarge(size_t bytes, size_t limit) {
  return ResponseTooLarge(bytes, limit, "a single row is too large to send; ask for fewer fields with read_mask");
}

std::shared_ptr<const std::function<sql::Statement()>> RenderDeclaration(
    std::shared_ptr<const std::function<sql::Statement()>> render) {
  return std::make_shared<const std::function<sql::Statement()>>([render = std::move(render)] {
    sql::Statement declaration = (*render)();
    declaration.text = sql::DeclareExport(declaration.text);
    return declaration;
  });
}

}  // namespace

absl::Status ExportRun::Open() {
  sql::TransactionMode mode;
  mode.isolation = sql::TransactionMode::Isolation::kRepeatableRead;
  mode.read_only = true;
  if (absl::Status status = Execute(sql::BeginTransaction(mode, idle_limit_)); !status.ok()) return status;
  statement_ = execution_.Get(StatementCache::Kind::kMain);
  sql::Statement declaration = *statement_;
  declaration.name.reset();
  declaration.result.clear();
  declaration.text = sql::DeclareExport(statement_->text);
  declaration.render = RenderDeclaration(statement_->render);
  return execution_.Execute(declaration, db::Query::Effect::kRead).status();
}

absl::StatusOr<db::Rows> ExportRun::Fetch(int rows) {
  if (next_ == piece_.size()) {
    piece_ = {};  // two of them at once would take twice the memory
    next_ = 0;
    absl::StatusOr<db::Rows> fetched = FetchPiece(rows);
    if (!fetched.ok()) return fetched;
    piece_ = *std::move(fetched);
  }
  if (piece_.size() > 0) return TakeRows();
  if (absl::Status status = Execute(sql::Commit()); !status.ok()) return status;
  return db::Rows();
}

size_t ExportRun::LargeBytes(int row) const {
  const int cell = statement_->large_cell;
  return cell < 0 || piece_.is_null(row, cell) ? 0 : std::stoul(std::string(piece_.cell(row, cell)));
}

absl::StatusOr<db::Rows> ExportRun::TakeRows() {
  const absl::StatusOr<Taken> taken = ChooseRows();
  if (!taken.ok()) return taken.status();
  const bool all = next_ == 0 && taken->end == piece_.size();
  next_ = taken->end;
  if (taken->keys.empty()) {
    return all ? piece_ : db::AssembleRows({piece_}, taken->sources, static_cast<int>(statement_->cells.size()));
  }
  const auto statement = execution_.Get(StatementCache::Kind::kLargeRows);
  std::vector<db::Param> params;
  for (const sql::Parameter& parameter : statement->parameters) {
    const bool is_key = parameter.source == sql::Parameter::Source::kParentKeys;
    params.push_back(is_key ? taken->keys[static_cast<size_t>(parameter.index)] : ValueOf(execution_.call, parameter));
  }
  absl::StatusOr<db::Rows> large = execution_.Execute(*statement, params, db::Query::Effect::kRead);
  if (!large.ok()) return large;
  if (large->size() != taken->large) return Internal("the rows of an export have keys that are not unique");
  if (taken->large == static_cast<int>(taken->sources.size())) return large;
  return db::AssembleRows({piece_, *std::move(large)}, taken->sources, static_cast<int>(statement_->cells.size()));
}

absl::StatusOr<ExportRun::Taken> ExportRun::ChooseRows() const {
  const auto response = static_cast<size_t>(execution_.parts.max_response_bytes);
  Taken taken;
  size_t bytes = 0;
  for (taken.end = next_; taken.end < piece_.size(); ++taken.end) {
    const size_t large = LargeBytes(taken.end);
    if (large == 0) {
      taken.sources.push_back({kOfPiece, taken.end});
      continue;
    }
    if (taken.large > 0 && bytes + large > response / kPartsOfResponse) break;
    if (large > kRowsPerResponse * response) {
      if (!taken.sources.empty()) break;  // they are given first
      return RowTooLarge(large, response);
    }
    bytes += large;
    taken.sources.push_back({kOfLarge, taken.large++});
    taken.keys.resize(statement_->cursor_cells.size(), "{");
    for (size_t i = 0; i < taken.keys.size(); ++i) {
      if (taken.large > 1) taken.keys[i]->push_back(',');
      AppendQuotedElement(piece_.cell(taken.end, statement_->cursor_cells[i]), &*taken.keys[i]);
    }
  }
  for (db::Param& key : taken.keys) key->push_back('}');
  return taken;
}

std::string ExportRun::TokenAfter(const db::Rows& rows, int row) const {
  std::vector<std::optional<std::string>> cells;
  for (const int cell : statement_->cursor_cells) {
    cells.push_back(rows.is_null(row, cell) ? std::nullopt : std::optional<std::string>(rows.cell(row, cell)));
  }
  return plan::NextPageToken(execution_.call, execution_.parts.tokens, cells);
}

absl::StatusOr<db::Rows> ExportRun::FetchPiece(int rows) const {
  const std::string text = WithPurpose(PurposeOf(statement_->text), sql::FetchExport(rows));
  const auto response = static_cast<size_t>(execution_.parts.max_response_bytes);
  db::Query query = QueryOf(text);
  query.result = statement_->Shape();
  query.durations = statement_->durations;
  query.most_result_bytes = kRowsPerResponse * response;
  absl::StatusOr<db::Rows> fetched = execution_.connection.Execute(query);
  return ReasonOf(fetched.status()) == Reason::kResponseTooLarge ? RowsTooLarge(response) : fetched;
}

absl::Status ExportRun::Execute(const std::string& text) const {
  return execution_.connection.Execute(QueryOf(text)).status();
}

db::Query ExportRun::QueryOf(const std::string& text) const {
  db::Query query;
  query.text = text;
  query.effect = db::Query::Effect::kRead;
  query.errors = &execution_.parts.errors.For(*execution_.call.plan->entity);
  query.cancellation = execution_.cancellation;
  return query;
}

}  // namespace rowkeeper::exec
