#pragma once

#include <set>
#include <string>

#include "server/app/settings.h"

namespace rowkeeper::app {

/// What a catalogue's files look like from outside: names, sizes and times of everything that may be part of it. Two
/// looks that are equal saw the same files, unless one was written twice within the clock's grain at the same size;
/// `text` then says so: it is young.
struct FilesSeen {
  /// Compared as it is.
  std::string text;
  /// One of them changed less than two seconds before the look.
  bool young = false;

  bool operator==(const FilesSeen& other) const { return text == other.text; }
  bool operator!=(const FilesSeen& other) const { return !(*this == other); }
};

/// Looks at the .proto files that a catalogue would be loaded from, those called `imports` included, and at the
/// descriptor sets. What cannot be read is left out, or noted: to load it says why.
FilesSeen LookAtFiles(const CatalogueSettings& settings, const std::set<std::string>& imports = {});

/// Where a catalogue was read from, and what the files looked like before that.
struct CatalogueFiles {
  CatalogueSettings settings;
  FilesSeen seen;
};

}  // namespace rowkeeper::app
