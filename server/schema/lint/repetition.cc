#include "server/schema/lint/repetition.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "server/base/text.h"
#include "server/pgtext/parser.h"
#include "server/schema/lint/statement_effects.h"

namespace rowkeeper::schema {
namespace {

/// Statements of these types do the same thing again, but for the effects that Repetition knows.
bool IsRepeatable(const std::string& type, const nlohmann::json& fields, const Repetition& repetition) {
  if (type == "RenameStmt") return repetition.WasDropped(fields.value("newname", ""));
  if (type == "DropStmt") return fields.value("missing_ok", false);
  if (type == "AlterEnumStmt") return fields.value("skipIfNewValExists", false);
  return IsOneOf(
      type, {"AlterTableStmt", "ClusterStmt", "CommentStmt", "CreateStmt", "DoStmt", "GrantStmt", "IndexStmt",
             "RefreshMatViewStmt", "ReindexStmt", "SelectStmt", "TransactionStmt", "VacuumStmt", "VariableSetStmt"});
}

bool MayRepeat(const std::string& statement, Repetition* repetition) {
  nlohmann::json trees;
  if (!pgtext::Parse(statement, &trees).message.empty() || trees.size() != 1) return false;
  for (const auto& [type, fields] : trees[0].items()) {
    if (!IsRepeatable(type, fields, *repetition)) return false;
  }
  for (const Effect& effect : EffectsOf(trees[0], KnownSchema())) {
    if (repetition->Fails(effect) || effect.kind == EffectKind::kWriteRows) return false;
    repetition->Remember(effect);
  }
  return true;
}

}  // namespace

bool Repetition::WasDropped(const std::string& name) const { return dropped_.count(name) > 0; }

bool Repetition::Fails(const Effect& effect) const {
  switch (effect.kind) {
    case EffectKind::kAddColumn:
    case EffectKind::kDropColumn:
    case EffectKind::kDropConstraint:
    case EffectKind::kDropTable:
    case EffectKind::kDropIndex:
    case EffectKind::kRenameTable:
      return !effect.if_exists;
    case EffectKind::kCreateTable:
      return !effect.if_exists && dropped_.count(effect.table) == 0;
    case EffectKind::kRenameColumn:
      return true;
    case EffectKind::kCreateIndex:
      return dropped_.count(effect.object) == 0 && (effect.concurrently || !effect.if_exists);
    case EffectKind::kAddCheck:
    case EffectKind::kAddForeignKey:
    case EffectKind::kAddUnique:
    case EffectKind::kAddPrimaryKey:
    case EffectKind::kAddExclusion:
    case EffectKind::kAddNotValid:
    case EffectKind::kAddByIndex:
      // One without a name gets another one each time; one of a column goes with its column.
      return (effect.column.empty() || effect.proves_not_null) && dropped_.count(effect.object) == 0;
    default:
      return false;
  }
}

void Repetition::Remember(const Effect& effect) {
  if (!effect.if_exists || (effect.kind != EffectKind::kDropIndex && effect.kind != EffectKind::kDropTable &&
                            effect.kind != EffectKind::kDropConstraint)) {
    return;
  }
  const std::string& name = effect.object.empty() ? effect.table : effect.object;
  const size_t dot = effect.kind == EffectKind::kDropTable ? std::string::npos : name.rfind('.');
  dropped_.insert(dot == std::string::npos ? name : name.substr(dot + 1));
}

bool MayRunAgain(const SqlScript& script, int count) {
  Repetition repetition;
  const size_t end = std::min(script.statements.size(), static_cast<size_t>(std::max(count, 0)));
  for (size_t i = 0; i < end; ++i) {
    if (!MayRepeat(std::string(script.TextOf(script.statements[i])), &repetition)) return false;
  }
  return true;
}

}  // namespace rowkeeper::schema
