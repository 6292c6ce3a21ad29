#include "server/plan/query/parts.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "server/plan/query/scope.h"

namespace rowkeeper::plan {
namespace {

using nlohmann::json;

/// Functions of PostgreSQL that are called for what they do.
const std::set<std::string>& Effects() {
  static const auto* const names = new std::set<std::string>{"nextval",
                                                             "setval",
                                                             "set_config",
                                                             "pg_notify",
                                                             "pg_advisory_lock",
                                                             "pg_advisory_lock_shared",
                                                             "pg_advisory_unlock",
                                                             "pg_advisory_unlock_shared",
                                                             "pg_advisory_unlock_all",
                                                             "pg_advisory_xact_lock",
                                                             "pg_advisory_xact_lock_shared",
                                                             "pg_try_advisory_lock",
                                                             "pg_try_advisory_lock_shared",
                                                             "pg_try_advisory_xact_lock",
                                                             "pg_try_advisory_xact_lock_shared",
                                                             "pg_cancel_backend",
                                                             "pg_terminate_backend",
                                                             "pg_logical_emit_message",
                                                             "lo_create",
                                                             "lo_creat",
                                                             "lo_from_bytea",
                                                             "lo_import",
                                                             "lo_put",
                                                             "lo_unlink",
                                                             "lowrite"};
  return *names;
}

/// Whether what a query level reads from has the name `alias`.
bool Declares(const json& part, const std::string& alias) {
  if (part.is_array()) {
    return std::any_of(part.begin(), part.end(), [&alias](const json& item) { return Declares(item, alias); });
  }
  if (!part.is_object()) return false;
  const json& declared = Member(part, "alias");
  if (declared.is_object() && declared.value("aliasname", "") == alias) return true;
  if (declared.is_null() && Member(part, "relname") == alias) return true;
  for (const auto& [type, value] : part.items()) {
    if (!IsStatement(type) && Declares(value, alias)) return true;
  }
  return false;
}

/// Looks for references to columns; what lies in common table expressions is out of the alias's sight.
class MentionFinder {
 public:
  MentionFinder(const std::string& alias, const std::set<std::string>& names) : alias_(alias), names_(names) {}

  enum class Level { kSame, kBelow };

  bool In(const json& part, Level level) const {
    if (part.is_array()) {
      return std::any_of(part.begin(), part.end(), [this, level](const json& item) { return In(item, level); });
    }
    if (!part.is_object()) return false;
    for (const auto& [type, value] : part.items()) {
      if (type == "withClause") continue;
      if (type == "ColumnRef" && value.is_object()) {
        if (IsMentioned(ReadColumnRef(value), level)) return true;
      } else if (IsStatement(type)) {
        if (InBelow(value)) return true;
      } else if (In(value, level)) {
        return true;
      }
    }
    return false;
  }

 private:
  bool IsMentioned(const ColumnName& column, Level level) const {
    if (names_.count(column.name) == 0) return false;
    return column.qualifier == alias_ || (column.qualifier.empty() && level == Level::kSame);
  }

  bool InBelow(const json& fields) const {
    for (const char* source : {"fromClause", "usingClause", "relation"}) {
      if (Declares(Member(fields, source), alias_)) return false;
    }
    return In(fields, Level::kBelow);
  }

  const std::string& alias_;
  const std::set<std::string>& names_;
};

}  // namespace

bool IsStatement(const std::string& type) {
  return type == "SelectStmt" || type == "InsertStmt" || type == "UpdateStmt" || type == "DeleteStmt" ||
         type == "MergeStmt";
}

bool HasEffects(const std::set<std::string>& functions) {
  return std::any_of(functions.begin(), functions.end(), [](const std::string& name) {
    return Effects().count(name.rfind("pg_catalog.", 0) == 0 ? name.substr(11) : name) > 0;
  });
}

bool MentionsColumn(const json& fields, const std::string& alias, const std::set<std::string>& names) {
  return MentionFinder(alias, names).In(fields, MentionFinder::Level::kSame);
}

}  // namespace rowkeeper::plan
