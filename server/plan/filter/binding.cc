#include "server/plan/filter/binding.h"

#include <google/protobuf/descriptor.h>

#include <string_view>

#include "server/base/text.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Column;
using catalogue::ValueKind;
using google::protobuf::FieldDescriptor;

FilterOperator ToOperator(v1::FilterOperator op) {
  switch (op) {
    case v1::FILTER_OPERATOR_NOT_EQUAL:
      return FilterOperator::kNotEqual;
    case v1::FILTER_OPERATOR_LESS:
      return FilterOperator::kLess;
    case v1::FILTER_OPERATOR_LESS_OR_EQUAL:
      return FilterOperator::kLessOrEqual;
    case v1::FILTER_OPERATOR_GREATER:
      return FilterOperator::kGreater;
    case v1::FILTER_OPERATOR_GREATER_OR_EQUAL:
      return FilterOperator::kGreaterOrEqual;
    case v1::FILTER_OPERATOR_IN:
      return FilterOperator::kIn;
    case v1::FILTER_OPERATOR_NOT_IN:
      return FilterOperator::kNotIn;
    case v1::FILTER_OPERATOR_PREFIX:
      return FilterOperator::kPrefix;
    case v1::FILTER_OPERATOR_LIKE:
      return FilterOperator::kLike;
    case v1::FILTER_OPERATOR_IS_NULL:
      return FilterOperator::kIsNull;
    case v1::FILTER_OPERATOR_CONTAINS:
      return FilterOperator::kContains;
    case v1::FILTER_OPERATOR_OVERLAPS:
      return FilterOperator::kOverlaps;
    case v1::FILTER_OPERATOR_SEARCH:
      return FilterOperator::kSearch;
    case v1::FILTER_OPERATOR_UNSPECIFIED:
    case v1::FILTER_OPERATOR_EQUAL:
    case v1::FilterOperator_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::FilterOperator_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return FilterOperator::kEqual;
}

bool IsOrdered(const Column& column) {
  return !column.type.array && column.type.kind != ValueKind::kJson && column.type.kind != ValueKind::kBool &&
         column.type.kind != ValueKind::kUuid;
}

bool IsTextEnum(const Column& column) {
  return !column.type.array && column.type.kind == ValueKind::kEnum && column.type.native_enum.empty();
}

bool IsText(const Column& column) { return column.type.kind == ValueKind::kString && !column.type.array; }

/// Whether the field holds one string that may be left out or not.
bool IsString(const FieldDescriptor& field) {
  if (field.is_repeated()) return false;
  return field.type() == FieldDescriptor::TYPE_STRING ||
         (field.type() == FieldDescriptor::TYPE_MESSAGE &&
          field.message_type()->full_name() == "google.protobuf.StringValue");
}

/// Binds one field; every check that fails reports and gives false.
class FilterBinder {
 public:
  FilterBinder(const FieldDescriptor& field, const Column& column, catalogue::Diagnostics* diagnostics)
      : field_(field), column_(column), diagnostics_(diagnostics) {}

  bool Check(FilterOperator op) const {
    switch (op) {
      case FilterOperator::kEqual:
      case FilterOperator::kNotEqual:
        return CheckType() && CheckSameShape();
      case FilterOperator::kLess:
      case FilterOperator::kLessOrEqual:
      case FilterOperator::kGreater:
      case FilterOperator::kGreaterOrEqual:
        return CheckOrder() && CheckType() && CheckSameShape();
      case FilterOperator::kIn:
      case FilterOperator::kNotIn:
        return CheckType() && CheckIn(op);
      case FilterOperator::kPrefix:
      case FilterOperator::kLike:
        return CheckText(op == FilterOperator::kLike ? "FILTER_OPERATOR_LIKE" : "FILTER_OPERATOR_PREFIX");
      case FilterOperator::kSearch:
        return CheckText("FILTER_OPERATOR_SEARCH");
      case FilterOperator::kIsNull:
        return CheckIsNull();
      case FilterOperator::kContains:
        return CheckContains();
      case FilterOperator::kOverlaps:
        return CheckOverlaps();
    }
    return false;
  }

 private:
  bool Refuse(std::string problem, std::string remedy) const {
    diagnostics_->Error(field_, problem, remedy);
    return false;
  }

  bool CheckType() const {
    if (SameType(field_, column_)) return true;
    return Refuse(
        Cat("has type ", TypeName(field_), " but ", column_.field->full_name(), " has ", TypeName(*column_.field)),
        Cat("write ", TypeName(*column_.field)));
  }

  bool CheckSameShape() const {
    if (field_.is_repeated() == column_.field->is_repeated()) return true;
    return Refuse("is repeated on one side only", column_.type.array
                                                      ? "declare it as the column's field is, or use op: "
                                                        "FILTER_OPERATOR_CONTAINS"
                                                      : "declare it as the column's field is, or use op: "
                                                        "FILTER_OPERATOR_IN");
  }

  bool CheckIn(FilterOperator op) const {
    if (!column_.field->is_repeated() && field_.is_repeated() && !field_.is_map()) return true;
    return Refuse(Cat(op == FilterOperator::kIn ? "FILTER_OPERATOR_IN" : "FILTER_OPERATOR_NOT_IN",
                      " compares a repeated request field with a column of single values"),
                  "make the request field repeated, or choose another operator");
  }

  bool CheckOrder() const {
    if (IsTextEnum(column_)) {
      return Refuse(Cat(column_.field->full_name(),
                        " is stored as text, which sorts by the alphabet and not by the order of the enum"),
                    "store it with `type: COLUMN_TYPE_NATIVE_ENUM`, or use FILTER_OPERATOR_EQUAL, "
                    "FILTER_OPERATOR_NOT_EQUAL or FILTER_OPERATOR_IN");
    }
    if (IsOrdered(column_)) return true;
    return Refuse(Cat("values of ", column_.field->full_name(), " have no order"),
                  "use FILTER_OPERATOR_EQUAL, FILTER_OPERATOR_NOT_EQUAL or FILTER_OPERATOR_IN");
  }

  bool CheckText(std::string_view op) const {
    if (!IsText(column_)) {
      return Refuse(Cat(op, " looks into text, and ", column_.field->full_name(), " is none"),
                    "point it at a single string field of the entity, or choose another operator");
    }
    if (IsString(field_)) return true;
    return Refuse(Cat(op, " takes one string"), "declare the request field as string or optional string");
  }

  bool CheckIsNull() const {
    if (!column_.nullable) {
      return Refuse(Cat(column_.field->full_name(), " always has a value"),
                    "remove the field, or make the entity's field optional");
    }
    const bool may_be_unset = field_.type() == FieldDescriptor::TYPE_BOOL && !field_.is_repeated() &&
                              (field_.has_optional_keyword() || field_.real_containing_oneof() != nullptr);
    if (may_be_unset || TypeName(field_) == "google.protobuf.BoolValue") return true;
    return Refuse("FILTER_OPERATOR_IS_NULL takes a bool that may be unset: true, false and no restriction",
                  "declare the request field as optional bool");
  }

  bool CheckContains() const {
    if (column_.type.kind == ValueKind::kJson) return CheckType() && CheckSameShape();
    if (column_.type.array) return CheckType();
    return Refuse(Cat("FILTER_OPERATOR_CONTAINS looks into jsonb and arrays, and ", column_.field->full_name(),
                      " holds a single value"),
                  "use FILTER_OPERATOR_EQUAL, or on text FILTER_OPERATOR_LIKE or FILTER_OPERATOR_SEARCH");
  }

  bool CheckOverlaps() const {
    if (!column_.type.array || !field_.is_repeated()) {
      return Refuse("FILTER_OPERATOR_OVERLAPS compares a repeated request field with an array column",
                    "make both repeated, or use FILTER_OPERATOR_IN for a column of single values");
    }
    return CheckType();
  }

  const FieldDescriptor& field_;
  const Column& column_;
  catalogue::Diagnostics* diagnostics_;
};

const Column* FindColumn(const FieldDescriptor& field, const catalogue::Entity& entity, const std::string& name,
                         catalogue::Diagnostics* diagnostics) {
  const Column* column = entity.FindField(name);
  if (column == nullptr) {
    diagnostics->Error(field, Cat("binds to nothing: ", entity.full_name, " has no field \"", name, "\""),
                       "name it like a field of the entity or like a standard field (page_size, read_mask, …), "
                       "or point it at one with [(rowkeeper.v1.filter).field = \"…\"]");
  }
  return column;
}

/// Options that only some operators and fields have.
bool CheckFilterOptions(const FieldDescriptor& field, const v1::FilterOptions& options, catalogue::Operation operation,
                        FilterOperator op, catalogue::Diagnostics* diagnostics) {
  bool good = true;
  const auto refuse = [&](const char* problem, const char* remedy) {
    diagnostics->Error(field, problem, remedy);
    good = false;
  };
  if (op != FilterOperator::kEqual && !FiltersRows(operation)) {
    refuse("only list methods take an operator other than equality", "remove op, or make it a List");
  }
  if (op != FilterOperator::kSearch && (options.more_fields_size() > 0 || !options.text_search().empty())) {
    refuse("more_fields and text_search have a meaning for FILTER_OPERATOR_SEARCH only",
           "remove them, or set op: FILTER_OPERATOR_SEARCH");
  }
  if (options.skip_empty() && (!field.is_repeated() || !FiltersRows(operation))) {
    refuse("skip_empty is for repeated fields and maps of a list method",
           "write `optional` before the field's type instead");
  }
  return good;
}

catalogue::ValueType TypeOfValue(const FieldDescriptor& field, const Column& column, FilterOperator op) {
  catalogue::ValueType type = column.type;
  switch (op) {
    case FilterOperator::kIsNull:
      type = {};
      type.kind = ValueKind::kBool;
      break;
    case FilterOperator::kPrefix:
    case FilterOperator::kLike:
    case FilterOperator::kSearch:
      type.max_length = 0;
      break;
    case FilterOperator::kContains:
      type.array = type.array && field.is_repeated();
      break;
    default:
      break;
  }
  return type;
}

}  // namespace

bool FiltersRows(catalogue::Operation operation) {
  const catalogue::Family family = catalogue::FamilyOf(operation);
  return family == catalogue::Family::kList || family == catalogue::Family::kBulk;
}

std::string TypeName(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_MESSAGE:
      return field.message_type()->full_name();
    case FieldDescriptor::TYPE_ENUM:
      return field.enum_type()->full_name();
    default:
      return field.type_name();
  }
}

bool SameType(const FieldDescriptor& field, const Column& column) {
  if (column.type.kind == ValueKind::kUuid) {
    return field.type() == FieldDescriptor::TYPE_STRING || field.type() == FieldDescriptor::TYPE_BYTES;
  }
  if (!field.is_map() || !column.field->is_map()) return TypeName(field) == TypeName(*column.field);
  // Every map field has an entry type of its own; what is in it counts.
  const auto& entry = *field.message_type();
  const auto& stored = *column.field->message_type();
  return TypeName(*entry.map_key()) == TypeName(*stored.map_key()) &&
         TypeName(*entry.map_value()) == TypeName(*stored.map_value());
}

std::optional<FilterBinding> BindFilter(const FieldDescriptor& field, const catalogue::Entity& entity,
                                        const v1::FilterOptions& options, catalogue::Operation operation,
                                        catalogue::Diagnostics* diagnostics) {
  FilterBinding binding;
  binding.op = ToOperator(options.op());
  std::vector<std::string> names = {options.field().empty() ? field.name() : options.field()};
  names.insert(names.end(), options.more_fields().begin(), options.more_fields().end());
  bool good = CheckFilterOptions(field, options, operation, binding.op, diagnostics);
  for (const std::string& name : names) {
    const Column* column = FindColumn(field, entity, name, diagnostics);
    good = column != nullptr && FilterBinder(field, *column, diagnostics).Check(binding.op) && good;
    binding.columns.push_back(column);
  }
  if (!good) return std::nullopt;
  binding.value = TypeOfValue(field, *binding.columns[0], binding.op);
  binding.optional = options.skip_empty();
  if (binding.op == FilterOperator::kSearch) {
    binding.text_search = options.text_search().empty() ? "simple" : options.text_search();
  }
  return binding;
}

}  // namespace rowkeeper::plan
