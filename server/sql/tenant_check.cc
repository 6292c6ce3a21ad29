#include "server/sql/tenant_check.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "server/base/text.h"
#include "server/observe/log.h"
#include "server/pgtext/parser.h"
#include "server/pgtext/tree.h"
#include "server/sql/live_names.h"
#include "server/sql/variants.h"

namespace rowkeeper::sql {
namespace {

using nlohmann::json;
using pgtext::Member;
using pgtext::Strings;

using KnownTable = catalogue::Tenancy::Table;

/// Pointers to conditions that all hold for a row.
using Conditions = std::vector<const json*>;

std::string TextOf(const json& fields, const char* name) {
  const json& text = Member(fields, name);
  return text.is_string() ? text.get<std::string>() : "";
}

/// The parts of a condition that are joined by AND.
void AddConditions(const json& condition, Conditions* conditions) {
  const json& both = Member(condition, "BoolExpr");
  if (!both.is_object() || TextOf(both, "boolop") != "AND_EXPR") {
    if (!condition.is_null()) conditions->push_back(&condition);
    return;
  }
  for (const json& part : Member(both, "args")) AddConditions(part, conditions);
}

bool IsLevel(const std::string& type) {
  return type == "SelectStmt" || type == "InsertStmt" || type == "UpdateStmt" || type == "DeleteStmt";
}

/// Looks through one statement and keeps the first problem.
class TenantChecker {
 public:
  TenantChecker(const Statement& statement, const catalogue::Tenancy& tenancy)
      : statement_(statement), tenancy_(tenancy) {}

  std::string Check(const json& statements) {
    Visit(statements, Place::kOutermost);
    if (problem_.empty() && seen_ != checked_) Refuse("a table with tenants stands where no condition belongs to it");
    return problem_;
  }

 private:
  enum class As { kSource, kTarget };
  /// Whether columns of a level around it are in sight.
  enum class Place { kOutermost, kBelow };

  /// A custom query: people wrote it.
  bool is_custom() const { return statement_.result_is_named; }

  void Refuse(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }

  /// Null: it is no entity's table.
  const KnownTable* Find(const json& range_var) const {
    const auto found = tenancy_.tables.find({TextOf(range_var, "schemaname"), TextOf(range_var, "relname")});
    return found == tenancy_.tables.end() ? nullptr : &found->second;
  }

  /// The column of the tenant; empty for a table without tenants.
  std::string ColumnOf(const json& range_var) const {
    const KnownTable* const table = Find(range_var);
    return table == nullptr ? "" : table->tenant;
  }

  // ---- every part of the tree

  void Visit(const json& part, Place place) {
    if (part.is_array()) {
      for (const json& item : part) Visit(item, place);
    }
    if (!part.is_object()) return;
    if (part.contains("relname")) See(part, As::kSource);
    if (part.contains("MergeStmt")) return Refuse("MERGE is not looked into");
    for (const auto& [name, value] : part.items()) {
      if (name == "lockingClause") continue;  // it names what stands in FROM
      if (IsLevel(name)) {
        EnterLevel(name, value, place);
      } else {
        Visit(value, place);
      }
    }
  }

  void See(const json& range_var, As as) {
    const KnownTable* const table = Find(range_var);
    if (table != nullptr && !table->tenant.empty()) ++seen_;
    if (table != nullptr || (as == As::kSource && IsQueryOfItsOwn(range_var))) return;
    const std::string schema = TextOf(range_var, "schemaname");
    if (!is_custom() && as == As::kSource && schema == "pg_catalog") return;
    Refuse(Cat(as == As::kSource ? "it reads " : "it changes ", schema, schema.empty() ? "" : ".",
               TextOf(range_var, "relname"), ", which is no entity's table, so that nobody knows whose rows it has"));
  }

  /// A common table expression that is in sight.
  bool IsQueryOfItsOwn(const json& range_var) const {
    const std::string name = TextOf(range_var, "relname");
    return !range_var.contains("schemaname") && std::find(ctes_.begin(), ctes_.end(), name) != ctes_.end();
  }

  /// Common table expressions see those before them, recursive ones all.
  void VisitCtes(const json& with, Place place) {
    if (!with.is_object()) return;
    const bool recursive = with.value("recursive", false);
    const json& ctes = Member(with, "ctes");
    const auto name = [](const json& cte) { return TextOf(Member(cte, "CommonTableExpr"), "ctename"); };
    for (const json& cte : ctes) {
      if (recursive) ctes_.push_back(name(cte));
    }
    for (const json& cte : ctes) {
      Visit(cte, place);
      if (!recursive) ctes_.push_back(name(cte));
    }
  }

  void EnterLevel(const std::string& type, const json& fields, Place place) {
    const size_t in_sight = ctes_.size();
    VisitCtes(Member(fields, "withClause"), place);
    CheckLevel(type, fields, place);
    if (fields.contains("relname")) return Refuse("it has a form that is not known");
    for (const auto& [name, value] : fields.items()) {
      if (name == "lockingClause" || name == "withClause") continue;
      if (name == "relation") {
        See(value, As::kTarget);
      } else if (name == "larg" || name == "rarg") {
        EnterLevel("SelectStmt", value, place);
      } else if (name == "fromClause" || name == "usingClause") {
        for (const json& item : value) VisitSource(item, place);
      } else {
        Visit(value, Place::kBelow);
      }
    }
    ctes_.resize(in_sight);
  }

  /// A query in FROM does not see what stands beside it, unless it is LATERAL.
  void VisitSource(const json& item, Place place) {
    const json& query = Member(item, "RangeSubselect");
    const json& join = Member(item, "JoinExpr");
    if (query.is_object()) return Visit(query, query.value("lateral", false) ? Place::kBelow : place);
    if (!join.is_object()) return Visit(item, Place::kBelow);
    VisitSource(Member(join, "larg"), place);
    VisitSource(Member(join, "rarg"), place);
    Visit(Member(join, "quals"), Place::kBelow);
  }

  void CheckLevel(const std::string& type, const json& fields, Place place) {
    Conditions conditions;
    AddConditions(Member(fields, "whereClause"), &conditions);
    for (const json& item : Member(fields, "fromClause")) CheckItem(item, conditions, place);
    for (const json& item : Member(fields, "usingClause")) CheckItem(item, conditions, place);
    const json& target = Member(fields, "relation");
    if (type == "InsertStmt") CheckInsert(fields, target);
    if (type != "UpdateStmt" && type != "DeleteStmt") return;
    CheckRows(target, conditions, place);
    if (type == "UpdateStmt") CheckAssignments(Member(fields, "targetList"), target);
    const KnownTable* const table = Find(target);
    if (type == "DeleteStmt" && table != nullptr && !table->shared.empty()) {
      Refuse(Cat("it deletes rows of ", TextOf(target, "relname"), ", to which rows of all tenants may refer"));
    }
  }

  /// Something that a level reads from.
  void CheckItem(const json& item, const Conditions& conditions, Place place) {
    const json& table = Member(item, "RangeVar");
    if (table.is_object()) return CheckRows(table, conditions, place);
    const json& join = Member(item, "JoinExpr");
    if (!join.is_object()) return;
    // Behind an alias of the join the names in it are out of sight.
    const Conditions around = join.contains("alias") ? Conditions() : conditions;
    Conditions with_on = around;
    AddConditions(Member(join, "quals"), &with_on);
    const std::string type = TextOf(join, "jointype");
    const bool inner = type == "JOIN_INNER";
    CheckItem(Member(join, "larg"), inner || type == "JOIN_RIGHT" ? with_on : around, place);
    CheckItem(Member(join, "rarg"), inner || type == "JOIN_LEFT" ? with_on : around, place);
  }

  void CheckRows(const json& range_var, const Conditions& conditions, Place place) {
    const std::string column = ColumnOf(range_var);
    if (column.empty()) return;
    ++checked_;
    const json& alias = Member(range_var, "alias");
    const std::string name = alias.is_object() ? TextOf(alias, "aliasname") : TextOf(range_var, "relname");
    if (alias.is_object() && alias.contains("colnames")) {
      return Refuse(Cat("it gives the columns of ", TextOf(range_var, "relname"), " other names"));
    }
    for (const json* condition : conditions) {
      if (IsOwnRows(*condition, name, column, place)) return;
    }
    Refuse(Cat("it does not keep ", name, " to the rows of the caller's tenant: add `", name, ".", column,
               " = :caller.tenant` where the table is read, joined to the other conditions by AND"));
  }

  bool IsOwnRows(const json& condition, const std::string& table, const std::string& column, Place place) const {
    const json& comparison = Member(condition, "A_Expr");
    if (!comparison.is_object() || TextOf(comparison, "kind") != "AEXPR_OP") return false;
    if (Strings(Member(comparison, "name")) != std::vector<std::string>{"="}) return false;
    const json& left = Member(comparison, "lexpr");
    const json& right = Member(comparison, "rexpr");
    return (IsColumn(left, table, column, place) && IsTenant(right)) ||
           (IsColumn(right, table, column, place) && IsTenant(left));
  }

  /// Without the table a name could be that of a level around, where the table had no such column.
  static bool IsColumn(const json& expression, const std::string& table, const std::string& column, Place place) {
    const std::vector<std::string> names = Names(expression);
    if (names.size() == 1) return names[0] == column && place == Place::kOutermost;
    return names.size() == 2 && names[0] == table && names[1] == column;
  }

  static std::vector<std::string> Names(const json& expression) {
    const json& fields = Member(Member(expression, "ColumnRef"), "fields");
    std::vector<std::string> names = Strings(fields);
    if (!fields.is_array() || names.size() != fields.size()) names.clear();
    return names;
  }

  /// The parameter, cast to its type at most; or where there are many calls, that of each.
  bool IsTenant(const json& expression) const {
    const json& cast = Member(expression, "TypeCast");
    const json& parameter = Member(cast.is_object() ? Member(cast, "arg") : expression, "ParamRef");
    if (parameter.is_object()) return IsTenantParameter(parameter.value("number", 0) - 1);
    const std::vector<std::string> names = Names(expression);
    if (is_custom() || names.size() != 2 || names[0] != "#calls" || names[1].empty() || names[1][0] != '#')
      return false;
    int index = -1;
    const char* const end = names[1].data() + names[1].size();
    const auto read = std::from_chars(names[1].data() + 1, end, index);
    return read.ec == std::errc() && read.ptr == end && IsTenantParameter(index);
  }

  bool IsTenantParameter(int index) const {
    return index >= 0 && index < static_cast<int>(statement_.parameters.size()) &&
           statement_.parameters[static_cast<size_t>(index)].source == Parameter::Source::kTenant;
  }

  // ---- what is written

  void CheckAssignments(const json& assignments, const json& target) {
    const KnownTable* const table = Find(target);
    if (table == nullptr) return;
    for (const json& assignment : assignments) {
      const std::string name = TextOf(Member(assignment, "ResTarget"), "name");
      if (IsAssignedToItself(assignment, target)) continue;
      if (!table->tenant.empty() && name == table->tenant) Refuse(Cat("it changes the tenant, ", name));
      if (table->shared.count(name) > 0) {
        Refuse(Cat("it changes ", TextOf(target, "relname"), ".", name, ", to which rows of all tenants may refer"));
      }
    }
  }

  /// It stays what it is. A bare name is the target's own: other tables in sight would make it ambiguous.
  static bool IsAssignedToItself(const json& assignment, const json& target) {
    const json& column = Member(assignment, "ResTarget");
    if (column.is_object() && column.contains("indirection")) return false;
    const std::vector<std::string> names = Names(Member(column, "val"));
    const json& alias = Member(target, "alias");
    const std::string table = alias.is_object() ? TextOf(alias, "aliasname") : TextOf(target, "relname");
    if (names.empty() || names.back() != TextOf(column, "name")) return false;
    return names.size() == 1 || (names.size() == 2 && names.front() == table);
  }

  void CheckInsert(const json& fields, const json& target) {
    const std::string column = ColumnOf(target);
    const json& conflict = Member(fields, "onConflictClause");
    CheckAssignments(Member(conflict, "targetList"), target);
    if (column.empty()) return;
    ++checked_;
    size_t place = 0;
    const json& columns = Member(fields, "cols");
    while (place < columns.size() && TextOf(Member(columns[place], "ResTarget"), "name") != column) ++place;
    const json& source = Member(Member(fields, "selectStmt"), "SelectStmt");
    if (place == columns.size() || !GivesTenant(source, place)) {
      Refuse(Cat("it does not give new rows of ", TextOf(target, "relname"), " the caller's tenant: insert ",
                 ":caller.tenant as ", column));
    }
    CheckConflict(conflict, column);
  }

  bool GivesTenant(const json& source, size_t place) const {
    if (!source.is_object() || source.contains("larg")) return false;
    const json& rows = Member(source, "valuesLists");
    if (rows.is_array() && !rows.empty()) {
      for (const json& row : rows) {
        const json& items = Member(Member(row, "List"), "items");
        if (place >= items.size() || !IsTenant(items[place])) return false;
      }
      return true;
    }
    const json& targets = Member(source, "targetList");
    for (const json& target : targets) {
      const json& reference = Member(Member(Member(target, "ResTarget"), "val"), "ColumnRef");
      if (reference.is_object() && pgtext::Holds(reference, "A_Star")) return false;  // who knows how many it is
      const json& part = Member(Member(Member(target, "ResTarget"), "val"), "A_Indirection");
      if (part.is_object() && pgtext::Holds(part, "A_Star")) return false;
    }
    return place < targets.size() && IsTenant(Member(Member(targets[place], "ResTarget"), "val"));
  }

  void CheckConflict(const json& conflict, const std::string& column) {
    if (!conflict.is_object() || TextOf(conflict, "action") != "ONCONFLICT_UPDATE") return;
    for (const json& element : Member(Member(conflict, "infer"), "indexElems")) {
      if (TextOf(Member(element, "IndexElem"), "name") == column) return;
    }
    Refuse(Cat("it changes the row that ON CONFLICT meets, which may be another tenant's: name ", column,
               " among the columns of ON CONFLICT"));
  }

  const Statement& statement_;
  const catalogue::Tenancy& tenancy_;
  std::string problem_;
  /// In sight of what is looked at.
  std::vector<std::string> ctes_;
  /// Times that a table with tenants is named, and times that one was looked at.
  int seen_ = 0;
  int checked_ = 0;
};

void AddTables(const json& part, std::set<std::string>* tables) {
  if (part.is_structured()) {
    for (const json& item : part) AddTables(item, tables);
  }
  if (part.is_object() && part.contains("relname")) tables->insert(TextOf(part, "relname"));
}

}  // namespace

std::set<std::string> TablesNamedIn(const std::string& text) {
  std::set<std::string> tables;
  json statements;
  if (pgtext::Parse(text, &statements).message.empty()) AddTables(statements, &tables);
  return tables;
}

std::string TenantProblem(const Statement& statement, const catalogue::Tenancy& tenancy) {
  try {
    json statements;
    const pgtext::ParseProblem problem = pgtext::Parse(statement.text, &statements);
    if (!problem.message.empty()) return Cat("it cannot be read: ", problem.message);
    return TenantChecker(statement, tenancy).Check(statements);
  } catch (const json::exception&) {
    return "it has a form that is not known";
  }
}

Statement OfTenantOrRefused(Statement statement, const catalogue::Tenancy* tenancy) {
  if (tenancy == nullptr) return statement;
  const std::string problem = TenantProblem(statement, *tenancy);
  if (problem.empty()) return statement;
  if (NamesScope::HasOtherNames()) {
    statement.text = "SELECT FROM \"proto:?\"";
    return statement;
  }
  observe::Log(observe::LogLevel::kError, "a statement was refused: it would not keep to one tenant",
               {{"problem", problem}, {"statement", statement.text}});
  statement.text = "REFUSED BY ROWKEEPER: NOT OF ONE TENANT";
  return statement;
}

void CheckTenantStatements(const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans,
                           catalogue::Diagnostics* diagnostics) {
  std::set<std::string> good;  // methods share many
  for (const auto& plan : plans) {
    if (plan->entity->tenancy == nullptr) continue;
    for (const SampledStatement& sample : SampleStatements(*plan)) {
      if (plan->query == nullptr && !good.insert(sample.statement.text).second) continue;
      const std::string problem = TenantProblem(sample.statement, *plan->entity->tenancy);
      if (problem.empty()) continue;
      const bool custom = plan->query != nullptr;
      diagnostics->Error(*plan->method,
                         custom ? Cat("sql: ", problem) : Cat("the server cannot keep to one tenant here: ", problem),
                         custom ? "every table with tenants has to be kept to the caller's"
                                : "remove the method, and report it: this is a mistake of the server");
      break;
    }
  }
}

}  // namespace rowkeeper::sql
