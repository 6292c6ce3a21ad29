#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "google/protobuf/descriptor.h"
#include "server/catalogue/value_type.h"
#include "server/codec/message_shape.h"
#include "server/plan/request.h"

namespace rowkeeper::codec {

/// Turns a request field into PostgreSQL's text form of its column. Immutable; any thread.
class WireToText {
 public:
  /// `field` is the request's, `type` the column's. A repeated field becomes an array literal, unless the type is JSON.
  /// `shapes` owns what this points to.
  WireToText(const google::protobuf::FieldDescriptor& field, catalogue::ValueType type, ShapeSet* shapes);

  /// Sets presence and text from what the field's occurrences add up to; they must have passed CheckMessage.
  /// False, with `problem` ("is not a UUID; …"), when PostgreSQL cannot hold the value or the column does not admit it.
  bool Convert(const Slot& occurrences, plan::Argument* argument, std::string* problem) const;

  /// The same for one element of a repeated field, where the column is of single values.
  bool ConvertElement(const Occurrence& element, plan::Argument* argument, std::string* problem) const;

 private:
  bool IsUnset(const Slot& occurrences) const;
  bool AppendArray(const Slot& occurrences, plan::Argument* argument, std::string* problem) const;
  bool AppendElement(const Slot& occurrences, std::string* out, std::string* problem) const;
  bool AppendScalar(FieldType type, const Occurrence& value, std::string* out, std::string* problem) const;
  bool AppendNumber(FieldType type, uint64_t bits, std::string* out, std::string* problem) const;
  bool AppendString(std::string_view text, std::string* out, std::string* problem) const;
  bool AppendEnum(int number, std::string* out, std::string* problem) const;

  const FieldShape* field_;
  catalogue::ValueType type_;
  absl::flat_hash_map<int, std::string> labels_;
};

}  // namespace rowkeeper::codec
