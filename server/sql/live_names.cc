#include "server/sql/live_names.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/ddl.h"
#include "server/sql/identifier.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Column;
using catalogue::Entity;

/// PostgreSQL cuts longer names, and says so each time.
constexpr size_t kLongestLiveName = 63;

/// Of the innermost NamesScope; null: none.
thread_local const LiveNames* names_in_scope = nullptr;

std::string NameOfNothing(std::string identity) {
  identity.resize(std::min(identity.size(), kLongestLiveName));
  return identity;
}

std::string Joined(std::vector<std::string> parts, size_t most) {
  std::sort(parts.begin(), parts.end());
  const size_t all = parts.size();
  if (all > most) parts.resize(most);
  return Cat(absl::StrJoin(parts, "; "), all > most ? Cat("; and ", all - most, " more") : "");
}

const NamedTable::Column* FindByName(const NamedTable& table, std::string_view name) {
  for (const NamedTable::Column& column : table.columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

/// Its comment says that it is not the column of a field that has another number.
bool IsOfAnother(const NamedTable::Column& column) {
  return column.declared.number().has_value() || column.declared.identity == kOfNobody;
}

/// In a catalogue with tenants no other name is: whether a statement keeps to one tenant is judged by what is declared.
bool IsFollowed(const Entity& entity) { return entity.tenancy == nullptr; }

/// What the database calls the column; empty: nothing, but another column has its name.
std::string LiveNameOf(const Column& column, const NamedTable& table) {
  const NamedTable::Column* const named = FindByName(table, column.name);
  const NamedTable::Column* holder = nullptr;
  int holders = 0;
  for (const NamedTable::Column& live : table.columns) {
    if (live.declared.number() != column.field->number()) continue;
    if (&live == named) return column.name;
    holder = &live;
    ++holders;
  }
  if (holders == 1 && (named == nullptr || IsOfAnother(*named))) return holder->name;
  const bool is_named = named == nullptr || (holders == 0 && !IsOfAnother(*named));
  return is_named ? column.name : std::string();
}

}  // namespace

std::string RemedyIfMovedAside(const Entity& entity, std::string_view name) {
  return Cat("COMMENT ON TABLE ", InSchemaOf(entity, name), " IS NULL");
}

void LiveNames::Learn(const Entity& entity, const NamedTable& table) {
  if (table.name.empty()) {
    if (table.name_is_taken) tables_[&entity] = NameOfNothing(TableIdentity(entity));
    return;
  }
  if (table.name != entity.table) {
    tables_[&entity] = IsFollowed(entity) ? table.name : NameOfNothing(TableIdentity(entity));
  }
  if (table.message != entity.full_name) return;  // those are numbers of another message
  LearnColumns(entity, table);
  LearnDeclared(entity, table);
}

void LiveNames::LearnColumns(const Entity& entity, const NamedTable& table) {
  for (const Column& column : entity.columns) {
    std::string live = LiveNameOf(column, table);
    const bool is_used = live == column.name || (!live.empty() && IsFollowed(entity));
    if (!is_used) live = NameOfNothing(ColumnIdentity(column));
    if (live != column.name) columns_[&column] = std::move(live);
  }
}

void LiveNames::LearnDeclared(const Entity& entity, const NamedTable& table) {
  for (const NamedTable::Column& live : table.columns) {
    const auto is_it = [&](const Column& column) { return Of(column) == live.name; };
    const auto found = std::find_if(entity.columns.begin(), entity.columns.end(), is_it);
    if (found != entity.columns.end()) {
      if (found->name != live.name) declared_[&entity][live.name] = found->name;
      continue;
    }
    const bool has_name_of_another = std::any_of(entity.columns.begin(), entity.columns.end(),
                                                 [&](const Column& column) { return column.name == live.name; });
    if (has_name_of_another) declared_[&entity][live.name] = Cat("proto:", live.declared.identity);
  }
}

bool LiveNames::HasSameOf(const Entity& entity, const LiveNames& other) const {
  const auto is_same = [&](const Column& column) { return Of(column) == other.Of(column); };
  const auto words = declared_.find(&entity), others = other.declared_.find(&entity);
  const bool same_words = words == declared_.end() || others == other.declared_.end()
                              ? words == declared_.end() && others == other.declared_.end()
                              : words->second == others->second;
  return same_words && Of(entity) == other.Of(entity) &&
         std::all_of(entity.columns.begin(), entity.columns.end(), is_same);
}

const std::string& LiveNames::Of(const Entity& entity) const {
  const auto found = tables_.find(&entity);
  return found == tables_.end() ? entity.table : found->second;
}

const std::string& LiveNames::Of(const Column& column) const {
  const auto found = columns_.find(&column);
  return found == columns_.end() ? column.name : found->second;
}

std::string_view LiveNames::Declared(const Entity& entity, std::string_view name) const {
  const auto of_entity = declared_.find(&entity);
  if (of_entity == declared_.end()) return name;
  const auto found = of_entity->second.find(name);
  return found == of_entity->second.end() ? name : std::string_view(found->second);
}

std::string LiveNames::RemediesIfMovedAside(size_t most) const {
  std::vector<std::string> remedies;
  for (const auto& [entity, name] : tables_) {
    if (name != NameOfNothing(TableIdentity(*entity))) remedies.push_back(RemedyIfMovedAside(*entity, name));
  }
  return Joined(std::move(remedies), most);
}

std::string LiveNames::ToString(size_t most) const {
  std::vector<std::string> parts;
  for (const auto& [entity, name] : tables_)
    parts.push_back(Cat("the table of ", entity->full_name, " is ", Identifier(name)));
  for (const auto& [column, name] : columns_)
    parts.push_back(Cat(column->field->full_name(), " is ", Identifier(name)));
  return Joined(std::move(parts), most);
}

NamesScope::NamesScope(const LiveNames& names) : outer_(names_in_scope) { names_in_scope = &names; }

NamesScope::~NamesScope() { names_in_scope = outer_; }

bool NamesScope::HasOtherNames() { return names_in_scope != nullptr && !names_in_scope->empty(); }

const std::string& NamesScope::Of(const Entity& entity) {
  return names_in_scope == nullptr ? entity.table : names_in_scope->Of(entity);
}

const std::string& NamesScope::Of(const Column& column) {
  return names_in_scope == nullptr ? column.name : names_in_scope->Of(column);
}

}  // namespace rowkeeper::sql
