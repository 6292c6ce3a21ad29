#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "server/catalogue/source.h"
#include "tests/unit/catalogue/temporary_protos.h"

namespace rowkeeper::catalogue {

/// The mistakes of loading alone, one a line.
inline std::string LoadErrors(const SourceOptions& options) {
  Diagnostics diagnostics;
  const std::unique_ptr<Source> source = Source::Load(options, &diagnostics);
  EXPECT_EQ(source == nullptr, !diagnostics.ok());
  return diagnostics.ToString();
}

inline std::vector<std::string> FileNames(const SourceOptions& options) {
  Diagnostics diagnostics;
  const std::unique_ptr<Source> source = Source::Load(options, &diagnostics);
  EXPECT_NE(source, nullptr) << diagnostics.ToString();
  std::vector<std::string> names;
  if (source == nullptr) return names;
  for (const google::protobuf::FileDescriptor* file : source->files()) names.push_back(file->name());
  return names;
}

/// As googleapis has it, and more than that: options, comments, a field, and a message.
inline constexpr char kLargerDate[] = R"(// Copyright Somebody
syntax = "proto3";

package google.type;

option cc_enable_arenas = true;
option go_package = "google.golang.org/genproto/googleapis/type/date;date";
option java_multiple_files = true;

// Represents a whole or partial calendar date.
message Date {
  // Year of the date.
  int32 year = 1;
  int32 month = 2;
  int32 day = 3;
  string era = 4;
}

message Unrelated {}
)";

/// The google.type.Date that a catalogue uses.
inline const google::protobuf::Descriptor* DateOf(const Compiled& compiled) {
  return compiled.catalogue->FindEntity("shop.v1.Item")->FindField("start_date")->field->message_type();
}

}  // namespace rowkeeper::catalogue
