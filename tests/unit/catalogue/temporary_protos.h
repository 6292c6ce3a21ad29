#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "server/catalogue/catalogue.h"

namespace rowkeeper::catalogue {

/// A directory of .proto files that ends with the object. Not thread-safe.
class TemporaryProtos {
 public:
  TemporaryProtos();
  ~TemporaryProtos();
  TemporaryProtos(const TemporaryProtos&) = delete;
  TemporaryProtos& operator=(const TemporaryProtos&) = delete;

  /// Writes `text` to the file `name`, relative to the directory, and returns its path.
  std::string Write(const std::string& name, const std::string& text);
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// What came of compiling one file: a catalogue, or mistakes as text, one a line.
struct Compiled {
  std::unique_ptr<const Catalogue> catalogue;
  std::string diagnostics;
};

/// Compiles `text` as shop.proto.
Compiled CompileText(const std::string& text);

/// Compiles what `options` names.
Compiled CompileSource(const SourceOptions& options);

/// A file of package shop.v1 that imports all that entities use, with `body` from line 3 on.
std::string ShopFile(const std::string& body);

/// The errors (not the warnings) of ShopFile(body).
std::vector<std::string> ErrorsOf(const std::string& body);

}  // namespace rowkeeper::catalogue
