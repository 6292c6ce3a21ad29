#include "server/schema/lint/alter_effects.h"

#include <nlohmann/json.hpp>

#include "server/base/text.h"
#include "server/pgtext/tree.h"
#include "server/schema/lint/tree_names.h"
#include "server/schema/type_change.h"

namespace rowkeeper::schema {
namespace {

using nlohmann::json;
using pgtext::Member;

/// Whether rows exist that a column or constraint is added to.
enum class TableRows { kNone, kSome };

size_t OffsetOf(const json& fields) { return fields.is_object() ? fields.value("location", 0) : 0; }

/// `CREATE TABLE` and `ALTER TABLE` of one table.
class TableEffects {
 public:
  TableEffects(std::string table, TableRows rows, std::vector<Effect>* effects)
      : table_(std::move(table)), rows_(rows), effects_(*effects) {}

  Effect& Add(EffectKind kind, TableLock lock) {
    Effect effect;
    effect.kind = kind;
    effect.table = table_;
    effect.lock = lock;
    effects_.push_back(std::move(effect));
    return effects_.back();
  }

  /// `command` is that of ALTER TABLE.
  void AddColumn(const json& column, const json& command) {
    Effect& added = Add(EffectKind::kAddColumn, TableLock::kAccessExclusive);
    const std::string name = column.value("colname", "");
    added.column = name;
    added.type = TypeText(Member(column, "typeName"));
    added.if_exists = command.value("missing_ok", false);
    added.offset = OffsetOf(column);
    AddColumnRules(column, name);
  }

  void AddConstraint(const json& constraint) { AddConstraintOf("", constraint, Filled::kYes); }

 private:
  enum class Filled { kNo, kYes };

  static std::string TypeOf(const json& constraint) { return constraint.value("contype", ""); }

  void AddColumnRules(const json& column, const std::string& name) {
    bool not_null = false, filled = false, varies = IsSerial(Member(column, "typeName"));
    for (const json& node : Member(column, "constraints")) {
      const json& constraint = Member(node, "Constraint");
      const std::string type = TypeOf(constraint);
      not_null = not_null || type == "CONSTR_NOTNULL";
      filled = filled || type == "CONSTR_DEFAULT";
      // PostgreSQL 18 computes the others when they are read, and stores nothing.
      const bool stored = type == "CONSTR_GENERATED" && constraint.value("generated_kind", "s") == "s";
      varies = varies || type == "CONSTR_IDENTITY" || stored ||
               (type == "CONSTR_DEFAULT" && IsVolatile(Member(constraint, "raw_expr")));
    }
    filled = filled || varies;
    if (varies) {
      Effect& fill = Add(EffectKind::kFillColumn, TableLock::kAccessExclusive);
      fill.rewrites = rows_ == TableRows::kSome;
      fill.column = name;
      fill.offset = OffsetOf(column);
    }
    if (not_null && !filled) {
      Effect& required = Add(EffectKind::kRequireColumn, TableLock::kAccessExclusive);
      required.scans = rows_ == TableRows::kSome;
      required.column = name;
      required.offset = OffsetOf(column);
    }
    for (const json& node : Member(column, "constraints")) {
      AddConstraintOf(name, Member(node, "Constraint"), filled ? Filled::kYes : Filled::kNo);
    }
  }

  /// `column`: of the column that it stands at, if it does.
  void AddConstraintOf(const std::string& column, const json& constraint, Filled filled) {
    const std::string type = TypeOf(constraint);
    const bool by_index = !constraint.value("indexname", "").empty();
    if (type == "CONSTR_CHECK") return AddCheck(column, constraint);
    if (type == "CONSTR_FOREIGN") return AddForeignKey(column, constraint, filled);
    if (type == "CONSTR_UNIQUE")
      return AddKey(by_index ? EffectKind::kAddByIndex : EffectKind::kAddUnique, column, constraint);
    if (type == "CONSTR_PRIMARY") {
      return AddKey(by_index ? EffectKind::kAddByIndex : EffectKind::kAddPrimaryKey, column, constraint);
    }
    if (type == "CONSTR_EXCLUSION") AddKey(EffectKind::kAddExclusion, column, constraint);
  }

  Effect& AddNamed(EffectKind kind, TableLock lock, const std::string& column, const json& constraint) {
    Effect& added = Add(kind, lock);
    added.column = column;
    added.object = constraint.value("conname", "");
    added.offset = OffsetOf(constraint);
    return added;
  }

  void AddKey(EffectKind kind, const std::string& column, const json& constraint) {
    Effect& added = AddNamed(kind, TableLock::kAccessExclusive, column, constraint);
    added.scans = rows_ == TableRows::kSome && kind != EffectKind::kAddByIndex;
  }

  void AddCheck(const std::string& column, const json& constraint) {
    // CREATE TABLE takes NOT VALID for valid.
    const bool valid = rows_ == TableRows::kNone || !constraint.value("skip_validation", false);
    Effect& added = AddNamed(valid ? EffectKind::kAddCheck : EffectKind::kAddNotValid, TableLock::kAccessExclusive,
                             column, constraint);
    added.scans = valid && rows_ == TableRows::kSome;
    const std::string proven = ColumnProvenNotNull(Member(constraint, "raw_expr"));
    added.proves_not_null = !proven.empty();
    if (!proven.empty()) added.column = proven;
  }

  /// Of a new column that is NULL in all rows, PostgreSQL looks at none.
  void AddForeignKey(const std::string& column, const json& constraint, Filled filled) {
    const bool looks = !constraint.value("skip_validation", false) && filled == Filled::kYes;
    Effect& added = AddNamed(looks ? EffectKind::kAddForeignKey : EffectKind::kAddNotValid,
                             TableLock::kShareRowExclusive, column, constraint);
    added.scans = looks && rows_ == TableRows::kSome;
    Effect& referenced = Add(EffectKind::kOther, TableLock::kShareRowExclusive);
    referenced.table = RelationName(Member(constraint, "pktable"));
  }

  const std::string table_;
  const TableRows rows_;
  std::vector<Effect>& effects_;
};

/// What ALTER TABLE locks the table with; ACCESS EXCLUSIVE for all that are not named.
TableLock LockOf(const std::string& subtype) {
  if (IsOneOf(subtype, {"AT_SetStatistics", "AT_SetOptions", "AT_ResetOptions", "AT_ValidateConstraint", "AT_ClusterOn",
                        "AT_DropCluster", "AT_AttachPartition", "AT_SetRelOptions", "AT_ResetRelOptions"})) {
    return TableLock::kShareUpdateExclusive;
  }
  if (IsOneOf(subtype, {"AT_EnableTrig", "AT_EnableAlwaysTrig", "AT_EnableReplicaTrig", "AT_EnableTrigAll",
                        "AT_EnableTrigUser", "AT_DisableTrig", "AT_DisableTrigAll", "AT_DisableTrigUser"})) {
    return TableLock::kShareRowExclusive;
  }
  return TableLock::kAccessExclusive;
}

bool WritesTableAgain(const std::string& subtype) {
  return IsOneOf(subtype, {"AT_SetLogged", "AT_SetUnLogged", "AT_SetTableSpace", "AT_SetAccessMethod"});
}

void AppendTypeChange(const json& command, const KnownSchema& known, TableEffects* table, const std::string& name) {
  const std::string column = command.value("name", "");
  const json& definition = Member(Member(command, "def"), "ColumnDef");
  const std::string wanted = TypeText(Member(definition, "typeName"));
  const auto had = known.TypeOf(name, column);
  const json& expression = Member(definition, "raw_default");
  const bool converted = !expression.is_null() && !IsCastOf(expression, column, wanted);
  const bool same = had && *had == wanted;
  const bool free = had && !wanted.empty() && !converted &&
                    (same || JudgeTypeChange(ParseType(*had), ParseType(wanted)) == TypeChange::kNoRewrite);
  Effect& change = table->Add(EffectKind::kSetType, TableLock::kAccessExclusive);
  change.column = column;
  change.type = wanted;
  change.rewrites = !free;
}

struct SimpleCommand {
  const char* subtype;
  EffectKind kind;
};
constexpr SimpleCommand kSimpleCommands[] = {
    {"AT_SetNotNull", EffectKind::kSetNotNull},       {"AT_DropNotNull", EffectKind::kDropNotNull},
    {"AT_DropColumn", EffectKind::kDropColumn},       {"AT_DropConstraint", EffectKind::kDropConstraint},
    {"AT_ValidateConstraint", EffectKind::kValidate}, {"AT_DetachPartition", EffectKind::kDetachPartition},
};

EffectKind SimpleKindOf(const std::string& subtype) {
  for (const SimpleCommand& simple : kSimpleCommands) {
    if (subtype == simple.subtype) return simple.kind;
  }
  return WritesTableAgain(subtype) ? EffectKind::kRewriteTable : EffectKind::kOther;
}

bool IsAboutColumn(EffectKind kind) {
  return kind == EffectKind::kSetNotNull || kind == EffectKind::kDropNotNull || kind == EffectKind::kDropColumn;
}

void AppendSimpleCommand(const json& command, const KnownSchema& known, TableEffects* table, const std::string& name) {
  const std::string subtype = command.value("subtype", ""), object = command.value("name", "");
  const EffectKind kind = SimpleKindOf(subtype);
  const json& partition = Member(Member(command, "def"), "PartitionCmd");
  const bool concurrently = partition.is_object() && partition.value("concurrent", false);
  Effect& effect = table->Add(kind, concurrently ? TableLock::kShareUpdateExclusive : LockOf(subtype));
  effect.concurrently = concurrently;
  (IsAboutColumn(kind) ? effect.column : effect.object) = object;
  effect.if_exists = command.value("missing_ok", false);
  effect.cascades = command.value("behavior", "") == "DROP_CASCADE";
  effect.rewrites = kind == EffectKind::kRewriteTable;
  effect.scans =
      kind == EffectKind::kValidate || (kind == EffectKind::kSetNotNull && !known.IsProvenNotNull(name, object));
}

}  // namespace

void AppendAlterEffects(const json& fields, const KnownSchema& known, std::vector<Effect>* effects) {
  const std::string name = RelationName(Member(fields, "relation"));
  TableEffects table(name, TableRows::kSome, effects);
  for (const json& node : Member(fields, "cmds")) {
    const json& command = Member(node, "AlterTableCmd");
    const std::string subtype = command.value("subtype", "");
    const json& definition = Member(command, "def");
    if (subtype == "AT_AddColumn") {
      table.AddColumn(Member(definition, "ColumnDef"), command);
    } else if (subtype == "AT_AddConstraint") {
      table.AddConstraint(Member(definition, "Constraint"));
    } else if (subtype == "AT_AlterColumnType") {
      AppendTypeChange(command, known, &table, name);
    } else {
      AppendSimpleCommand(command, known, &table, name);
    }
  }
}

void AppendCreateTableEffects(const json& fields, std::vector<Effect>* effects) {
  TableEffects table(RelationName(Member(fields, "relation")), TableRows::kNone, effects);
  table.Add(EffectKind::kCreateTable, TableLock::kAccessExclusive).if_exists = fields.value("if_not_exists", false);
  for (const json& element : Member(fields, "tableElts")) {
    if (const json& column = Member(element, "ColumnDef"); column.is_object()) table.AddColumn(column, json::object());
    if (const json& constraint = Member(element, "Constraint"); constraint.is_object()) table.AddConstraint(constraint);
  }
}

}  // namespace rowkeeper::schema
