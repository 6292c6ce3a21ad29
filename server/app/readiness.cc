#include "server/app/readiness.h"

#include <utility>

#include "server/base/error_details.h"
#include "server/base/errors.h"

namespace rowkeeper::app {
namespace {

Readiness::Obstacle ToObstacle(const absl::Status& status) {
  std::string reason = ErrorReason(status);
  if (reason.empty()) reason = absl::StatusCodeToString(status.code());
  return {std::move(reason), std::string(MessageOf(status))};
}

}  // namespace

void Readiness::SetDatabase(absl::Status status) {
  const absl::MutexLock lock(&mutex_);
  database_ = std::move(status);
  looked_ = true;
}

void Readiness::SetTokens(std::function<bool()> has_keys) {
  const absl::MutexLock lock(&mutex_);
  has_keys_ = std::move(has_keys);
}

void Readiness::SetDraining() {
  const absl::MutexLock lock(&mutex_);
  draining_ = true;
}

std::vector<Readiness::Obstacle> Readiness::Obstacles() const {
  const absl::MutexLock lock(&mutex_);
  std::vector<Obstacle> obstacles;
  if (draining_) obstacles.push_back(ToObstacle(ShuttingDown()));
  if (!looked_) {
    obstacles.push_back(
        {std::string(ReasonName(Reason::kServerStarting)), "the server has not looked at its database yet; ask again"});
  } else if (!database_.ok()) {
    obstacles.push_back(ToObstacle(database_));
  }
  if (has_keys_ != nullptr && !has_keys_()) {
    obstacles.push_back({std::string(ReasonName(Reason::kServerStarting)),
                         "the server has not fetched the keys of tokens yet; its log says what keeps it from it"});
  }
  return obstacles;
}

}  // namespace rowkeeper::app
