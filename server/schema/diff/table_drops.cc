#include <algorithm>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/schema/diff/table_comparison.h"
#include "server/sql/ddl_change.h"
#include "server/sql/identifier.h"

namespace rowkeeper::schema {
namespace {

using sql::Identifier;
using ConstraintKind = ConstraintFacts::Kind;
using Statements = std::vector<std::string>;

/// A table that goes, and how to make it again. Names have their schema: no entity says which one is meant.
class TableDrop {
 public:
  TableDrop(const TableFacts& live, SchemaDiff* diff)
      : live_(live), name_(Cat(Identifier(live.schema), ".", Identifier(live.name))), diff_(*diff) {}

  void Run() {
    if (live_.relkind != "r") return AskForAnotherWay();
    AskAboutReaders();
    DropForeignKeys();
    diff_.Add(StepKind::kDrop, Cat("drop table ", name_, " and its rows, which are lost"), {sql::DropTable(name_)},
              Again());
  }

 private:
  void AskForAnotherWay() {
    diff_.questions.push_back({Cat("How is ", name_, " to be dropped, which is no ordinary table?"),
                               {"drop it by hand, in a migration of its own", "or remove it from `dropped_entities`"}});
  }

  /// What a declaration made goes before; what belongs to the table goes with it.
  void AskAboutReaders() {
    std::vector<std::string> readers;
    for (const ColumnFacts& column : live_.columns) {
      for (const ColumnReader& reader : column.readers) {
        const bool seen = std::find(readers.begin(), readers.end(), reader.words) != readers.end();
        if (!seen && !WasDeclared(reader.comment) && !reader.of_its_table) readers.push_back(reader.words);
      }
    }
    if (readers.empty()) return;
    diff_.questions.push_back({Cat("What is to become of what needs ", name_,
                                   ", which is to be dropped: ", absl::StrJoin(readers, ", "), "?"),
                               {"drop or change it first, in a migration of its own, and run diff again",
                                "or remove the table from `dropped_entities`"}});
  }

  /// First, for tables that are dropped may reference each other.
  void DropForeignKeys() {
    for (const ConstraintFacts& constraint : live_.constraints) {
      if (constraint.kind != ConstraintKind::kForeignKey) continue;
      Statements down;
      AppendConstraint(constraint, &down);
      diff_.Add(StepKind::kChange, Cat("drop the foreign key ", Identifier(constraint.name), " of ", name_),
                {sql::DropConstraint(name_, constraint.name)}, down);
    }
  }

  void AppendConstraint(const ConstraintFacts& constraint, Statements* statements) const {
    statements->push_back(sql::AddConstraint(name_, constraint.name, constraint.definition));
    if (!constraint.comment) return;
    statements->push_back(sql::CommentOnConstraint(name_, constraint.name, constraint.comment));
  }

  void AppendColumn(const ColumnFacts& column, Statements* statements) const {
    sql::ExistingColumn again;
    again.name = column.name;
    again.type = column.domain.empty() ? column.type : column.domain;
    again.not_null = column.not_null;
    again.expression = column.expression.value_or("");
    again.generated = column.generated;
    again.identity = column.identity;
    again.collation = column.collation;
    again.sequence = column.sequence;
    again.filled = sql::ExistingColumn::Filled::kNoRows;
    for (std::string& statement : sql::AddColumnAgain(name_, again)) statements->push_back(std::move(statement));
    if (column.comment) statements->push_back(sql::CommentOnColumn(name_, column.name, column.comment));
  }

  Statements Again() const {
    Statements statements = {
        Cat("-- its rows, triggers, policies and privileges are lost\n", sql::CreateEmptyTable(name_))};
    for (const ColumnFacts& column : live_.columns) AppendColumn(column, &statements);
    for (const ConstraintFacts& constraint : live_.constraints) {
      if (constraint.kind != ConstraintKind::kForeignKey) AppendConstraint(constraint, &statements);
    }
    for (const IndexFacts& index : live_.indexes) {
      if (index.constraint) continue;
      statements.push_back(sql::CreateIndex({name_, index.name, index.unique, index.shape}));
      const std::string name = Cat(Identifier(live_.schema), ".", Identifier(index.name));
      if (index.comment) statements.push_back(sql::CommentOnIndex(name, index.comment));
    }
    if (live_.comment) statements.push_back(sql::CommentOnTable(name_, live_.comment));
    return statements;
  }

  const TableFacts& live_;
  const std::string name_;
  SchemaDiff& diff_;
};

}  // namespace

void DropMarkedTables(const std::vector<TableFacts*>& tables, SchemaDiff* diff) {
  for (const TableFacts* table : tables) TableDrop(*table, diff).Run();
}

}  // namespace rowkeeper::schema
