#include "server/schema/live_schema.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/str_cat.h"
#include "server/sql/identifier.h"
#include "server/sql/introspect.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Entity;
using db::Rows;

absl::StatusOr<Rows> Run(db::Connection& connection, const std::string& text, int columns) {
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

void AddColumns(const Rows& rows, std::vector<LiveTable>* tables) {
  for (int row = 0; row < rows.size(); ++row) {
    std::vector<LiveColumn>& columns = (*tables)[Position(rows, row, 0)].columns;
    if (columns.empty() || columns.back().name != rows.cell(row, 1)) {
      LiveColumn column;
      column.name = Text(rows, row, 1);
      column.quoted_name = Text(rows, row, 2);
      column.type = Text(rows, row, 3);
      column.not_null = True(rows, row, 4);
      column.generated = !rows.cell(row, 7).empty();
      if (!column.generated) column.default_sql = OptionalText(rows, row, 5);
      column.identity = IdentityOf(rows.cell(row, 6));
      column.comment = Text(rows, row, 8);
      column.type_schema = Text(rows, row, 9);
      column.type_name = Text(rows, row, 10);
      columns.push_back(std::move(column));
    }
    if (!rows.is_null(row, 11)) columns.back().enum_labels.push_back(Text(rows, row, 11));
  }
}

void AddIndexes(const Rows& rows, std::vector<LiveTable>* tables) {
  for (int row = 0; row < rows.size(); ++row) {
    std::vector<LiveIndex>& indexes = (*tables)[Position(rows, row, 0)].indexes;
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
    indexes.back().terms.push_back({Text(rows, row, 8), True(rows, row, 9)});
  }
}

/// pg_constraint.confdeltype. NO ACTION and RESTRICT differ in when they refuse.
std::optional<catalogue::OnDelete> OnDeleteOf(std::string_view type) {
  if (type == "a" || type == "r") return catalogue::OnDelete::kRestrict;
  if (type == "c") return catalogue::OnDelete::kCascade;
  if (type == "n") return catalogue::OnDelete::kSetNull;
  return std::nullopt;
}

void AddConstraints(const Rows& rows, const std::vector<const Entity*>& entities, std::vector<LiveTable>* tables) {
  for (int row = 0; row < rows.size(); ++row) {
    std::vector<LiveConstraint>& constraints = (*tables)[Position(rows, row, 0)].constraints;
    if (constraints.empty() || constraints.back().name != rows.cell(row, 1)) {
      LiveConstraint constraint;
      constraint.name = Text(rows, row, 1);
      constraint.kind = rows.cell(row, 2) == "f" ? LiveConstraint::Kind::kForeignKey : LiveConstraint::Kind::kCheck;
      constraint.definition = Text(rows, row, 3);
      constraint.expression = Text(rows, row, 4);
      if (!rows.is_null(row, 5)) constraint.referenced = entities[Position(rows, row, 5)];
      constraint.on_delete = OnDeleteOf(rows.cell(row, 8));
      constraints.push_back(std::move(constraint));
    }
    constraints.back().columns.push_back(Text(rows, row, 6));
    if (!rows.is_null(row, 7)) constraints.back().referenced_columns.push_back(Text(rows, row, 7));
  }
}

bool StartsWithAllOf(const LiveIndex& index, const std::vector<std::string>& columns) {
  if (index.terms.size() < columns.size()) return false;
  auto end = index.terms.begin() + static_cast<std::ptrdiff_t>(columns.size());
  return std::all_of(columns.begin(), columns.end(), [&](const std::string& column) {
    return std::any_of(index.terms.begin(), end, [&](const LiveIndex::Term& term) { return term.column == column; });
  });
}

/// An index can be read backwards, so the directions must be all the same or all the opposite.
bool ContinuesInOrder(const Entity& entity, const LiveIndex& index, size_t from,
                      const std::vector<catalogue::OrderTerm>& order) {
  if (order.empty()) return true;
  if (index.method != "btree" || index.terms.size() < from + order.size()) return false;
  bool backwards = index.terms[from].descending != order[0].descending;
  for (size_t i = 0; i < order.size(); ++i) {
    const LiveIndex::Term& term = index.terms[from + i];
    if (term.column != entity.columns[order[i].column].name) return false;
    if ((term.descending != order[i].descending) != backwards) return false;
  }
  return true;
}

/// Columns with a given value need no place in the order.
std::vector<catalogue::OrderTerm> WithoutConstants(const std::vector<catalogue::OrderTerm>& order,
                                                   const std::vector<int>& equality) {
  std::vector<catalogue::OrderTerm> rest;
  for (const catalogue::OrderTerm& term : order) {
    if (std::find(equality.begin(), equality.end(), term.column) == equality.end()) rest.push_back(term);
  }
  return rest;
}

IndexFit FitOf(const Entity& entity, const LiveTable& table, const LiveIndex& index,
               const std::vector<std::string>& equality, const std::vector<catalogue::OrderTerm>& order) {
  bool usable = index.valid && (index.method == "btree" || index.method == "hash") &&
                (!index.where.has_value() || CoversNotDeleted(entity, table, *index.where));
  if (!usable) return IndexFit::kNone;
  auto is_given = [&](const LiveIndex::Term& term) {
    return std::find(equality.begin(), equality.end(), term.column) != equality.end();
  };
  bool one_row = index.unique && std::all_of(index.terms.begin(), index.terms.end(), is_given);
  if (one_row) return IndexFit::kFilterAndOrder;
  if (!StartsWithAllOf(index, equality)) return IndexFit::kNone;
  if (ContinuesInOrder(entity, index, equality.size(), order)) return IndexFit::kFilterAndOrder;
  return equality.empty() ? IndexFit::kNone : IndexFit::kFilter;
}

}  // namespace

const LiveColumn* LiveTable::FindColumn(std::string_view name) const {
  auto it = std::find_if(columns.begin(), columns.end(), [&](const LiveColumn& column) { return column.name == name; });
  return it == columns.end() ? nullptr : &*it;
}

absl::StatusOr<LiveSchema> LiveSchema::Read(const catalogue::Catalogue& catalogue, db::Connection& connection) {
  LiveSchema schema;
  std::vector<std::string> names;
  for (const auto& entity : catalogue.entities()) {
    schema.entities_.push_back(entity.get());
    names.push_back(sql::Table(*entity));
  }
  schema.tables_.resize(names.size());

  auto tables = Run(connection, sql::TablesQuery(names), 2);
  if (!tables.ok()) return tables.status();
  for (int row = 0; row < tables->size(); ++row) {
    schema.tables_[Position(*tables, row, 0)].kind = KindOf(tables->cell(row, 1));
  }
  auto columns = Run(connection, sql::ColumnsQuery(names), 12);
  if (!columns.ok()) return columns.status();
  AddColumns(*columns, &schema.tables_);
  auto indexes = Run(connection, sql::IndexesQuery(names), 11);
  if (!indexes.ok()) return indexes.status();
  AddIndexes(*indexes, &schema.tables_);
  auto constraints = Run(connection, sql::ConstraintsQuery(names), 9);
  if (!constraints.ok()) return constraints.status();
  AddConstraints(*constraints, schema.entities_, &schema.tables_);
  return schema;
}

const LiveTable& LiveSchema::Of(const Entity& entity) const {
  size_t position = std::find(entities_.begin(), entities_.end(), &entity) - entities_.begin();
  return tables_.at(position);
}

IndexFit LiveSchema::BestIndex(const Entity& entity, const std::vector<int>& equality,
                               const std::vector<catalogue::OrderTerm>& order) const {
  std::vector<std::string> names;
  for (int column : equality) names.push_back(entity.columns[column].name);
  std::vector<catalogue::OrderTerm> rest = WithoutConstants(order, equality);
  const LiveTable& table = Of(entity);
  IndexFit best = IndexFit::kNone;
  for (const LiveIndex& index : table.indexes) best = std::max(best, FitOf(entity, table, index, names, rest));
  return best;
}

bool LiveSchema::HasIndexFor(const Entity& entity, const std::vector<int>& equality,
                             const std::vector<catalogue::OrderTerm>& order) const {
  return BestIndex(entity, equality, order) == IndexFit::kFilterAndOrder;
}

bool CoversNotDeleted(const Entity& entity, const LiveTable& table, const std::string& where) {
  auto quoted = [&](int index) {
    const LiveColumn* column = table.FindColumn(entity.columns[index].name);
    return column == nullptr ? std::string() : column->quoted_name;
  };
  // With both columns a row is live when both say so; a predicate on one of them covers those rows and more.
  std::vector<std::string> live;
  if (entity.deleted_at.has_value()) live.push_back(absl::StrCat("(", quoted(*entity.deleted_at), " IS NULL)"));
  if (entity.deleted_flag.has_value()) {
    const std::string flag = quoted(*entity.deleted_flag);
    live.push_back(absl::StrCat("(NOT ", flag, ")"));
    if (where == absl::StrCat("(", flag, " = false)")) return true;
  }
  if (live.size() == 2 && where == absl::StrCat("(", live[0], " AND ", live[1], ")")) return true;
  return std::find(live.begin(), live.end(), where) != live.end();
}

}  // namespace rowkeeper::schema
