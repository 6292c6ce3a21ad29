#include "server/sql/backfill_sql.h"

#include <vector>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/clauses.h"
#include "server/sql/identifier.h"

namespace rowkeeper::sql {
namespace {

/// The columns that the walk goes along, and the PL/pgSQL variables that remember where it is.
struct Walk {
  std::vector<std::string> columns;
  std::vector<std::string> variables;
};

Walk WalkAlong(const catalogue::Entity& entity) {
  Walk walk;
  if (!entity.internal_id.empty()) {
    walk.columns.push_back(Identifier(entity.internal_id));
  } else {
    for (int column : entity.key) walk.columns.push_back(Identifier(entity.columns[column].name));
  }
  for (size_t i = 0; i < walk.columns.size(); ++i) walk.variables.push_back(Cat("rowkeeper_last_", i + 1));
  return walk;
}

std::string Declarations(const std::string& table, const Walk& walk) {
  std::string text;
  for (size_t i = 0; i < walk.columns.size(); ++i) {
    text += Cat("  ", walk.variables[i], " ", table, ".", walk.columns[i], "%TYPE;\n");
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
  const std::string key = absl::StrJoin(walk.columns, ", ");
  const std::string last = absl::StrJoin(walk.variables, ", ");
  const std::string condition = backfill.condition.empty() ? "" : Cat("(", backfill.condition, "\n      )");
  std::vector<std::string> assignments = {backfill.assignments + "\n      "};  // which may end in a comment
  AppendHousekeeping(entity, "", &assignments);
  const std::string body = Cat(
      "\nDECLARE\n", Declarations(table, walk), "BEGIN\n  LOOP\n    WITH batch AS MATERIALIZED (\n      SELECT ", key,
      " FROM ", table, "\n      WHERE (", walk.variables[0], " IS NULL OR (", key, ") > (", last, "))",
      condition.empty() ? "" : Cat("\n      AND ", condition), "\n      ORDER BY ", key, " LIMIT ", backfill.batch_rows,
      "\n    ), changed AS (\n      UPDATE ", table, " SET ", absl::StrJoin(assignments, ", "), "\n      WHERE (", key,
      ") IN (SELECT ", key, " FROM batch)", condition.empty() ? "" : Cat("\n      AND ", condition),
      "\n    )\n    SELECT ", key, " INTO ", last, " FROM batch ORDER BY ",
      absl::StrJoin(walk.columns, ", ", [](std::string* out, const std::string& c) { out->append(c + " DESC"); }),
      " LIMIT 1;\n    EXIT WHEN NOT FOUND;\n    COMMIT;\n  END LOOP;\nEND\n");
  const std::string quote = Quote(body);
  return Cat("DO ", quote, body, quote);
}

}  // namespace rowkeeper::sql
