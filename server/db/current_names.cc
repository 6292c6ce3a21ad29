#include "server/db/current_names.h"

#include <charconv>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "server/db/connection.h"

namespace rowkeeper::db {
namespace {

std::string QueryFor(const catalogue::Catalogue& catalogue) {
  std::vector<sql::WantedTable> tables;
  for (const auto& entity : catalogue.entities()) tables.emplace_back(*entity);
  return sql::LiveNamesQuery(tables);
}

std::string TextOrNothing(const Rows& rows, int row, int column) {
  return rows.is_null(row, column) ? std::string() : std::string(rows.cell(row, column));
}

/// By the position of the entity.
std::vector<sql::NamedTable> ReadTables(const Rows& rows, size_t entities) {
  std::vector<sql::NamedTable> tables(entities);
  for (int row = 0; row < rows.size(); ++row) {
    const std::string_view text = rows.cell(row, 0);
    size_t position = 0;
    std::from_chars(text.data(), text.data() + text.size(), position);
    sql::NamedTable& table = tables.at(position);
    table.name = TextOrNothing(rows, row, 1);
    table.message = TextOrNothing(rows, row, 2);
    if (!rows.is_null(row, 3)) table.columns.push_back({TextOrNothing(rows, row, 3), TextOrNothing(rows, row, 4)});
    table.name_is_taken = rows.cell(row, 5) == "t";
  }
  return tables;
}

}  // namespace

CurrentNames::CurrentNames(const catalogue::Catalogue& catalogue) : query_(QueryFor(catalogue)) {
  for (const auto& entity : catalogue.entities()) entities_.push_back(entity.get());
  current_.names = std::make_shared<const sql::LiveNames>();
}

void CurrentNames::Learn(const Rows& answer) {
  const std::vector<sql::NamedTable> tables = ReadTables(answer, entities_.size());
  sql::LiveNames names;
  for (size_t i = 0; i < entities_.size(); ++i) names.Learn(*entities_[i], tables[i]);
  const absl::MutexLock lock(&mutex_);
  if (names == *current_.names) return;
  current_ = {std::make_shared<const sql::LiveNames>(std::move(names)), current_.revision + 1};
  revision_.store(current_.revision, std::memory_order_release);
}

absl::Status CurrentNames::Read(Connection& connection) {
  Query query;
  query.text = query_;
  query.result = ResultShape::Columns(sql::kLiveNamesColumns);
  query.effect = Query::Effect::kRead;
  const absl::StatusOr<Rows> rows = connection.Execute(query);
  if (!rows.ok()) return rows.status();
  Learn(*rows);
  return absl::OkStatus();
}

CurrentNames::Snapshot CurrentNames::Get() const {
  const absl::MutexLock lock(&mutex_);
  return current_;
}

const catalogue::Entity* CurrentNames::FindEntity(const sql::LiveNames& names, std::string_view schema,
                                                  std::string_view table) const {
  for (const catalogue::Entity* entity : entities_) {
    if (names.Of(*entity) == table && (entity->schema.empty() || entity->schema == schema)) return entity;
  }
  return nullptr;
}

}  // namespace rowkeeper::db
