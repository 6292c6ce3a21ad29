#include "server/db/runaway_watch.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace rowkeeper::db {

void RunawayWatch::Follow(const std::string& conninfo, const RunawayStatement& statement, const CallerId& caller) {
  Database* database = nullptr;
  {
    const absl::MutexLock lock(&mutex_);
    const auto [found, is_first] = databases_.try_emplace(conninfo);
    database = &found->second;
    database->followed.push_back({statement, caller});
    database->has_new = true;
    if (!is_first) return;
  }
  std::chrono::milliseconds pause = options_.first_pause;
  while (true) {
    const std::vector<RunawayStatement> statements = Wait(database, &pause);
    const std::vector<Fate> fates = options_.poll(conninfo, statements);
    const bool unanswered = !fates.empty() && fates.front() == Fate::kUnknown;
    pause = unanswered ? options_.unanswered_pause : std::min(2 * pause, options_.most_pause);
    const absl::MutexLock lock(&mutex_);
    Note(fates, database);
    if (!database->followed.empty()) continue;
    databases_.erase(conninfo);
    return;
  }
}

std::vector<RunawayStatement> RunawayWatch::Wait(Database* database, std::chrono::milliseconds* pause) {
  bool is_new = false;
  {
    const absl::MutexLock lock(&mutex_);
    is_new = mutex_.AwaitWithTimeout(absl::Condition(&database->has_new), absl::FromChrono(*pause));
    database->has_new = false;
  }
  if (is_new) {
    *pause = options_.first_pause;
    absl::SleepFor(absl::FromChrono(*pause));
  }
  const absl::MutexLock lock(&mutex_);
  std::vector<RunawayStatement> statements;
  statements.reserve(database->followed.size());
  for (const Followed& followed : database->followed) statements.push_back(followed.statement);
  return statements;
}

/// Others may have been added behind those that were asked about.
void RunawayWatch::Note(const std::vector<Fate>& fates, Database* database) {
  std::vector<Followed> left;
  for (size_t i = 0; i < database->followed.size(); ++i) {
    Followed& followed = database->followed[i];
    const Fate fate = i < fates.size() ? fates[i] : Fate::kUnknown;
    if (fate == Fate::kRuns && !followed.counted) counts_.Begin(followed.caller);
    if (fate == Fate::kRuns) followed.counted = true;
    if (fate == Fate::kIsOver && followed.counted) counts_.End(followed.caller);
    if (fate != Fate::kIsOver) left.push_back(std::move(followed));
  }
  database->followed = std::move(left);
}

}  // namespace rowkeeper::db
