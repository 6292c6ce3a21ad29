#include "server/schema/diff/column_readers.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/identifier.h"

namespace rowkeeper::schema {
namespace {

using sql::Identifier;
using ConstraintKind = ConstraintFacts::Kind;
using Readers = std::vector<std::string>;

bool IsAmong(const std::vector<std::string>& columns, const std::string& column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

void AskWhatReads(const std::string& column, const std::string& change, const Readers& readers,
                  const std::string& otherwise, SchemaDiff* diff) {
  if (readers.empty()) return;
  diff->questions.push_back(
      {Cat("What is to become of what needs ", column, ", which is to ", change, ": ", absl::StrJoin(readers, ", "),
           "?"),
       {"drop or change it first, in a migration of its own, and run diff again; make it again after this migration, "
        "which makes what is declared",
        otherwise}});
}

Readers ConditionsOn(const TableFacts& table, const std::string& column) {
  Readers readers;
  for (const ConstraintFacts& constraint : table.constraints) {
    const bool reads = ComparesColumn(constraint, column);
    if (reads) readers.push_back(Cat("constraint ", constraint.name, " on table ", table.name));
  }
  for (const IndexFacts& index : table.indexes) {
    if (ComparesColumn(index, column)) readers.push_back(Cat("index ", index.name));
  }
  return readers;
}

}  // namespace

bool ComparesColumn(const ConstraintFacts& constraint, const std::string& column) {
  const bool of_type = constraint.kind == ConstraintKind::kCheck || constraint.kind == ConstraintKind::kForeignKey;
  return of_type && IsAmong(constraint.columns, column);
}

bool ComparesColumn(const IndexFacts& index, const std::string& column) {
  const bool of_type = !index.predicate.empty() || absl::StrContains(index.shape, "::");
  return of_type && IsAmong(index.columns, column);
}

void AskAboutReadersOfDropped(const TableComparison& table, const ColumnFacts& column, SchemaDiff* diff) {
  Readers readers;
  for (const ColumnReader& reader : column.readers) {
    if (!WasDeclared(reader.comment)) readers.push_back(reader.words);  // a declared one goes before
  }
  AskWhatReads(Cat(Identifier(column.name), " of ", table.table()), "be dropped", readers,
               "or do not write `reserved` for the field yet", diff);
}

void AskAboutReadersOfRetyped(const std::string& table, const TableFacts& live, const ColumnFacts& column,
                              TypeKinship kinship, SchemaDiff* diff) {
  Readers readers;
  if (kinship == TypeKinship::kOtherKind) readers = ConditionsOn(live, column.name);
  for (const ColumnReader& reader : column.readers) {
    if (!reader.of_any_type || kinship == TypeKinship::kOtherKind) readers.push_back(reader.words);
  }
  AskWhatReads(Cat(Identifier(column.name), " of ", table), "have another type", readers,
               "or leave the field as it was, and add another one", diff);
}

}  // namespace rowkeeper::schema
