#include "server/identity/key_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "server/base/text.h"
#include "server/net/named_file.h"

namespace rowkeeper::identity {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFlag = "--jwt-keys";
constexpr std::string_view kEnding = ".json";
constexpr size_t kMostFiles = 100;
constexpr size_t kMostBytes = size_t{1} << 20;

bool IsKeyFile(const std::string& name) {
  return name.size() > kEnding.size() && name.front() != '.' &&
         name.compare(name.size() - kEnding.size(), kEnding.size(), kEnding) == 0;
}

absl::StatusOr<std::vector<std::string>> ListKeyFiles(const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code error;
  fs::directory_iterator entry(directory, error);
  for (; !error && entry != fs::directory_iterator() && paths.size() <= kMostFiles; entry.increment(error)) {
    if (IsKeyFile(entry->path().filename().string())) paths.push_back(entry->path().string());
  }
  const net::NamedFile named{kFlag, directory};
  if (error) return net::RefuseFile(named, Cat("cannot be read: ", error.message()));
  if (paths.empty()) return net::RefuseFile(named, "holds no file whose name ends in .json");
  if (paths.size() > kMostFiles) return net::RefuseFile(named, "holds more than 100 files whose names end in .json");
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

absl::StatusOr<KeyTexts> ReadKeyTexts(const std::string& path) {
  std::error_code error;
  absl::StatusOr<std::vector<std::string>> paths = std::vector<std::string>{path};
  if (fs::is_directory(path, error)) paths = ListKeyFiles(path);
  if (!paths.ok()) return paths.status();
  KeyTexts texts;
  size_t bytes = 0;
  for (const std::string& name : *paths) {
    absl::StatusOr<net::FileText> file = net::ReadNamedFile({kFlag, name});
    if (!file.ok()) return file.status();
    bytes += file->text.size();
    if (bytes > kMostBytes) return net::RefuseFile({kFlag, path}, "holds more than 1 MiB");
    if ((file->mode & S_IWOTH) != 0) texts.open_to_all = name;
    texts.files.emplace_back(name, std::move(file->text));
  }
  return texts;
}

absl::StatusOr<KeySet> ParseKeyTexts(const std::string& path, const KeyTexts& texts) {
  KeySet keys;
  for (const auto& [name, text] : texts.files) {
    if (absl::Status status = keys.Add(text); !status.ok()) {
      return net::RefuseFile({kFlag, name}, std::string(status.message()));
    }
  }
  if (keys.empty()) return net::RefuseFile({kFlag, path}, "holds no key for RS256, ES256 or EdDSA (Ed25519)");
  return keys;
}

}  // namespace rowkeeper::identity
