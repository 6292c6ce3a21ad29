#include "server/plan/field_binding.h"

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>

#include "rowkeeper/v1/annotations.pb.h"
#include "server/base/text.h"
#include "server/catalogue/options.h"
#include "server/plan/batch/compile.h"
#include "server/plan/bulk/compile.h"
#include "server/plan/get/get.h"
#include "server/plan/list/list.h"
#include "server/plan/write/write.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Family;
using catalogue::Operation;
using google::protobuf::FieldDescriptor;

enum class ControlType { kInt32, kInteger, kString, kBool, kFieldMask, kDeleted, kCountMode, kDuration };

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
    {"filter", v1::BINDING_FILTER, InputRole::kExpression, ControlType::kString, "string"},
    {"skip", v1::BINDING_SKIP, InputRole::kSkip, ControlType::kInt32, "int32"},
    {"count", v1::BINDING_COUNT, InputRole::kCount, ControlType::kCountMode, "rowkeeper.v1.CountMode"},
    {"max_affected", v1::BINDING_MAX_AFFECTED, InputRole::kMaxAffected, ControlType::kInteger, "int64"},
    {"older_than", v1::BINDING_OLDER_THAN, InputRole::kOlderThan, ControlType::kDuration, "google.protobuf.Duration"},
    {"resume_token", v1::BINDING_RESUME_TOKEN, InputRole::kPageToken, ControlType::kString, "string"},
    {"skip_unrepresentable", v1::BINDING_SKIP_UNREPRESENTABLE, InputRole::kSkipUnrepresentable, ControlType::kBool,
     "bool"},
};

bool IsControl(const FieldDescriptor& field, ControlType type) {
  if (field.is_repeated()) return false;
  const auto is_message = [&field](std::string_view name) {
    return field.type() == FieldDescriptor::TYPE_MESSAGE && field.message_type()->full_name() == name;
  };
  const auto is_enum = [&field](std::string_view name) {
    return field.type() == FieldDescriptor::TYPE_ENUM && field.enum_type()->full_name() == name;
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
    case ControlType::kDuration:
      return is_message("google.protobuf.Duration");
    case ControlType::kDeleted:
      return is_enum("rowkeeper.v1.Deleted");
    case ControlType::kCountMode:
      return is_enum("rowkeeper.v1.CountMode");
  }
  return false;
}

/// Which controls an operation understands.
bool Accepts(Operation operation, const catalogue::Entity& entity, InputRole role) {
  if (role == InputRole::kDeleted && !entity.soft_deletable()) return false;
  if (role == InputRole::kVersion && !entity.version.has_value()) return false;
  const catalogue::OperationTraits& traits = catalogue::TraitsOf(operation);
  switch (traits.family) {
    case Family::kGet:
      return GetTakes(role);
    case Family::kList:
      return ListTakes(operation, role);
    case Family::kWrite:
      return WriteTakes(traits.change, role);
    case Family::kBatch:
      return BatchTakes(traits.change, role);
    case Family::kBulk:
      return BulkTakes(traits.change, role);
    case Family::kQuery:
      break;  // its fields are parameters
  }
  return false;
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
      (by_option || IsControl(field, control->type) || entity.FindField(field.name()) == nullptr)) {
    if (!IsControl(field, control->type)) {
      diagnostics->Error(field,
                         Cat("has type ", TypeName(field), " but ", control->name, " needs ", control->type_name),
                         Cat("write ", control->type_name));
      return std::nullopt;
    }
    return FieldBinding{control->role, nullptr, FilterOperator::kEqual, std::nullopt};
  }
  if (control != nullptr && (by_option || entity.FindField(field.name()) == nullptr)) {
    diagnostics->Error(field, Cat(control->name, " has no meaning for this operation on ", entity.full_name),
                       "remove the field");
    return std::nullopt;
  }
  std::optional<FilterBinding> filter =
      BindFilter(field, entity, options.GetExtension(v1::filter), operation, diagnostics);
  if (!filter.has_value()) return std::nullopt;
  return FieldBinding{InputRole::kFilter, filter->columns[0], filter->op, std::move(filter)};
}

bool CanHold(const FieldDescriptor& field, const catalogue::Column& column) { return SameType(field, column); }

bool IsMissingKeys(const FieldDescriptor& field, const FieldDescriptor& keys) {
  const v1::Binding binding = catalogue::ReadOptions(field).GetExtension(v1::bind);
  if (binding != v1::BINDING_UNSPECIFIED) return binding == v1::BINDING_MISSING;
  return field.name() == "missing" || field.name() == Cat("missing_", keys.name());
}

}  // namespace rowkeeper::plan
