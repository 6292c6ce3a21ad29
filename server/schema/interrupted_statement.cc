#include "server/schema/interrupted_statement.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "server/base/text.h"
#include "server/pgtext/parser.h"
#include "server/pgtext/tree.h"
#include "server/schema/lint/statement_effects.h"
#include "server/sql/unfinished_sql.h"

namespace rowkeeper::schema {
namespace {

using Control = SqlStatement::Control;

absl::StatusOr<db::Rows> SelectRows(db::Connection& connection, const std::string& text, int columns) {
  db::Query query;
  query.text = text;
  query.result = ResultShape::Columns(columns);
  query.effect = db::Query::Effect::kRead;
  return connection.Execute(query);
}

std::string DropOf(std::string_view index) { return Cat("DROP INDEX CONCURRENTLY IF EXISTS ", index); }

/// One term of an index. Orders that PostgreSQL has by itself are left out, as it leaves them out.
std::string TermOf(const nlohmann::json& term) {
  const bool descending = term.value("ordering", "") == "SORTBY_DESC";
  const std::string nulls = term.value("nulls_ordering", "");
  const bool moved = nulls == (descending ? "SORTBY_NULLS_LAST" : "SORTBY_NULLS_FIRST");
  return Cat(term.value("name", "(expression)"), descending ? " DESC" : "", moved ? " NULLS" : "", ", ");
}

/// What two CREATE INDEX have in common that make the same index: all but the texts of expressions and predicates,
/// which PostgreSQL writes in its own way. Empty where the text is no CREATE INDEX.
std::string ShapeOf(const std::string& create_index) {
  nlohmann::json trees;
  if (!pgtext::Parse(create_index, &trees).message.empty() || trees.size() != 1) return "";
  const nlohmann::json& index = pgtext::Member(trees[0], "IndexStmt");
  if (!index.is_object()) return "";
  std::string shape = Cat(index.value("unique", false) ? "unique " : "", index.value("accessMethod", "btree"), " (");
  for (const nlohmann::json& term : pgtext::Member(index, "indexParams")) {
    shape += TermOf(pgtext::Member(term, "IndexElem"));
  }
  for (const nlohmann::json& term : pgtext::Member(index, "indexIncludingParams")) {
    shape += Cat("include ", TermOf(pgtext::Member(term, "IndexElem")));
  }
  return Cat(shape, pgtext::Member(index, "whereClause").is_null() ? ")" : ") where");
}

constexpr char kOfSomebodyElse[] = "the index of its name is another one: ";

/// Built by CREATE INDEX CONCURRENTLY, which would have failed if the index had been there before. Meanwhile somebody
/// may have made another one of its name.
absl::StatusOr<Outcome> OutcomeOfBuild(const std::string& text, const Effect& effect, db::Connection& connection) {
  if (effect.object.empty()) return Outcome{Outcome::Kind::kUnknown, {}, "the index has no name in the file"};
  const auto rows = SelectRows(connection, sql::SelectIndexState(effect.table, effect.object), 3);
  if (!rows.ok()) return rows.status();
  if (rows->size() == 0) return Outcome{Outcome::Kind::kNotInEffect, {}, "it built no index"};
  if (rows->cell(0, 1) != "t") {
    return Outcome{Outcome::Kind::kNotInEffect, {DropOf(rows->cell(0, 0))}, "it left an invalid index"};
  }
  const std::string found(rows->cell(0, 2));
  const bool same = ShapeOf(found) == ShapeOf(text);
  return Outcome{same ? Outcome::Kind::kInEffect : Outcome::Kind::kUnknown,
                 {},
                 Cat(same ? "the index is built: " : kOfSomebodyElse, found)};
}

absl::StatusOr<Outcome> OutcomeOfDrop(const Effect& effect, db::Connection& connection) {
  const auto rows = SelectRows(connection, sql::SelectIndexExists(effect.object), 1);
  if (!rows.ok()) return rows.status();
  const bool there = rows->size() > 0;
  return Outcome{there ? Outcome::Kind::kNotInEffect : Outcome::Kind::kInEffect,
                 {},
                 there ? "the index is still there" : "the index is gone"};
}

absl::StatusOr<Outcome> OutcomeOfReindex(const Effect& effect, db::Connection& connection) {
  const auto rows = SelectRows(connection, sql::SelectReindexLeftovers(effect.table), 1);
  if (!rows.ok()) return rows.status();
  Outcome outcome;
  for (int row = 0; row < rows->size(); ++row) outcome.cleanup.push_back(DropOf(rows->cell(row, 0)));
  outcome.words = outcome.cleanup.empty() ? "it can be run again" : "it left invalid indexes";
  return outcome;
}

/// What does the same thing however often it is run.
bool MayBeRepeated(const nlohmann::json& tree) {
  return std::any_of(tree.items().begin(), tree.items().end(), [](const auto& item) {
    return IsOneOf(item.key(), {"VacuumStmt", "ClusterStmt", "RefreshMatViewStmt", "CheckPointStmt", "ReindexStmt"});
  });
}

/// Of a statement that runs by itself, in no transaction.
absl::StatusOr<Outcome> OutcomeOfStatement(const std::string& text, db::Connection& connection) {
  const Outcome unknown = {Outcome::Kind::kUnknown, {}, "nothing tells whether it is in effect"};
  nlohmann::json trees;
  if (!pgtext::Parse(text, &trees).message.empty() || trees.size() != 1) return unknown;
  const std::vector<Effect> effects = EffectsOf(trees[0], KnownSchema());
  if (effects.size() == 1 && effects[0].concurrently) {
    if (effects[0].kind == EffectKind::kCreateIndex) return OutcomeOfBuild(text, effects[0], connection);
    if (effects[0].kind == EffectKind::kDropIndex) return OutcomeOfDrop(effects[0], connection);
    if (effects[0].kind == EffectKind::kReindex) return OutcomeOfReindex(effects[0], connection);
  }
  return MayBeRepeated(trees[0]) ? Outcome{Outcome::Kind::kNotInEffect, {}, "it can be run again"} : unknown;
}

constexpr char kMayBePrepared[] =
    "the transaction that begins here may be prepared: look into pg_prepared_xacts, undo by hand what is in effect, "
    "and "
    "run: rowkeeper migrate stamp VERSION, the newest version that is applied";

/// A transaction of the script: a COMMIT and the note of it are one, and what ends otherwise is rolled back.
Outcome OutcomeOfTransaction(const SqlScript& script, int begin) {
  for (size_t i = static_cast<size_t>(begin) + 1; i < script.statements.size(); ++i) {
    const SqlStatement& statement = script.statements[i];
    if (statement.control != Control::kEnd) continue;
    const bool prepares = absl::StartsWithIgnoreCase(ToAbsl(script.TextOf(statement)), "prepare");
    if (prepares) return {Outcome::Kind::kUnknown, {}, kMayBePrepared};
    break;
  }
  return {Outcome::Kind::kNotInEffect, {}, "its transaction was rolled back"};
}

/// Names then mean what they mean to the statement.
absl::Status SetAsBefore(const SqlScript& script, int count, db::Connection& connection) {
  for (int i = 0; i < count; ++i) {
    const SqlStatement& earlier = script.statements[static_cast<size_t>(i)];
    if (!earlier.sets_session) continue;
    if (absl::Status set = connection.ExecuteScript(script.TextOf(earlier), nullptr); !set.ok()) return set;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Outcome> OutcomeOfBegun(const UnfinishedBlock& unfinished, const SqlScript& script,
                                       db::Connection& connection) {
  const int begun = unfinished.in_effect;
  if (static_cast<size_t>(begun) >= script.statements.size()) return Outcome{};
  const SqlStatement& statement = script.statements[static_cast<size_t>(begun)];
  if (statement.control == Control::kBegin) return OutcomeOfTransaction(script, begun);
  if (statement.atomic) return Outcome{};
  if (absl::Status set = SetAsBefore(script, begun, connection); !set.ok()) return set;
  auto outcome = OutcomeOfStatement(std::string(script.TextOf(statement)), connection);
  // Of one that failed, what is there was there before.
  const bool found =
      outcome.ok() && (outcome->kind == Outcome::Kind::kInEffect || absl::StartsWith(outcome->words, kOfSomebodyElse));
  if (found && unfinished.failed) return Outcome{Outcome::Kind::kNotInEffect, {}, "it failed"};
  return outcome;
}

}  // namespace rowkeeper::schema
