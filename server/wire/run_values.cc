#include "server/wire/run_values.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/plan/field_guard.h"
#include "server/plan/mask/json_mask.h"
#include "server/plan/query/query_plan.h"

namespace rowkeeper::wire {
namespace {

using catalogue::Column;
using catalogue::ValueKind;
using catalogue::ValueType;

bool StandsForColumn(const plan::Input& input) {
  return input.role == plan::InputRole::kFilter || input.role == plan::InputRole::kValue;
}

/// Why a filter cannot take a value of another row; empty when it can: when the value is one of the column's and goes
/// to the database as it is. Others are made into patterns, lists or questions before the value is known.
std::string_view Unfit(const plan::MethodPlan& plan, int input) {
  for (const plan::FilterTerm& filter : plan.filters) {
    if (filter.input != input || filter.op < plan::FilterOperator::kIn || filter.op == plan::FilterOperator::kSearch) {
      continue;
    }
    const bool list = filter.op == plan::FilterOperator::kIn || filter.op == plan::FilterOperator::kNotIn ||
                      filter.op == plan::FilterOperator::kOverlaps;
    return list ? "takes a list, which cannot come from one call"
                : "is no comparison with a value of the column, so it cannot come from a call; give it in the request";
  }
  return "";
}

std::string FieldNames(const plan::MethodPlan& plan) {
  std::vector<std::string> names;
  for (const plan::Input& input : plan.inputs) {
    if (StandsForColumn(input) && std::find(names.begin(), names.end(), input.name) == names.end()) {
      names.push_back(input.name);
    }
  }
  return absl::StrJoin(names, ", ");
}

/// The type as the field's declaration says it.
std::string TypeName(const Column& column) {
  const google::protobuf::FieldDescriptor& field = *column.field;
  const std::string label = field.is_repeated() ? "repeated " : "";
  if (field.message_type() != nullptr) return label + field.message_type()->full_name();
  if (field.enum_type() != nullptr) return label + field.enum_type()->full_name();
  switch (column.type.kind) {
    case ValueKind::kUuid:
      return label + "UUID";
    case ValueKind::kDecimal:
      return Cat(label, "decimal(", column.type.precision, ",", column.type.scale, ")");
    default:
      return label + field.type_name();
  }
}

/// Whether PostgreSQL's text of a value of `from` is one of a value of `to`, and the same one.
bool SameType(const Column& from, const Column& to) {
  if (from.type.kind != to.type.kind || from.type.array != to.type.array) return false;
  switch (from.type.kind) {
    case ValueKind::kEnum:
      return from.field->enum_type() == to.field->enum_type() && from.type.native_enum == to.type.native_enum;
    case ValueKind::kJson:
      return from.field->message_type() == to.field->message_type() &&
             from.field->is_repeated() == to.field->is_repeated();
    case ValueKind::kDecimal:
      return from.type.scale <= to.type.scale;  // more digits would be rounded
    default:
      return true;
  }
}

class Resolver {
 public:
  Resolver(const v1::RunValue& value, const std::string& name, FieldViolations* violations)
      : value_(value), violations_(*violations) {
    borrowed_.name = name;
    borrowed_.from = value.from();
  }

  std::optional<BorrowedValue> Resolve(const PlannedCall& planned, int index,
                                       const std::vector<std::optional<PlannedCall>>& earlier) {
    const Column* to = FindTarget(planned);
    const PlannedCall* source = FindSource(index, earlier);
    if (source == nullptr) return std::nullopt;
    const Column* from = FindColumn(*source);
    if (to == nullptr || from == nullptr) return std::nullopt;
    if (!SameType(*from, *to)) {
      Refuse("from", Cat("is ", TypeName(*from), ", and ", value_.field(), " is ", TypeName(*to)));
      return std::nullopt;
    }
    return std::move(borrowed_);
  }

 private:
  void Refuse(std::string_view part, std::string_view problem) {
    violations_.Add(Cat(borrowed_.name, ".", part), problem);
  }

  const Column* FindTarget(const PlannedCall& planned) {
    const plan::MethodPlan& plan = planned.method->plan();
    const Column* column = nullptr;
    if (plan.batch.has_value()) {
      Refuse("field", Cat(plan.full_name, " is a batch or upsert, which takes no values from other calls"));
      return nullptr;
    }
    for (int i = 0; i < static_cast<int>(plan.inputs.size()); ++i) {
      const plan::Input& input = plan.inputs[static_cast<size_t>(i)];
      if (input.name != value_.field() || !StandsForColumn(input)) continue;
      if (const std::string_view problem = Unfit(plan, i); !problem.empty()) {
        Refuse("field", problem);
        return nullptr;
      }
      column = plan.query != nullptr ? &plan.query->parameters[static_cast<size_t>(i)]
                                     : &plan.entity->columns[static_cast<size_t>(input.column)];
      borrowed_.inputs.push_back(i);
    }
    if (column == nullptr) {
      Refuse("field", Cat("\"", value_.field(), "\" is no field of ", plan.method->input_type()->full_name(),
                          " that stands for a column; those are ", FieldNames(plan)));
      return nullptr;
    }
    for (const BorrowedValue& other : planned.values) {
      if (other.inputs != borrowed_.inputs) continue;
      Refuse("field", Cat("is set by ", other.name, " already"));
      return nullptr;
    }
    return column;
  }

  const PlannedCall* FindSource(int index, const std::vector<std::optional<PlannedCall>>& earlier) {
    if (!value_.has_call()) {
      Refuse("call", index == 0 ? "is missing, and there is no call before the first"
                                : Cat("is missing; give the index of an earlier call, 0 to ", index - 1));
      return nullptr;
    }
    borrowed_.call = value_.call();
    if (value_.call() < 0 || value_.call() >= index) {
      Refuse("call", index == 0 ? "there is no call before the first"
                                : Cat(value_.call(), " is no earlier call; give 0 to ", index - 1));
      return nullptr;
    }
    const auto& source = earlier[static_cast<size_t>(value_.call())];
    return source.has_value() ? &*source : nullptr;
  }

  const Column* FindColumn(const PlannedCall& source) {
    const plan::MethodPlan& plan = source.method->plan();
    std::string holder;
    switch (plan.response.shape) {
      case plan::ResponseShape::kEntity:
        break;
      case plan::ResponseShape::kHolder:
        holder = Cat(plan.response.rows->name(), ".");
        break;
      case plan::ResponseShape::kList:
      case plan::ResponseShape::kFacts:
      case plan::ResponseShape::kEmpty:
        Refuse("call", Cat(plan.full_name, " returns no single row to take a value from"));
        return nullptr;
    }
    const bool inside = value_.from().rfind(holder, 0) == 0;
    const std::string field = inside ? value_.from().substr(holder.size()) : "";
    if (plan.query != nullptr) return FindResult(source, field, holder);
    const Column* column = inside ? plan.entity->FindField(field) : nullptr;
    if (column == nullptr) {
      Refuse("from", Cat("\"", value_.from(), "\" is no field of a column in ", plan.method->output_type()->full_name(),
                         "; write ", holder, "NAME with a field of ", plan.entity->full_name));
      return nullptr;
    }
    if (IsDenied(source, *plan.entity, *column)) return nullptr;
    borrowed_.column = plan.entity->IndexOf(*column);
    const std::vector<int>& returned = source.call.variant.columns;
    const plan::JsonMask* const parts = source.call.variant.json.get();
    if (parts != nullptr && parts->reads.count(borrowed_.column) > 0) {
      Refuse("from", Cat("is read in part only by calls[", value_.call(), "]; name it whole in the read_mask there"));
      return nullptr;
    }
    if (std::find(returned.begin(), returned.end(), borrowed_.column) != returned.end()) return column;
    Refuse("from", Cat("is left out by the read_mask of calls[", value_.call(), "]; add it there"));
    return nullptr;
  }

  /// Whether the caller may not read the field, so that the earlier call does not return it.
  bool IsDenied(const PlannedCall& source, const catalogue::Entity& entity, const Column& column) {
    if (source.call.request.fields.MayRead(column.ordinal)) return false;
    violations_.Deny(plan::DeniedField(entity, column, policy::FieldUse::kRead, value_.from()));
    return true;
  }

  /// The same for a custom query, which returns all of its fields.
  const Column* FindResult(const PlannedCall& source, const std::string& field, const std::string& holder) {
    const plan::MethodPlan& plan = source.method->plan();
    const std::vector<Column>& columns = plan.query->columns;
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&field](const Column& column) { return column.field->name() == field; });
    borrowed_.column = static_cast<int>(found - columns.begin());
    if (found != columns.end()) return IsDenied(source, *plan.entity, *found) ? nullptr : &*found;
    Refuse("from", Cat("\"", value_.from(), "\" is no column of what ", plan.full_name, " returns; write ", holder,
                       "NAME with a field of its row"));
    return nullptr;
  }

  const v1::RunValue& value_;
  FieldViolations& violations_;
  BorrowedValue borrowed_;
};

}  // namespace

std::optional<BorrowedValue> ResolveValue(const v1::RunValue& value, const std::string& name,
                                          const PlannedCall& planned, int index,
                                          const std::vector<std::optional<PlannedCall>>& earlier,
                                          FieldViolations* violations) {
  return Resolver(value, name, violations).Resolve(planned, index, earlier);
}

}  // namespace rowkeeper::wire
