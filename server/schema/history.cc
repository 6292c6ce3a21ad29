#include "server/schema/history.h"

#include <set>

#include "server/base/text.h"
#include "server/schema/migration_errors.h"

namespace rowkeeper::schema {
namespace {

/// The columns that dbmate's table lacks.
constexpr const char* kOurColumns[] = {"name", "checksum", "applied_at", "duration_ms"};

absl::StatusOr<db::Rows> Execute(db::Connection& connection, const std::string& text,
                                 const std::vector<db::Param>& params, int columns) {
  db::Query query;
  query.text = text;
  query.result = ResultShape::Columns(columns);
  query.params = &params;
  return connection.Execute(query);
}

}  // namespace

absl::StatusOr<History> History::Find(db::Connection& connection, std::string_view table) {
  sql::TableName name = sql::ParseTableName(table);
  if (name.schema.empty()) {
    absl::StatusOr<db::Rows> rows = Execute(connection, sql::SelectCurrentSchema(), {}, 1);
    if (!rows.ok()) return rows.status();
    name.schema = rows->size() == 1 && !rows->is_null(0, 0) ? std::string(rows->cell(0, 0)) : "public";
  }
  return History(std::move(name));
}

absl::StatusOr<bool> History::Exists(db::Connection& connection) const {
  absl::StatusOr<db::Rows> rows = Execute(connection, sql::SelectTableExists(), {table_.schema, table_.name}, 1);
  if (!rows.ok()) return rows.status();
  return rows->size() > 0;
}

absl::Status History::Prepare(db::Connection& connection) const {
  absl::StatusOr<bool> exists = Exists(connection);
  if (!exists.ok()) return exists.status();
  if (!*exists) {
    absl::Status made = connection.ExecuteScript(sql::CreateHistory(table_), nullptr);
    if (!made.ok()) return made;
  }
  absl::StatusOr<db::Rows> rows = Execute(connection, sql::SelectColumns(), {table_.schema, table_.name}, 1);
  if (!rows.ok()) return rows.status();
  std::set<std::string> columns;
  for (int row = 0; row < rows->size(); ++row) columns.emplace(rows->cell(row, 0));
  for (const char* column : kOurColumns) {
    if (columns.count(column) == 0) return connection.ExecuteScript(sql::ExtendHistory(table_), nullptr);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<AppliedMigration>> History::Read(db::Connection& connection) const {
  std::vector<AppliedMigration> applied;
  absl::StatusOr<bool> exists = Exists(connection);
  if (!exists.ok()) return exists.status();
  if (!*exists) return applied;
  absl::StatusOr<db::Rows> rows = Execute(connection, sql::SelectHistory(table_), {}, 4);
  if (!rows.ok()) {
    // Again, for PostgreSQL's words: those of Execute are for callers.
    const absl::Status spoken = connection.ExecuteScript(sql::SelectHistory(table_), nullptr);
    return HistoryUnreadable(Cat(table_.schema, ".", table_.name), spoken.ok() ? rows.status() : spoken);
  }
  for (int row = 0; row < rows->size(); ++row) {
    const auto cell = [&](int column) { return std::string(rows->cell(row, column)); };
    applied.push_back({cell(0), cell(1), cell(2), cell(3)});
  }
  return applied;
}

std::string History::InsertText(const MigrationFile& file, int64_t duration_ms) const {
  return sql::InsertHistory(table_, {file.version, file.name, file.checksum(), std::to_string(duration_ms)});
}

std::string History::StampText(const MigrationFile& file) const {
  return sql::StampHistory(table_, {file.version, file.name, file.checksum(), ""});
}

absl::Status History::Stamp(db::Connection& connection, const MigrationFile& file) const {
  return connection.ExecuteScript(StampText(file), nullptr);
}

absl::Status History::Delete(db::Connection& connection, const std::string& version) const {
  return connection.ExecuteScript(DeleteText(version), nullptr);
}

}  // namespace rowkeeper::schema
