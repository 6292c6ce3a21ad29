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

bool References(const TableComparison& table, const ConstraintFacts& live, const Column& column) {
  const auto referenced = table.by_oid.find(live.referenced);
  return referenced != table.by_oid.end() && referenced->second == column.reference->entity;
}

const std::string& ReferencedColumn(const Column& column) {
  return column.reference->entity->columns[column.reference->column].name;
}

/// Between entities with tenants, theirs and then the reference's.
bool HasColumns(const TableComparison& table, const ConstraintFacts& live, const Column& column) {
  std::vector<std::string> own = {column.name}, referenced = {ReferencedColumn(column)};
  const Entity& target = *column.reference->entity;
  if (table.aligned.tenant && target.tenant) {
    own.insert(own.begin(), table.aligned.columns[*table.aligned.tenant].name);
    referenced.insert(referenced.begin(), target.columns[*target.tenant].name);
  }
  return live.columns == own && live.referenced_columns == referenced;
}

/// Of those that are not `taken`, the one with the declared name, or else another.
const ConstraintFacts* FindForeignKey(const TableComparison& table, const Column& column,
                                      const std::set<const ConstraintFacts*>& taken) {
  const ConstraintFacts* found = nullptr;
  for (const ConstraintFacts& live : table.live.constraints) {
    const bool same = live.kind == ConstraintKind::kForeignKey && taken.count(&live) == 0 &&
                      References(table, live, column) && HasColumns(table, live, column);
    if (same && (found == nullptr || live.name == column.reference->constraint)) found = &live;
  }
  return found;
}

class ForeignKeyComparison {
 public:
  ForeignKeyComparison(const TableComparison& table, SchemaDiff* diff)
      : table_(table), steps_(table, ConstraintKind::kForeignKey, diff), diff_(*diff) {}

  absl::Status Run() {
    for (const Column& column : table_.aligned.columns) {
      if (!column.reference) continue;
      const std::string& name = column.reference->constraint;
      const std::string definition = sql::ForeignKeyDefinition(table_.aligned, column);
      const ConstraintFacts* live = FindForeignKey(table_, column, taken_);
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
  /// A key of several columns, which nobody can declare beside that of tenants, may hold the reference and more.
  bool IsPartOfAnother(const Column& column) const {
    for (const ConstraintFacts& live : table_.live.constraints) {
      if (live.kind != ConstraintKind::kForeignKey || live.columns.size() < 2 || !References(table_, live, column))
        continue;
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

const ConstraintFacts* KeptForeignKey(const TableComparison& table, const Column& column) {
  if (!column.reference) return nullptr;
  const ConstraintFacts* live = FindForeignKey(table, column, {});
  return live != nullptr && DoesOnDelete(*live, column.reference->on_delete) ? live : nullptr;
}

absl::Status CompareForeignKeys(const TableComparison& table, SchemaDiff* diff) {
  return ForeignKeyComparison(table, diff).Run();
}

}  // namespace rowkeeper::schema
