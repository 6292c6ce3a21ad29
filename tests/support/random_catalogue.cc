#include "tests/support/random_catalogue.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/support/random_entity.h"
#include "tests/support/temporary_directory.h"

namespace rowkeeper::testing {
namespace {

/// Fields of a request or response, numbered in order.
class MessageText {
 public:
  MessageText& Add(const std::string& field, const std::string& options = "") {
    absl::StrAppend(&body_, "  ", field, " = ", ++number_, options, ";\n");
    return *this;
  }
  std::string As(const std::string& name) const { return absl::StrCat("message ", name, " {\n", body_, "}\n"); }

 private:
  std::string body_;
  int number_ = 0;
};

std::string Pascal(const std::string& name) {
  std::string result;
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '_') continue;
    result += i == 0 || name[i - 1] == '_' ? absl::ascii_toupper(name[i]) : name[i];
  }
  return result;
}

/// Writes the repository of one entity, with every operation that it allows.
class RepositoryWriter {
 public:
  explicit RepositoryWriter(const EntityText& entity) : entity_(entity) {}

  std::string Write() {
    const std::string& name = entity_.message;
    Rpc("Create", "", MessageText().Add(name + " row"), name);
    Rpc("Get", "ByKey", WithReadFields(WithFields(entity_.key)), name);
    for (const auto& key : entity_.unique_keys) Rpc("Get", By(key), WithReadFields(WithFields(key)), name);
    const std::string list = absl::StrCat("List", name, "Response");
    Rpc("List", "", WithListFields(MessageText()), list);
    for (const auto& reference : entity_.references) {
      Rpc("List", By({reference}), WithListFields(WithFields({reference})), list);
    }
    if (!entity_.time.empty()) Rpc("List", "ByDateRange", WithListFields(Range()), list);
    absl::StrAppend(&messages_, MessageText().Add("repeated " + name + " rows").Add("string next_page_token").As(list));
    AddWrites();
    return absl::StrCat("service ", name, "Repository {\n  option (rowkeeper.v1.repository).entity = \"shop.v1.", name,
                        "\";\n", rpcs_, "}\n", messages_);
  }

 private:
  void AddWrites() {
    const std::string& name = entity_.message;
    Rpc("Update", "", MessageText().Add(name + " row").Add("google.protobuf.FieldMask update_mask"), name);
    if (entity_.soft_deletable) {
      Rpc("SoftDelete", "", WithGuards(WithFields(entity_.key)), name);
      Rpc("Restore", "", WithGuards(WithFields(entity_.key)), name);
    }
    Rpc("Delete", "", WithGuards(WithFields(entity_.key)), "google.protobuf.Empty");
  }

  void Rpc(const std::string& verb, const std::string& suffix, const MessageText& request,
           const std::string& response) {
    const std::string name = absl::StrCat(verb, entity_.message, suffix, "Request");
    absl::StrAppend(&rpcs_, "  rpc ", verb, suffix, "(", name, ") returns (", response, ");\n");
    absl::StrAppend(&messages_, request.As(name));
  }

  static std::string By(const std::vector<std::string>& fields) {
    std::string name = "By";
    for (const std::string& field : fields) name += Pascal(field);
    return name;
  }

  MessageText WithFields(const std::vector<std::string>& fields) const {
    MessageText message;
    for (const std::string& field : fields) message.Add(absl::StrCat(entity_.Field(field).type, " ", field));
    return message;
  }

  MessageText WithReadFields(MessageText message) const {
    message.Add("google.protobuf.FieldMask read_mask");
    if (entity_.soft_deletable) message.Add("rowkeeper.v1.Deleted deleted");
    return message;
  }

  MessageText WithListFields(MessageText message) const {
    message.Add("int32 page_size").Add("string page_token").Add("string order_by");
    return WithReadFields(std::move(message));
  }

  MessageText WithGuards(MessageText message) const {
    if (entity_.versioned) message.Add("int64 version");
    return message.Add("bool allow_missing");
  }

  MessageText Range() const {
    auto filter = [&](const char* op) {
      return absl::StrCat(" [(rowkeeper.v1.filter) = {field: \"", entity_.time, "\", op: FILTER_OPERATOR_", op, "}]");
    };
    return MessageText()
        .Add("google.protobuf.Timestamp start_time", filter("GREATER_OR_EQUAL"))
        .Add("google.protobuf.Timestamp end_time", filter("LESS"));
  }

  const EntityText& entity_;
  std::string rpcs_;
  std::string messages_;
};

std::string FieldLine(const FieldText& field, int number) {
  std::string options =
      field.column.empty() ? "" : absl::StrCat(" [(rowkeeper.v1.column) = {", absl::StrJoin(field.column, ", "), "}]");
  const std::string label = field.label.empty() || field.label == "oneof" ? "" : field.label + " ";
  return absl::StrCat("  ", label, field.type, " ", field.name, " = ", number, options, ";\n");
}

std::string WriteMessage(const EntityText& entity) {
  std::string text = absl::StrCat("message ", entity.message, " {\n  option (rowkeeper.v1.entity) = {",
                                  absl::StrJoin(entity.options, "\n    "), "};\n");
  std::string oneof;
  int number = 0;
  for (const FieldText& field : entity.fields) {
    absl::StrAppend(field.label == "oneof" ? &oneof : &text, FieldLine(field, ++number));
  }
  if (!oneof.empty()) absl::StrAppend(&text, "  oneof choice {\n", oneof, "  }\n");
  return text + "}\n";
}

std::string Header(Random& random) {
  return absl::StrCat(R"(syntax = "proto3";

package shop.v1;

import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
import "google/type/date.proto";
import "rowkeeper/v1/annotations.proto";

option (rowkeeper.v1.conventions) = {
  constraint_names: CONSTRAINT_NAMES_)",
                      random.Chance(50) ? "PREFIXED" : "SUFFIXED", "\n  table_names: TABLE_NAMES_",
                      random.Chance(50) ? "PLURAL" : "SINGULAR", random.Chance(20) ? "\n  table_prefix: \"Pay_\"" : "",
                      "\n};\n");
}

/// Without the warnings on style, of which random names earn many.
std::string Errors(const catalogue::Diagnostics& diagnostics) {
  std::string text;
  for (const catalogue::Diagnostic& diagnostic : diagnostics.Sorted()) {
    if (diagnostic.severity == catalogue::Diagnostic::Severity::kError) {
      absl::StrAppend(&text, diagnostic.ToString(), "\n");
    }
  }
  return text;
}

std::unique_ptr<const catalogue::Catalogue> Compile(const catalogue::SourceOptions& options) {
  catalogue::Diagnostics diagnostics;
  std::unique_ptr<const catalogue::Catalogue> compiled;
  auto source = catalogue::Source::Load(options, &diagnostics);
  if (source != nullptr) compiled = catalogue::Catalogue::Compile(std::move(source), &diagnostics);
  if (compiled == nullptr) ADD_FAILURE() << Errors(diagnostics);
  return compiled;
}

}  // namespace

std::string RandomCatalogueProto(const RandomCatalogueOptions& options) {
  Random random(options.seed);
  std::string text = Header(random) + SupportingTypes();
  std::vector<EntityText> entities;
  for (const std::string& name : RandomMessageNames(random, options.entities)) {
    entities.push_back(RandomEntity(random, name, entities));
  }
  for (const EntityText& entity : entities) {
    absl::StrAppend(&text, "\n", WriteMessage(entity), "\n", RepositoryWriter(entity).Write());
  }
  return text;
}

std::unique_ptr<const catalogue::Catalogue> CompileDirectory(const std::string& directory) {
  catalogue::SourceOptions options;
  options.proto_paths = {directory};
  return Compile(options);
}

std::unique_ptr<const catalogue::Catalogue> CompileProtoText(const std::string& text) {
  TemporaryDirectory directory;
  std::ofstream(directory.path() + "/catalogue.proto") << text;
  return CompileDirectory(directory.path());
}

std::unique_ptr<const catalogue::Catalogue> CompileExample(const std::string& folder) {
  catalogue::SourceOptions options;
  options.proto_paths = {"proto"};
  for (const auto& entry : std::filesystem::directory_iterator("proto/" + folder)) {
    if (entry.path().extension() == ".proto") options.files.push_back(folder + "/" + entry.path().filename().string());
  }
  return Compile(options);
}

}  // namespace rowkeeper::testing
