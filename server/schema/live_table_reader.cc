#include "server/schema/live_table_reader.h"

#include <charconv>
#include <map>
#include <utility>

#include "server/sql/identifier.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Entity;
using db::Rows;

/// By their position among all tables.
using Tables = std::map<int, LiveTable>;

absl::StatusOr<Rows> ReadCatalog(db::Connection& connection, const std::string& text, int columns) {
  db::Query query;
  query.text = text;
  query.result = ResultShape::Columns(columns);
  query.effect = db::Query::Effect::kRead;
  return connection.Execute(query);
}

std::string Text(const Rows& rows, int row, int column) { return std::string(rows.cell(row, column)); }

bool True(const Rows& rows, int row, int column) { return rows.cell(row, column) == "t"; }

std::optional<std::string> OptionalText(const Rows& rows, int row, int column) {
  if (rows.is_null(row, column)) return std::nullopt;
  return Text(rows, row, column);
}

int Position(const Rows& rows, int row, int column) {
  std::string_view text = rows.cell(row, column);
  int position = 0;
  std::from_chars(text.data(), text.data() + text.size(), position);
  return position;
}

LiveTable& TableOf(const Rows& rows, int row, Tables* tables) { return (*tables)[Position(rows, row, 0)]; }

LiveTable::Kind KindOf(std::string_view relkind) {
  if (relkind.empty()) return LiveTable::Kind::kMissing;
  if (relkind == "r" || relkind == "p" || relkind == "f") return LiveTable::Kind::kTable;
  if (relkind == "v" || relkind == "m") return LiveTable::Kind::kView;
  return LiveTable::Kind::kOther;
}

LiveColumn::Identity IdentityOf(std::string_view attidentity) {
  if (attidentity == "a") return LiveColumn::Identity::kAlways;
  if (attidentity == "d") return LiveColumn::Identity::kByDefault;
  return LiveColumn::Identity::kNone;
}

/// What tells a column in declared names.
struct DeclaredWords {
  const std::vector<const Entity*>& entities;
  const sql::LiveNames& names;

  std::string Of(const Entity& entity, std::string_view live) const {
    return std::string(names.Declared(entity, live));
  }
  /// Of a column of the row's table.
  std::string At(const Rows& rows, int row, int column) const {
    return Of(*entities[Position(rows, row, 0)], rows.cell(row, column));
  }
};

void AddColumns(const Rows& rows, const DeclaredWords& words, Tables* tables) {
  for (int row = 0; row < rows.size(); ++row) {
    std::vector<LiveColumn>& columns = TableOf(rows, row, tables).columns;
    if (columns.empty() || columns.back().live_name != rows.cell(row, 1)) {
      LiveColumn column;
      column.name = words.At(rows, row, 1);
      column.live_name = Text(rows, row, 1);
      column.quoted_name = Text(rows, row, 2);
      column.type = Text(rows, row, 3);
      column.not_null = True(rows, row, 4);
      column.generated = !rows.cell(row, 7).empty();
      if (!column.generated) column.default_sql = OptionalText(rows, row, 5);
      column.identity = IdentityOf(rows.cell(row, 6));
      column.comment = Text(rows, row, 8);
      column.type_schema = Text(rows, row, 9);
      column.type_name = Text(rows, row, 10);
      column.equals_other_texts = True(rows, row, 12);
      columns.push_back(std::move(column));
    }
    if (!rows.is_null(row, 11)) columns.back().enum_labels.push_back(Text(rows, row, 11));
  }
}

void AddIndexes(const Rows& rows, const DeclaredWords& words, Tables* tables) {
  for (int row = 0; row < rows.size(); ++row) {
    std::vector<LiveIndex>& indexes = TableOf(rows, row, tables).indexes;
    if (indexes.empty() || indexes.back().name != rows.cell(row, 1)) {
      LiveIndex index;
      index.name = Text(rows, row, 1);
      index.unique = True(rows, row, 2);
      index.primary = True(rows, row, 3);
      index.valid = True(rows, row, 4);
      index.method = Text(rows, row, 5);
      index.where = OptionalText(rows, row, 6);
      index.definition = Text(rows, row, 7);
      index.deferrable = True(rows, row, 10);
      indexes.push_back(std::move(index));
    }
    indexes.back().terms.push_back({words.At(rows, row, 8), True(rows, row, 9)});
  }
}

/// pg_constraint.confdeltype. NO ACTION and RESTRICT differ in when they refuse.
std::optional<catalogue::OnDelete> OnDeleteOf(std::string_view type) {
  if (type == "a" || type == "r") return catalogue::OnDelete::kRestrict;
  if (type == "c") return catalogue::OnDelete::kCascade;
  if (type == "n") return catalogue::OnDelete::kSetNull;
  return std::nullopt;
}

LiveConstraint::Kind LiveConstraintKind(std::string_view type) {
  if (type == "f") return LiveConstraint::Kind::kForeignKey;
  return type == "x" ? LiveConstraint::Kind::kExclusion : LiveConstraint::Kind::kCheck;
}

void AddConstraints(const Rows& rows, const DeclaredWords& words, Tables* tables) {
  for (int row = 0; row < rows.size(); ++row) {
    std::vector<LiveConstraint>& constraints = TableOf(rows, row, tables).constraints;
    if (constraints.empty() || constraints.back().name != rows.cell(row, 1)) {
      LiveConstraint constraint;
      constraint.name = Text(rows, row, 1);
      constraint.kind = LiveConstraintKind(rows.cell(row, 2));
      constraint.definition = Text(rows, row, 3);
      constraint.expression = Text(rows, row, 4);
      if (!rows.is_null(row, 5)) constraint.referenced = words.entities[Position(rows, row, 5)];
      constraint.on_delete = OnDeleteOf(rows.cell(row, 8));
      constraints.push_back(std::move(constraint));
    }
    LiveConstraint& constraint = constraints.back();
    constraint.columns.push_back(words.At(rows, row, 6));
    if (rows.is_null(row, 7)) continue;
    const Entity* const referenced = constraint.referenced;
    constraint.referenced_columns.push_back(referenced == nullptr ? Text(rows, row, 7)
                                                                  : words.Of(*referenced, rows.cell(row, 7)));
  }
}

}  // namespace

LiveTableReader::LiveTableReader(const catalogue::Catalogue& catalogue) {
  std::vector<sql::WantedTable> tables;
  for (const auto& entity : catalogue.entities()) {
    entities_.push_back(entity.get());
    tables.emplace_back(*entity);
  }
  all_ = sql::AllTables(std::move(tables));
}

absl::StatusOr<std::vector<LiveTable>> LiveTableReader::Read(const std::vector<int>& positions,
                                                             const sql::LiveNames& names,
                                                             db::Connection& connection) const {
  if (positions.empty()) return std::vector<LiveTable>();
  const sql::TableChoice choice{all_.tables, positions};
  const DeclaredWords words{entities_, names};
  Tables tables;
  const auto kinds = ReadCatalog(connection, sql::TablesQuery(choice), 2);
  if (!kinds.ok()) return kinds.status();
  for (int row = 0; row < kinds->size(); ++row) TableOf(*kinds, row, &tables).kind = KindOf(kinds->cell(row, 1));
  const auto columns = ReadCatalog(connection, sql::ColumnsQuery(choice), 13);
  if (!columns.ok()) return columns.status();
  AddColumns(*columns, words, &tables);
  const auto indexes = ReadCatalog(connection, sql::IndexesQuery(choice), 11);
  if (!indexes.ok()) return indexes.status();
  AddIndexes(*indexes, words, &tables);
  const auto constraints = ReadCatalog(connection, sql::ConstraintsQuery(choice), 9);
  if (!constraints.ok()) return constraints.status();
  AddConstraints(*constraints, words, &tables);
  std::vector<LiveTable> read;
  for (const int position : positions) read.push_back(std::move(tables[position]));
  return read;
}

}  // namespace rowkeeper::schema
