#include "tests/support/random_entity.h"

#include <algorithm>
#include <stdexcept>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace rowkeeper::testing {
namespace {

using Names = std::vector<std::string>;

const char kLongName[] = "a_name_of_sixty_characters_which_postgresql_can_just_hold_";

/// One kind of field: how it is declared, and what may be done with it.
struct Shape {
  std::string type;
  Names column;
  /// Text form of a default; empty where none can be declared.
  std::string default_value;
  bool scalar = false;
  bool may_repeat = false;
  bool may_be_optional = true;
};

const std::vector<Shape>& Shapes() {
  static const auto* const shapes = new std::vector<Shape>{
      {"bool", {}, "true", true, true},
      {"int32", {}, "-5", true, true},
      {"sint32", {}, "", true, true},
      {"sfixed32", {}, "7", true, true},
      {"int64", {}, "9007199254740993", true, true},
      {"sint64", {}, "", true, true},
      {"uint32", {}, "4294967295", true, true},
      {"fixed32", {}, "", true, true},
      {"uint64", {}, "18446744073709551615", true, true},
      {"fixed64", {}, "0", true, true},
      {"float", {}, "0.5", true, true},
      {"double", {}, "-2.25", true, true},
      {"string", {}, "it's a \\\\ default", true, true},
      {"string", {"max_length: 60"}, "x", true, true},
      {"bytes", {}, "", true, true},
      {"string", {"type: COLUMN_TYPE_UUID"}, "", true, true},
      {"bytes", {"type: COLUMN_TYPE_UUID"}, "", true, true},
      {"string", {"type: COLUMN_TYPE_DECIMAL", "precision: 12", "scale: 3"}, "1.250", true, true},
      {"Colour", {}, "COLOUR_GREEN", true, true},
      {"Size", {}, "BIG", true, true},
      {"Mood", {"type: COLUMN_TYPE_NATIVE_ENUM"}, "MOOD_FINE", true, true},
      {"google.protobuf.Timestamp", {}, "", true, true},
      {"google.protobuf.Duration", {}, "", true, true},
      {"google.type.Date", {}, "", true, true},
      {"google.protobuf.Struct", {}, "", false, true},
      {"google.protobuf.Value", {}, "", false, true},
      {"google.protobuf.ListValue", {}, "", false, true},
      {"Detail", {}, "", false, true},
      {"map<string, Detail>", {}, "", false, false, false},
      {"map<int32, bool>", {}, "", false, false, false},
      {"google.protobuf.BoolValue", {}, "", true, false, false},
      {"google.protobuf.Int32Value", {}, "", true, false, false},
      {"google.protobuf.Int64Value", {}, "", true, false, false},
      {"google.protobuf.UInt32Value", {}, "", true, false, false},
      {"google.protobuf.UInt64Value", {}, "", true, false, false},
      {"google.protobuf.FloatValue", {}, "", true, false, false},
      {"google.protobuf.DoubleValue", {}, "", true, false, false},
      {"google.protobuf.StringValue", {}, "", true, false, false},
      {"google.protobuf.BytesValue", {}, "", true, false, false},
  };
  return *shapes;
}

/// Hands out field names, each once.
class FieldNames {
 public:
  std::string Next(Random& random) {
    static const auto* const words = new Names{
        "user",    "order", "select",    "group",    "from",     "where",      "limit",  "table",    "column",
        "default", "check", "end",       "desc",     "primary",  "references", "unique", "grant",    "analyse",
        "title",   "notes", "ownerRef",  "HTTPCode", "isActive", "X",          "a_b",    "position", "value_1",
        "name",    "Kind",  "timestamp", "interval", "text",     "uuid",       "offset", "all",      "null_"};
    ++count_;
    if (random.Chance(8)) return absl::StrCat(kLongName, count_ + 10);
    std::string word = random.Pick(*words);
    if (std::find(used_.begin(), used_.end(), absl::AsciiStrToLower(word)) != used_.end()) {
      absl::StrAppend(&word, count_ + 10);
    }
    used_.push_back(absl::AsciiStrToLower(word));
    return word;
  }

 private:
  Names used_;
  int count_ = 0;
};

FieldText RandomField(Random& random, const std::string& name) {
  Shape shape = random.Pick(Shapes());
  FieldText field;
  field.type = shape.type;
  field.name = name;
  field.column = shape.column;
  field.scalar = shape.scalar;
  field.gin = !shape.scalar && shape.type != "google.protobuf.BytesValue";
  if (shape.may_repeat && random.Chance(20)) {
    field.label = "repeated";
    field.gin = shape.type == "string" || !shape.scalar;
    field.scalar = false;
    return field;
  }
  if (shape.may_be_optional && random.Chance(35)) field.label = "optional";
  if (!shape.default_value.empty() && random.Chance(40)) {
    field.column.push_back(absl::StrCat("default_value: \"", shape.default_value, "\""));
  }
  if (shape.scalar && random.Chance(40)) field.column.push_back("sortable: true");
  if (random.Chance(10)) field.column.push_back("immutable: true");
  return field;
}

FieldText Make(std::string label, std::string type, std::string name, Names column) {
  return {std::move(label), std::move(type), std::move(name), std::move(column), /*scalar=*/true, /*gin=*/false};
}

void AddKey(Random& random, EntityText* entity) {
  const std::string name = random.Chance(60) ? "id" : random.Pick(Names{"Key", "order_no", "publicId"});
  entity->key = {name};
  switch (random.Below(7)) {
    case 0:
      entity->fields.push_back(Make("", "int64", name, {"primary_key: true"}));
      break;
    case 1:
      entity->fields.push_back(Make("", "int32", name, {"primary_key: true"}));
      break;
    case 2:
      entity->fields.push_back(Make("", "bytes", name, {"type: COLUMN_TYPE_UUID", "primary_key: true"}));
      break;
    case 3:
      entity->fields.push_back(Make("", "string", name, {"max_length: 40", "primary_key: true"}));
      break;
    case 4:
      entity->fields.push_back(Make("", "string", name, {"max_length: 40", "primary_key: true"}));
      entity->fields.push_back(Make("", "int32", "line", {"primary_key: true"}));
      entity->key.push_back("line");
      break;
    default:
      entity->fields.push_back(Make("", "string", name, {"type: COLUMN_TYPE_UUID", "primary_key: true"}));
  }
  if (random.Chance(25)) entity->options.push_back("internal_id: \"internal_id\"");
}

/// A field that holds the key of `target`.
FieldText ReferenceTo(Random& random, const EntityText& target, const std::string& name, bool required) {
  FieldText field = target.fields.front();
  field.name = name;
  field.column.erase(std::remove(field.column.begin(), field.column.end(), "primary_key: true"), field.column.end());
  field.column.push_back(absl::StrCat("references: \"shop.v1.", target.message, "\""));
  Names on_delete = {"ON_DELETE_RESTRICT", "ON_DELETE_CASCADE"};
  if (!required) {
    field.label = "optional";
    on_delete.push_back("ON_DELETE_SET_NULL");
  }
  field.column.push_back("on_delete: " + random.Pick(on_delete));
  return field;
}

void AddReferences(Random& random, const std::vector<EntityText>& earlier, FieldNames* names, EntityText* entity) {
  for (int i = random.Below(3); i > 0 && !earlier.empty(); --i) {
    const EntityText target = random.Pick(earlier);
    if (target.key.size() != 1) continue;
    entity->fields.push_back(ReferenceTo(random, target, names->Next(random) + "_id", random.Chance(50)));
    entity->references.push_back(entity->fields.back().name);
  }
  if (entity->key.size() == 1 && random.Chance(30)) {
    entity->fields.push_back(ReferenceTo(random, *entity, "parent_id", /*required=*/false));
    entity->references.push_back("parent_id");
  }
}

void AddRoles(Random& random, EntityText* entity) {
  auto add = [&](const char* label, const char* type, const std::string& name, const char* role) {
    entity->fields.push_back(Make(label, type, name, {absl::StrCat("role: ", role)}));
  };
  if (random.Chance(70)) {
    const std::string name = random.Chance(80) ? "created_at" : "insertedAt";
    add("", "google.protobuf.Timestamp", name, "ROLE_CREATED_AT");
    entity->time = name;
  }
  if (random.Chance(70)) add("", "google.protobuf.Timestamp", "updated_at", "ROLE_UPDATED_AT");
  const int deletion = random.Below(4);
  if (deletion & 1) add("optional", "google.protobuf.Timestamp", "deleted_at", "ROLE_DELETED_AT");
  if (deletion & 2) add("", "bool", "is_deleted", "ROLE_DELETED_FLAG");
  entity->soft_deletable = deletion != 0;
  entity->versioned = random.Chance(60);
  if (entity->versioned) {
    add("", random.Chance(50) ? "int64" : "int32", random.Chance(70) ? "version" : "Revision", "ROLE_VERSION");
  }
}

bool IsUniqueType(const FieldText& field) {
  static const auto* const types = new Names{"string", "int32", "int64", "uint64", "bytes"};
  return field.scalar && std::find(types->begin(), types->end(), field.type) != types->end();
}

void AddUniqueKeys(Random& random, EntityText* entity) {
  Names candidates;
  for (FieldText& field : entity->fields) {
    const bool key = std::find(entity->key.begin(), entity->key.end(), field.name) != entity->key.end();
    const bool role = !field.column.empty() && field.column.front().rfind("role:", 0) == 0;
    if (key || role || !IsUniqueType(field)) continue;
    if (random.Chance(20)) {
      field.column.push_back("unique: true");
      entity->unique_keys.push_back({field.name});
    } else {
      candidates.push_back(field.name);
    }
  }
  if (candidates.size() < 2) return;
  entity->unique_keys.push_back({candidates[0], candidates[1]});
  entity->options.push_back(
      absl::StrCat("unique_keys: [{fields: [\"", candidates[0], "\", \"", candidates[1], "\"]}]"));
}

/// The end of the message's name, where long ones differ.
std::string ShortName(const std::string& message) {
  return message.substr(message.size() - std::min<size_t>(message.size(), 20));
}

void AddIndexes(Random& random, EntityText* entity) {
  Names scalars, indexes;
  for (const FieldText& field : entity->fields) {
    if (field.scalar) scalars.push_back(field.name);
    if (field.gin && random.Chance(30)) {
      indexes.push_back(absl::StrCat("{fields: [\"", field.name, "\"], method: \"gin\"}"));
    }
  }
  if (scalars.size() >= 2) {
    const std::string first = random.Pick(scalars);
    const std::string second = random.Pick(scalars);
    const char* extra = random.Chance(30) ? ", include_deleted: true" : "";
    if (first != second) {
      indexes.push_back(absl::StrCat("{fields: [\"", first, "\", \"", second, " desc\"]", extra, "}"));
      if (random.Chance(30)) {
        indexes.push_back(absl::StrCat("{fields: [\"", second, "\"], where: \"\\\"", first,
                                       "\\\" IS NOT NULL\", name: \"ix_some_", ShortName(entity->message), "\"}"));
      }
    }
  }
  if (!indexes.empty()) entity->options.push_back(absl::StrCat("indexes: [", absl::StrJoin(indexes, ", "), "]"));
}

}  // namespace

const FieldText& EntityText::Field(std::string_view name) const {
  for (const FieldText& field : fields) {
    if (field.name == name) return field;
  }
  throw std::out_of_range(std::string(name));
}

std::vector<std::string> RandomMessageNames(Random& random, int count) {
  Names words = {"User",   "Order",     "Select",    "Group",         "Table",   "Check",  "Grant",
                 "Window", "HTTPRoute", "OrderLine", "Store",         "Entry",   "Status", "ABTestGroup",
                 "Limit",  "Case",      "Union",     "Authorization", "Analyse", "Box"};
  Names names;
  for (int i = 0; i < count; ++i) {
    if (words.empty() || random.Chance(10)) {
      names.push_back(absl::StrCat("MessageWithANameOfSixtyCharactersOrSoWhichMakesLongTableN", i + 10));
      continue;
    }
    const int chosen = random.Below(static_cast<int>(words.size()));
    names.push_back(words[chosen]);
    words.erase(words.begin() + chosen);
  }
  return names;
}

EntityText RandomEntity(Random& random, const std::string& message, const std::vector<EntityText>& earlier) {
  EntityText entity;
  entity.message = message;
  FieldNames names;
  if (random.Chance(15)) entity.options.push_back("schema: \"Shop\"");
  if (random.Chance(10)) entity.options.push_back(absl::StrCat("table: \"Table", ShortName(message), "\""));
  AddKey(random, &entity);
  AddReferences(random, earlier, &names, &entity);
  for (int i = 3 + random.Below(12); i > 0; --i) {
    entity.fields.push_back(RandomField(random, names.Next(random)));
    const FieldText& field = entity.fields.back();
    if (field.scalar && field.type == "google.protobuf.Timestamp") entity.time = field.name;
  }
  if (random.Chance(40)) {
    for (const char* type : {"string", "int64", "google.protobuf.Duration"}) {
      entity.fields.push_back(Make("oneof", type, names.Next(random), {}));
      entity.oneof.push_back(entity.fields.back().name);
    }
  }
  AddRoles(random, &entity);
  AddUniqueKeys(random, &entity);
  AddIndexes(random, &entity);
  return entity;
}

std::string SupportingTypes() {
  return R"(
enum Colour {
  COLOUR_UNSPECIFIED = 0;
  COLOUR_RED = 1;
  COLOUR_GREEN = 2 [(rowkeeper.v1.enum_value).label = "it's \"green\""];
}

enum Size {
  option allow_alias = true;
  SMALL = 0;
  BIG = -3;
  LARGE = -3;
}

enum Mood {
  MOOD_UNSPECIFIED = 0;
  MOOD_FINE = 1;
  MOOD_BAD = 2 [(rowkeeper.v1.enum_value).label = "Not so good"];
}

message Detail {
  string text = 1;
  repeated Detail parts = 2;
  google.protobuf.Timestamp at = 3;
}
)";
}

}  // namespace rowkeeper::testing
