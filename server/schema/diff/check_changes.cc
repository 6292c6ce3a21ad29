#include <algorithm>
#include <set>

#include "server/base/text.h"
#include "server/schema/diff/constraint_steps.h"
#include "server/schema/diff/table_comparison.h"
#include "server/sql/column_definition.h"
#include "server/sql/ddl_change.h"
#include "server/sql/identifier.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Check;
using sql::Identifier;
using ConstraintKind = ConstraintFacts::Kind;

class CheckComparison {
 public:
  CheckComparison(const TableComparison& table, SchemaDiff* diff)
      : table_(table), name_(table.table()), steps_(table, ConstraintKind::kCheck, diff), diff_(*diff) {}

  absl::Status Run() {
    for (const Check& check : table_.aligned.checks) {
      const ConstraintFacts* live = Find(check);
      if (live != nullptr) taken_.insert(live);
      const bool new_condition = live == nullptr || live->expression != Expression(check);
      const bool held = !new_condition && live->valid;
      if (absl::Status status = held ? absl::OkStatus() : AskAboutRows(check); !status.ok()) return status;
      if (live == nullptr) {
        steps_.Add(check.name, Definition(check));
      } else if (new_condition) {
        steps_.Replace(*live, check.name, Definition(check));
      } else {
        steps_.Keep(*live, check.name, Definition(check));
      }
    }
    for (const ConstraintFacts& live : table_.live.constraints) {
      if (live.kind == ConstraintKind::kCheck && taken_.count(&live) == 0) steps_.LeaveOrDrop(live);
      if (live.kind == ConstraintKind::kExclusion) {
        diff_.left_alone.push_back(Cat("exclusion constraint ", Identifier(live.name), " of ", name_));
      }
    }
    return absl::OkStatus();
  }

 private:
  /// As PostgreSQL writes it.
  const std::string& Expression(const Check& check) const {
    static const std::string kNothing;
    for (const ConstraintFacts& declared : table_.declared.constraints) {
      if (declared.kind == ConstraintKind::kCheck && declared.name == check.name) return declared.expression;
    }
    return kNothing;
  }

  const ConstraintFacts* Find(const Check& check) const {
    const ConstraintFacts* same = nullptr;
    for (const ConstraintFacts& live : table_.live.constraints) {
      if (live.kind != ConstraintKind::kCheck || taken_.count(&live) > 0) continue;
      if (live.name == check.name) return &live;
      if (same == nullptr && live.expression == Expression(check)) same = &live;
    }
    return same;
  }

  std::string Definition(const Check& check) const {
    return sql::CheckDefinition(sql::CheckExpression(table_.aligned, check));
  }

  /// Whether the columns are there, with their declared types, so that the condition can be tried on them.
  bool CanBeTried(const Check& check) const {
    return std::all_of(check.columns.begin(), check.columns.end(), [&](int column) {
      const ColumnFacts* live = table_.pair.columns[column];
      return live != nullptr && live->type == table_.declared.FindColumn(live->name)->type;
    });
  }

  absl::Status AskAboutRows(const Check& check) {
    if (!CanBeTried(check)) return absl::OkStatus();
    const absl::StatusOr<bool> violated = HasViolation(table_, Expression(check));
    if (!violated.ok() || !*violated) return violated.status();
    const catalogue::Column& column = table_.aligned.columns[check.columns.front()];
    diff_.questions.push_back(
        {Cat("What is to become of the rows of ", name_, " that violate the new check ", Identifier(check.name), ", ",
             sql::CheckExpression(table_.aligned, check), "?"),
         {Cat("change them in batches first: rowkeeper migrate new fix_", column.name, " --backfill ",
              table_.entity.full_name, " --set ", sql::Literal(Cat(Identifier(column.name), " = ...")), " --where ",
              sql::Literal(Cat("NOT (", sql::CheckExpression(table_.aligned, check), ")"))),
          "or declare what the rows have, an enum's old value for example"}});
    return absl::OkStatus();
  }

  const TableComparison& table_;
  const std::string name_;
  ConstraintSteps steps_;
  SchemaDiff& diff_;
  std::set<const ConstraintFacts*> taken_;
};

}  // namespace

absl::Status CompareChecks(const TableComparison& table, SchemaDiff* diff) {
  return CheckComparison(table, diff).Run();
}

}  // namespace rowkeeper::schema
