#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
#include "server/db/connection.h"

namespace rowkeeper::uow {

/// The few connections that look-ups of a CommitResolver share, and how many look-ups there are. Kept open only while
/// something is looked for. Thread-safe.
class ResolverConnections {
 public:
  /// The right to use one connection, for one question.
  class Turn {
   public:
    Turn(ResolverConnections* owner, std::unique_ptr<db::Connection> open)
        : connection(std::move(open)), owner_(owner) {}
    Turn(Turn&& other) noexcept
        : connection(std::move(other.connection)), owner_(std::exchange(other.owner_, nullptr)) {}
    ~Turn() {
      if (owner_ != nullptr) owner_->Return(std::move(connection));
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    /// Null when it is yet to be opened.
    std::unique_ptr<db::Connection> connection;

   private:
    ResolverConnections* owner_;
  };

  /// `clock` outlives this object.
  ResolverConnections(int connections, int look_ups, Clock* clock)
      : clock_(*clock), max_turns_(connections), max_look_ups_(look_ups) {}

  /// False when there are too many. Otherwise End is to be called.
  bool BeginLookUp();
  void EndLookUp();
  int look_ups() const;
  /// Waits for a turn; nullopt when none came by `until`.
  std::optional<Turn> Take(Clock::time_point until);

 private:
  void Return(std::unique_ptr<db::Connection> connection);

  Clock& clock_;
  const int max_turns_;
  const int max_look_ups_;

  mutable absl::Mutex mu_;
  absl::CondVar returned_;
  int turns_ ABSL_GUARDED_BY(mu_) = 0;
  int look_ups_ ABSL_GUARDED_BY(mu_) = 0;
  std::vector<std::unique_ptr<db::Connection>> idle_ ABSL_GUARDED_BY(mu_);
};

}  // namespace rowkeeper::uow
