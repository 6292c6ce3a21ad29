#include "server/schema/lint/known_schema.h"

#include "server/base/text.h"

namespace rowkeeper::schema {
namespace {

/// "name" and "public.name" are one table in nearly every database.
std::string TableKey(const std::string& table) { return HasPrefix(table, "public.") ? table.substr(7) : table; }

}  // namespace

void KnownSchema::BeginFile() { new_relations_.clear(); }

bool KnownSchema::IsNew(const std::string& relation) const { return new_relations_.count(TableKey(relation)) > 0; }

const KnownSchema::Table* KnownSchema::Find(const std::string& table) const {
  const auto found = tables_.find(TableKey(table));
  return found == tables_.end() ? nullptr : &found->second;
}

std::optional<std::string> KnownSchema::TypeOf(const std::string& table, const std::string& column) const {
  const Table* known = Find(table);
  if (known == nullptr) return std::nullopt;
  const auto found = known->types.find(column);
  return found == known->types.end() || found->second.empty() ? std::nullopt : std::optional(found->second);
}

bool KnownSchema::IsProvenNotNull(const std::string& table, const std::string& column) const {
  const Table* known = Find(table);
  if (known == nullptr) return false;
  for (const auto& [constraint, proof] : known->proofs) {
    if (proof.column == column && proof.valid) return true;
  }
  return false;
}

void KnownSchema::Note(const Effect& effect) {
  const std::string key = TableKey(effect.table);
  switch (effect.kind) {
    case EffectKind::kCreateTable:
      tables_[key] = {};
      new_relations_.insert(key);
      return;
    case EffectKind::kCreateIndex:
      if (IsNew(key)) new_relations_.insert(TableKey(effect.object));
      return;
    case EffectKind::kDropTable:
      tables_.erase(key);
      new_relations_.erase(key);
      return;
    case EffectKind::kAddColumn:
    case EffectKind::kSetType:
      tables_[key].types[effect.column] = effect.type;
      return;
    case EffectKind::kDropColumn:
      tables_[key].types.erase(effect.column);
      return;
    case EffectKind::kAddCheck:
    case EffectKind::kAddNotValid:
      if (effect.proves_not_null) {
        tables_[key].proofs[effect.object] = {effect.column, effect.kind == EffectKind::kAddCheck};
      }
      return;
    case EffectKind::kValidate:
      if (const auto proof = tables_[key].proofs.find(effect.object); proof != tables_[key].proofs.end()) {
        proof->second.valid = true;
      }
      return;
    case EffectKind::kDropConstraint:
      tables_[key].proofs.erase(effect.object);
      return;
    case EffectKind::kRenameColumn:
      RenameColumn(&tables_[key], effect.column, effect.object);
      return;
    case EffectKind::kRenameTable:
      RenameTable(key, effect.object);
      return;
    default:
      return;
  }
}

void KnownSchema::RenameColumn(Table* table, const std::string& from, const std::string& to) {
  if (auto type = table->types.extract(from); !type.empty()) {
    type.key() = to;
    table->types.insert(std::move(type));
  }
  for (auto& [constraint, proof] : table->proofs) {
    if (proof.column == from) proof.column = to;
  }
}

/// The new name has no schema: that of the old one stays.
void KnownSchema::RenameTable(const std::string& from, const std::string& name) {
  const size_t dot = from.rfind('.');
  const std::string to = dot == std::string::npos ? name : Cat(from.substr(0, dot + 1), name);
  if (auto table = tables_.extract(from); !table.empty()) {
    table.key() = to;
    tables_.erase(to);
    tables_.insert(std::move(table));
  }
  if (new_relations_.erase(from) > 0) new_relations_.insert(to);
}

}  // namespace rowkeeper::schema
