#include "rowkeeper/client/savepoint.h"

#include <utility>

#include "errors.h"
#include "unit_state.h"

namespace rowkeeper::client {

absl::StatusOr<Savepoint> Savepoint::Begin(UnitOfWork& unit, const std::string& name) {
  if (unit.state_ == nullptr) return internal::MovedFrom();
  auto mark = unit.state_->Savepoint(name);
  if (!mark.ok()) return mark.status();
  return Savepoint(unit.state_, mark->number, mark->name);
}

Savepoint::Savepoint(std::shared_ptr<internal::UnitState> state, uint64_t number, std::string name)
    : state_(std::move(state)), number_(number), name_(std::move(name)) {}

Savepoint::Savepoint(Savepoint&& other) noexcept = default;

Savepoint& Savepoint::operator=(Savepoint&& other) noexcept {
  if (this == &other) return *this;
  Drop();
  state_ = std::move(other.state_);
  number_ = other.number_;
  name_ = std::move(other.name_);
  return *this;
}

Savepoint::~Savepoint() { Drop(); }

void Savepoint::Drop() noexcept {
  if (state_ == nullptr) return;
  try {
    // On failure the unit keeps it among its open savepoints, and refuses to commit.
    state_->DropSavepoint(number_);
  } catch (...) {
  }
  state_ = nullptr;
}

absl::Status Savepoint::Release() {
  if (state_ == nullptr) return internal::MovedFrom();
  return state_->Release(number_);
}

absl::Status Savepoint::Rollback() {
  if (state_ == nullptr) return absl::OkStatus();
  return state_->RollbackTo(number_);
}

}  // namespace rowkeeper::client
