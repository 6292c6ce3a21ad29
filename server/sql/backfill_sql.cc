#include "server/sql/backfill_sql.h"

#include <vector>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/clauses.h"
#include "server/sql/identifier.h"

namespace rowkeeper::sql {
namespace {

/// The columns that the walk goes along, and the PL/pgSQL variables that remember where it is, and where it ends.
struct Walk {
  std::vector<std::string> columns;
  std::vector<std::string> last;
  std::vector<std::string> end;

  std::string Columns() const { return absl::StrJoin(columns, ", "); }
  std::string BackwardOrder() const {
    return absl::StrJoin(columns, ", ", [](std::string* out, const std::string& c) { out->append(c + " DESC"); });
  }
};

Walk WalkAlong(const catalogue::Entity& entity) {
  Walk walk;
  if (!entity.internal_id.empty()) {
    walk.columns.push_back(Identifier(entity.internal_id));
  } else {
    for (int column : entity.key) walk.columns.push_back(Identifier(entity.columns[column].name));
  }
  for (size_t i = 1; i <= walk.columns.size(); ++i) {
    walk.last.push_back(Cat("rowkeeper_last_", i));
    walk.end.push_back(Cat("rowkeeper_end_", i));
  }
  return walk;
}

std::string Declarations(const std::string& table, const Walk& walk) {
  std::string text;
  for (size_t i = 0; i < walk.columns.size(); ++i) {
    for (const auto* variables : {&walk.last, &walk.end}) {
      text += Cat("  ", (*variables)[i], " ", table, ".", walk.columns[i], "%TYPE;\n");
    }
  }
  return text;
}

/// A dollar quote that the operator's text does not end.
std::string Quote(const std::string& text) {
  std::string tag = "backfill";
  while (text.find(Cat("$", tag, "$")) != std::string::npos) tag += "_";
  return Cat("$", tag, "$");
}

}  // namespace

std::string BackfillStatement(const Backfill& backfill) {
  const catalogue::Entity& entity = *backfill.entity;
  const std::string table = Table(entity);
  const Walk walk = WalkAlong(entity);
  const std::string key = walk.Columns();
  const std::string last = absl::StrJoin(walk.last, ", "), end = absl::StrJoin(walk.end, ", ");
  const std::string condition = backfill.condition.empty() ? "" : Cat("(", backfill.condition, "\n      )");
  std::vector<std::string> assignments = {backfill.assignments + "\n      "};  // which may end in a comment
  if (backfill.stamps == Backfill::Stamps::kSet) AppendHousekeeping(entity, "", &assignments);
  const std::string body = Cat(
      "\nDECLARE\n", Declarations(table, walk), "BEGIN\n  SELECT ", key, " INTO ", end, " FROM ", table, " ORDER BY ",
      walk.BackwardOrder(), " LIMIT 1;\n  LOOP\n    WITH batch AS MATERIALIZED (\n      SELECT ", key, " FROM ", table,
      "\n      WHERE (", walk.last[0], " IS NULL OR (", key, ") > (", last, ")) AND (", key, ") <= (", end, ")",
      condition.empty() ? "" : Cat("\n      AND ", condition), "\n      ORDER BY ", key, " LIMIT ", backfill.batch_rows,
      "\n    ), changed AS (\n      UPDATE ", table, " SET ", absl::StrJoin(assignments, ", "), "\n      WHERE (", key,
      ") IN (SELECT ", key, " FROM batch)", condition.empty() ? "" : Cat("\n      AND ", condition),
      "\n    )\n    SELECT ", key, " INTO ", last, " FROM batch ORDER BY ", walk.BackwardOrder(),
      " LIMIT 1;\n    EXIT WHEN NOT FOUND;\n    COMMIT;\n  END LOOP;\nEND\n");
  const std::string quote = Quote(body);
  return Cat("DO ", quote, body, quote);
}

}  // namespace rowkeeper::sql
