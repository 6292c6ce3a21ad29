#include "server/schema/query_fit.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <string>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/plan/query/query_plan.h"
#include "server/plan/response_facts.h"
#include "server/sql/introspect_query.h"
#include "server/sql/render_query.h"
#include "server/sql/types.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Column;
using catalogue::ValueKind;
using catalogue::ValueType;
using plan::MethodPlan;

/// What PostgreSQL says of a result column's type and origin.
struct LiveResult {
  std::string type;
  std::string element_type;
  bool is_enum = false;
  /// The column of a table, and NOT NULL there.
  bool not_null = false;
  std::string table;
};

/// A query that PostgreSQL has understood.
struct Described {
  const MethodPlan* plan = nullptr;
  std::vector<db::DescribedColumn> columns;
  std::vector<LiveResult> live;
};

int ToInt(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

absl::StatusOr<db::Rows> Ask(const std::string& text, int columns, db::Connection& connection) {
  db::Query query;
  query.text = text;
  query.result = ResultShape::Columns(columns);
  query.effect = db::Query::Effect::kRead;
  return connection.Execute(query);
}

/// The types, without length or precision, whose text a field of this type can carry.
std::vector<std::string_view> CarriedTypes(ValueKind kind) {
  switch (kind) {
    case ValueKind::kBool:
      return {"boolean"};
    case ValueKind::kInt32:
      return {"integer", "smallint"};
    case ValueKind::kInt64:
    case ValueKind::kUint32:
      return {"bigint", "integer", "smallint"};
    case ValueKind::kUint64:
      return {"numeric", "bigint", "integer", "smallint"};
    case ValueKind::kFloat:
      return {"real"};
    case ValueKind::kDouble:
      return {"double precision", "real"};
    case ValueKind::kString:
    case ValueKind::kEnum:
      return {"text", "character varying"};
    case ValueKind::kBytes:
      return {"bytea"};
    case ValueKind::kUuid:
      return {"uuid"};
    case ValueKind::kDecimal:
      return {"numeric"};
    case ValueKind::kTimestamp:
      return {"timestamp with time zone"};
    case ValueKind::kDuration:
      return {"interval"};
    case ValueKind::kDate:
      return {"date"};
    case ValueKind::kJson:
      return {"jsonb", "json"};
  }
  return {};
}

bool SameType(const ValueType& type, const LiveResult& live) {
  std::string_view name = live.type;
  const bool array = name.size() > 2 && name.substr(name.size() - 2) == "[]";
  if (array != type.array) return false;
  if (!type.native_enum.empty()) return live.is_enum && live.element_type == type.native_enum;
  if (array) name.remove_suffix(2);
  const std::vector<std::string_view> carried = CarriedTypes(type.kind);
  return std::find(carried.begin(), carried.end(), name) != carried.end();
}

/// "timestamp with time zone", and "numeric" whatever its precision: what to cast to.
std::string WantedType(const MethodPlan& plan, const ValueType& type) { return sql::ParameterType(*plan.entity, type); }

/// For each of them the describer has waited.
constexpr size_t kMostUnknown = 8;

class QueryFit {
 public:
  QueryFit(db::Describer& describer, db::Connection& connection, FitReport* report)
      : describer_(describer), connection_(connection), report_(*report) {}

  absl::Status Check(const std::vector<const MethodPlan*>& queries) {
    for (const MethodPlan* plan : queries) {
      if (absl::Status status = Describe(*plan); !status.ok()) return status;
    }
    if (absl::Status status = ReadTypes(); !status.ok()) return status;
    for (const Described& query : described_) Compare(query);
    return CheckFunctions();
  }

  const std::vector<UnknownQuery>& unknown() const { return unknown_; }

 private:
  void Add(const MethodPlan& plan, const Column* column, std::string problem) {
    Mismatch mismatch;
    mismatch.entity = plan.full_name;
    if (column != nullptr) {
      mismatch.field = column->field->name();
      mismatch.column = column->name;
    }
    mismatch.problem = std::move(problem);
    mismatch.breaks = Breaks::kMethods;
    mismatch.methods = {plan.full_name};
    report_.Add(std::move(mismatch));
  }

  absl::Status Describe(const MethodPlan& plan) {
    if (unknown_.size() >= kMostUnknown) {
      unknown_.push_back({&plan, "others are asked about first"});
      return absl::OkStatus();
    }
    auto columns = describer_.Describe(sql::RenderQuery(plan).text);
    if (columns.ok()) {
      described_.push_back({&plan, *std::move(columns), {}});
      return absl::OkStatus();
    }
    if (columns.status().code() == absl::StatusCode::kFailedPrecondition) {
      Add(plan, nullptr, Cat("PostgreSQL refuses the query: ", ToStd(columns.status().message())));
      return absl::OkStatus();
    }
    if (columns.status().code() != absl::StatusCode::kAborted) return columns.status();
    unknown_.push_back({&plan, ToStd(columns.status().message())});
    return absl::OkStatus();
  }

  static std::string ToStd(absl::string_view text) { return std::string(text); }

  absl::Status ReadTypes() {
    std::vector<sql::ResultColumn> wanted;
    std::vector<LiveResult*> places;
    for (Described& query : described_) {
      query.live.resize(query.columns.size());
      for (size_t i = 0; i < query.columns.size(); ++i) {
        wanted.push_back({query.columns[i].type, query.columns[i].table, query.columns[i].number});
        places.push_back(&query.live[i]);
      }
    }
    if (wanted.empty()) return absl::OkStatus();
    const auto rows = Ask(sql::ResultColumnsQuery(wanted), 6, connection_);
    if (!rows.ok()) return rows.status();
    for (int row = 0; row < rows->size(); ++row) {
      LiveResult& live = *places[static_cast<size_t>(ToInt(rows->cell(row, 0)))];
      live.type = std::string(rows->cell(row, 1));
      live.element_type = std::string(rows->cell(row, 2));
      live.is_enum = rows->cell(row, 3) == "t";
      live.not_null = rows->cell(row, 4) == "t";
      live.table = std::string(rows->cell(row, 5));
    }
    return absl::OkStatus();
  }

  void Compare(const Described& query) {
    if (!plan::CarriesRows(query.plan->response)) return;
    const std::vector<Column>& columns = query.plan->query->columns;
    std::vector<bool> found(columns.size());
    for (size_t i = 0; i < query.columns.size(); ++i) {
      const std::string& name = query.columns[i].name;
      const auto has_name = [&name](const Column& column) { return column.name == name; };
      const auto column = std::find_if(columns.begin(), columns.end(), has_name);
      if (column == columns.end()) {
        Add(*query.plan, nullptr,
            Cat("the result's column \"", name, "\" is no field of the response; declare one, or name the columns ",
                "that the query selects (AS gives them other names)"));
        continue;
      }
      if (found[column - columns.begin()]) {
        Add(*query.plan, &*column, Cat("the result has two columns \"", name, "\"; give one of them another name"));
        continue;
      }
      found[column - columns.begin()] = true;
      CompareColumn(*query.plan, *column, query.live[i]);
    }
    for (size_t i = 0; i < columns.size(); ++i) {
      if (found[i]) continue;
      Add(*query.plan, &columns[i],
          Cat("the result has no column \"", columns[i].name, "\"; select it, or remove the field"));
    }
  }

  void CompareColumn(const MethodPlan& plan, const Column& column, const LiveResult& live) {
    if (!SameType(column.type, live)) {
      const std::string wanted = WantedType(plan, column.type);
      Add(plan, &column,
          Cat("the result's column \"", column.name, "\" is ", live.type, ", but the field needs ", wanted,
              "; cast it (::", wanted, "), or change the field"));
      return;
    }
    if (column.nullable || IsNotNull(plan, column, live)) return;
    const bool can_be_optional = !column.field->is_repeated();
    Add(plan, &column,
        Cat("the result's column \"", column.name, "\" may be NULL, but the field is never absent; ",
            can_be_optional ? "declare it `optional`, or " : "", "give it a value with coalesce(…) AS ", column.name));
  }

  static bool IsNotNull(const MethodPlan& plan, const Column& column, const LiveResult& live) {
    const plan::QueryPlan& query = *plan.query;
    if (query.not_null.count(column.name) > 0) return true;
    return live.not_null && !query.origins_mean_nothing && query.outer_joined.count(live.table) == 0;
  }

  /// A read may be executed again, and in transactions that must not write. PostgreSQL lets only VOLATILE functions
  /// write.
  absl::Status CheckFunctions() {
    std::vector<std::string> names;
    std::vector<const MethodPlan*> callers;
    for (const Described& query : described_) {
      if (!query.plan->reads_only()) continue;
      for (const std::string& name : query.plan->query->functions) {
        names.push_back(name);
        callers.push_back(query.plan);
      }
    }
    if (names.empty()) return absl::OkStatus();
    const auto rows = Ask(sql::VolatileFunctionsQuery(names), 2, connection_);
    if (!rows.ok()) return rows.status();
    for (int row = 0; row < rows->size(); ++row) {
      const size_t position = static_cast<size_t>(ToInt(rows->cell(row, 0)));
      Add(*callers[position], nullptr,
          Cat("the query reads, so it may be executed again, but the function ", rows->cell(row, 1),
              " is VOLATILE and may write; if it does not, declare it STABLE (ALTER FUNCTION … STABLE)"));
    }
    return absl::OkStatus();
  }

  db::Describer& describer_;
  db::Connection& connection_;
  FitReport& report_;
  std::vector<Described> described_;
  std::vector<UnknownQuery> unknown_;
};

}  // namespace

std::vector<const MethodPlan*> QueriesOf(const std::vector<std::unique_ptr<const MethodPlan>>& plans) {
  std::vector<const MethodPlan*> queries;
  for (const auto& plan : plans) {
    if (plan->query != nullptr) queries.push_back(plan.get());
  }
  return queries;
}

absl::StatusOr<std::vector<UnknownQuery>> CheckQueries(const std::vector<const MethodPlan*>& queries,
                                                       db::Describer& describer, db::Connection& connection,
                                                       FitReport* report) {
  FitReport found;
  QueryFit fit(describer, connection, &found);
  if (absl::Status status = fit.Check(queries); !status.ok()) return status;
  std::move(found.mismatches.begin(), found.mismatches.end(), std::back_inserter(report->mismatches));
  return fit.unknown();
}

}  // namespace rowkeeper::schema
