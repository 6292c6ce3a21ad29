#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
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

/// The certificates in use. A thread of its own looks at the files every second: files that are good take the place of
/// those in use, files that are not leave them as they are. Files that change one after the other are given a second
/// before that counts as a problem. Thread-safe.
class TlsCertificates {
 public:
  static constexpr std::chrono::milliseconds kBetweenLooks{1000};

  /// `clock` outlives this object. Errors: those of ReadTlsMaterial.
  static absl::StatusOr<std::unique_ptr<TlsCertificates>> Open(const TlsFiles& files, Clock* clock = &Clock::System());
  ~TlsCertificates();
  TlsCertificates(const TlsCertificates&) = delete;
  TlsCertificates& operator=(const TlsCertificates&) = delete;

  /// Never null.
  std::shared_ptr<const TlsMaterial> current() const;
  TlsStats stats() const;

 private:
  TlsCertificates(const TlsFiles& files, Clock* clock) : files_(files), clock_(*clock) {}
  void Run();
  /// False when it is time to end.
  bool Pause();
  void Look();
  void Take(TlsMaterial material);
  void NoteProblem(const std::string& problem);

  const TlsFiles files_;
  Clock& clock_;
  observe::Counter loads_;
  observe::Counter failures_;
  /// What the last look found, and whether it was told; of the thread alone.
  std::string problem_;
  bool told_ = false;

  mutable absl::Mutex mutex_;
  absl::CondVar end_requested_;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::shared_ptr<const TlsMaterial> current_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace rowkeeper::net
