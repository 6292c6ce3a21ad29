#include "server/plan/query/scope.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "server/plan/query/parts.h"

namespace rowkeeper::plan {
namespace {

using nlohmann::json;

// Functions of PostgreSQL that never give NULL …
const std::set<std::string>& NeverNull() {
  static const auto* const names = new std::set<std::string>{"count",
                                                             "row_number",
                                                             "rank",
                                                             "dense_rank",
                                                             "percent_rank",
                                                             "cume_dist",
                                                             "now",
                                                             "clock_timestamp",
                                                             "statement_timestamp",
                                                             "transaction_timestamp",
                                                             "random",
                                                             "gen_random_uuid",
                                                             "concat",
                                                             "jsonb_build_object",
                                                             "jsonb_build_array",
                                                             "num_nulls",
                                                             "num_nonnulls",
                                                             "grouping"};
  return *names;
}

// … and those that do so only for NULL.
const std::set<std::string>& NullForNull() {
  static const auto* const names =
      new std::set<std::string>{"abs",   "ceil",        "ceiling",    "floor",       "round",        "trunc", "lower",
                                "upper", "initcap",     "length",     "char_length", "octet_length", "md5",   "left",
                                "right", "cardinality", "date_trunc", "to_jsonb",    "ntile",        "btrim"};
  return *names;
}

/// What extract() finds in an infinite time, too: it is infinite. Days, hours and the like are NULL there.
const std::set<std::string>& PartsOfInfinity() {
  static const auto* const parts =
      new std::set<std::string>{"epoch", "year", "isoyear", "decade", "century", "millennium", "julian"};
  return *parts;
}

/// Operators of PostgreSQL that give NULL only for NULL; `->` and its kin are not among them, nor `#`, by which two
/// boxes that do not meet have no intersection.
const std::set<std::string>& StrictOperators() {
  static const auto* const names =
      new std::set<std::string>{"+",  "-",  "*",  "/",   "%",   "^",  "||", "=",  "<>", "<", "<=", ">",  ">=", "~",
                                "~*", "!~", "~~", "!~~", "~~*", "@>", "<@", "&&", "&",  "|", "?",  "?|", "?&"};
  return *names;
}

/// The only member of a node: its type and its fields.
struct Node {
  std::string type;
  const json* fields = nullptr;
};

Node ReadNode(const json& node) {
  if (!node.is_object() || node.size() != 1 || !node.begin()->is_object()) return {};
  return {node.begin().key(), &*node.begin()};
}

/// Reads expressions of one scope.
class Expressions {
 public:
  Expressions(const QueryScope& scope, const std::vector<bool>& given) : scope_(scope), given_(given) {}

  bool NeverNull(const json& expression) const {
    const Node node = ReadNode(expression);
    if (node.fields == nullptr) return false;
    const json& fields = *node.fields;
    if (node.type == "A_Const") return !fields.value("isnull", false);
    if (node.type == "ParamRef") return IsGiven(fields.value("number", 0));
    if (node.type == "ColumnRef") return ColumnIsNotNull(ReadColumnRef(fields));
    if (node.type == "TypeCast" || node.type == "CollateClause") return NeverNull(Member(fields, "arg"));
    if (node.type == "CoalesceExpr" || node.type == "MinMaxExpr") return Any(Member(fields, "args"));
    if (node.type == "BoolExpr") return All(Member(fields, "args"));
    if (node.type == "FuncCall") return FunctionIsNotNull(fields);
    if (node.type == "A_Expr") return OperatorIsNotNull(fields);
    if (node.type == "CaseExpr") return CaseIsNotNull(fields);
    if (node.type == "SubLink") return SublinkIsNotNull(fields);
    return node.type == "NullTest" || node.type == "BooleanTest" || node.type == "A_ArrayExpr" ||
           (node.type == "SQLValueFunction" && fields.value("op", "") != "SVFOP_CURRENT_SCHEMA") ||
           node.type == "GroupingFunc";
  }

 private:
  bool All(const json& list) const {
    return std::all_of(list.begin(), list.end(), [this](const json& item) { return NeverNull(item); });
  }
  bool Any(const json& list) const {
    return std::any_of(list.begin(), list.end(), [this](const json& item) { return NeverNull(item); });
  }

  bool IsGiven(int parameter) const {
    return parameter > 0 && parameter <= static_cast<int>(given_.size()) && given_[parameter - 1];
  }

  /// The innermost scope that has the column decides. Without a qualifier several relations have it only where it is
  /// the one of USING, which has a value wherever one of them has.
  bool ColumnIsNotNull(const ColumnName& column) const {
    for (const QueryScope* scope = &scope_; scope != nullptr; scope = scope->outer) {
      bool found = false;
      bool not_null = false;
      for (const QueryRelation& relation : scope->relations) {
        if (!column.qualifier.empty() && relation.alias != column.qualifier) continue;
        found = found || !column.qualifier.empty() || !relation.output.complete;
        for (const OutputColumns::Column& output : relation.output.columns) {
          if (output.name != column.name) continue;
          found = true;
          not_null = not_null || output.not_null;
        }
      }
      if (found) return not_null && !scope->grouping_sets;
    }
    return false;
  }

  static std::string FunctionName(const json& fields) {
    const std::vector<std::string> names = Strings(Member(fields, "funcname"));
    const bool plain = names.size() == 1 || (names.size() == 2 && names[0] == "pg_catalog");
    return plain ? names.back() : "";
  }

  /// The constant that the list begins with; empty for anything else.
  static std::string FirstText(const json& list) {
    if (!list.is_array() || list.empty()) return "";
    const json& text = Member(Member(Member(list[0], "A_Const"), "sval"), "sval");
    return text.is_string() ? text.get<std::string>() : "";
  }

  bool FunctionIsNotNull(const json& fields) const {
    const std::string name = FunctionName(fields);
    if (plan::NeverNull().count(name) > 0) return true;
    const json& arguments = Member(fields, "args");
    if (name == "extract") return All(arguments) && PartsOfInfinity().count(FirstText(arguments)) > 0;
    return NullForNull().count(name) > 0 && All(arguments);
  }

  bool OperatorIsNotNull(const json& fields) const {
    const std::string kind = fields.value("kind", "");
    if (kind == "AEXPR_DISTINCT" || kind == "AEXPR_NOT_DISTINCT") return true;
    const bool known = kind == "AEXPR_IN" || kind == "AEXPR_LIKE" || kind == "AEXPR_ILIKE" || kind == "AEXPR_BETWEEN" ||
                       kind == "AEXPR_NOT_BETWEEN";
    const std::vector<std::string> names = Strings(Member(fields, "name"));
    const bool strict = kind == "AEXPR_OP" && names.size() == 1 && StrictOperators().count(names[0]) > 0;
    if (!known && !strict) return false;
    const json& left = Member(fields, "lexpr");
    return (left.is_null() || NeverNull(left)) && OperandIsNotNull(Member(fields, "rexpr"));
  }

  /// One value, or the list of IN and BETWEEN.
  bool OperandIsNotNull(const json& operand) const {
    const json& list = Member(operand, "List");
    return list.is_object() ? All(Member(list, "items")) : NeverNull(operand);
  }

  bool CaseIsNotNull(const json& fields) const {
    for (const json& when : Member(fields, "args")) {
      if (!NeverNull(Member(Member(when, "CaseWhen"), "result"))) return false;
    }
    return NeverNull(Member(fields, "defresult"));
  }

  bool SublinkIsNotNull(const json& fields) const {
    const std::string type = fields.value("subLinkType", "");
    if (type == "EXISTS_SUBLINK" || type == "ARRAY_SUBLINK") return true;
    return type == "EXPR_SUBLINK" && CountsAllRows(Member(Member(fields, "subselect"), "SelectStmt"));
  }

  /// `SELECT count(…) …` without groups has one row, come what may; so has `SELECT coalesce(sum(…), 0) …`.
  bool CountsAllRows(const json& select) const {
    for (const char* clause : {"groupClause", "havingClause", "limitCount", "limitOffset", "larg"}) {
      if (select.contains(clause)) return false;
    }
    const json& targets = Member(select, "targetList");
    if (targets.size() != 1) return false;
    const json& value = Member(Member(targets[0], "ResTarget"), "val");
    const json& count = Member(value, "FuncCall");
    if (count.is_object()) return FunctionName(count) == "count" && !count.contains("over");
    const json& coalesced = Member(Member(value, "CoalesceExpr"), "args");
    if (coalesced.empty()) return false;
    static const auto* const aggregates = new std::set<std::string>{
        "count", "sum", "min", "max", "avg", "array_agg", "jsonb_agg", "string_agg", "bool_and", "bool_or"};
    const json& first = Member(coalesced[0], "FuncCall");
    return first.is_object() && !first.contains("over") && aggregates->count(FunctionName(first)) > 0 && Any(coalesced);
  }

  const QueryScope& scope_;
  const std::vector<bool>& given_;
};

}  // namespace

ColumnName ReadColumnRef(const json& column_ref) {
  const json& fields = Member(column_ref, "fields");
  std::vector<std::string> names = Strings(fields);
  ColumnName column;
  const bool star = !fields.empty() && Member(fields.back(), "A_Star").is_object();
  if (!star && !names.empty()) {
    column.name = names.back();
    names.pop_back();
  }
  if (!names.empty()) column.qualifier = names.back();
  return column;
}

bool IsNeverNull(const json& expression, const QueryScope& scope, const std::vector<bool>& given) {
  return Expressions(scope, given).NeverNull(expression);
}

}  // namespace rowkeeper::plan
