#include "server/uow/resolver_connections.h"

namespace rowkeeper::uow {

bool ResolverConnections::BeginLookUp() {
  const absl::MutexLock lock(&mu_);
  if (look_ups_ >= max_look_ups_) return false;
  ++look_ups_;
  return true;
}

void ResolverConnections::EndLookUp() {
  std::vector<std::unique_ptr<db::Connection>> closing;  // with no lock held
  const absl::MutexLock lock(&mu_);
  if (--look_ups_ == 0) closing.swap(idle_);
}

int ResolverConnections::look_ups() const {
  const absl::MutexLock lock(&mu_);
  return look_ups_;
}

std::optional<ResolverConnections::Turn> ResolverConnections::Take(Clock::time_point until) {
  const absl::MutexLock lock(&mu_);
  while (turns_ >= max_turns_) {
    if (clock_.Now() >= until) return std::nullopt;
    clock_.WaitUntil(&returned_, &mu_, until);
  }
  ++turns_;
  if (idle_.empty()) return Turn(this, nullptr);
  std::unique_ptr<db::Connection> connection = std::move(idle_.back());
  idle_.pop_back();
  return Turn(this, std::move(connection));
}

void ResolverConnections::Return(std::unique_ptr<db::Connection> connection) {
  if (connection != nullptr && connection->broken()) connection.reset();
  const absl::MutexLock lock(&mu_);
  --turns_;
  if (connection != nullptr) idle_.push_back(std::move(connection));
  returned_.Signal();
}

}  // namespace rowkeeper::uow
