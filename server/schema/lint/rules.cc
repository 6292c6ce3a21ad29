#include "server/schema/lint/rules.h"

#include <algorithm>
#include <iterator>

namespace rowkeeper::schema {
namespace {

constexpr char kKeyByIndex[] =
    "CREATE UNIQUE INDEX CONCURRENTLY, in a file with `-- migrate:up transaction:false`; then ADD CONSTRAINT ... USING "
    "INDEX";

constexpr LintRule kRules[] = {
    {"adding-exclusion-constraint", "nobody reads or writes the table until all rows are indexed",
     "there is no form without the lock: run it when nobody needs the table, or check in a trigger"},
    {"adding-field-with-default",
     "each row gets a value of its own: all rows are written again, and nobody reads "
     "or writes the table meanwhile",
     "add the column without it, set the default, and fill the rows in batches: rowkeeper migrate new NAME "
     "--backfill"},
    {"adding-foreign-key-constraint", "nobody writes to either table until all rows are checked",
     "ADD CONSTRAINT ... NOT VALID, then VALIDATE CONSTRAINT in another file"},
    {"adding-not-nullable-field", "nobody reads or writes the table until all rows are checked",
     "ADD CONSTRAINT ... CHECK (column IS NOT NULL) NOT VALID, VALIDATE CONSTRAINT in another file, then SET NOT "
     "NULL, which needs to look at no row, and DROP CONSTRAINT"},
    {"adding-required-field", "it fails if there are rows, and servers with the older protos cannot insert any",
     "add it with a DEFAULT, or without NOT NULL"},
    {"adding-serial-primary-key-field", "nobody reads or writes the table until the key's index is built", kKeyByIndex},
    {"bad-allow", "it silences nothing", "-- rowkeeper:allow RULE reason"},
    {"ban-alter-domain-with-add-constraint",
     "nobody writes to the tables that use the domain until all their rows are checked",
     "ADD CONSTRAINT ... NOT VALID, then VALIDATE CONSTRAINT in another file; or a check of the table"},
    {"ban-concurrent-index-creation-in-transaction", "CONCURRENTLY cannot run in a transaction",
     "write `-- migrate:up transaction:false`"},
    {"ban-drop-column", "its values are lost, and servers with the older protos fail until they are replaced",
     "drop it when no server uses it: remove the field, write `reserved`, replace the servers, then run rowkeeper "
     "migrate diff"},
    {"ban-drop-database", "everything in it is lost", "a database is not dropped by a migration"},
    {"ban-drop-schema", "everything in it is lost", "drop the tables one by one, each when nobody uses it"},
    {"ban-drop-table", "its rows are lost, and servers with the older protos fail until they are replaced",
     "drop it when no server uses it: write `dropped_entities`, replace the servers, then run rowkeeper migrate diff"},
    {"ban-truncate", "the rows are lost, and nobody reads or writes the table meanwhile",
     "DELETE in batches: rowkeeper migrate new NAME"},
    {"ban-truncate-cascade", "the rows of all tables that reference it are lost too",
     "name every table, without CASCADE"},
    {"ban-uncommitted-transaction",
     "the transaction that BEGIN opens has no end in this file, so nothing of it is "
     "committed",
     "COMMIT, or no BEGIN"},
    {"changing-all-rows",
     "one statement changes all rows: they stay locked until it ends, and the table grows by as "
     "much again",
     "batches, each a transaction of its own: rowkeeper migrate new NAME --backfill ENTITY --set ... --where ..."},
    {"changing-column-type", "all rows are written again, and nobody reads or writes the table meanwhile",
     "add a field of the new type, fill it in batches, and reserve the old field later"},
    {"constraint-missing-not-valid", "nobody reads or writes the table until all rows are checked",
     "ADD CONSTRAINT ... NOT VALID, then VALIDATE CONSTRAINT in another file"},
    {"disallowed-unique-constraint", "nobody reads or writes the table until the key's index is built", kKeyByIndex},
    {"explicit-lock", "others wait for the table until the transaction ends",
     "the locks that the statements take by themselves"},
    {"identifier-too-long", "PostgreSQL cuts names after 63 bytes, and does not fail", "a shorter name"},
    {"long-lock-timeout", "while it waits for its lock, everybody else who wants the table waits behind it",
     "SET lock_timeout = '1s', or no lock_timeout: rowkeeper migrate up waits 1 s and tries again"},
    {"not-repeatable", "if the file is interrupted, it fails when it is run again",
     "DROP ... IF EXISTS before CREATE and ADD CONSTRAINT, also for indexes: IF NOT EXISTS keeps the invalid index "
     "that an interrupted build leaves; IF EXISTS and IF NOT EXISTS elsewhere; or a file of its own"},
    {"prefer-repack", "the table is written again, and nobody reads or writes it meanwhile",
     "VACUUM without FULL, or the extension pg_repack"},
    {"renaming-column", "servers with the older protos fail until they are replaced",
     "rename the field and let rowkeeper migrate diff write the file, and deploy at once; or add a field"},
    {"renaming-enum-value", "servers with the older protos write the old value, which fails",
     "ALTER TYPE ... ADD VALUE, and change the rows in batches"},
    {"renaming-table", "servers with the older protos fail until they are replaced",
     "rename it with rowkeeper migrate diff, and deploy at once; or keep the name, with `table` in the entity"},
    {"require-concurrent-index-creation", "nobody writes to the table until the index is built",
     "CREATE INDEX CONCURRENTLY, in a file with `-- migrate:up transaction:false`"},
    {"require-concurrent-index-deletion", "nobody reads or writes the table while the drop waits for its lock",
     "DROP INDEX CONCURRENTLY, in a file with `-- migrate:up transaction:false`"},
    {"require-concurrent-partition-detach", "nobody reads or writes the table while it waits for its lock",
     "DETACH PARTITION ... CONCURRENTLY, in a file with `-- migrate:up transaction:false`"},
    {"require-concurrent-refresh", "nobody reads the view until all of it is computed",
     "REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index of the view"},
    {"require-concurrent-reindex", "nobody writes to the table until the index is built",
     "REINDEX (CONCURRENTLY), in a file with `-- migrate:up transaction:false`"},
    {"rewriting-table", "all rows are written again, and nobody reads or writes the table meanwhile",
     "run it when nobody needs the table, or make a new table and fill it in batches"},
    {"slow-under-lock", "rows are read or written while the transaction holds a lock for which others wait",
     "two files: one for the change of the table, one for the rows"},
    {"transaction-nesting", "the file already runs in a transaction, which it ends too early or begins twice",
     "`-- migrate:up transaction:false`, or no BEGIN and COMMIT"},
    {"unused-allow", "what it allows is not there", "remove the comment"},
};

bool IsBlocking(const Effect& effect) { return effect.lock >= TableLock::kShare && !effect.concurrently; }

std::string_view NameOfBroken(const Effect& effect) {
  switch (effect.kind) {
    case EffectKind::kRequireColumn:
      return "adding-required-field";
    case EffectKind::kFillColumn:
      return "adding-field-with-default";
    case EffectKind::kAddForeignKey:
      return "adding-foreign-key-constraint";
    case EffectKind::kAddCheck:
      return "constraint-missing-not-valid";
    case EffectKind::kAddUnique:
      return "disallowed-unique-constraint";
    case EffectKind::kAddPrimaryKey:
      return "adding-serial-primary-key-field";
    case EffectKind::kAddExclusion:
      return "adding-exclusion-constraint";
    case EffectKind::kSetNotNull:
      return effect.scans ? "adding-not-nullable-field" : "";
    case EffectKind::kSetType:
      return effect.rewrites ? "changing-column-type" : "";
    case EffectKind::kDropColumn:
      return "ban-drop-column";
    case EffectKind::kRenameColumn:
      return "renaming-column";
    case EffectKind::kRenameTable:
      return "renaming-table";
    case EffectKind::kDropTable:
      return "ban-drop-table";
    case EffectKind::kCreateIndex:
      return IsBlocking(effect) ? "require-concurrent-index-creation" : "";
    case EffectKind::kDropIndex:
      return IsBlocking(effect) ? "require-concurrent-index-deletion" : "";
    case EffectKind::kReindex:
      return IsBlocking(effect) ? "require-concurrent-reindex" : "";
    case EffectKind::kDetachPartition:
      return IsBlocking(effect) ? "require-concurrent-partition-detach" : "";
    case EffectKind::kRefresh:
      return effect.lock == TableLock::kAccessExclusive ? "require-concurrent-refresh" : "";
    case EffectKind::kTruncate:
      return effect.cascades ? "ban-truncate-cascade" : "ban-truncate";
    case EffectKind::kRepack:
      return "prefer-repack";
    case EffectKind::kRewriteTable:
      return "rewriting-table";
    case EffectKind::kLockTable:
      return IsBlocking(effect) ? "explicit-lock" : "";
    case EffectKind::kWriteRows:
      return effect.all_rows ? "changing-all-rows" : "";
    case EffectKind::kRenameLabel:
      return "renaming-enum-value";
    case EffectKind::kDropSchema:
      return "ban-drop-schema";
    case EffectKind::kDropDatabase:
      return "ban-drop-database";
    case EffectKind::kCheckDomain:
      return "ban-alter-domain-with-add-constraint";
    default:
      return "";
  }
}

}  // namespace

const std::vector<LintRule>& LintRules() {
  static const auto* const rules = new std::vector<LintRule>(std::begin(kRules), std::end(kRules));
  return *rules;
}

const LintRule* FindLintRule(std::string_view name) {
  const auto& rules = LintRules();
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const LintRule& rule) { return rule.name == name; });
  return found == rules.end() ? nullptr : &*found;
}

const LintRule* RuleBrokenBy(const Effect& effect) { return FindLintRule(NameOfBroken(effect)); }

}  // namespace rowkeeper::schema
