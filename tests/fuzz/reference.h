#pragma once

#include <string>

#include "google/protobuf/message.h"
#include "server/catalogue/value_type.h"

/// What the codec must answer, worked out from generated code and reflection.
namespace rowkeeper::fuzz {

struct Expectation {
  bool present = false;
  /// PostgreSQL cannot hold the value, or the column does not admit it.
  bool refused = false;
  /// The text; of a JSON column empty, because texts are compared as messages.
  std::string text;
};

/// Of the field `field` of `message`, for a column of `type`.
Expectation Expect(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
                   const catalogue::ValueType& type);

/// Reads `json` as the value of field `field` of a message like `message`, with protobuf's own JSON parser, and
/// compares it with the one that `message` has. Empty when equal, else what differs.
std::string CompareJson(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
                        const std::string& json);

/// Takes out of a message what JSON does not carry: unknown fields, signs of zero, NaN payloads, Values without a kind.
void Canonicalize(google::protobuf::Message* message);

/// Serialized with a fixed order of map entries.
std::string Deterministic(const google::protobuf::Message& message);

}  // namespace rowkeeper::fuzz
