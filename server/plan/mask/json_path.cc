#include "server/plan/mask/json_path.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "absl/strings/numbers.h"
#include "server/base/text.h"
#include "server/plan/mask/json_mask.h"

namespace rowkeeper::plan {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

struct Segment {
  std::string text;
  bool quoted = false;
};

/// Splits at dots outside of backticks. False when the backticks are not as they should be.
bool Split(std::string_view path, std::vector<Segment>* segments) {
  segments->emplace_back();
  for (size_t i = 0; i < path.size(); ++i) {
    Segment& segment = segments->back();
    if (path[i] == '.') {
      segments->emplace_back();
    } else if (segment.quoted) {
      return false;  // something behind the closing backtick
    } else if (path[i] != '`') {
      segment.text.push_back(path[i]);
    } else {
      if (!segment.text.empty()) return false;
      segment.quoted = true;
      for (++i;; ++i) {
        if (i >= path.size()) return false;
        if (path[i] == '`' && (i + 1 >= path.size() || path[i + 1] != '`')) break;
        if (path[i] == '`') ++i;
        segment.text.push_back(path[i]);
      }
    }
  }
  return true;
}

/// The column's own name in a path.
std::string_view Head(std::string_view path) { return path.substr(0, path.find('.')); }

template <typename Integer>
bool IsCanonical(const std::string& text) {
  Integer number = 0;
  return absl::SimpleAtoi(text, &number) && Cat(number) == text;
}

/// Whether `key` is how JSON writes a key of the map.
bool IsMapKey(const FieldDescriptor& map, const std::string& key) {
  switch (map.message_type()->map_key()->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return key == "true" || key == "false";
    case FieldDescriptor::CPPTYPE_INT32:
      return IsCanonical<int32_t>(key);
    case FieldDescriptor::CPPTYPE_INT64:
      return IsCanonical<int64_t>(key);
    case FieldDescriptor::CPPTYPE_UINT32:
      return IsCanonical<uint32_t>(key);
    case FieldDescriptor::CPPTYPE_UINT64:
      return IsCanonical<uint64_t>(key);
    default:
      return true;
  }
}

std::string FieldNames(const Descriptor& message) {
  std::string names;
  for (int i = 0; i < message.field_count(); ++i) names += Cat(i == 0 ? "" : ", ", message.field(i)->name());
  return names;
}

std::vector<std::string> Siblings(const FieldDescriptor& field) {
  std::vector<std::string> siblings;
  const google::protobuf::OneofDescriptor* oneof = field.real_containing_oneof();
  for (int i = 0; oneof != nullptr && i < oneof->field_count(); ++i) {
    if (oneof->field(i) != &field) siblings.push_back(oneof->field(i)->name());
  }
  return siblings;
}

/// Walks from a column's field down to the value that a path names.
class Walker {
 public:
  Walker(const FieldDescriptor* field, std::string* problem) : field_(field), problem_(problem) {}

  bool Step(const Segment& segment, JsonStep* step) {
    if (segment.text.find('\0') != std::string::npos) return Fail("has a NUL character, which no key can have");
    if (!segment.quoted && segment.text.empty()) return Fail("has an empty name; write ` ` around keys");
    if (!segment.quoted && segment.text == "*") return Fail("has a \"*\", which stands only alone");
    step->key = segment.text;
    if (any_keys_) return true;
    if (field_->is_map()) return MapKey(segment.text);
    if (field_->is_repeated())
      return Fail(Cat("reaches into ", field_->name(), ", which is repeated and handled whole"));
    if (field_->type() != FieldDescriptor::TYPE_MESSAGE) {
      return Fail(Cat("reaches into ", field_->name(), ", which is no message"));
    }
    const Descriptor& message = *field_->message_type();
    switch (message.well_known_type()) {
      case Descriptor::WELLKNOWNTYPE_STRUCT:
      case Descriptor::WELLKNOWNTYPE_VALUE:
        any_keys_ = true;
        return true;
      case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
        return Member(message, segment.text, step);
      default:
        return Fail(Cat("reaches into ", field_->name(), ", which is handled whole"));
    }
  }

 private:
  bool Fail(std::string problem) {
    *problem_ = std::move(problem);
    return false;
  }

  bool MapKey(const std::string& key) {
    if (!IsMapKey(*field_, key)) {
      return Fail(Cat("has the key \"", key, "\", which is not one of the map ", field_->name()));
    }
    field_ = field_->message_type()->map_value();
    return true;
  }

  bool Member(const Descriptor& message, const std::string& name, JsonStep* step) {
    const FieldDescriptor* member = message.FindFieldByName(name);
    if (member == nullptr) {
      return Fail(Cat("names \"", name, "\", which is not a field of ", message.full_name(), "; the fields are ",
                      FieldNames(message)));
    }
    field_ = member;
    step->siblings = Siblings(*member);
    return true;
  }

  const FieldDescriptor* field_;
  /// Below google.protobuf.Struct and Value.
  bool any_keys_ = false;
  std::string* problem_;
};

}  // namespace

bool IsJsonPath(const catalogue::Entity& entity, std::string_view path) {
  const std::string_view head = Head(path);
  if (head.size() == path.size()) return false;
  const catalogue::Column* column = entity.FindField(head);
  return column != nullptr && column->type.kind == catalogue::ValueKind::kJson;
}

bool ResolveJsonPath(const catalogue::Entity& entity, std::string_view path, std::vector<JsonStep>* steps,
                     std::string* problem) {
  const std::string_view head = Head(path);
  std::vector<Segment> segments;
  if (!Split(path.substr(head.size() + 1), &segments)) {
    *problem = "has backticks in the wrong places; write them around a whole key, and double those inside";
    return false;
  }
  if (segments.size() > kMaxJsonDepth) {
    *problem = Cat("reaches ", segments.size(), " levels deep; at most ", kMaxJsonDepth, " are allowed");
    return false;
  }
  Walker walker(entity.FindField(head)->field, problem);
  for (const Segment& segment : segments) {
    steps->emplace_back();
    if (!walker.Step(segment, &steps->back())) return false;
  }
  return true;
}

}  // namespace rowkeeper::plan
