#include "server/schema/lint/statement_effects.h"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "server/base/text.h"
#include "server/pgtext/tree.h"
#include "server/schema/lint/alter_effects.h"
#include "server/schema/lint/tree_names.h"

namespace rowkeeper::schema {
namespace {

using nlohmann::json;
using pgtext::Member;
using Effects = std::vector<Effect>;

/// The numbers of LOCK TABLE's modes are those of PostgreSQL's lockdefs.h, as are ours.
constexpr int kWeakestMode = 1, kStrongestMode = 8;

Effect& AddEffect(EffectKind kind, TableLock lock, const std::string& table, Effects* effects) {
  Effect effect;
  effect.kind = kind;
  effect.lock = lock;
  effect.table = table;
  effects->push_back(std::move(effect));
  return effects->back();
}

std::string RelationOf(const json& fields) { return RelationName(Member(fields, "relation")); }

/// `REINDEX (CONCURRENTLY)`, `VACUUM (FULL)`: whether the option is there, and not off.
bool HasOption(const json& list, const char* name) {
  for (const json& node : list) {
    const json& option = Member(node, "DefElem");
    if (!option.is_object() || option.value("defname", "") != name) continue;
    const json& value = Member(Member(option, "arg"), "String");
    return !value.is_object() || !IsOneOf(value.value("sval", ""), {"false", "off", "0"});
  }
  return false;
}

void AppendIndex(const json& fields, Effects* effects) {
  const bool concurrently = fields.value("concurrent", false);
  Effect& index =
      AddEffect(EffectKind::kCreateIndex, concurrently ? TableLock::kShareUpdateExclusive : TableLock::kShare,
                RelationOf(fields), effects);
  index.object = fields.value("idxname", "");
  index.concurrently = concurrently;
  index.if_exists = fields.value("if_not_exists", false);
  index.scans = true;
}

EffectKind DropKindOf(const std::string& type) {
  if (type == "OBJECT_TABLE") return EffectKind::kDropTable;
  if (type == "OBJECT_INDEX") return EffectKind::kDropIndex;
  return type == "OBJECT_SCHEMA" ? EffectKind::kDropSchema : EffectKind::kOther;
}

/// Of a trigger, rule or policy, whose name ends that of its table.
bool IsOfTable(const std::string& type) { return IsOneOf(type, {"OBJECT_TRIGGER", "OBJECT_RULE", "OBJECT_POLICY"}); }

void AppendDrop(const json& fields, Effects* effects) {
  const std::string type = fields.value("removeType", "");
  const EffectKind kind = DropKindOf(type);
  const bool concurrently = fields.value("concurrent", false);
  for (const json& object : Member(fields, "objects")) {
    std::string name = DottedName(object);
    Effect& drop = AddEffect(kind, TableLock::kNone, "", effects);
    if (IsOfTable(type)) {
      drop.table = name.substr(0, name.rfind('.'));
      drop.lock = TableLock::kAccessExclusive;
    } else if (kind == EffectKind::kDropTable || kind == EffectKind::kDropIndex) {
      drop.table = name;
      drop.lock = concurrently ? TableLock::kShareUpdateExclusive : TableLock::kAccessExclusive;
    }
    drop.object = std::move(name);
    drop.concurrently = concurrently;
    drop.if_exists = fields.value("missing_ok", false);
    drop.cascades = fields.value("behavior", "") == "DROP_CASCADE";
  }
}

void AppendRename(const json& fields, Effects* effects) {
  const std::string type = fields.value("renameType", ""), relation = fields.value("relationType", "");
  const std::string table = RelationOf(fields);
  Effect& rename =
      AddEffect(EffectKind::kOther, table.empty() ? TableLock::kNone : TableLock::kAccessExclusive, table, effects);
  rename.object = fields.value("newname", "");
  rename.if_exists = fields.value("missing_ok", false);
  if (type == "OBJECT_TABLE") rename.kind = EffectKind::kRenameTable;
  if (type == "OBJECT_INDEX") rename.lock = TableLock::kShareUpdateExclusive;
  if (type != "OBJECT_COLUMN" || relation != "OBJECT_TABLE") return;
  rename.kind = EffectKind::kRenameColumn;
  rename.column = fields.value("subname", "");
}

void AppendReindex(const json& fields, Effects* effects) {
  const bool concurrently = HasOption(Member(fields, "params"), "concurrently");
  const json& relation = Member(fields, "relation");
  Effect& reindex =
      AddEffect(EffectKind::kReindex, concurrently ? TableLock::kShareUpdateExclusive : TableLock::kShare,
                relation.is_object() ? RelationName(relation) : fields.value("name", "all tables"), effects);
  reindex.concurrently = concurrently;
  reindex.scans = true;
}

void AppendVacuum(const json& fields, Effects* effects) {
  if (!fields.value("is_vacuumcmd", false) || !HasOption(Member(fields, "options"), "full")) {
    AddEffect(EffectKind::kOther, TableLock::kShareUpdateExclusive, "", effects);
    return;
  }
  for (const json& node : Member(fields, "rels")) {
    AddEffect(EffectKind::kRepack, TableLock::kAccessExclusive, RelationOf(Member(node, "VacuumRelation")), effects)
        .rewrites = true;
  }
  if (effects->empty()) {
    AddEffect(EffectKind::kRepack, TableLock::kAccessExclusive, "all tables", effects).rewrites = true;
  }
}

void AppendCluster(const json& fields, Effects* effects) {
  const json& relation = Member(fields, "relation");
  const std::string table = relation.is_object() ? RelationName(relation) : "all tables";
  AddEffect(EffectKind::kRepack, TableLock::kAccessExclusive, table, effects).rewrites = true;
}

void AppendRefresh(const json& fields, Effects* effects) {
  const bool concurrently = fields.value("concurrent", false);
  Effect& refresh = AddEffect(EffectKind::kRefresh, concurrently ? TableLock::kExclusive : TableLock::kAccessExclusive,
                              RelationOf(fields), effects);
  refresh.scans = true;
}

void AppendEach(const json& relations, const Effect& like, Effects* effects) {
  for (const json& node : relations) {
    effects->push_back(like);
    effects->back().table = RelationName(Member(node, "RangeVar"));
  }
}

void AppendTruncate(const json& fields, Effects* effects) {
  Effect truncate;
  truncate.kind = EffectKind::kTruncate;
  truncate.lock = TableLock::kAccessExclusive;
  truncate.cascades = fields.value("behavior", "") == "DROP_CASCADE";
  AppendEach(Member(fields, "relations"), truncate, effects);
}

void AppendLock(const json& fields, Effects* effects) {
  const int mode = fields.value("mode", kStrongestMode);
  Effect lock;
  lock.kind = EffectKind::kLockTable;
  lock.lock = mode < kWeakestMode || mode > kStrongestMode ? TableLock::kAccessExclusive : TableLock{mode};
  AppendEach(Member(fields, "relations"), lock, effects);
}

Effect& AddWrite(const json& fields, Effects* effects) {
  return AddEffect(EffectKind::kWriteRows, TableLock::kRowExclusive, RelationOf(fields), effects);
}

/// UPDATE and DELETE.
void AppendChange(const json& fields, Effects* effects) {
  Effect& change = AddWrite(fields, effects);
  change.scans = true;
  change.all_rows = Member(fields, "whereClause").is_null() && Member(fields, "usingClause").is_null() &&
                    Member(fields, "fromClause").is_null();
}

/// One of VALUES is as long as its text.
void AppendInsert(const json& fields, Effects* effects) {
  const json& select = Member(Member(fields, "selectStmt"), "SelectStmt");
  AddWrite(fields, effects).scans = select.is_object() && Member(select, "valuesLists").is_null();
}

void AppendMerge(const json& fields, Effects* effects) { AddWrite(fields, effects).scans = true; }

void AppendMadeTable(const json& into, Effects* effects) {
  AddEffect(EffectKind::kCreateTable, TableLock::kAccessExclusive, RelationName(Member(into, "rel")), effects);
}

void AppendSelect(const json& fields, Effects* effects) {
  const json& into = Member(fields, "intoClause");
  if (into.is_object()) return AppendMadeTable(into, effects);
  AddEffect(EffectKind::kReadRows, TableLock::kNone, "", effects);
}

/// SET lock_timeout, in any of its spellings.
void AppendSetting(const json& fields, Effects* effects) {
  Effect& set = AddEffect(EffectKind::kOther, TableLock::kNone, "", effects);
  if (fields.value("name", "") != "lock_timeout") return;
  set.kind = EffectKind::kSetLockTimeout;
  for (const json& node : Member(fields, "args")) {
    const json& constant = Member(node, "A_Const");
    const json &integer = Member(constant, "ival"), &text = Member(constant, "sval");
    if (integer.is_object()) set.object = std::to_string(integer.value("ival", 0));
    if (text.is_object()) set.object = text.value("sval", "");
  }
}

void AppendTransaction(const json& fields, Effects* effects) {
  const std::string kind = fields.value("kind", "");
  const bool begins = kind == "TRANS_STMT_BEGIN" || kind == "TRANS_STMT_START";
  const bool ends = IsOneOf(kind, {"TRANS_STMT_COMMIT", "TRANS_STMT_ROLLBACK", "TRANS_STMT_PREPARE"});
  AddEffect(begins ? EffectKind::kBegin
            : ends ? EffectKind::kCommit
                   : EffectKind::kOther,
            TableLock::kNone, "", effects);
}

void AppendEnum(const json& fields, Effects* effects) {
  Effect& label = AddEffect(EffectKind::kOther, TableLock::kNone, "", effects);
  if (fields.value("oldVal", "").empty()) return;
  label.kind = EffectKind::kRenameLabel;
  label.object = DottedName(Member(fields, "typeName"));
}

/// Of ALTER DOMAIN, "C" adds a constraint and "O" sets NOT NULL; both look at all rows that have the domain.
void AppendDomain(const json& fields, Effects* effects) {
  Effect& domain = AddEffect(EffectKind::kOther, TableLock::kNone, "", effects);
  domain.object = DottedName(Member(fields, "typeName"));
  const std::string subtype = fields.value("subtype", "");
  const json& constraint = Member(Member(fields, "def"), "Constraint");
  const bool not_valid = constraint.is_object() && constraint.value("skip_validation", false);
  if ((subtype == "C" && !not_valid) || subtype == "O") {
    domain.kind = EffectKind::kCheckDomain;
    domain.scans = true;
  }
}

void AppendAlter(const json& fields, const KnownSchema& known, Effects* effects) {
  const std::string type = fields.value("objtype", "");
  if (type == "OBJECT_TABLE" || type == "OBJECT_FOREIGN_TABLE") return AppendAlterEffects(fields, known, effects);
  AddEffect(EffectKind::kOther, TableLock::kAccessExclusive, RelationOf(fields), effects);
}

void AppendMade(const json& fields, Effects* effects) { AppendMadeTable(Member(fields, "into"), effects); }

void AppendDropDatabase(const json& fields, Effects* effects) {
  AddEffect(EffectKind::kDropDatabase, TableLock::kNone, "", effects).object = fields.value("dbname", "");
}

using Appender = void (*)(const json& fields, Effects* effects);
struct StatementType {
  std::string_view name;
  Appender append;
};
constexpr StatementType kStatementTypes[] = {
    {"AlterDomainStmt", AppendDomain},
    {"AlterEnumStmt", AppendEnum},
    {"ClusterStmt", AppendCluster},
    {"CreateStmt", AppendCreateTableEffects},
    {"CreateTableAsStmt", AppendMade},
    {"DeleteStmt", AppendChange},
    {"DropStmt", AppendDrop},
    {"DropdbStmt", AppendDropDatabase},
    {"IndexStmt", AppendIndex},
    {"InsertStmt", AppendInsert},
    {"LockStmt", AppendLock},
    {"MergeStmt", AppendMerge},
    {"RefreshMatViewStmt", AppendRefresh},
    {"ReindexStmt", AppendReindex},
    {"RenameStmt", AppendRename},
    {"SelectStmt", AppendSelect},
    {"TransactionStmt", AppendTransaction},
    {"TruncateStmt", AppendTruncate},
    {"UpdateStmt", AppendChange},
    {"VacuumStmt", AppendVacuum},
    {"VariableSetStmt", AppendSetting},
};

Appender AppenderOf(const std::string& type) {
  for (const StatementType& known : kStatementTypes) {
    if (known.name == type) return known.append;
  }
  return nullptr;
}

/// What is said of a table by its own statements: triggers, rules, policies.
Effect OtherOf(const std::string& type, const json& fields) {
  Effect other;
  const json &relation = Member(fields, "relation"), &table = Member(fields, "table");
  if (type == "CreateTrigStmt") other.lock = TableLock::kShareRowExclusive;
  if (IsOneOf(type, {"RuleStmt", "CreatePolicyStmt", "AlterPolicyStmt"})) other.lock = TableLock::kAccessExclusive;
  if (other.lock == TableLock::kNone) return other;
  other.table = RelationName(relation.is_object() ? relation : table);
  return other;
}

}  // namespace

const char* NameOf(TableLock lock) {
  switch (lock) {
    case TableLock::kNone:
      return "";
    case TableLock::kAccessShare:
      return "ACCESS SHARE";
    case TableLock::kRowShare:
      return "ROW SHARE";
    case TableLock::kRowExclusive:
      return "ROW EXCLUSIVE";
    case TableLock::kShareUpdateExclusive:
      return "SHARE UPDATE EXCLUSIVE";
    case TableLock::kShare:
      return "SHARE";
    case TableLock::kShareRowExclusive:
      return "SHARE ROW EXCLUSIVE";
    case TableLock::kExclusive:
      return "EXCLUSIVE";
    case TableLock::kAccessExclusive:
      return "ACCESS EXCLUSIVE";
  }
  return "";
}

std::vector<Effect> EffectsOf(const json& statement, const KnownSchema& known) {
  Effects effects;
  if (!statement.is_object()) return {Effect{}};
  for (const auto& [type, fields] : statement.items()) {
    if (type == "AlterTableStmt") {
      AppendAlter(fields, known, &effects);
    } else if (const Appender append = AppenderOf(type); append != nullptr) {
      append(fields, &effects);
    } else {
      effects.push_back(OtherOf(type, fields));
    }
  }
  if (effects.empty()) effects.emplace_back();
  return effects;
}

}  // namespace rowkeeper::schema
