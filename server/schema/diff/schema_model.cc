#include "server/schema/diff/schema_model.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "server/base/text.h"
#include "server/sql/schema_facts.h"

namespace rowkeeper::schema {
namespace {

using db::Rows;
using FactsByOid = std::map<std::string, TableFacts*, std::less<>>;

absl::StatusOr<Rows> ReadFacts(const std::string& text, int columns, db::Connection& connection) {
  db::Query query;
  query.text = text;
  query.result = ResultShape::Columns(columns);
  query.effect = db::Query::Effect::kRead;
  return connection.Execute(query);
}

/// One row's cells, taken from left to right.
class Cells {
 public:
  Cells(const Rows& rows, int row) : rows_(rows), row_(row) {}

  std::string Text() { return std::string(rows_.cell(row_, column_++)); }
  bool True() { return rows_.cell(row_, column_++) == "t"; }
  std::optional<std::string> OptionalText() {
    const int column = column_++;
    if (rows_.is_null(row_, column)) return std::nullopt;
    return std::string(rows_.cell(row_, column));
  }
  std::vector<std::string> List() {
    const std::string text = Text();
    if (text.empty()) return {};
    return nlohmann::json::parse(text).get<std::vector<std::string>>();
  }

 private:
  const Rows& rows_;
  const int row_;
  int column_ = 0;
};

ConstraintFacts::Kind KindOfConstraint(const std::string& contype) {
  if (contype == "p") return ConstraintFacts::Kind::kPrimaryKey;
  if (contype == "u") return ConstraintFacts::Kind::kUnique;
  if (contype == "f") return ConstraintFacts::Kind::kForeignKey;
  if (contype == "x") return ConstraintFacts::Kind::kExclusion;
  return ConstraintFacts::Kind::kCheck;
}

void AddColumnFacts(Cells cells, const FactsByOid& tables) {
  TableFacts& table = *tables.at(cells.Text());
  ColumnFacts column;
  column.name = cells.Text();
  column.type = cells.Text();
  column.not_null = cells.True();
  column.expression = cells.OptionalText();
  column.identity = cells.Text();
  column.generated = !cells.Text().empty();
  column.comment = cells.OptionalText();
  column.enum_type = cells.Text();
  column.domain = cells.Text();
  column.filled_by_type = cells.True();
  column.collation = cells.Text();
  column.sequence = cells.Text();
  table.columns.push_back(std::move(column));
}

void AddConstraintFacts(Cells cells, const FactsByOid& tables) {
  TableFacts& table = *tables.at(cells.Text());
  ConstraintFacts constraint;
  constraint.name = cells.Text();
  constraint.kind = KindOfConstraint(cells.Text());
  constraint.definition = cells.Text();
  constraint.expression = cells.Text();
  constraint.columns = cells.List();
  constraint.referenced = cells.Text();
  constraint.referenced_columns = cells.List();
  constraint.on_delete = cells.Text();
  constraint.valid = cells.True();
  constraint.comment = cells.OptionalText();
  table.constraints.push_back(std::move(constraint));
}

void AddIndexFacts(Cells cells, const FactsByOid& tables) {
  TableFacts& table = *tables.at(cells.Text());
  IndexFacts index;
  index.name = cells.Text();
  index.definition = cells.Text();
  index.shape = cells.Text();
  index.unique = cells.True();
  index.valid = cells.True();
  const std::string contype = cells.Text();
  if (!contype.empty()) index.constraint = KindOfConstraint(contype);
  index.columns = cells.List();
  index.comment = cells.OptionalText();
  index.predicate = cells.Text();
  index.constraint_definition = cells.Text();
  table.indexes.push_back(std::move(index));
}

void AddColumnReader(Cells cells, const FactsByOid& tables) {
  TableFacts& table = *tables.at(cells.Text());
  const std::string name = cells.Text();
  ColumnReader reader;
  reader.words = cells.Text();
  reader.of_any_type = cells.True();
  reader.of_its_table = cells.True();
  reader.comment = cells.OptionalText();
  for (ColumnFacts& column : table.columns) {
    if (column.name == name) column.readers.push_back(reader);
  }
}

void AddTriggerName(Cells cells, const FactsByOid& tables) {
  TableFacts& table = *tables.at(cells.Text());
  table.triggers.push_back(cells.Text());
}

}  // namespace

std::optional<int> ColumnFacts::number() const { return comment ? DeclaredBy::Read(*comment).number() : std::nullopt; }

const ColumnFacts* TableFacts::FindColumn(std::string_view column) const {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const ColumnFacts& facts) { return facts.name == column; });
  return found == columns.end() ? nullptr : &*found;
}

absl::StatusOr<std::vector<TableFacts>> ReadRelations(const std::vector<std::string>& schemas,
                                                      db::Connection& connection) {
  const auto rows = ReadFacts(sql::RelationsQuery(schemas), 6, connection);
  if (!rows.ok()) return rows.status();
  std::vector<TableFacts> tables;
  for (int row = 0; row < rows->size(); ++row) {
    Cells cells(*rows, row);
    TableFacts table;
    table.oid = cells.Text();
    table.schema = cells.Text();
    table.name = cells.Text();
    table.relkind = cells.Text();
    table.comment = cells.OptionalText();
    table.visible = cells.True();
    tables.push_back(std::move(table));
  }
  return tables;
}

absl::StatusOr<NameHolders> ReadNameHolders(const std::vector<std::string>& schemas, db::Connection& connection) {
  const auto rows = ReadFacts(sql::RelationNamesQuery(schemas), 4, connection);
  if (!rows.ok()) return rows.status();
  NameHolders holders;
  for (int row = 0; row < rows->size(); ++row) {
    Cells cells(*rows, row);
    std::string schema = cells.Text(), name = cells.Text(), index_of = cells.Text();
    holders[{std::move(schema), std::move(name)}] = {std::move(index_of), cells.Text()};
  }
  return holders;
}

absl::StatusOr<std::vector<EnumFacts>> ReadEnumTypes(const std::vector<std::string>& schemas,
                                                     db::Connection& connection) {
  const auto rows = ReadFacts(sql::EnumTypesQuery(schemas), 4, connection);
  if (!rows.ok()) return rows.status();
  std::vector<EnumFacts> types;
  for (int row = 0; row < rows->size(); ++row) {
    Cells cells(*rows, row);
    EnumFacts type;
    type.schema = cells.Text();
    type.name = cells.Text();
    type.labels = cells.List();
    type.visible = cells.True();
    types.push_back(std::move(type));
  }
  return types;
}

absl::Status ReadParts(const std::vector<TableFacts*>& tables, db::Connection& connection) {
  if (tables.empty()) return absl::OkStatus();
  FactsByOid by_oid;
  std::vector<std::string> oids;
  for (TableFacts* table : tables) {
    by_oid[table->oid] = table;
    oids.push_back(table->oid);
  }
  const struct {
    std::string query;
    int columns;
    void (*add)(Cells, const FactsByOid&);
  } parts[] = {{sql::ColumnFactsQuery(oids), 13, AddColumnFacts},
               {sql::ConstraintFactsQuery(oids), 11, AddConstraintFacts},
               {sql::IndexFactsQuery(oids), 11, AddIndexFacts},
               {sql::ColumnReadersQuery(oids), 6, AddColumnReader},
               {sql::TriggerNamesQuery(oids), 2, AddTriggerName}};
  for (const auto& part : parts) {
    const auto rows = ReadFacts(part.query, part.columns, connection);
    if (!rows.ok()) return rows.status();
    for (int row = 0; row < rows->size(); ++row) part.add(Cells(*rows, row), by_oid);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> ReadFingerprint(const std::string& history_table, db::Connection& connection) {
  const auto rows = ReadFacts(sql::FingerprintQuery(history_table), 1, connection);
  if (!rows.ok()) return rows.status();
  std::vector<std::string> lines;
  for (int row = 0; row < rows->size(); ++row) lines.emplace_back(rows->cell(row, 0));
  return lines;
}

}  // namespace rowkeeper::schema
