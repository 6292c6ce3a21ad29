#include "server/catalogue/proto_files.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace rowkeeper::catalogue {
namespace {

namespace fs = std::filesystem;

void Report(std::string file, std::string problem, std::string remedy, Diagnostics* diagnostics) {
  Diagnostic diagnostic;
  diagnostic.file = std::move(file);
  diagnostic.problem = std::move(problem);
  diagnostic.remedy = std::move(remedy);
  diagnostics->Add(std::move(diagnostic));
}

bool IsHidden(const fs::path& path) { return absl::StartsWith(path.filename().string(), "."); }

bool IsOtherRoot(const fs::path& directory, const std::string& root, const std::vector<std::string>& roots) {
  return directory != root && std::find(roots.begin(), roots.end(), directory.string()) != roots.end();
}

std::vector<std::string> FindBelow(const std::string& root, const std::vector<std::string>& roots,
                                   Diagnostics* diagnostics) {
  std::vector<std::string> names;
  std::error_code error;
  fs::recursive_directory_iterator it(root, error);
  const fs::recursive_directory_iterator end;
  while (!error && it != end) {
    const fs::path path = it->path();
    std::error_code ignored;
    if (it->is_directory(ignored) && (IsHidden(path) || IsOtherRoot(path, root, roots))) {
      it.disable_recursion_pending();
    } else if (path.extension() == ".proto" && !IsHidden(path) && it->is_regular_file(ignored)) {
      names.push_back(path.lexically_relative(root).generic_string());
    }
    it.increment(error);
  }
  if (error) {
    Report(root, absl::StrCat("cannot be read (", error.message(), ")"),
           "give the user that runs rowkeeper the right to read the directory and all below it", diagnostics);
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// The name of a path on disk, when it is below a root.
std::optional<std::string> NameOnDisk(const std::vector<std::string>& roots, const std::string& file) {
  std::error_code error;
  const fs::path path = fs::canonical(file, error);
  if (error) return std::nullopt;
  std::optional<std::string> best;
  for (const std::string& root : roots) {
    const std::string name = path.lexically_relative(root).generic_string();
    if (absl::StartsWith(name, "..")) continue;
    if (!best || name.size() < best->size()) best = name;
  }
  return best;
}

}  // namespace

std::vector<std::string> ExistingProtoPaths(const std::vector<std::string>& proto_paths, Diagnostics* diagnostics) {
  std::vector<std::string> roots;
  for (const std::string& proto_path : proto_paths) {
    std::error_code error;
    const fs::path root = fs::canonical(proto_path.empty() ? "." : proto_path, error);
    if (error) {
      Report(proto_path, absl::StrCat("cannot open the proto path (", error.message(), ")"),
             "give an existing directory that holds your .proto files", diagnostics);
    } else if (!fs::is_directory(root, error)) {
      Report(proto_path, "the proto path is not a directory",
             "give the directory that imports are relative to, and list the file itself separately", diagnostics);
    } else if (std::find(roots.begin(), roots.end(), root.string()) == roots.end()) {
      roots.push_back(root.string());
    }
  }
  return roots;
}

std::vector<std::string> FindProtoFiles(const std::vector<std::string>& roots, Diagnostics* diagnostics) {
  std::vector<std::string> names;
  std::map<std::string, std::string> first_root;
  for (const std::string& root : roots) {
    for (std::string& name : FindBelow(root, roots, diagnostics)) {
      const auto [found, added] = first_root.emplace(name, root);
      if (added) {
        names.push_back(std::move(name));
      } else {
        Report(name, absl::StrCat("found under two proto paths, ", found->second, " and ", root),
               "remove one of the two files or leave out one proto path", diagnostics);
      }
    }
  }
  return names;
}

std::vector<std::string> ResolveProtoFiles(const std::vector<std::string>& roots, const std::vector<std::string>& files,
                                           Diagnostics* diagnostics) {
  std::vector<std::string> names;
  for (const std::string& file : files) {
    const std::string name = fs::path(file).lexically_normal().generic_string();
    std::vector<std::string> holders;
    std::error_code ignored;
    for (const std::string& root : roots) {
      if (fs::is_regular_file(fs::path(root) / name, ignored) && !fs::path(name).is_absolute()) holders.push_back(root);
    }
    const std::optional<std::string> on_disk = NameOnDisk(roots, file);
    if (holders.size() > 1) {
      Report(name, absl::StrCat("found under two proto paths, ", holders[0], " and ", holders[1]),
             "remove one of the two files or leave out one proto path", diagnostics);
    } else if (holders.size() == 1) {
      names.push_back(name);
    } else if (on_disk) {
      names.push_back(*on_disk);
    } else {
      Report(file, absl::StrCat("no such file below the proto paths (", absl::StrJoin(roots, ", "), ")"),
             "write its path relative to a proto path", diagnostics);
    }
  }
  return names;
}

}  // namespace rowkeeper::catalogue
