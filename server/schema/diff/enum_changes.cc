#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/schema/diff/column_readers.h"
#include "server/schema/diff/table_comparison.h"
#include "server/sql/ddl.h"
#include "server/sql/ddl_change.h"
#include "server/sql/identifier.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Column;
using sql::Identifier;
using Labels = std::vector<std::string>;
using Statements = std::vector<std::string>;

/// A native enum that some entities share.
struct DeclaredEnum {
  std::string schema;
  std::string name;
  Labels labels;

  std::string prefix() const { return schema.empty() ? "" : Cat(Identifier(schema), "."); }
  std::string type() const { return Cat(prefix(), Identifier(name)); }
};

std::vector<DeclaredEnum> DeclaredEnums(const std::vector<TablePair>& pairs) {
  std::map<std::pair<std::string, std::string>, DeclaredEnum> enums;
  for (const TablePair& pair : pairs) {
    for (const Column& column : pair.entity->columns) {
      if (column.type.native_enum.empty()) continue;
      DeclaredEnum& declared = enums[{pair.entity->schema, column.type.native_enum}];
      declared = {pair.entity->schema, column.type.native_enum, {}};
      for (const catalogue::EnumLabel& label : column.type.labels) declared.labels.push_back(label.label);
    }
  }
  std::vector<DeclaredEnum> list;
  for (auto& [key, declared] : enums) list.push_back(std::move(declared));
  return list;
}

const EnumFacts* FindEnum(const std::vector<EnumFacts>& live, const DeclaredEnum& declared) {
  for (const EnumFacts& type : live) {
    const bool here = declared.schema.empty() ? type.visible : type.schema == declared.schema;
    if (here && type.name == declared.name) return &type;
  }
  return nullptr;
}

bool Has(const Labels& labels, const std::string& label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

Labels Without(const Labels& labels, const Labels& others) {
  Labels left;
  for (const std::string& label : labels) {
    if (!Has(others, label)) left.push_back(label);
  }
  return left;
}

/// A column of an enum type, as the database has it.
struct LiveColumn {
  const TablePair* pair = nullptr;
  const ColumnFacts* column = nullptr;
};

std::vector<LiveColumn> LiveColumnsOf(const std::vector<TablePair>& pairs, const DeclaredEnum& declared) {
  std::vector<LiveColumn> columns;
  for (const TablePair& pair : pairs) {
    if (pair.live == nullptr || pair.entity->schema != declared.schema) continue;
    for (const ColumnFacts& column : pair.live->columns) {
      if (column.enum_type == declared.name) columns.push_back({&pair, &column});
    }
  }
  return columns;
}

/// What compares values with labels does so with those of one type alone: it goes while the type is made anew.
class ComparedWithLabels {
 public:
  explicit ComparedWithLabels(std::string prefix) : prefix_(std::move(prefix)) {}

  void AddThoseOf(const LiveColumn& column) {
    const TableFacts& live = *column.pair->live;
    for (const ConstraintFacts& constraint : live.constraints) {
      if (ComparesColumn(constraint, column.column->name)) Add(live, constraint);
    }
    for (const IndexFacts& index : live.indexes) {
      if (!index.constraint && ComparesColumn(index, column.column->name)) Add(live, index);
    }
  }

  Statements Around(const Statements& statements) const {
    Statements all = away_;
    all.insert(all.end(), statements.begin(), statements.end());
    all.insert(all.end(), back_.begin(), back_.end());
    return all;
  }

 private:
  void Add(const TableFacts& live, const ConstraintFacts& constraint) {
    const std::string table = prefix_ + Identifier(live.name);
    if (!seen_.insert(&constraint).second) return;
    away_.push_back(sql::DropConstraint(table, constraint.name));
    back_.push_back(sql::AddConstraint(table, constraint.name, constraint.definition));
    if (constraint.comment) back_.push_back(sql::CommentOnConstraint(table, constraint.name, constraint.comment));
  }

  void Add(const TableFacts& live, const IndexFacts& index) {
    const std::string name = prefix_ + Identifier(index.name);
    if (!seen_.insert(&index).second) return;
    away_.push_back(sql::DropIndexIfExists(name));
    back_.push_back(sql::CreateIndex({prefix_ + Identifier(live.name), index.name, index.unique, index.shape}));
    if (index.comment) back_.push_back(sql::CommentOnIndex(name, index.comment));
  }

  const std::string prefix_;
  std::set<const void*> seen_;
  Statements away_, back_;
};

class EnumComparison {
 public:
  EnumComparison(const std::vector<TablePair>& pairs, const DeclaredEnum& declared, SchemaDiff* diff)
      : columns_(LiveColumnsOf(pairs, declared)), declared_(declared), diff_(*diff) {}

  void Run(const EnumFacts* live) {
    if (live == nullptr) {
      diff_.Add(StepKind::kChange, Cat("create the enum type ", declared_.type()),
                {sql::CreateEnumType(declared_.type(), declared_.labels)}, {sql::DropType(declared_.type())});
      return;
    }
    const Labels removed = Without(live->labels, declared_.labels), added = Without(declared_.labels, live->labels);
    if (!removed.empty()) return Replace(*live, removed);
    if (Without(declared_.labels, added) != live->labels) return Reorder(*live);
    if (!added.empty()) AddLabels(*live, added);
  }

 private:
  Statements MakeAnew(const Labels& labels) const {
    std::vector<sql::EnumColumn> columns;
    for (const auto& [pair, column] : columns_) {
      columns.push_back({Cat(declared_.prefix(), Identifier(pair->live->name)), column->name,
                         absl::EndsWith(column->type, "[]"), column->expression.value_or("")});
    }
    return sql::MakeEnumTypeAnew(declared_.prefix(), declared_.name, labels, columns);
  }

  sql::EnumLabelPlace PlaceOf(const std::string& label, const EnumFacts& live) const {
    using Side = sql::EnumLabelPlace::Side;
    const auto place = std::find(declared_.labels.begin(), declared_.labels.end(), label);
    if (place != declared_.labels.begin()) return {Side::kAfter, *(place - 1)};
    return {Side::kBefore, live.labels.empty() ? "" : live.labels.front()};
  }

  void AddLabels(const EnumFacts& live, const Labels& added) {
    Statements up;
    for (const std::string& label : added) {
      up.push_back(sql::AddEnumLabel(declared_.type(), label, PlaceOf(label, live)));
    }
    ComparedWithLabels compared(declared_.prefix());
    for (const LiveColumn& column : columns_) compared.AddThoseOf(column);
    diff_.Add(StepKind::kEnumLabels, Cat("add ", absl::StrJoin(added, ", "), " to the enum type ", declared_.type()),
              up, compared.Around(MakeAnew(live.labels)));
  }

  void AskAboutReaders() {
    for (const auto& [pair, column] : columns_) {
      const std::string table = Cat(declared_.prefix(), Identifier(pair->live->name));
      AskAboutReadersOfRetyped(table, *pair->live, *column, TypeKinship::kOtherKind, &diff_);
    }
  }

  void Replace(const EnumFacts& live, const Labels& removed) {
    const std::string list = absl::StrJoin(removed, ", ");
    diff_.questions.push_back(
        {Cat("Is no row to have ", list, ", which the enum type ", declared_.type(), " has and the protos have not?"),
         {"if so, and no server with the older protos will write it again, remove this question: the change is in the "
          "migration (it writes all rows of the columns of this type again, and fails where a row still has it)",
          "if it has another name now, rename it: ALTER TYPE ... RENAME VALUE ... TO ..., and run diff again",
          "or declare it again"}});
    AskAboutReaders();
    diff_.Add(StepKind::kRewrite, Cat("take ", list, " out of the enum type ", declared_.type()),
              MakeAnew(declared_.labels), MakeAnew(live.labels));
  }

  /// Values are compared and sorted in this order.
  void Reorder(const EnumFacts& live) {
    const std::string had = absl::StrJoin(live.labels, ", "), wanted = absl::StrJoin(declared_.labels, ", ");
    diff_.questions.push_back(
        {Cat("Are the values of the enum type ", declared_.type(), " to be sorted as ", wanted, " in place of ", had,
             "?"),
         {"if so, remove this question: the change is in the migration (it writes all rows of the columns of this type "
          "again, and nobody reads their tables meanwhile)",
          "if not, write the values of the enum in the order that the database has"}});
    AskAboutReaders();
    diff_.Add(StepKind::kRewrite, Cat("order the enum type ", declared_.type(), " as ", wanted),
              MakeAnew(declared_.labels), MakeAnew(live.labels));
  }

  const std::vector<LiveColumn> columns_;
  const DeclaredEnum& declared_;
  SchemaDiff& diff_;
};

}  // namespace

void CompareEnumTypes(const std::vector<TablePair>& pairs, const std::vector<EnumFacts>& live, SchemaDiff* diff) {
  for (const DeclaredEnum& declared : DeclaredEnums(pairs)) {
    EnumComparison(pairs, declared, diff).Run(FindEnum(live, declared));
  }
}

}  // namespace rowkeeper::schema
