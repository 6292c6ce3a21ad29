#include "server/app/plan_turns.h"

#include <algorithm>
#include <tuple>

namespace rowkeeper::app {

PlanTurns::Statements PlanTurns::Next(const Statements& kept, size_t most, Time now) const {
  using Place = std::tuple<Time, uint64_t, size_t>;
  std::vector<Place> due;
  for (size_t i = 0; i < kept.size(); ++i) {
    const auto found = turns_.find(kept[i]->id);
    const Turn turn = found == turns_.end() ? Turn() : found->second;
    if (kept[i]->use->uses() == turn.uses || now < turn.again) continue;
    due.emplace_back(turn.asked, kept[i]->id, i);
  }
  const size_t count = std::min(most, due.size());
  std::partial_sort(due.begin(), due.begin() + static_cast<std::ptrdiff_t>(count), due.end());
  Statements next;
  for (size_t i = 0; i < count; ++i) next.push_back(kept[std::get<2>(due[i])]);
  return next;
}

void PlanTurns::Keep(const Statements& kept) {
  if (turns_.size() <= 2 * kept.size()) return;  // most of them are there
  std::map<uint64_t, Turn> turns;
  for (const auto& statement : kept) {
    if (const auto found = turns_.find(statement->id); found != turns_.end()) turns.insert(*found);
  }
  turns_.swap(turns);
}

void PlanTurns::Note(const sql::Statement& statement, const absl::Status& answer, Time now) {
  constexpr int kMostDoublings = 16;
  Turn& turn = turns_[statement.id];
  turn.asked = now;
  if (answer.ok()) {
    turn.uses = statement.use->uses();
    turn.failures = 0;
    turn.again = now + options_.age;
  } else {
    turn.again = now + std::min(options_.age, options_.pause * (1 << std::min(turn.failures++, kMostDoublings)));
  }
}

}  // namespace rowkeeper::app
