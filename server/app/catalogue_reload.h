#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "server/app/catalogue_files.h"
#include "server/app/catalogue_switch.h"
#include "server/app/settings.h"
#include "server/net/file_watch.h"
#include "server/observe/counter.h"

namespace rowkeeper::app {

struct ReloadStats {
  /// Catalogues that took the place of another one.
  uint64_t applied_total = 0;
  /// Those that had mistakes, or could not be served by this process; each counts once.
  uint64_t refused_total = 0;
  /// One is there that waits for the database.
  bool waiting = false;
};

/// Serves the catalogue's files again when they change: it looks at them every second, and reads them once they have
/// not changed between two looks. A catalogue with mistakes is refused as a whole, and that which is served goes on.
/// One that would have methods refused which are served now waits until the database fits, or the files change again.
/// Thread-safe.
class CatalogueReload {
 public:
  enum class Watch : uint8_t {
    kEverySecond,
    kWhenAsked,  ///< files are looked at for LookNow alone
  };
  /// `files` are those that are served. `target`, which nobody else uses meanwhile to offer catalogues, and `clock`
  /// outlive this object.
  CatalogueReload(CatalogueFiles files, Watch watch, CatalogueSwitch* target, Clock* clock);

  /// Has the files read now, whether they have changed or not, and what comes of it logged. Does not wait.
  void LookNow();
  ReloadStats stats() const;

 private:
  enum class Asked : uint8_t { kYes, kNo };
  absl::Status Look();
  void LookAt(const FilesSeen& now, Asked asked);
  absl::Status Load();
  absl::Status ServeOffered();
  void SetProblem(std::string problem, bool waiting);
  void Tell(const std::string& problem) const;

  const CatalogueSettings settings_;
  const Watch watches_;
  CatalogueSwitch& target_;
  Clock& clock_;
  observe::Counter applied_;
  observe::Counter refused_;
  std::atomic<bool> asked_{false};

  // Of the watch's thread.
  Clock::time_point look_after_{};
  /// When files that have changed are read, at the earliest.
  Clock::time_point read_after_{};
  /// When files that have mistakes are read again, unless they change before.
  Clock::time_point retry_at_{};
  /// Of the catalogue's files, imports included.
  std::set<std::string> names_;
  /// When they were last looked at, and when they were last read.
  FilesSeen seen_;
  FilesSeen read_;
  /// What was wrong with those that were read; OK: nothing.
  absl::Status mistakes_;

  std::atomic<bool> waiting_{false};
  std::unique_ptr<net::FileWatch> watch_;
};

}  // namespace rowkeeper::app
