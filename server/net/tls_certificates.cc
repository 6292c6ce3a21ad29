#include "server/net/tls_certificates.h"

#include <utility>

#include "absl/time/time.h"
#include "server/observe/log.h"

namespace rowkeeper::net {
namespace {

using observe::Log;
using observe::LogLevel;

std::string ExpiryText(const TlsMaterial& material) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromChrono(material.expires), absl::UTCTimeZone());
}

}  // namespace

absl::StatusOr<std::unique_ptr<TlsCertificates>> TlsCertificates::Open(const TlsFiles& files, Clock* clock) {
  absl::StatusOr<TlsMaterial> material = ReadTlsMaterial(files, clock->WallNow());
  if (!material.ok()) return material.status();
  std::unique_ptr<TlsCertificates> certificates(new TlsCertificates(files, clock));
  certificates->Take(*std::move(material));
  TlsCertificates* const self = certificates.get();
  certificates->watch_ =
      std::make_unique<FileWatch>(FileWatch::Callbacks{[self] { return self->Look(); },
                                                       [self](const std::string& problem) { self->Tell(problem); }},
                                  clock);
  return certificates;
}

std::shared_ptr<const TlsMaterial> TlsCertificates::current() const {
  const absl::MutexLock lock(&mutex_);
  return current_;
}

TlsStats TlsCertificates::stats() const { return {loads_.value(), watch_->problems(), current()->expires}; }

absl::Status TlsCertificates::Look() {
  absl::StatusOr<TlsMaterial> material = ReadTlsMaterial(files_, clock_.WallNow());
  const std::optional<TlsMaterial> before = std::exchange(seen_, std::nullopt);
  if (!material.ok()) return material.status();
  if (IsSame(*material, *current())) return absl::OkStatus();
  if (before.has_value() && IsSame(*material, *before)) {
    Take(*std::move(material));
  } else {
    seen_ = *std::move(material);
  }
  return absl::OkStatus();
}

void TlsCertificates::Take(TlsMaterial material) {
  const auto taken = std::make_shared<const TlsMaterial>(std::move(material));
  {
    const absl::MutexLock lock(&mutex_);
    current_ = taken;
  }
  loads_.Add();
  Log(LogLevel::kInfo, "TLS certificate in use",
      {{"sha256", taken->fingerprint}, {"expires", ExpiryText(*taken)}, {"file", files_.certificate}});
  if (taken->key_open_to_all) {
    Log(LogLevel::kWarning, "every user of this machine can read the TLS key; take the right from others (chmod o-r)",
        {{"file", files_.key}});
  }
}

void TlsCertificates::Tell(const std::string& problem) const {
  Log(LogLevel::kError, "the TLS files cannot be used; the certificate read before stays in use",
      {{"problem", problem}, {"expires", ExpiryText(*current())}});
}

}  // namespace rowkeeper::net
