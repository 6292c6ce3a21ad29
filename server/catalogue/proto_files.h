#pragma once

#include <string>
#include <vector>

#include "server/catalogue/diagnostics.h"

namespace rowkeeper::catalogue {

/// The proto paths that exist, as canonical directories without repetition. Others are reported.
std::vector<std::string> ExistingProtoPaths(const std::vector<std::string>& proto_paths, Diagnostics* diagnostics);

/// Names, as imports spell them, of all .proto files below `roots`, in alphabetical order for each root. Hidden files
/// and directories are left out; a file below two roots belongs to the inner one. One name below two separate roots is
/// reported.
std::vector<std::string> FindProtoFiles(const std::vector<std::string>& roots, Diagnostics* diagnostics);

/// The names of the files that a user listed, each relative to a root or as a path on disk. Missing ones are reported.
std::vector<std::string> ResolveProtoFiles(const std::vector<std::string>& roots, const std::vector<std::string>& files,
                                           Diagnostics* diagnostics);

}  // namespace rowkeeper::catalogue
