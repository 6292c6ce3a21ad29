#include "tests/support/random_rows.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/struct.pb.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "server/base/ids.h"
#include "server/base/text.h"

namespace rowkeeper::testing {
namespace {

using catalogue::Column;
using catalogue::Entity;
using catalogue::ValueKind;
using catalogue::ValueType;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kMaxDepth = 2;

/// Sets a field, or adds to a repeated one.
class Put {
 public:
  Put(Message* message, const FieldDescriptor& field)
      : message_(message), reflection_(*message->GetReflection()), field_(field) {}

  void Int32(int32_t v) {
    r() ? reflection_.AddInt32(message_, &field_, v) : reflection_.SetInt32(message_, &field_, v);
  }
  void Int64(int64_t v) {
    r() ? reflection_.AddInt64(message_, &field_, v) : reflection_.SetInt64(message_, &field_, v);
  }
  void UInt32(uint32_t v) {
    r() ? reflection_.AddUInt32(message_, &field_, v) : reflection_.SetUInt32(message_, &field_, v);
  }
  void UInt64(uint64_t v) {
    r() ? reflection_.AddUInt64(message_, &field_, v) : reflection_.SetUInt64(message_, &field_, v);
  }
  void Float(float v) { r() ? reflection_.AddFloat(message_, &field_, v) : reflection_.SetFloat(message_, &field_, v); }
  void Double(double v) {
    r() ? reflection_.AddDouble(message_, &field_, v) : reflection_.SetDouble(message_, &field_, v);
  }
  void Bool(bool v) { r() ? reflection_.AddBool(message_, &field_, v) : reflection_.SetBool(message_, &field_, v); }
  void String(const std::string& v) {
    r() ? reflection_.AddString(message_, &field_, v) : reflection_.SetString(message_, &field_, v);
  }
  void Enum(int v) {
    r() ? reflection_.AddEnumValue(message_, &field_, v) : reflection_.SetEnumValue(message_, &field_, v);
  }
  Message* Nested() {
    return r() ? reflection_.AddMessage(message_, &field_) : reflection_.MutableMessage(message_, &field_);
  }

 private:
  bool r() const { return field_.is_repeated(); }

  Message* message_;
  const google::protobuf::Reflection& reflection_;
  const FieldDescriptor& field_;
};

const FieldDescriptor& FieldOf(const Message& message, const char* name) {
  return *message.GetDescriptor()->FindFieldByName(name);
}

void SetInt(Message* message, const char* name, int64_t value) {
  const FieldDescriptor& field = FieldOf(*message, name);
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
    Put(message, field).Int32(static_cast<int32_t>(value));
  } else {
    Put(message, field).Int64(value);
  }
}

std::string FormatUuid(const std::string& hex) {
  return Cat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-", hex.substr(16, 4), "-",
             hex.substr(20, 12));
}

google::protobuf::Value JsonValue(Random& random, int depth) {
  google::protobuf::Value value;
  switch (random.Below(depth > 0 ? 6 : 4)) {
    case 0:
      value.set_null_value(google::protobuf::NULL_VALUE);
      break;
    case 1:
      value.set_bool_value(random.Chance(50));
      break;
    case 2:
      value.set_number_value(random.Chance(50) ? random.Below(1000) - 500 : std::ldexp(random.Below(1 << 20) + 1, -30));
      break;
    case 3:
      value.set_string_value(random.Chance(50) ? "" : "q\"uo\\te ✓ '");
      break;
    case 4:
      for (int i = random.Below(3); i > 0; --i)
        *value.mutable_list_value()->add_values() = JsonValue(random, depth - 1);
      value.mutable_list_value();
      break;
    default:
      for (int i = random.Below(3); i > 0; --i) {
        (*value.mutable_struct_value()->mutable_fields())[Cat("k", i)] = JsonValue(random, depth - 1);
      }
      value.mutable_struct_value();
  }
  return value;
}

void FillDate(Random& random, Message* date) {
  SetInt(date, "year", 1 + random.Below(9999));
  SetInt(date, "month", 1 + random.Below(12));
  SetInt(date, "day", 1 + random.Below(28));
}

bool InUniqueKey(const Entity& entity, int column) {
  return std::any_of(entity.unique_keys.begin(), entity.unique_keys.end(), [column](const catalogue::UniqueKey& key) {
    return std::find(key.columns.begin(), key.columns.end(), column) != key.columns.end();
  });
}

bool InOneof(const Entity& entity, int column) {
  return std::any_of(entity.oneofs.begin(), entity.oneofs.end(), [column](const catalogue::Oneof& oneof) {
    return std::find(oneof.columns.begin(), oneof.columns.end(), column) != oneof.columns.end();
  });
}

}  // namespace

std::unique_ptr<Message> RandomRows::Fill(const Entity& entity, Presence presence) {
  auto row = server_->New(entity.message);
  for (int i = 0; i < static_cast<int>(entity.columns.size()); ++i) {
    const Column& column = entity.columns[i];
    if (column.output_only || InOneof(entity, i)) continue;
    const bool counted = column.key && column.default_kind == catalogue::DefaultKind::kIdentity;
    const bool made = column.key && column.has_default() && random_.Chance(50);
    if (!counted && !made) FillField(entity, column, presence, row.get());
  }
  for (const catalogue::Oneof& oneof : entity.oneofs) FillOneof(entity, oneof, row.get());
  return row;
}

void RandomRows::FillField(const Entity& entity, const Column& column, Presence presence, Message* row) {
  const FieldDescriptor& field = *column.field;
  row->GetReflection()->ClearField(row, &field);
  if (column.nullable && !column.has_default() && presence == Presence::kSome && random_.Chance(40)) return;
  if (column.reference) {
    FillReference(entity, column, row);
  } else if (field.is_repeated()) {
    for (int i = presence == Presence::kAll ? 2 : random_.Below(4); i > 0; --i) PutValue(column.type, field, row);
  } else {
    edges_ = !column.key && !InUniqueKey(entity, entity.IndexOf(column));
    // Zero would stand for the default where the field has no presence.
    do {
      PutValue(column.type, field, row);
    } while (column.has_default() && !row->GetReflection()->HasField(*row, &field));
    edges_ = true;
  }
}

void RandomRows::FillOneof(const Entity& entity, const catalogue::Oneof& oneof, Message* row) {
  if (random_.Chance(25)) return;
  const Column& column = entity.columns[random_.Pick(oneof.columns)];
  edges_ = !InUniqueKey(entity, entity.IndexOf(column));
  PutValue(column.type, *column.field, row);
  edges_ = true;
}

void RandomRows::FillReference(const Entity& entity, const Column& column, Message* row) {
  const Entity& target = *column.reference->entity;
  const Message* referenced = Target(entity, column);
  if (referenced != nullptr) CopyField(*referenced, *target.columns[target.key[0]].field, row, *column.field);
}

const Message* RandomRows::Target(const Entity& entity, const Column& column) {
  const Entity& target = *column.reference->entity;
  auto& rows = created_[&target];
  const bool self = &target == &entity;
  if (InUniqueKey(entity, entity.IndexOf(column))) {
    if (self) return used_[&column] < rows.size() ? rows[used_[&column]++].get() : nullptr;
    Create(target, Presence::kSome);
    return rows.empty() ? nullptr : rows.back().get();
  }
  if (rows.empty() && !self) Create(target, Presence::kSome);
  return rows.empty() ? nullptr : rows[random_.Below(static_cast<int>(rows.size()))].get();
}

std::unique_ptr<Message> RandomRows::Create(const Entity& entity, Presence presence) {
  return Create(entity, *Fill(entity, presence));
}

std::unique_ptr<Message> RandomRows::Create(const Entity& entity, const Message& row) {
  const plan::MethodPlan* plan = FindOperation(server_->loaded(), entity, catalogue::Operation::kCreate);
  if (plan == nullptr) {
    ADD_FAILURE() << entity.full_name << " has no create method";
    return nullptr;
  }
  auto request = server_->New(plan->method->input_type());
  if (plan->method->input_type() == entity.message) {
    request->CopyFrom(row);
  } else {
    request->GetReflection()->MutableMessage(request.get(), plan->method->input_type()->field(0))->CopyFrom(row);
  }
  auto response = server_->CallMessage(*plan, *request, as_);
  if (!response.ok()) {
    ADD_FAILURE() << plan->full_name << ": " << response.status() << "\n" << request->DebugString();
    return nullptr;
  }
  auto copy = server_->New(entity.message);
  copy->CopyFrom(**response);
  created_[&entity].push_back(std::move(copy));
  return *std::move(response);
}

void RandomRows::PutValue(const ValueType& type, const FieldDescriptor& field, Message* message) {
  Put put(message, field);
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return put.Int32(static_cast<int32_t>(Integer(32)));
    case FieldDescriptor::CPPTYPE_INT64:
      return put.Int64(Integer(64));
    case FieldDescriptor::CPPTYPE_UINT32:
      return put.UInt32(static_cast<uint32_t>(Integer(32)));
    case FieldDescriptor::CPPTYPE_UINT64:
      return put.UInt64(static_cast<uint64_t>(Integer(64)));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return put.Float(static_cast<float>(Real()));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return put.Double(Real());
    case FieldDescriptor::CPPTYPE_BOOL:
      return put.Bool(random_.Chance(70));
    case FieldDescriptor::CPPTYPE_ENUM:
      return put.Enum(random_.Pick(type.labels).number);
    case FieldDescriptor::CPPTYPE_STRING:
      return put.String(StringValue(type, field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return FillMessage(type, put.Nested(), kMaxDepth);
  }
}

std::string RandomRows::Text(int max_length) {
  static const std::vector<std::string> kPieces = {"a",  "Z",  "0", " ", "\"", "\\", "'",   "%",
                                                   "\n", "\t", "ä", "✓", "😀",  "$1", "NULL"};
  std::string text = RandomHex(6);  // tells rows of unique keys apart
  for (int i = random_.Below(12); i > 0; --i) text += random_.Pick(kPieces);
  // Pieces have up to four characters, so half the length is on the safe side.
  if (max_length > 0 && max_length < 60) text = RandomHex(20).substr(0, std::min(max_length, 40));
  return text;
}

std::string RandomRows::StringValue(const ValueType& type, const FieldDescriptor& field) {
  const bool bytes = field.type() == FieldDescriptor::TYPE_BYTES;
  switch (type.kind) {
    case ValueKind::kUuid:
      return bytes ? RandomBytes(16) : FormatUuid(RandomHex(16));
    case ValueKind::kDecimal: {
      const std::string whole = type.precision > type.scale ? Cat(1 + random_.Below(9)) : "0";
      std::string fraction;
      for (int i = 0; i < type.scale; ++i) fraction += Cat(random_.Below(10));
      return Cat(random_.Chance(30) && whole != "0" ? "-" : "", whole, type.scale > 0 ? "." : "", fraction);
    }
    default:
      return bytes ? RandomBytes(random_.Below(20) + 8) : Text(type.max_length);
  }
}

void RandomRows::FillMessage(const ValueType& type, Message* message, int depth) {
  const std::string& name = message->GetDescriptor()->full_name();
  if (type.wrapper) {
    PutValue(type, FieldOf(*message, "value"), message);
  } else if (name == "google.protobuf.Timestamp") {
    SetInt(message, "seconds",
           random_.Chance(20) ? -62135596800 : static_cast<int64_t>(random_.Below(2000000000)) - 500);
    SetInt(message, "nanos", random_.Below(1000000) * 1000);
  } else if (name == "google.protobuf.Duration") {
    const int sign = random_.Chance(30) ? -1 : 1;
    SetInt(message, "seconds", sign * static_cast<int64_t>(random_.Chance(20) ? 315576000 : random_.Below(100000)));
    SetInt(message, "nanos", sign * random_.Below(1000000) * 1000);
  } else if (name == "google.type.Date") {
    FillDate(random_, message);
  } else if (name == "google.protobuf.Value") {
    message->ParseFromString(JsonValue(random_, depth).SerializeAsString());
  } else if (name == "google.protobuf.Struct") {
    google::protobuf::Struct fields;
    for (int i = random_.Below(3); i >= 0; --i) (*fields.mutable_fields())[Cat("k ", i)] = JsonValue(random_, depth);
    message->ParseFromString(fields.SerializeAsString());
  } else if (name == "google.protobuf.ListValue") {
    google::protobuf::ListValue values;
    for (int i = random_.Below(3); i > 0; --i) *values.add_values() = JsonValue(random_, depth);
    message->ParseFromString(values.SerializeAsString());
  } else {
    FillAny(message, depth);
  }
}

void RandomRows::FillAny(Message* message, int depth) {
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message->GetDescriptor()->field(i);
    const bool map_entry = message->GetDescriptor()->options().map_entry();
    if (field.real_containing_oneof() != nullptr || (!map_entry && random_.Chance(30))) continue;
    ValueType type;
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) type.labels = {{field.enum_type()->value(0)->number(), ""}};
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      edges_ = !map_entry;
      PutValue(type, field, message);
      edges_ = true;
    } else if (depth > 0) {
      FillMessage(type, Put(message, field).Nested(), depth - 1);
    }
  }
}

int64_t RandomRows::Integer(int bits) {
  const int64_t random = static_cast<int64_t>(random_.Below(1 << 30)) << 31 ^ random_.Below(1 << 30);
  const bool edge = edges_ && random_.Chance(10);
  if (bits == 32) return edge ? std::numeric_limits<int32_t>::min() : random % 2147483647 + 1;
  return edge ? std::numeric_limits<int64_t>::min() : random + 1;
}

double RandomRows::Real() {
  static const std::vector<double> kEdges = {std::numeric_limits<double>::quiet_NaN(),
                                             std::numeric_limits<double>::infinity(),
                                             -std::numeric_limits<double>::infinity(),
                                             -0.0,
                                             0.1,
                                             1e-30};
  return random_.Chance(40) ? random_.Pick(kEdges) : std::ldexp(random_.Below(1 << 30) - (1 << 29), -20);
}

const plan::MethodPlan* FindOperation(const app::LoadedCatalogue& loaded, const Entity& entity,
                                      catalogue::Operation operation) {
  for (const auto& plan : loaded.plans) {
    if (plan->entity == &entity && plan->operation == operation) return plan.get();
  }
  return nullptr;
}

namespace {

/// The value of a field; of a repeated one, that of its element.
void CopyValue(const Message& from, const FieldDescriptor& field, int element, Put put) {
  const google::protobuf::Reflection& in = *from.GetReflection();
  const bool r = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return put.Int32(r ? in.GetRepeatedInt32(from, &field, element) : in.GetInt32(from, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return put.Int64(r ? in.GetRepeatedInt64(from, &field, element) : in.GetInt64(from, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return put.UInt32(r ? in.GetRepeatedUInt32(from, &field, element) : in.GetUInt32(from, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return put.UInt64(r ? in.GetRepeatedUInt64(from, &field, element) : in.GetUInt64(from, &field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return put.Float(r ? in.GetRepeatedFloat(from, &field, element) : in.GetFloat(from, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return put.Double(r ? in.GetRepeatedDouble(from, &field, element) : in.GetDouble(from, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return put.Bool(r ? in.GetRepeatedBool(from, &field, element) : in.GetBool(from, &field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return put.Enum(r ? in.GetRepeatedEnumValue(from, &field, element) : in.GetEnumValue(from, &field));
    case FieldDescriptor::CPPTYPE_STRING:
      return put.String(r ? in.GetRepeatedString(from, &field, element) : in.GetString(from, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      put.Nested()->CopyFrom(r ? in.GetRepeatedMessage(from, &field, element) : in.GetMessage(from, &field));
  }
}

}  // namespace

void CopyField(const Message& from, const FieldDescriptor& from_field, Message* to, const FieldDescriptor& to_field) {
  const google::protobuf::Reflection& in = *from.GetReflection();
  if (from_field.has_presence() && !in.HasField(from, &from_field)) return;
  const int values = from_field.is_repeated() ? in.FieldSize(from, &from_field) : 1;
  for (int i = 0; i < values; ++i) CopyValue(from, from_field, i, Put(to, to_field));
}

}  // namespace rowkeeper::testing
