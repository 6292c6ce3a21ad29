#include "server/uow/savepoint_stack.h"

#include <utility>

#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/base/unit_of_work_errors.h"
#include "server/uow/options.h"

namespace rowkeeper::uow {
absl::StatusOr<SavepointStack::Savepoint> SavepointStack::Next(const std::string& name) const {
  if (name.size() > kMaxSavepointBytes) {
    return InvalidField("name", Cat("is longer than ", kMaxSavepointBytes, " bytes"));
  }
  if (open_.size() >= static_cast<size_t>(limit_)) {
    return LimitReached(Reason::kUnitOfWorkSavepoints,
                        "too many savepoints are open in this unit of work; release some", Limit::kUnitSavepoints,
                        Cat(limit_));
  }
  const int number = last_number_ + 1;
  if (!name.empty()) {
    if (Find(name).ok()) return InvalidField("name", "is the name of an open savepoint; choose another");
    return Savepoint{name, number};
  }
  std::string made_up = Cat("savepoint-", number);
  while (Find(made_up).ok()) made_up += "-";
  return Savepoint{std::move(made_up), number};
}

void SavepointStack::Push(Savepoint savepoint) {
  last_number_ = savepoint.number;
  open_.push_back(std::move(savepoint));
}

absl::StatusOr<SavepointStack::Savepoint> SavepointStack::Find(const std::string& name) const {
  for (const Savepoint& savepoint : open_) {
    if (savepoint.name == name) return savepoint;
  }
  return SavepointNotFound(name);
}

void SavepointStack::RollBackTo(int number) {
  while (!open_.empty() && open_.back().number > number) open_.pop_back();
}

void SavepointStack::Release(int number) {
  while (!open_.empty() && open_.back().number >= number) open_.pop_back();
}

std::vector<std::string> SavepointStack::Names() const {
  std::vector<std::string> names;
  for (const Savepoint& savepoint : open_) names.push_back(savepoint.name);
  return names;
}

}  // namespace rowkeeper::uow
