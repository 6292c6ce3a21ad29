#include "server/schema/names_before.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "server/base/text.h"
#include "server/pgtext/tree.h"
#include "server/schema/lint/tree_names.h"

namespace rowkeeper::schema {
namespace {

using nlohmann::json;
using pgtext::Member;

std::string_view WithoutPublic(std::string_view table) { return HasPrefix(table, "public.") ? table.substr(7) : table; }

std::string MadeRelation(const json& tree) {
  for (const auto& [statement, member] : {std::pair("ViewStmt", "view"), std::pair("CreateSeqStmt", "sequence"),
                                          std::pair("CompositeTypeStmt", "typevar")}) {
    if (const json& range = Member(Member(tree, statement), member); range.is_object()) return RelationName(range);
  }
  const json& foreign = Member(Member(tree, "CreateForeignTableStmt"), "base");
  return foreign.is_object() ? RelationName(Member(foreign, "relation")) : "";
}

}  // namespace

std::string_view WithoutSchema(std::string_view table) { return table.substr(table.find('.') + 1); }  // npos + 1 is 0

bool MayBeSameTable(std::string_view a, std::string_view b) {
  const bool both = a.find('.') != std::string_view::npos && b.find('.') != std::string_view::npos;
  return both ? a == b : WithoutSchema(a) == WithoutSchema(b);
}

bool IsSameTable(std::string_view a, std::string_view b) { return WithoutPublic(a) == WithoutPublic(b); }

std::string RenamedTable(std::string_view table, std::string_view name) {
  const size_t dot = table.find('.');
  return dot == std::string_view::npos ? std::string(name) : Cat(table.substr(0, dot + 1), name);
}

std::string RelationThatComes(const json& tree) {
  const json& moved = Member(tree, "AlterObjectSchemaStmt");
  if (const json& range = Member(moved, "relation"); range.is_object()) {
    return Cat(moved.value("newschema", ""), ".", range.value("relname", ""));
  }
  const json& renamed = Member(tree, "RenameStmt");
  if (!renamed.is_object()) return MadeRelation(tree);
  const bool is_one = IsOneOf(renamed.value("renameType", ""),
                              {"OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_SEQUENCE", "OBJECT_FOREIGN_TABLE"});
  const json& range = Member(renamed, "relation");
  return is_one && range.is_object() ? RenamedTable(RelationName(range), renamed.value("newname", "")) : "";
}

NamesBefore::Name NamesBefore::Of(const std::string& table, const std::string& column) const {
  Name name{table, column, true};
  const Table* renamed = nullptr;
  for (const Table& one : tables_) {
    if (!MayBeSameTable(one.now, table)) continue;
    const bool same = IsSameTable(one.now, table);
    if (renamed != nullptr && !same) continue;
    renamed = &one;
    name.sure = same && one.sure;
  }
  if (renamed != nullptr) name.table = renamed->before;
  const Column* found = nullptr;
  for (const Column& one : columns_) {
    if (one.now != column || !MayBeSameTable(one.table, name.table)) continue;
    if (found == nullptr || IsSameTable(one.table, name.table)) found = &one;
  }
  if (found == nullptr) return name;
  name.column = found->before;
  name.sure = name.sure && found->sure && IsSameTable(found->table, name.table);
  return name;
}

void NamesBefore::Note(const Effect& effect) {
  switch (effect.kind) {
    case Effect::Kind::kRenameTable:
    case Effect::Kind::kCreateTable:
    case Effect::Kind::kDropTable:
      return NoteTable(effect, Of(effect.table, ""));
    case Effect::Kind::kRenameColumn:
    case Effect::Kind::kAddColumn:
    case Effect::Kind::kDropColumn:
      return NoteColumn(effect, Of(effect.table, effect.column));
    default:
      return;
  }
}

void NamesBefore::NoteTable(const Effect& effect, const Name& before) {
  const bool happens = !effect.if_exists;
  for (Table& one : tables_) one.sure = one.sure && (happens || !MayBeSameTable(one.now, effect.table));
  if (happens) {
    const auto is_it = [&](const Table& one) { return IsSameTable(one.now, effect.table); };
    tables_.erase(std::remove_if(tables_.begin(), tables_.end(), is_it), tables_.end());
  }
  if (effect.kind != Effect::Kind::kRenameTable) return;
  tables_.push_back({RenamedTable(effect.table, effect.object), before.table, before.sure && happens});
}

void NamesBefore::NoteColumn(const Effect& effect, const Name& before) {
  const bool happens = !effect.if_exists;
  const auto is_it = [&](const Column& one) {
    return one.now == effect.column && IsSameTable(one.table, before.table);
  };
  for (Column& one : columns_) one.sure = one.sure && (happens || !is_it(one));
  if (happens) columns_.erase(std::remove_if(columns_.begin(), columns_.end(), is_it), columns_.end());
  if (effect.kind != Effect::Kind::kRenameColumn) return;
  columns_.push_back({before.table, effect.object, before.column, before.sure && happens});
}

}  // namespace rowkeeper::schema
