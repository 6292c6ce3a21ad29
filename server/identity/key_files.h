#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/identity/key_set.h"

namespace rowkeeper::identity {

/// What a file, or the files of a directory, hold.
struct KeyTexts {
  /// Name and text, by name.
  std::vector<std::pair<std::string, std::string>> files;
  /// The name of a file that every user of the machine may write; empty where there is none.
  std::string open_to_all;

  /// Whether both hold the same keys.
  friend bool operator==(const KeyTexts& a, const KeyTexts& b) { return a.files == b.files; }
};

/// Reads the file `path`, or, if that is a directory, all files in it whose names end in ".json" and begin with no dot.
/// Links are followed anew each time. Blocks; thread-safe. Errors: FAILED_PRECONDITION in one line that names the flag
/// --jwt-keys and the file, and holds nothing of it; for more than 1 MiB in all or 100 files, too.
absl::StatusOr<KeyTexts> ReadKeyTexts(const std::string& path);

/// The keys of all of them. Errors: the same, for what KeySet::Add refuses, and where there is no key to use.
absl::StatusOr<KeySet> ParseKeyTexts(const std::string& path, const KeyTexts& texts);

}  // namespace rowkeeper::identity
