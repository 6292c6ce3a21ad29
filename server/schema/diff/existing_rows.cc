#include "server/schema/diff/existing_rows.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/ddl_change.h"
#include "server/sql/identifier.h"
#include "server/sql/transaction_sql.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Column;
using catalogue::DefaultKind;
using sql::Identifier;

/// What the rows that exist have in a column.
enum class Value {
  kOwn,    ///< what is in the table
  kEqual,  ///< the column is new, and all rows get the same
  kNone,   ///< the column is new, and they get NULL, or a value that no other row has
};

Value ValueIn(const TableComparison& table, int position) {
  if (table.pair.columns[position] != nullptr) return Value::kOwn;
  const Column& column = table.aligned.columns[position];
  const DefaultKind kind = column.default_kind;
  if (kind == DefaultKind::kUuid || kind == DefaultKind::kIdentity) return Value::kNone;
  return column.nullable && !column.has_default() ? Value::kNone : Value::kEqual;
}

bool HasItsType(const TableComparison& table, const std::string& column) {
  const ColumnFacts *live = table.live.FindColumn(column), *declared = table.declared.FindColumn(column);
  return live != nullptr && declared != nullptr && live->type == declared->type;
}

/// The columns of a unique key or index of this name.
std::vector<int> ColumnsOfUnique(const catalogue::Entity& entity, const std::string& name) {
  for (const catalogue::UniqueKey& key : entity.unique_keys) {
    if (key.name == name) return entity.InTable(key.columns);
  }
  std::vector<int> columns;
  for (const catalogue::Index& index : entity.indexes) {
    if (index.name != name || !index.unique) continue;
    for (const catalogue::IndexTerm& term : index.terms) columns.push_back(term.column);
  }
  return columns;
}

/// The rows that the index holds; all of them where the condition reads columns that are new or of another type.
std::string RowsOf(const TableComparison& table, const IndexFacts& declared) {
  const bool known = std::all_of(declared.columns.begin(), declared.columns.end(),
                                 [&](const std::string& column) { return HasItsType(table, column); });
  return known && !declared.predicate.empty() ? declared.predicate : "true";
}

std::string NamesOf(const std::vector<std::string>& columns) {
  return absl::StrJoin(columns, ", ",
                       [](std::string* out, const std::string& column) { out->append(Identifier(column)); });
}

Question WhatOfEqualRows(const TableComparison& table, const IndexFacts& declared, const std::string& columns,
                         const std::string& rows) {
  return {Cat("What is to become of the rows of ", table.table(), " that have equal values in ", columns,
              ", which are to be unique (", Identifier(declared.name), ")?"),
          {Cat("change or delete them first; find them with: SELECT ", columns, ", count(*) FROM ", table.table(),
               " WHERE ", rows, " GROUP BY ", columns, " HAVING count(*) > 1"),
           "or do not declare them unique"}};
}

Question WhatOfEqualValues(const TableComparison& table, const IndexFacts& declared,
                           const std::vector<std::string>& added) {
  return {Cat("Which values do the rows of ", table.table(), " that exist get in the new ", NamesOf(added),
              ", so that they are unique (", Identifier(declared.name), ")?"),
          {"write `optional` before the type of the field: they get NULL",
           "or add the field without the key, give the rows their values, and declare the key then"}};
}

/// Whether the query, which gives one cell, says so. False where it cannot be run, as with a column that is not there.
absl::StatusOr<bool> TryToTell(const TableComparison& table, const std::string& text) {
  absl::Status status = table.connection.ExecuteScript(sql::Savepoint(2), nullptr);
  if (!status.ok()) return status;
  db::Query query;
  query.text = text;
  query.result = ResultShape::Columns(1);
  query.effect = db::Query::Effect::kRead;
  const auto rows = table.connection.Execute(query);
  status = table.connection.ExecuteScript(sql::RollbackToSavepoint(2), nullptr);
  if (!status.ok()) return status;
  return rows.ok() && rows->size() == 1 && rows->cell(0, 0) == "t";
}

}  // namespace

absl::Status AskAboutEqualRows(const TableComparison& table, const IndexFacts& declared, SchemaDiff* diff) {
  if (!declared.unique) return absl::OkStatus();
  std::vector<std::string> own, added;
  for (const int position : ColumnsOfUnique(table.aligned, declared.name)) {
    const std::string& name = table.aligned.columns[position].name;
    const Value value = ValueIn(table, position);
    if (value == Value::kNone || (value == Value::kOwn && !HasItsType(table, name))) return absl::OkStatus();
    (value == Value::kOwn ? own : added).push_back(name);
  }
  if (own.empty() && added.empty()) return absl::OkStatus();
  const std::string rows = RowsOf(table, declared);
  const absl::StatusOr<bool> equal = TryToTell(table, sql::EqualRowsExistQuery(table.table(), own, rows));
  if (!equal.ok() || !*equal) return equal.status();
  diff->questions.push_back(added.empty() ? WhatOfEqualRows(table, declared, NamesOf(own), rows)
                                          : WhatOfEqualValues(table, declared, added));
  return absl::OkStatus();
}

absl::Status AskAboutLostReferences(const TableComparison& table, const Column& column, SchemaDiff* diff) {
  const Value value = ValueIn(table, table.aligned.IndexOf(column));
  if (value == Value::kNone) return absl::OkStatus();
  const catalogue::Entity& target = *column.reference->entity;
  const std::string& key = target.columns[column.reference->column].name;
  // Whether some row of the target has the one value that all rows would get is left to people.
  const std::string condition =
      value == Value::kEqual ? "false" : sql::ReferenceCondition(table.table(), column.name, sql::Table(target), key);
  const absl::StatusOr<bool> lost = TryToTell(table, sql::ViolationExistsQuery(table.table(), condition));
  if (!lost.ok() || !*lost) return lost.status();
  const std::string name = Identifier(column.name);
  if (value == Value::kEqual) {
    diff->questions.push_back(
        {Cat("Which row of ", sql::Table(target), " do the rows of ", table.table(),
             " that exist reference by the new column ", name, ", which cannot be NULL or has a default?"),
         {"write `optional` before the type of the field: they get NULL",
          Cat("or remove this question, if one row of ", sql::Table(target),
              " has the value that the migration gives "
              "to all")}});
    return absl::OkStatus();
  }
  diff->questions.push_back({Cat("What is to become of the rows of ", table.table(), " whose ", name, " is no ",
                                 Identifier(key), " of ", sql::Table(target), ", which it is to reference?"),
                             {Cat("change them in batches first: rowkeeper migrate new fix_", column.name,
                                  " --backfill ", table.entity.full_name, " --set ", sql::Literal(Cat(name, " = ...")),
                                  " --where ", sql::Literal(Cat("NOT (", condition, ")"))),
                              "or do not declare the reference"}});
  return absl::OkStatus();
}

}  // namespace rowkeeper::schema
