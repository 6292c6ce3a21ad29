#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <string>

#include "rowkeeper/client/unit_of_work.h"

namespace rowkeeper::client {

/// A part of a unit of work that can be undone alone, as a scope: it is rolled back unless Release was called.
///
///   {
///     absl::StatusOr<Savepoint> savepoint = Savepoint::Begin(*unit);
///     if (!savepoint.ok()) return savepoint.status();
///     auto sent = unit->Call(&NoticeRepository::Stub::Create, notices, request);
///     if (sent.ok()) {
///       absl::Status released = savepoint->Release();
///       if (!released.ok()) return released;
///     }
///   }  // without the notice, when it failed; the unit goes on
///
/// Savepoints nest; the inner one ends first. For the unit's thread. A savepoint may outlive its unit and does nothing
/// then.
class [[nodiscard]] Savepoint {
 public:
  /// Marks this place. `name` is for people who look at the unit: at most 100 bytes, not the name of an open savepoint;
  /// empty: the server makes one up.
  static absl::StatusOr<Savepoint> Begin(UnitOfWork& unit, const std::string& name = "");

  /// Rolls back unless released or rolled back, waiting for UnitOfWorkOptions::drop_timeout at most. Should that fail,
  /// Commit of the unit refuses, for what it would commit is not what was meant, unless Rollback of an outer savepoint
  /// makes up for it; until then the unit's other savepoints end without a call. Never throws.
  ~Savepoint();
  Savepoint(Savepoint&& other) noexcept;
  Savepoint& operator=(Savepoint&& other) noexcept;

  /// Keeps what was done since, as a part of the unit. FAILED_PRECONDITION while an inner savepoint is open;
  /// SAVEPOINT_NOT_FOUND when this one has ended, by Release, by Rollback or with an outer one.
  absl::Status Release();
  /// Undoes what was done since, inner savepoints included, and ends the savepoint. A unit in which a call has failed
  /// since is well again. OK when it has ended already.
  absl::Status Rollback();

  const std::string& name() const { return name_; }

 private:
  Savepoint(std::shared_ptr<internal::UnitState> state, uint64_t number, std::string name);
  void Drop() noexcept;

  std::shared_ptr<internal::UnitState> state_;
  uint64_t number_;
  std::string name_;
};

}  // namespace rowkeeper::client
