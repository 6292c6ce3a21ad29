#pragma once

#include <google/protobuf/descriptor.h>

#include <string>

namespace rowkeeper::schema {

/// Whether bytes that were written for the one field are read as the same values by the other, as far as they fit.
bool HaveSameBytes(const google::protobuf::FieldDescriptor& before, const google::protobuf::FieldDescriptor& now);

/// As people write it: "string", "repeated planner.v1.Todo".
std::string TypeOfField(const google::protobuf::FieldDescriptor& field);

}  // namespace rowkeeper::schema
