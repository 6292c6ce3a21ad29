#include "server/db/running_statements.h"

namespace rowkeeper::db {

RunningStatements& RunningStatements::Process() {
  static RunningStatements* const running = new RunningStatements;  // never destroyed: connections may end at exit
  return *running;
}

RunningStatements::Place::Place() {
  RunningStatements& all = Process();
  const absl::MutexLock lock(&all.mutex_);
  position_ = all.places_.insert(all.places_.end(), this);
}

RunningStatements::Place::~Place() {
  RunningStatements& all = Process();
  const absl::MutexLock lock(&all.mutex_);
  all.places_.erase(position_);
}

std::vector<RunningStatements::Running> RunningStatements::RunningFor(Clock::duration time) const {
  std::vector<Running> found;
  const time_point now = Clock::System().Now();
  const absl::MutexLock lock(&mutex_);
  for (const Place* place : places_) {
    const time_point since{time_point::duration(place->since_.load(std::memory_order_relaxed))};
    const int backend = place->backend_.load(std::memory_order_relaxed);
    if (since == time_point() || since > now - time) continue;
    found.push_back({backend, place->call_.load(std::memory_order_relaxed), since, now - since});
  }
  return found;
}

}  // namespace rowkeeper::db
