#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/app/settings.h"
#include "server/catalogue/source.h"

namespace rowkeeper::app {

/// The protos that others were built from. What was taken out of git lies in a temporary directory, which ends with
/// the object.
class PreviousProtos {
 public:
  /// `from`: directories, files with descriptor sets, or `git:REVISION[:PATH]`. Without PATH, those of the present
  /// proto paths that are below the working directory are taken from the revision, and the others as they are. Runs
  /// git and tar; use it on the main thread of a command. Errors: NOT_FOUND; INVALID_ARGUMENT; FAILED_PRECONDITION when
  /// git or tar fails, which has then said why on standard error.
  static absl::StatusOr<std::unique_ptr<PreviousProtos>> Open(const std::vector<std::string>& from,
                                                              const CatalogueSettings& now);
  ~PreviousProtos();
  PreviousProtos(const PreviousProtos&) = delete;
  PreviousProtos& operator=(const PreviousProtos&) = delete;

  const catalogue::SourceOptions& source() const { return source_; }

 private:
  PreviousProtos() = default;
  absl::Status Add(const std::string& from, const CatalogueSettings& now);
  absl::Status AddRevision(const std::string& revision, const std::vector<std::string>& paths);
  void KeepFiles(const std::vector<std::string>& files);

  catalogue::SourceOptions source_;
  std::string directory_;
};

}  // namespace rowkeeper::app
