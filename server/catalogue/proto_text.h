#pragma once

#include <set>
#include <string>
#include <vector>

namespace rowkeeper::catalogue {

/// One field of a message to be written.
struct FieldText {
  /// With its label, for example "optional TodoStatus".
  std::string type;
  std::string name;
  /// Entries of the (rowkeeper.v1.filter) option, for example `field: "due_at"`; none: no such option.
  std::vector<std::string> filter;
  /// Value of the (rowkeeper.v1.bind) option; empty: no such option.
  std::string bind;
};

struct MessageText {
  std::string name;
  /// Numbered from 1 in this order.
  std::vector<FieldText> fields;
};

struct MethodText {
  std::string comment;
  std::string name;
  std::string request;
  std::string response;
};

/// A .proto file as data, ready to be printed.
struct FileText {
  std::string comment;
  std::string package;
  std::set<std::string> imports;
  /// Whole lines: `option go_package = "…";`
  std::vector<std::string> options;
  std::string service;
  /// Full name of the entity that the service is the repository of.
  std::string entity;
  std::vector<MethodText> methods;
  std::vector<MessageText> messages;
};

/// The text of the file, formatted as `buf format` does; or of a part of it, as it stands there.
std::string Print(const FileText& file);
std::string Print(const MethodText& method);
/// After an empty line.
std::string Print(const MessageText& message);
std::string Print(const FieldText& field, int number);

}  // namespace rowkeeper::catalogue
