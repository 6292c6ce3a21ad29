#include "tests/unit/catalogue/temporary_protos.h"

#include <stdlib.h>

#include <fstream>
#include <stdexcept>

#include "absl/strings/str_cat.h"

namespace rowkeeper::catalogue {

TemporaryProtos::TemporaryProtos() {
  std::string pattern = (std::filesystem::temp_directory_path() / "rowkeeper-protos-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary directory");
  path_ = std::filesystem::canonical(pattern);
}

TemporaryProtos::~TemporaryProtos() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryProtos::Write(const std::string& name, const std::string& text) {
  const std::filesystem::path file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  return file.string();
}

Compiled CompileSource(const SourceOptions& options) {
  Diagnostics diagnostics;
  Compiled compiled;
  std::unique_ptr<Source> source = Source::Load(options, &diagnostics);
  if (source != nullptr) compiled.catalogue = Catalogue::Compile(std::move(source), &diagnostics);
  compiled.diagnostics = diagnostics.ToString();
  return compiled;
}

Compiled CompileText(const std::string& text) {
  TemporaryProtos protos;
  protos.Write("shop.proto", text);
  SourceOptions options;
  options.proto_paths = {protos.path()};
  return CompileSource(options);
}

std::string ShopFile(const std::string& body) {
  return absl::StrCat("syntax = \"proto3\"; package shop.v1; import \"rowkeeper/v1/annotations.proto\";",
                      "import \"google/protobuf/any.proto\"; import \"google/protobuf/duration.proto\";",
                      "import \"google/protobuf/field_mask.proto\"; import \"google/protobuf/struct.proto\";",
                      "import \"google/protobuf/timestamp.proto\"; import \"google/protobuf/wrappers.proto\";",
                      "import \"google/type/date.proto\";\n\n", body);
}

std::vector<std::string> ErrorsOf(const std::string& body) {
  TemporaryProtos protos;
  protos.Write("shop.proto", ShopFile(body));
  SourceOptions options;
  options.proto_paths = {protos.path()};
  Diagnostics diagnostics;
  std::unique_ptr<Source> source = Source::Load(options, &diagnostics);
  if (source != nullptr) Catalogue::Compile(std::move(source), &diagnostics);
  std::vector<std::string> errors;
  for (const Diagnostic& diagnostic : diagnostics.Sorted()) {
    if (diagnostic.severity == Diagnostic::Severity::kError) errors.push_back(diagnostic.ToString());
  }
  return errors;
}

}  // namespace rowkeeper::catalogue
