#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
#include "server/net/file_watch.h"
#include "server/net/tls_material.h"
#include "server/observe/counter.h"

namespace rowkeeper::net {

struct TlsStats {
  /// How often other certificates were taken, the first ones included.
  uint64_t loads_total = 0;
  /// Problems that kept new files from being taken; each counts once, however often the files were looked at.
  uint64_t load_failures_total = 0;
  /// When the certificate in use expires.
  Clock::wall_time_point expires;
};

/// The certificates in use. A FileWatch looks at the files: files that are good, and the same at two looks, take the
/// place of those in use, files that are not leave them as they are. Two looks, for the first half of a list of roots
/// is a good list of roots. Thread-safe.
class TlsCertificates {
 public:
  /// `clock` outlives this object. Errors: those of ReadTlsMaterial.
  static absl::StatusOr<std::unique_ptr<TlsCertificates>> Open(const TlsFiles& files, Clock* clock = &Clock::System());
  TlsCertificates(const TlsCertificates&) = delete;
  TlsCertificates& operator=(const TlsCertificates&) = delete;

  /// Never null.
  std::shared_ptr<const TlsMaterial> current() const;
  TlsStats stats() const;
  Clock& clock() const { return clock_; }

 private:
  TlsCertificates(const TlsFiles& files, Clock* clock) : files_(files), clock_(*clock) {}
  absl::Status Look();
  void Take(TlsMaterial material);
  void Tell(const std::string& problem) const;

  const TlsFiles files_;
  Clock& clock_;
  observe::Counter loads_;
  /// Good files that the last look found for the first time; of the watch's thread alone.
  std::optional<TlsMaterial> seen_;

  mutable absl::Mutex mutex_;
  std::shared_ptr<const TlsMaterial> current_ ABSL_GUARDED_BY(mutex_);
  /// Ends before what it looks at.
  std::unique_ptr<FileWatch> watch_;
};

}  // namespace rowkeeper::net
