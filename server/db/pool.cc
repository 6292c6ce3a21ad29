#include "server/db/pool.h"

#include <optional>
#include <utility>

#include "server/db/pool_impl.h"

namespace rowkeeper::db {

Lease::Lease(Lease&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)),
      connection_(std::move(other.connection_)),
      expires_(other.expires_),
      since_(other.since_),
      generation_(other.generation_) {}

Lease& Lease::operator=(Lease&& other) noexcept {
  if (this == &other) return *this;
  Return();
  pool_ = std::exchange(other.pool_, nullptr);
  connection_ = std::move(other.connection_);
  expires_ = other.expires_;
  since_ = other.since_;
  generation_ = other.generation_;
  return *this;
}

Lease::~Lease() { Return(); }

void Lease::Return() {
  if (pool_ == nullptr) return;
  std::exchange(pool_, nullptr)->impl_->Return({std::move(connection_), expires_, since_, generation_});
}

Pool::Pool(PoolOptions options, ConnectionOptions connection)
    : impl_(std::make_unique<Impl>(options, std::move(connection))) {}

Pool::~Pool() = default;

Lease::Lease(Pool* pool, PooledConnection connection)
    : pool_(pool),
      connection_(std::move(connection.connection)),
      expires_(connection.expires),
      since_(connection.since),
      generation_(connection.generation) {}

absl::StatusOr<Lease> Pool::Acquire(const AcquireOptions& options) {
  auto connection = impl_->Acquire(options);
  if (!connection.ok()) return connection.status();
  return Lease(this, *std::move(connection));
}

Lease Pool::TryAcquire() {
  std::optional<PooledConnection> connection = impl_->TakeFresh();
  return connection.has_value() ? Lease(this, *std::move(connection)) : Lease();
}

PoolStats Pool::stats() const { return impl_->Stats(); }
const observe::DurationHistogram& Pool::waits() const { return impl_->waits; }
const observe::DurationHistogram& Pool::connects() const { return impl_->connects; }
const observe::DurationHistogram& Pool::uses() const { return impl_->uses; }

}  // namespace rowkeeper::db
