#include "server/plan/query/compile.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/pgtext/parser.h"
#include "server/plan/query/query_plan.h"
#include "server/plan/query/response.h"
#include "server/plan/query/text.h"
#include "server/plan/query/tree.h"
#include "server/plan/response_facts.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Column;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr std::string_view kOneStatement = "write one SELECT, VALUES, INSERT, UPDATE or DELETE, each also after WITH";

/// The column's type has values that no field of this type can carry: years over 9999, NULLs in an array, labels that
/// are not declared. sql::Representable() is about the same; what jsonb holds is not looked at.
bool HasForeignValues(const catalogue::ValueType& type) {
  using catalogue::ValueKind;
  switch (type.kind) {
    case ValueKind::kTimestamp:
    case ValueKind::kDate:
    case ValueKind::kDuration:
    case ValueKind::kEnum:
    case ValueKind::kUint32:
    case ValueKind::kUint64:
      return true;
    default:
      return type.array;
  }
}

class QueryCompiler {
 public:
  QueryCompiler(const catalogue::Catalogue& catalogue, const catalogue::Entity& entity, const catalogue::Method& method,
                catalogue::Diagnostics* diagnostics)
      : catalogue_(catalogue),
        declared_(std::get<catalogue::QueryOptions>(method.options)),
        method_(*method.descriptor),
        diagnostics_(*diagnostics),
        plan_(BeginPlan(entity, method)) {}

  MethodPlan Compile() && {
    const QueryText text = ReadQueryText(declared_.sql);
    if (!text.problem.empty()) {
      Refuse(text.problem, text.position, "write PostgreSQL's SQL, with `:name` for the request's field `name`");
    } else {
      const int mistakes = BindRequest(text);
      if (const auto tree = mistakes == 0 ? Understand(text) : std::nullopt) TakeOver(text, *tree);
    }
    plan_.query = std::make_shared<const QueryPlan>(std::move(query_));
    return std::move(plan_);
  }

 private:
  void Refuse(std::string_view problem, int position, std::string_view remedy) {
    const std::string place = position > 0 ? Cat(" (character ", position, ")") : "";
    diagnostics_.Error(method_, Cat("sql: ", problem, place), std::string(remedy));
  }

  /// How many mistakes it found.
  int BindRequest(const QueryText& text) {
    const Descriptor& request = *method_.input_type();
    std::set<std::string> used;
    for (const QueryText::Piece& piece : text.pieces) used.insert(piece.parameter);
    used.erase("");
    int mistakes = 0;
    if (used.erase(std::string(kCallerTenant)) > 0 && !BindTenant()) ++mistakes;
    for (int i = 0; i < request.field_count(); ++i) {
      const FieldDescriptor& field = *request.field(i);
      if (used.erase(field.name()) == 0) {
        diagnostics_.Error(field, Cat("the query ", method_.name(), " does not use it"),
                           Cat("write :", field.name(), " in its sql, or remove the field"));
        ++mistakes;
        continue;
      }
      std::optional<Column> column = QueryColumn(field, QueryFieldUse::kParameter, &diagnostics_);
      if (!column) ++mistakes;
      if (column) AddParameter(field, *std::move(column));
    }
    for (const std::string& name : used) {
      diagnostics_.Error(method_, Cat("sql: the parameter :", name, " is no field of ", request.full_name()),
                         Cat(FieldNames(request), "; or declare it there"));
      ++mistakes;
    }
    return mistakes;
  }

  bool BindTenant() {
    if (plan_.entity->tenancy != nullptr) {
      query_.tenant = plan_.entity->tenancy->type;
      return true;
    }
    diagnostics_.Error(method_, "sql: :caller.tenant is asked for, but no entity has tenants",
                       "give the field with the tenant `role: ROLE_TENANT`, or leave it out");
    return false;
  }

  static std::string FieldNames(const Descriptor& request) {
    std::vector<std::string> names;
    for (int i = 0; i < request.field_count(); ++i) names.push_back(request.field(i)->name());
    return names.empty() ? "it has no fields" : Cat("its fields are ", absl::StrJoin(names, ", "));
  }

  void AddParameter(const FieldDescriptor& field, Column column) {
    Input input;
    input.role = InputRole::kValue;
    input.path = {&field};
    input.name = field.name();
    input.type = column.type;
    plan_.inputs.push_back(std::move(input));
    query_.parameters.push_back(std::move(column));
  }

  int ParameterIndex(const std::string& name) const {
    if (name == kCallerTenant) return static_cast<int>(plan_.inputs.size());
    const auto has_name = [&name](const Input& input) { return input.name == name; };
    const auto found = std::find_if(plan_.inputs.begin(), plan_.inputs.end(), has_name);
    return found == plan_.inputs.end() ? -1 : static_cast<int>(found - plan_.inputs.begin());
  }

  /// How the text that is parsed writes a parameter.
  std::function<std::string(const std::string&)> Numbered() const {
    return [this](const std::string& name) { return Cat("($", ParameterIndex(name) + 1, ")"); };
  }

  /// nullopt after a diagnostic.
  std::optional<QueryTree> Understand(const QueryText& text) {
    nlohmann::json statements;
    const pgtext::ParseProblem problem = pgtext::Parse(text.With(Numbered()), &statements);
    if (!problem.message.empty()) {
      Refuse(problem.message, text.PositionOf(problem.position, Numbered()), "correct the statement");
      return std::nullopt;
    }
    if (statements.size() != 1) {
      Refuse(Cat("it holds ", statements.size(), " statements"), 0, kOneStatement);
      return std::nullopt;
    }
    std::vector<bool> given;
    for (const Column& parameter : query_.parameters) given.push_back(!parameter.nullable);
    if (query_.tenant.has_value()) given.push_back(true);
    const QueryTree tree = ReadQueryTree(statements[0], catalogue_, given);
    if (tree.kind == QueryTree::Kind::kOther) {
      Refuse("this kind of statement is not served", 0, kOneStatement);
      return std::nullopt;
    }
    if (tree.makes_table) {
      Refuse("SELECT INTO makes a table", 0, "remove INTO");
      return std::nullopt;
    }
    return tree;
  }

  void TakeOver(const QueryText& text, const QueryTree& tree) {
    for (const QueryText::Piece& piece : text.pieces) {
      query_.pieces.push_back({piece.text, piece.parameter.empty() ? -1 : ParameterIndex(piece.parameter)});
    }
    const bool select = tree.kind == QueryTree::Kind::kSelect;
    plan_.query_reads = select && !tree.changes_rows && !tree.locks_rows && !tree.has_effects;
    query_.target = tree.target;
    query_.write = tree.write;
    for (const WritingCte& cte : tree.writing_ctes) TakeOverCte(text, cte);
    query_.functions = tree.functions;
    query_.not_null = tree.not_null;
    query_.outer_joined = tree.outer_joined;
    query_.origins_mean_nothing = tree.origins_mean_nothing;
    CheckDeleted(tree);
    BindQueryResponse(catalogue_, tree, &plan_, &query_, &diagnostics_);
    query_.can_be_limited = select && !tree.changes_rows && CarriesRows(plan_.response);
  }

  /// What it stores is looked at by one more column of its RETURNING, which must be nobody's business.
  void TakeOverCte(const QueryText& text, const WritingCte& cte) {
    const std::vector<Column>& columns = cte.write.target->columns;
    const auto column = std::find_if(cte.write.columns.begin(), cte.write.columns.end(),
                                     [&columns](int index) { return HasForeignValues(columns[index].type); });
    if (column == cte.write.columns.end()) return;
    if (cte.columns_are_counted_on) {
      Refuse(Cat("all columns of ", cte.name, " are taken, so nothing can look at what it stores in ",
                 columns[*column].name, " of ", cte.write.target->table),
             0, Cat("name the columns of ", cte.name, " that you need, instead of * or the row"));
      return;
    }
    const auto [piece, offset] = text.PlaceOf(EndOfCte(text.With(Numbered()), cte.position), Numbered());
    query_.writes_below.push_back({cte.write, piece, offset});
  }

  void CheckDeleted(const QueryTree& tree) {
    if (declared_.include_deleted) return;
    for (const BlindTable& table : tree.blind) {
      const catalogue::Entity& entity = *table.entity;
      std::vector<std::string> live;
      if (entity.deleted_at) live.push_back(Cat(table.alias, ".", entity.columns[*entity.deleted_at].name, " IS NULL"));
      if (entity.deleted_flag) live.push_back(Cat("NOT ", table.alias, ".", entity.columns[*entity.deleted_flag].name));
      const std::string name = table.alias == entity.table ? entity.table : Cat(entity.table, " ", table.alias);
      Refuse(Cat("it does not say whether deleted rows of ", name, " count"), 0,
             Cat("add `", absl::StrJoin(live, " AND "),
                 "` where the table is read, or `include_deleted: true` beside sql when it is meant to see them"));
    }
  }

  const catalogue::Catalogue& catalogue_;
  const catalogue::QueryOptions& declared_;
  const google::protobuf::MethodDescriptor& method_;
  catalogue::Diagnostics& diagnostics_;
  MethodPlan plan_;
  QueryPlan query_;
};

}  // namespace

bool QueryGives(Fact fact) { return fact == Fact::kAffected; }

MethodPlan CompileQuery(const catalogue::Catalogue& catalogue, const catalogue::Entity& entity,
                        const catalogue::Method& method, catalogue::Diagnostics* diagnostics) {
  return QueryCompiler(catalogue, entity, method, diagnostics).Compile();
}

}  // namespace rowkeeper::plan
