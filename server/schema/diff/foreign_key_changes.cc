#include <set>

#include "server/schema/diff/constraint_steps.h"
#include "server/schema/diff/existing_rows.h"
#include "server/schema/diff/table_comparison.h"
#include "server/sql/ddl.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Column;
using catalogue::Entity;
using catalogue::OnDelete;
using ConstraintKind = ConstraintFacts::Kind;

/// pg_constraint.confdeltype of those that refuse are a (NO ACTION) and r (RESTRICT).
bool DoesOnDelete(const ConstraintFacts& live, OnDelete on_delete) {
  switch (on_delete) {
    case OnDelete::kRestrict:
      return live.on_delete == "a" || live.on_delete == "r";
    case OnDelete::kCascade:
      return live.on_delete == "c";
    case OnDelete::kSetNull:
      return live.on_delete == "n";
  }
  return false;
}

class ForeignKeyComparison {
 public:
  ForeignKeyComparison(const TableComparison& table, SchemaDiff* diff)
      : table_(table), steps_(table, ConstraintKind::kForeignKey, diff), diff_(*diff) {}

  absl::Status Run() {
    for (const Column& column : table_.aligned.columns) {
      if (!column.reference) continue;
      const std::string& name = column.reference->constraint;
      const std::string definition = sql::ForeignKeyDefinition(column);
      const ConstraintFacts* live = Find(column);
      if (live != nullptr) taken_.insert(live);
      if (live == nullptr && IsPartOfAnother(column)) continue;
      const bool held = live != nullptr && live->valid;
      absl::Status status = held ? absl::OkStatus() : AskAboutLostReferences(table_, column, &diff_);
      if (!status.ok()) return status;
      if (live == nullptr) {
        steps_.Add(name, definition);
      } else if (!DoesOnDelete(*live, column.reference->on_delete)) {
        steps_.Replace(*live, name, definition);
      } else {
        steps_.Keep(*live, name, definition);
      }
    }
    for (const ConstraintFacts& live : table_.live.constraints) {
      if (live.kind == ConstraintKind::kForeignKey && taken_.count(&live) == 0) steps_.LeaveOrDrop(live);
    }
    return absl::OkStatus();
  }

 private:
  bool References(const ConstraintFacts& live, const Column& column) const {
    const auto referenced = table_.by_oid.find(live.referenced);
    return referenced != table_.by_oid.end() && referenced->second == column.reference->entity;
  }

  const std::string& ReferencedColumn(const Column& column) const {
    return column.reference->entity->columns[column.reference->column].name;
  }

  const ConstraintFacts* Find(const Column& column) const {
    const ConstraintFacts* found = nullptr;
    for (const ConstraintFacts& live : table_.live.constraints) {
      const bool same = live.kind == ConstraintKind::kForeignKey && taken_.count(&live) == 0 &&
                        References(live, column) && live.columns == std::vector<std::string>{column.name} &&
                        live.referenced_columns == std::vector<std::string>{ReferencedColumn(column)};
      if (same && (found == nullptr || live.name == column.reference->constraint)) found = &live;
    }
    return found;
  }

  /// A key of several columns, which nobody can declare, may hold the reference and more.
  bool IsPartOfAnother(const Column& column) const {
    for (const ConstraintFacts& live : table_.live.constraints) {
      if (live.kind != ConstraintKind::kForeignKey || live.columns.size() < 2 || !References(live, column)) continue;
      for (size_t i = 0; i < live.columns.size(); ++i) {
        if (live.columns[i] == column.name && live.referenced_columns[i] == ReferencedColumn(column)) return true;
      }
    }
    return false;
  }

  const TableComparison& table_;
  ConstraintSteps steps_;
  SchemaDiff& diff_;
  std::set<const ConstraintFacts*> taken_;
};

}  // namespace

absl::Status CompareForeignKeys(const TableComparison& table, SchemaDiff* diff) {
  return ForeignKeyComparison(table, diff).Run();
}

}  // namespace rowkeeper::schema
