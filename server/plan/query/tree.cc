#include "server/plan/query/tree.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "server/plan/query/parts.h"
#include "server/plan/query/scope.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Column;
using catalogue::Entity;
using nlohmann::json;

/// Common table expressions in sight, the innermost last.
using Ctes = std::vector<QueryRelation>;

/// Walks through a statement, level by level.
class TreeReader {
 public:
  TreeReader(const catalogue::Catalogue& catalogue, const std::vector<bool>& given)
      : catalogue_(catalogue), given_(given) {}

  QueryTree Read(const json& statement) {
    if (!statement.is_object() || statement.empty()) return tree_;
    const std::string type = statement.begin().key();
    const json& fields = *statement.begin();
    ReadShape(type, fields);
    if (tree_.kind == QueryTree::Kind::kOther) return std::move(tree_);
    tree_.functions = CalledFunctions(statement);
    tree_.has_effects = HasEffects(tree_.functions);
    tree_.locks_rows = Holds(statement, "lockingClause");
    tree_.changes_rows = ChangesRows(statement);
    tree_.origins_mean_nothing = Holds(statement, "GroupingSet") || fields.value("op", "SETOP_NONE") != "SETOP_NONE";
    Export(Level(type, fields, {}, nullptr));
    return std::move(tree_);
  }

 private:
  void ReadShape(const std::string& type, const json& fields) {
    using Kind = QueryTree::Kind;
    static const auto* const kinds = new std::map<std::string, Kind>{{"SelectStmt", Kind::kSelect},
                                                                     {"InsertStmt", Kind::kInsert},
                                                                     {"UpdateStmt", Kind::kUpdate},
                                                                     {"DeleteStmt", Kind::kDelete}};
    const auto found = kinds->find(type);
    if (found != kinds->end()) tree_.kind = found->second;
    tree_.makes_table = Holds(fields, "intoClause");
    tree_.returns_rows = tree_.kind == Kind::kSelect || fields.contains("returningList");
    if (tree_.kind != Kind::kSelect) tree_.target = FindEntity(catalogue_, Member(fields, "relation"));
    tree_.write = ReadWrite(catalogue_, type, fields);
    tree_.writing_ctes = ReadWritingCtes(catalogue_, fields);
  }

  void Export(const OutputColumns& output) {
    std::set<std::string> nullable;
    for (const OutputColumns::Column& column : output.columns) {
      (column.not_null ? tree_.not_null : nullable).insert(column.name);
    }
    for (const std::string& name : nullable) tree_.not_null.erase(name);
  }

  // ---- query levels

  OutputColumns Level(const std::string& type, const json& fields, Ctes ctes, const QueryScope* outer) {
    QueryScope scope;
    scope.outer = outer;
    AddCtes(Member(fields, "withClause"), &ctes, outer);
    if (type == "SelectStmt") return Select(fields, ctes, &scope);
    AddTarget(type, fields, &scope);
    // The source of an INSERT stands by itself; what is beside a target sees it.
    AddFrom(Member(fields, "fromClause"), ctes, &scope);
    AddFrom(Member(fields, "usingClause"), ctes, &scope);
    CheckDeleted(type, fields, scope);
    for (const auto& [name, part] : fields.items()) {
      const bool done = name == "withClause" || name == "fromClause" || name == "usingClause";
      if (!done) Descend(part, ctes, &scope);
    }
    return Targets(Member(fields, "returningList"), scope);
  }

  OutputColumns Select(const json& fields, const Ctes& ctes, QueryScope* scope) {
    if (fields.value("op", "SETOP_NONE") != "SETOP_NONE") {
      const OutputColumns left = Level("SelectStmt", Member(fields, "larg"), ctes, scope->outer);
      return Both(left, Level("SelectStmt", Member(fields, "rarg"), ctes, scope->outer));
    }
    AddFrom(Member(fields, "fromClause"), ctes, scope);
    scope->grouping_sets = Holds(Member(fields, "groupClause"), "GroupingSet");
    CheckDeleted("SelectStmt", fields, *scope);
    for (const auto& [name, part] : fields.items()) {
      if (name != "withClause" && name != "fromClause") Descend(part, ctes, scope);
    }
    return fields.contains("valuesLists") ? Values(fields["valuesLists"], *scope)
                                          : Targets(Member(fields, "targetList"), *scope);
  }

  /// The rows of both: a column is never NULL if it is so in each.
  static OutputColumns Both(const OutputColumns& left, const OutputColumns& right) {
    OutputColumns output = left;
    const bool comparable = left.complete && right.complete && left.columns.size() == right.columns.size();
    for (size_t i = 0; i < output.columns.size(); ++i) {
      output.columns[i].not_null = comparable && left.columns[i].not_null && right.columns[i].not_null;
    }
    return output;
  }

  /// Looks for query levels below `part`.
  void Descend(const json& part, const Ctes& ctes, const QueryScope* scope) {
    if (part.is_array()) {
      for (const json& item : part) Descend(item, ctes, scope);
    } else if (part.is_object()) {
      for (const auto& [type, value] : part.items()) {
        if (IsStatement(type) && value.is_object()) {
          Level(type, value, ctes, scope);
        } else {
          Descend(value, ctes, scope);
        }
      }
    }
  }

  // ---- what a level reads from

  void AddCtes(const json& with, Ctes* ctes, const QueryScope* outer) {
    for (const json& item : Member(with, "ctes")) {
      const json& cte = Member(item, "CommonTableExpr");
      QueryRelation relation;
      relation.alias = cte.value("ctename", "");
      const json& query = Member(cte, "ctequery");
      if (!query.is_object() || query.empty()) continue;
      const bool recursive = with.value("recursive", false);
      if (recursive) relation.output = RecursiveOutput(cte, *ctes, outer);
      Ctes visible = *ctes;
      if (recursive) visible.push_back(relation);
      relation.output = Renamed(Level(query.begin().key(), *query.begin(), visible, outer), cte, "aliascolnames");
      relation.tables = Tables(query, *ctes);
      ctes->push_back(std::move(relation));
    }
  }

  /// A recursive query's columns: what the first part says, as far as the rest, which reads them, keeps to it.
  OutputColumns RecursiveOutput(const json& cte, const Ctes& ctes, const QueryScope* outer) {
    const json& select = Member(Member(cte, "ctequery"), "SelectStmt");
    QueryRelation self;
    self.alias = cte.value("ctename", "");
    self.output.complete = false;
    if (!select.contains("larg")) return self.output;
    self.output = Renamed(Level("SelectStmt", select["larg"], ctes, outer), cte, "aliascolnames");
    for (size_t round = 0; round <= self.output.columns.size(); ++round) {
      Ctes visible = ctes;
      visible.push_back(self);
      const OutputColumns next = Both(self.output, Level("SelectStmt", Member(select, "rarg"), visible, outer));
      bool stable = true;
      for (size_t i = 0; i < next.columns.size(); ++i) {
        stable = stable && next.columns[i].not_null == self.output.columns[i].not_null;
      }
      self.output = next;
      if (stable) break;
    }
    return self.output;
  }

  void AddTarget(const std::string& type, const json& fields, QueryScope* scope) {
    const json& relation = Member(fields, "relation");
    if (type != "MergeStmt" && relation.is_object()) scope->relations.push_back(Table(relation));
  }

  void AddFrom(const json& items, const Ctes& ctes, QueryScope* scope) {
    for (const json& item : items) {
      for (QueryRelation& relation : From(item, ctes, scope)) scope->relations.push_back(std::move(relation));
    }
  }

  /// The relations of one item of FROM.
  std::vector<QueryRelation> From(const json& item, const Ctes& ctes, QueryScope* scope) {
    if (!item.is_object() || item.empty()) return {};
    const std::string type = item.begin().key();
    const json& fields = *item.begin();
    if (type == "RangeVar") return {Named(fields, ctes)};
    if (type == "JoinExpr") return Join(fields, ctes, scope);
    if (type == "RangeTableSample") return From(Member(fields, "relation"), ctes, scope);
    QueryRelation relation;
    relation.alias = Member(fields, "alias").is_object() ? fields["alias"].value("aliasname", "") : "";
    relation.output.complete = false;
    if (type == "RangeSubselect") {
      const json& query = Member(fields, "subquery");
      // What comes before it in FROM is in sight of a LATERAL one.
      if (query.is_object() && !query.empty()) {
        relation.output = Renamed(Level(query.begin().key(), *query.begin(), ctes, scope), Member(fields, "alias"));
      }
      relation.tables = Tables(query, ctes);
    } else {
      Descend(fields, ctes, scope);  // a function, whose arguments may hold queries
    }
    return {std::move(relation)};
  }

  QueryRelation Named(const json& range_var, const Ctes& ctes) {
    const std::string name = range_var.value("relname", "");
    if (range_var.contains("schemaname")) return Table(range_var);
    const auto cte = std::find_if(ctes.rbegin(), ctes.rend(), [&name](const auto& c) { return c.alias == name; });
    if (cte == ctes.rend()) return Table(range_var);
    QueryRelation relation = *cte;
    relation.alias = AliasOf(range_var);
    relation.output = Renamed(std::move(relation.output), Member(range_var, "alias"));
    return relation;
  }

  QueryRelation Table(const json& range_var) const {
    QueryRelation relation;
    relation.alias = AliasOf(range_var);
    relation.tables = {range_var.value("relname", "")};
    relation.entity = FindEntity(catalogue_, range_var);
    relation.output.complete = false;  // system columns, and those that no field stands for
    if (relation.entity == nullptr) return relation;
    relation.output.complete = true;
    for (const Column& column : relation.entity->columns) {
      relation.output.columns.push_back({column.name, !column.nullable});
    }
    if (!relation.entity->internal_id.empty()) relation.output.columns.push_back({relation.entity->internal_id, true});
    relation.output = Renamed(std::move(relation.output), Member(range_var, "alias"));
    return relation;
  }

  std::vector<QueryRelation> Join(const json& fields, const Ctes& ctes, QueryScope* scope) {
    const std::string type = fields.value("jointype", "JOIN_INNER");
    std::vector<QueryRelation> left = From(Member(fields, "larg"), ctes, scope);
    const size_t before = scope->relations.size();
    scope->relations.insert(scope->relations.end(), left.begin(), left.end());  // in sight of a LATERAL right side
    std::vector<QueryRelation> right = From(Member(fields, "rarg"), ctes, scope);
    scope->relations.resize(before);
    if (type == "JOIN_LEFT" || type == "JOIN_FULL") MakeNullable(&right);
    if (type == "JOIN_RIGHT" || type == "JOIN_FULL") MakeNullable(&left);
    Descend(Member(fields, "quals"), ctes, scope);
    std::move(right.begin(), right.end(), std::back_inserter(left));
    if (!fields.contains("alias")) return left;
    QueryRelation whole;
    whole.alias = fields["alias"].value("aliasname", "");
    whole.output.complete = false;
    for (const QueryRelation& part : left) whole.tables.insert(part.tables.begin(), part.tables.end());
    return {std::move(whole)};
  }

  void MakeNullable(std::vector<QueryRelation>* relations) {
    for (QueryRelation& relation : *relations) {
      for (OutputColumns::Column& column : relation.output.columns) column.not_null = false;
      tree_.outer_joined.insert(relation.tables.begin(), relation.tables.end());
    }
  }

  /// The tables that a query names at any depth, through the common table expressions that it uses.
  static std::set<std::string> Tables(const json& part, const Ctes& ctes) {
    std::set<std::string> tables;
    if (!part.is_structured()) return tables;
    const std::string name = part.is_object() ? part.value("relname", "") : "";
    for (const QueryRelation& cte : ctes) {
      if (!name.empty() && cte.alias == name) tables.insert(cte.tables.begin(), cte.tables.end());
    }
    if (!name.empty()) tables.insert(name);
    for (const json& member : part) {
      const std::set<std::string> below = Tables(member, ctes);
      tables.insert(below.begin(), below.end());
    }
    return tables;
  }

  static std::string AliasOf(const json& range_var) {
    const json& alias = Member(range_var, "alias");
    return alias.is_object() ? alias.value("aliasname", "") : range_var.value("relname", "");
  }

  /// `t(a, b)` gives the first columns other names.
  static OutputColumns Renamed(OutputColumns output, const json& alias, const char* names = "colnames") {
    const std::vector<std::string> renamed = Strings(Member(alias, names));
    for (size_t i = 0; i < std::min(renamed.size(), output.columns.size()); ++i) output.columns[i].name = renamed[i];
    return output;
  }

  // ---- what a level gives

  OutputColumns Targets(const json& targets, const QueryScope& scope) const {
    OutputColumns output;
    for (const json& item : targets) {
      const json& target = Member(item, "ResTarget");
      const json& value = Member(target, "val");
      const json& reference = Member(value, "ColumnRef");
      if (reference.is_object() && ReadColumnRef(reference).name.empty()) {
        AddStar(ReadColumnRef(reference).qualifier, scope, &output);
        continue;
      }
      const std::string name = target.value("name", NameOf(value));
      output.columns.push_back({name, IsNeverNull(value, scope, given_)});
    }
    return output;
  }

  static void AddStar(const std::string& qualifier, const QueryScope& scope, OutputColumns* output) {
    for (const QueryRelation& relation : scope.relations) {
      if (!qualifier.empty() && relation.alias != qualifier) continue;
      output->complete = output->complete && relation.output.complete;
      for (OutputColumns::Column column : relation.output.columns) {
        column.not_null = column.not_null && !scope.grouping_sets;
        output->columns.push_back(std::move(column));
      }
    }
  }

  OutputColumns Values(const json& rows, const QueryScope& scope) const {
    OutputColumns output;
    for (const json& row : rows) {
      const json& items = Member(Member(row, "List"), "items");
      for (size_t i = 0; i < items.size(); ++i) {
        if (i == output.columns.size()) output.columns.push_back({"column" + std::to_string(i + 1), true});
        output.columns[i].not_null = output.columns[i].not_null && IsNeverNull(items[i], scope, given_);
      }
    }
    return output;
  }

  /// What PostgreSQL calls a column that has no AS.
  static std::string NameOf(const json& value) {
    if (!value.is_object() || value.empty()) return "";
    const std::string type = value.begin().key();
    const json& fields = *value.begin();
    if (type == "ColumnRef") return ReadColumnRef(fields).name;
    if (type == "TypeCast") return NameOf(Member(fields, "arg"));
    if (type == "CoalesceExpr") return "coalesce";
    if (type != "FuncCall") return "";
    const std::vector<std::string> names = Strings(Member(fields, "funcname"));
    return names.empty() ? "" : names.back();
  }

  // ---- soft delete

  /// Each table of the level that has deleted rows must be spoken of with the column that tells them. What is only
  /// inserted into need not.
  void CheckDeleted(const std::string& type, const json& fields, const QueryScope& scope) {
    for (const QueryRelation& relation : scope.relations) {
      const Entity* entity = relation.entity;
      if (entity == nullptr || !entity->soft_deletable()) continue;
      const bool is_target = type == "InsertStmt" && &relation == &scope.relations.front();
      const json& conflict = Member(fields, "onConflictClause");
      if (is_target && !(conflict.is_object() && conflict.value("action", "") == "ONCONFLICT_UPDATE")) continue;
      std::set<std::string> names;
      if (entity->deleted_at) names.insert(entity->columns[*entity->deleted_at].name);
      if (entity->deleted_flag) names.insert(entity->columns[*entity->deleted_flag].name);
      if (!MentionsColumn(fields, relation.alias, names)) tree_.blind.insert({entity, relation.alias});
    }
  }

  const catalogue::Catalogue& catalogue_;
  const std::vector<bool>& given_;
  QueryTree tree_;
};

}  // namespace

QueryTree ReadQueryTree(const json& statement, const catalogue::Catalogue& catalogue, const std::vector<bool>& given) {
  try {
    return TreeReader(catalogue, given).Read(statement);
  } catch (const json::exception&) {
    return {};  // a tree of another form than any that this program knows
  }
}

}  // namespace rowkeeper::plan
