#include "server/plan/query/writes.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "server/plan/query/parts.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Catalogue;
using catalogue::Column;
using catalogue::Entity;
using nlohmann::json;

/// The names by which what one query level reads from calls the common table expression `cte`.
void AddNamesOf(const json& part, const std::string& cte, std::set<std::string>* names) {
  if (!part.is_structured()) return;
  if (part.is_object() && !part.contains("schemaname") && Member(part, "relname") == cte) {
    const json& alias = Member(part, "alias");
    names->insert(alias.is_object() ? alias.value("aliasname", "") : cte);
  }
  for (const auto& [type, value] : part.items()) {
    if (!IsStatement(type)) AddNamesOf(value, cte, names);
  }
}

/// Whether `part` refers to one of `names` as a row of its own, or to all columns of anything.
bool HoldsStarOrRow(const json& part, const std::set<std::string>& names) {
  if (!part.is_structured()) return false;
  if (part.is_object() && part.contains("A_Star")) return true;
  const json& reference = Member(part, "ColumnRef");
  if (reference.is_object()) {
    const std::vector<std::string> words = Strings(Member(reference, "fields"));
    if (words.size() == 1 && names.count(words[0]) > 0) return true;
  }
  for (const auto& [type, value] : part.items()) {
    if (type != "withClause" && HoldsStarOrRow(value, names)) return true;
  }
  return false;
}

/// Whether some query level at or below `part` that reads from `cte` takes all its columns.
bool TakesAllColumns(const json& part, const std::string& cte) {
  if (!part.is_structured()) return false;
  if (part.is_object()) {
    std::set<std::string> names;
    for (const char* source : {"fromClause", "usingClause"}) AddNamesOf(Member(part, source), cte, &names);
    if (!names.empty() && (HoldsStarOrRow(part, names) || Holds(part, "isNatural"))) return true;
  }
  return std::any_of(part.begin(), part.end(), [&cte](const json& member) { return TakesAllColumns(member, cte); });
}

void AddNames(const json& targets, std::set<std::string>* names) {
  for (const json& target : targets) names->insert(Member(target, "ResTarget").value("name", ""));
}

}  // namespace

const Entity* FindEntity(const Catalogue& catalogue, const json& range_var) {
  const std::string table = range_var.is_object() ? range_var.value("relname", "") : "";
  const std::string schema = range_var.is_object() ? range_var.value("schemaname", "") : "";
  for (const auto& entity : catalogue.entities()) {
    const bool same_schema = schema.empty() || entity->schema.empty() || schema == entity->schema;
    if (entity->table == table && same_schema) return entity.get();
  }
  return nullptr;
}

bool ChangesRows(const json& part) {
  return Holds(part, "InsertStmt") || Holds(part, "UpdateStmt") || Holds(part, "DeleteStmt") ||
         Holds(part, "MergeStmt");
}

QueryWrite ReadWrite(const Catalogue& catalogue, const std::string& type, const json& fields) {
  QueryWrite write;
  const bool inserts = type == "InsertStmt", updates = type == "UpdateStmt";
  const json& table = Member(fields, "relation");
  write.target = inserts || updates || type == "DeleteStmt" ? FindEntity(catalogue, table) : nullptr;
  if (write.target == nullptr) return write;
  const json& alias = Member(table, "alias");
  write.alias = alias.is_object() ? alias.value("aliasname", "") : table.value("relname", "");
  write.returns_rows = fields.contains("returningList");
  write.changes_below = ChangesRows(Member(fields, "withClause"));
  std::set<std::string> names;
  if (updates) AddNames(Member(fields, "targetList"), &names);
  if (inserts) {
    AddNames(Member(fields, "cols"), &names);
    AddNames(Member(Member(fields, "onConflictClause"), "targetList"), &names);
  }
  const bool all = inserts && !fields.contains("cols");
  for (const Column& column : write.target->columns) {
    if (all || names.count(column.name) > 0) write.columns.push_back(write.target->IndexOf(column));
  }
  return write;
}

std::vector<WritingCte> ReadWritingCtes(const Catalogue& catalogue, const json& fields) {
  std::vector<WritingCte> writing;
  for (const json& item : Member(Member(fields, "withClause"), "ctes")) {
    const json& cte = Member(item, "CommonTableExpr");
    const json& query = Member(cte, "ctequery");
    if (!query.is_object() || query.empty()) continue;
    QueryWrite write = ReadWrite(catalogue, query.begin().key(), *query.begin());
    if (write.columns.empty()) continue;
    const std::string name = cte.value("ctename", "");
    writing.push_back({name, cte.value("location", size_t{0}), std::move(write), TakesAllColumns(fields, name)});
  }
  return writing;
}

}  // namespace rowkeeper::plan
