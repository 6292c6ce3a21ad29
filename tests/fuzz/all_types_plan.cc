#include "tests/fuzz/all_types_plan.h"

#include <string>

#include "tests/fuzz/all_types.pb.h"

namespace rowkeeper::fuzz {
namespace {

using catalogue::ValueKind;
using catalogue::ValueType;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

ValueKind ScalarKind(const FieldDescriptor& field) {
  const std::string& name = field.containing_type()->full_name() == "google.protobuf.StringValue" ? "" : field.name();
  switch (field.type()) {
    case FieldDescriptor::TYPE_BOOL:
      return ValueKind::kBool;
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_SINT32:
    case FieldDescriptor::TYPE_SFIXED32:
      return ValueKind::kInt32;
    case FieldDescriptor::TYPE_INT64:
    case FieldDescriptor::TYPE_SINT64:
    case FieldDescriptor::TYPE_SFIXED64:
      return ValueKind::kInt64;
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_FIXED32:
      return ValueKind::kUint32;
    case FieldDescriptor::TYPE_UINT64:
    case FieldDescriptor::TYPE_FIXED64:
      return ValueKind::kUint64;
    case FieldDescriptor::TYPE_FLOAT:
      return ValueKind::kFloat;
    case FieldDescriptor::TYPE_DOUBLE:
      return ValueKind::kDouble;
    case FieldDescriptor::TYPE_ENUM:
      return ValueKind::kEnum;
    case FieldDescriptor::TYPE_BYTES:
      return name.find("uuid") != std::string::npos ? ValueKind::kUuid : ValueKind::kBytes;
    default:
      if (name.find("uuid") != std::string::npos) return ValueKind::kUuid;
      return name.find("decimal") != std::string::npos ? ValueKind::kDecimal : ValueKind::kString;
  }
}

void AddLabels(const FieldDescriptor& field, ValueType* type) {
  type->zero_is_unset = field.enum_type()->FindValueByNumber(0)->name() == "COLOR_UNSPECIFIED";
  for (int i = 0; i < field.enum_type()->value_count(); ++i) {
    const auto& value = *field.enum_type()->value(i);
    if (value.number() != 0 || !type->zero_is_unset) type->labels.push_back({value.number(), "the " + value.name()});
  }
}

ValueType TypeOf(const FieldDescriptor& field) {
  ValueType type;
  type.array = field.is_repeated();
  const std::string message = field.message_type() == nullptr ? "" : field.message_type()->full_name();
  if (message == "google.protobuf.Timestamp") {
    type.kind = ValueKind::kTimestamp;
  } else if (message == "google.protobuf.Duration") {
    type.kind = ValueKind::kDuration;
  } else if (message == "google.type.Date") {
    type.kind = ValueKind::kDate;
  } else if (field.name() == "wrapped_uuid") {
    type.kind = ValueKind::kUuid;
    type.wrapper = true;
  } else if (!field.is_repeated() && message.find("google.protobuf.") == 0 &&
             message.substr(message.size() - 5) == "Value" && field.message_type()->field_count() == 1 &&
             message != "google.protobuf.ListValue") {
    type = TypeOf(*field.message_type()->field(0));
    type.wrapper = true;
  } else if (!message.empty()) {
    type.kind = ValueKind::kJson;
    type.array = false;
  } else {
    type.kind = ScalarKind(field);
    if (field.enum_type() != nullptr) AddLabels(field, &type);
    if (type.kind == ValueKind::kDecimal) {
      type.precision = 10;
      type.scale = 3;
    }
    if (field.name().find("short") != std::string::npos) type.max_length = 5;
  }
  return type;
}

catalogue::Entity MakeEntity() {
  catalogue::Entity entity;
  const Descriptor& message = *v1::All::descriptor();
  entity.full_name = message.full_name();
  entity.message = &message;
  entity.table = "alls";
  for (int i = 0; i < message.field_count(); ++i) {
    catalogue::Column column;
    column.name = message.field(i)->name();
    column.field = message.field(i);
    column.type = TypeOf(*message.field(i));
    entity.columns.push_back(column);
  }
  return entity;
}

using Controls = std::vector<std::pair<const char*, plan::InputRole>>;

plan::MethodPlan MakePlan(catalogue::Operation operation, const Controls& controls) {
  using plan::InputRole;
  const catalogue::Entity& entity = AllTypes();
  const Descriptor& request = *v1::SaveRequest::descriptor();
  plan::MethodPlan plan;
  plan.entity = &entity;
  plan.operation = operation;
  plan.method = request.file()->FindServiceByName("Fuzz")->FindMethodByName("Save");
  const FieldDescriptor* all = request.FindFieldByName("all");
  for (int i = 0; i < static_cast<int>(entity.columns.size()); ++i) {
    plan.inputs.push_back({InputRole::kValue, {all, entity.columns[i].field}, i, "all." + entity.columns[i].name});
  }
  const int uuid = ColumnNamed("uuid");
  plan.inputs.push_back({InputRole::kFilter, {all, entity.columns[uuid].field}, uuid, "all.uuid"});
  for (const auto& [name, role] : controls) plan.inputs.push_back({role, {request.FindFieldByName(name)}, -1, name});
  for (const char* name : {"plain_int64", "many_uuid", "color", "plain_sint32", "timestamp", "plain_int32"}) {
    plan.inputs.push_back({InputRole::kFilter, {request.FindFieldByName(name)}, ColumnNamed(name), name});
  }
  plan.response = {plan::ResponseShape::kList, v1::ListResponse::descriptor()->FindFieldByName("rows"),
                   v1::ListResponse::descriptor()->FindFieldByName("next_page_token")};
  return plan;
}

}  // namespace

const catalogue::Entity& AllTypes() {
  static const auto* const kEntity = new catalogue::Entity(MakeEntity());
  return *kEntity;
}

int ColumnNamed(const std::string& name) {
  const auto& columns = AllTypes().columns;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

const plan::MethodPlan& SavePlan() {
  using plan::InputRole;
  static const auto* const kPlan =
      new plan::MethodPlan(MakePlan(catalogue::Operation::kUpdate, {{"allow_missing", InputRole::kAllowMissing},
                                                                    {"version", InputRole::kVersion},
                                                                    {"update_mask", InputRole::kUpdateMask},
                                                                    {"deleted", InputRole::kDeleted}}));
  return *kPlan;
}

const plan::MethodPlan& ListPlan() {
  using plan::InputRole;
  static const auto* const kPlan =
      new plan::MethodPlan(MakePlan(catalogue::Operation::kList, {{"read_mask", InputRole::kReadMask},
                                                                  {"page_size", InputRole::kPageSize},
                                                                  {"page_token", InputRole::kPageToken},
                                                                  {"order_by", InputRole::kOrderBy},
                                                                  {"deleted", InputRole::kDeleted}}));
  return *kPlan;
}

}  // namespace rowkeeper::fuzz
