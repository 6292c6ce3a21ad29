#include "server/app/previous_protos.h"

#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "server/app/foreground_program.h"
#include "server/base/text.h"

namespace rowkeeper::app {
namespace {

namespace fs = std::filesystem;

constexpr char kGitPrefix[] = "git:";

absl::Status CannotTakeFromGit(std::string_view what, std::string_view revision) {
  return absl::FailedPreconditionError(Cat("cannot take the protos of the revision \"", revision, "\": ", what));
}

/// `program` is looked for in PATH.
absl::Status RunTool(const std::string& program, std::vector<std::string> arguments, const std::string& revision) {
  arguments.insert(arguments.begin(), program);
  ForegroundSession session;
  const auto code = session.Run({"/usr/bin/env", std::move(arguments)});
  if (!code.ok()) return code.status();
  return *code == 0 ? absl::OkStatus() : CannotTakeFromGit(Cat(program, " failed, as it says above"), revision);
}

absl::StatusOr<std::string> MakeTemporaryDirectory(const std::string& revision) {
  std::error_code error;
  std::string directory = Cat(fs::temp_directory_path(error).string(), "/rowkeeper-protos-XXXXXX");
  if (mkdtemp(directory.data()) == nullptr) {
    return CannotTakeFromGit(Cat("cannot make ", directory, ": ", std::strerror(errno)), revision);
  }
  return directory;
}

/// Empty when it is not below the working directory.
std::string BelowWorkingDirectory(const std::string& path) {
  std::error_code error;
  const std::string relative = fs::relative(path, error).string();
  return error || HasPrefix(relative, "..") ? "" : relative;
}

}  // namespace

absl::StatusOr<std::unique_ptr<PreviousProtos>> PreviousProtos::Open(const std::vector<std::string>& from,
                                                                     const CatalogueSettings& now) {
  std::unique_ptr<PreviousProtos> previous(new PreviousProtos());
  for (const std::string& one : from) {
    if (absl::Status status = previous->Add(one, now); !status.ok()) return status;
  }
  previous->KeepFiles(now.files);
  return previous;
}

PreviousProtos::~PreviousProtos() {
  std::error_code ignored;
  if (!directory_.empty()) fs::remove_all(directory_, ignored);
}

absl::Status PreviousProtos::Add(const std::string& from, const CatalogueSettings& now) {
  std::error_code error;
  if (!HasPrefix(from, kGitPrefix)) {
    if (!fs::exists(from, error)) {
      return absl::NotFoundError(Cat("there is no ", from,
                                     "; name a directory of .proto files, a descriptor set, or "
                                     "git:REVISION[:PATH]"));
    }
    (fs::is_directory(from, error) ? source_.proto_paths : source_.descriptor_sets).push_back(from);
    return absl::OkStatus();
  }
  const std::string rest = from.substr(std::strlen(kGitPrefix));
  const size_t colon = std::min(rest.find(':'), rest.size());
  const std::string revision = rest.substr(0, colon);
  if (revision.empty() || revision[0] == '-') {
    return absl::InvalidArgumentError(Cat("\"", from, "\" names no revision; write git:REVISION or git:REVISION:PATH"));
  }
  if (colon < rest.size()) return AddRevision(revision, {rest.substr(colon + 1)});
  std::vector<std::string> inside;
  for (const std::string& path : now.proto_paths) {
    const std::string below = BelowWorkingDirectory(path);
    below.empty() ? source_.proto_paths.push_back(path) : inside.push_back(below);
  }
  if (!inside.empty()) return AddRevision(revision, inside);
  return absl::InvalidArgumentError(
      Cat("no --proto-path is below the working directory; run it in the repository, or "
          "write git:",
          revision, ":PATH"));
}

absl::Status PreviousProtos::AddRevision(const std::string& revision, const std::vector<std::string>& paths) {
  if (!directory_.empty()) return absl::InvalidArgumentError("name one revision of git only");
  auto directory = MakeTemporaryDirectory(revision);
  if (!directory.ok()) return directory.status();
  directory_ = *std::move(directory);
  const std::string archive = Cat(directory_, "/archive.tar"), tree = Cat(directory_, "/tree");
  std::vector<std::string> arguments = {"archive", "--format=tar", "-o", archive, revision, "--"};
  arguments.insert(arguments.end(), paths.begin(), paths.end());
  absl::Status status = RunTool("git", std::move(arguments), revision);
  std::error_code error;
  fs::create_directory(tree, error);
  if (status.ok()) status = RunTool("tar", {"-xf", archive, "-C", tree}, revision);
  for (const std::string& path : paths) source_.proto_paths.push_back(Cat(tree, "/", path));
  return status;
}

/// Those that were not there yet have no clients.
void PreviousProtos::KeepFiles(const std::vector<std::string>& files) {
  std::error_code error;
  for (const std::string& file : files) {
    const bool there = std::any_of(source_.proto_paths.begin(), source_.proto_paths.end(),
                                   [&](const std::string& root) { return fs::exists(Cat(root, "/", file), error); });
    if (there) source_.files.push_back(file);
  }
}

}  // namespace rowkeeper::app
