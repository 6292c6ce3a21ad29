#include "server/db/pool.h"

#include <utility>

#include "server/db/pool_impl.h"

namespace rowkeeper::db {

Lease::Lease(Lease&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)),
      connection_(std::move(other.connection_)),
      expires_(other.expires_),
      generation_(other.generation_) {}

Lease& Lease::operator=(Lease&& other) noexcept {
  if (this == &other) return *this;
  Return();
  pool_ = std::exchange(other.pool_, nullptr);
  connection_ = std::move(other.connection_);
  expires_ = other.expires_;
  generation_ = other.generation_;
  return *this;
}

Lease::~Lease() { Return(); }

void Lease::Return() {
  if (pool_ == nullptr) return;
  std::exchange(pool_, nullptr)->impl_->Return({std::move(connection_), expires_, {}, generation_});
}

Pool::Pool(PoolOptions options, ConnectionOptions connection)
    : impl_(std::make_unique<Impl>(options, std::move(connection))) {}

Pool::~Pool() = default;

absl::StatusOr<Lease> Pool::Acquire(const AcquireOptions& options) {
  auto connection = impl_->Acquire(options);
  if (!connection.ok()) return connection.status();
  Lease lease;
  lease.pool_ = this;
  lease.connection_ = std::move(connection->connection);
  lease.expires_ = connection->expires;
  lease.generation_ = connection->generation;
  return lease;
}

PoolStats Pool::stats() const { return impl_->Stats(); }
const observe::DurationHistogram& Pool::waits() const { return impl_->waits; }
const observe::DurationHistogram& Pool::connects() const { return impl_->connects; }

}  // namespace rowkeeper::db
