#include "server/plan/field_binding.h"

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>

#include "rowkeeper/v1/annotations.pb.h"
#include "server/base/text.h"
#include "server/catalogue/options.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Operation;
using google::protobuf::FieldDescriptor;

enum class ControlType { kInt32, kInteger, kString, kBool, kFieldMask, kDeleted };

/// A request field that steers the operation instead of naming a column.
struct Control {
  std::string_view name;
  v1::Binding binding;
  InputRole role;
  ControlType type;
  std::string_view type_name;
};

constexpr Control kControls[] = {
    {"page_size", v1::BINDING_PAGE_SIZE, InputRole::kPageSize, ControlType::kInt32, "int32"},
    {"page_token", v1::BINDING_PAGE_TOKEN, InputRole::kPageToken, ControlType::kString, "string"},
    {"order_by", v1::BINDING_ORDER_BY, InputRole::kOrderBy, ControlType::kString, "string"},
    {"read_mask", v1::BINDING_READ_MASK, InputRole::kReadMask, ControlType::kFieldMask, "google.protobuf.FieldMask"},
    {"update_mask", v1::BINDING_UPDATE_MASK, InputRole::kUpdateMask, ControlType::kFieldMask,
     "google.protobuf.FieldMask"},
    {"deleted", v1::BINDING_DELETED, InputRole::kDeleted, ControlType::kDeleted, "rowkeeper.v1.Deleted"},
    {"version", v1::BINDING_VERSION, InputRole::kVersion, ControlType::kInteger, "int64"},
    {"allow_missing", v1::BINDING_ALLOW_MISSING, InputRole::kAllowMissing, ControlType::kBool, "bool"},
};

bool HasType(const FieldDescriptor& field, ControlType type) {
  if (field.is_repeated()) return false;
  const auto is_message = [&field](std::string_view name) {
    return field.type() == FieldDescriptor::TYPE_MESSAGE && field.message_type()->full_name() == name;
  };
  switch (type) {
    case ControlType::kInt32:
      return field.type() == FieldDescriptor::TYPE_INT32;
    case ControlType::kInteger:
      return field.type() == FieldDescriptor::TYPE_INT32 || field.type() == FieldDescriptor::TYPE_INT64;
    case ControlType::kString:
      return field.type() == FieldDescriptor::TYPE_STRING;
    case ControlType::kBool:
      return field.type() == FieldDescriptor::TYPE_BOOL;
    case ControlType::kFieldMask:
      return is_message("google.protobuf.FieldMask");
    case ControlType::kDeleted:
      return field.type() == FieldDescriptor::TYPE_ENUM && field.enum_type()->full_name() == "rowkeeper.v1.Deleted";
  }
  return false;
}

/// Which controls an operation understands.
bool Accepts(Operation operation, const catalogue::Entity& entity, InputRole role) {
  const bool list = operation == Operation::kList;
  switch (role) {
    case InputRole::kPageSize:
    case InputRole::kPageToken:
    case InputRole::kOrderBy:
      return list;
    case InputRole::kReadMask:
      return list || operation == Operation::kGet;
    case InputRole::kUpdateMask:
      return operation == Operation::kUpdate;
    case InputRole::kDeleted:
      return entity.soft_deletable() && (list || operation == Operation::kGet || operation == Operation::kDelete);
    case InputRole::kVersion:
      return entity.version.has_value() && !list && operation != Operation::kGet && operation != Operation::kCreate;
    case InputRole::kAllowMissing:
      return operation == Operation::kSoftDelete || operation == Operation::kRestore || operation == Operation::kDelete;
    case InputRole::kFilter:
    case InputRole::kValue:
    case InputRole::kIgnored:
      return false;
  }
  return false;
}

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
    default:
      return FilterOperator::kEqual;
  }
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

/// A request field can hold a column's value when both have the same type; a uuid may be string or bytes on either
/// side.
bool SameType(const FieldDescriptor& field, const catalogue::Column& column) {
  if (column.type.kind == catalogue::ValueKind::kUuid) {
    return field.type() == FieldDescriptor::TYPE_STRING || field.type() == FieldDescriptor::TYPE_BYTES;
  }
  return TypeName(field) == TypeName(*column.field) && field.is_map() == column.field->is_map();
}

std::optional<FieldBinding> BindColumn(const FieldDescriptor& field, const catalogue::Column& column, FilterOperator op,
                                       catalogue::Diagnostics* diagnostics) {
  const bool in = op == FilterOperator::kIn;
  const bool column_repeated = column.field->is_repeated();
  if (!SameType(field, column)) {
    diagnostics->Error(
        field, Cat("has type ", TypeName(field), " but ", column.field->full_name(), " has ", TypeName(*column.field)),
        Cat("write ", TypeName(*column.field)));
    return std::nullopt;
  }
  if (in && (column_repeated || !field.is_repeated() || field.is_map())) {
    diagnostics->Error(field, "FILTER_OPERATOR_IN compares a repeated request field with a column of single values",
                       "make the request field repeated, or choose another operator");
    return std::nullopt;
  }
  if (!in && field.is_repeated() != column_repeated) {
    diagnostics->Error(field, "is repeated on one side only",
                       "declare it as the column's field is, or use op: FILTER_OPERATOR_IN");
    return std::nullopt;
  }
  return FieldBinding{InputRole::kFilter, &column, op};
}

bool IsOrdered(const catalogue::Column& column) {
  return !column.type.array && column.type.kind != catalogue::ValueKind::kJson &&
         column.type.kind != catalogue::ValueKind::kBool && column.type.kind != catalogue::ValueKind::kUuid;
}

bool IsTextEnum(const catalogue::Column& column) {
  return !column.type.array && column.type.kind == catalogue::ValueKind::kEnum && column.type.native_enum.empty();
}

bool CheckOperator(const FieldDescriptor& field, const catalogue::Column& column, FilterOperator op,
                   Operation operation, catalogue::Diagnostics* diagnostics) {
  if (op == FilterOperator::kEqual) return true;
  if (operation != Operation::kList) {
    diagnostics->Error(field, "only list methods take an operator other than equality", "remove op, or make it a List");
    return false;
  }
  const bool compares = op != FilterOperator::kIn && op != FilterOperator::kNotEqual;
  if (compares && IsTextEnum(column)) {
    diagnostics->Error(field,
                       Cat(column.field->full_name(),
                           " is stored as text, which sorts by the alphabet and not by the order of the enum"),
                       "store it with `type: COLUMN_TYPE_NATIVE_ENUM`, or use FILTER_OPERATOR_EQUAL, "
                       "FILTER_OPERATOR_NOT_EQUAL or FILTER_OPERATOR_IN");
    return false;
  }
  if (compares && !IsOrdered(column)) {
    diagnostics->Error(field, Cat("values of ", column.field->full_name(), " have no order"),
                       "use FILTER_OPERATOR_EQUAL, FILTER_OPERATOR_NOT_EQUAL or FILTER_OPERATOR_IN");
    return false;
  }
  return true;
}

std::optional<FieldBinding> BindToColumn(const FieldDescriptor& field, const catalogue::Entity& entity,
                                         const v1::FilterOptions& options, Operation operation,
                                         catalogue::Diagnostics* diagnostics) {
  const std::string& name = options.field().empty() ? field.name() : options.field();
  const catalogue::Column* column = entity.FindField(name);
  if (column == nullptr) {
    diagnostics->Error(field, Cat("binds to nothing: ", entity.full_name, " has no field \"", name, "\""),
                       "name it like a field of the entity or like a standard field (page_size, read_mask, …), "
                       "or point it at one with [(rowkeeper.v1.filter).field = \"…\"]");
    return std::nullopt;
  }
  const FilterOperator op = ToOperator(options.op());
  if (!CheckOperator(field, *column, op, operation, diagnostics)) return std::nullopt;
  return BindColumn(field, *column, op, diagnostics);
}

const Control* FindControl(const FieldDescriptor& field, v1::Binding binding) {
  for (const Control& control : kControls) {
    if (binding != v1::BINDING_UNSPECIFIED ? control.binding == binding : control.name == field.name()) return &control;
  }
  return nullptr;
}

}  // namespace

std::optional<FieldBinding> BindRequestField(const FieldDescriptor& field, const catalogue::Entity& entity,
                                             Operation operation, catalogue::Diagnostics* diagnostics) {
  const auto options = catalogue::ReadOptions(field);
  const v1::Binding binding = options.GetExtension(v1::bind);
  const Control* control = options.HasExtension(v1::filter) ? nullptr : FindControl(field, binding);
  // A standard name is a control only where the operation knows it and the type fits; else it may be a column.
  const bool by_option = binding != v1::BINDING_UNSPECIFIED;
  if (control != nullptr && Accepts(operation, entity, control->role) &&
      (by_option || HasType(field, control->type) || entity.FindField(field.name()) == nullptr)) {
    if (!HasType(field, control->type)) {
      diagnostics->Error(field,
                         Cat("has type ", TypeName(field), " but ", control->name, " needs ", control->type_name),
                         Cat("write ", control->type_name));
      return std::nullopt;
    }
    return FieldBinding{control->role, nullptr, FilterOperator::kEqual};
  }
  if (control != nullptr && (by_option || entity.FindField(field.name()) == nullptr)) {
    diagnostics->Error(field, Cat(control->name, " has no meaning for this operation on ", entity.full_name),
                       "remove the field");
    return std::nullopt;
  }
  return BindToColumn(field, entity, options.GetExtension(v1::filter), operation, diagnostics);
}

bool IsNextPageToken(const FieldDescriptor& field) {
  const v1::Binding binding = catalogue::ReadOptions(field).GetExtension(v1::bind);
  const bool bound =
      binding == v1::BINDING_UNSPECIFIED ? field.name() == "next_page_token" : binding == v1::BINDING_NEXT_PAGE_TOKEN;
  return bound && HasType(field, ControlType::kString);
}

}  // namespace rowkeeper::plan
