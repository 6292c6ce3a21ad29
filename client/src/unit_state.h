#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "clock.h"
#include "rowkeeper/client/unit_of_work.h"
#include "rowkeeper/v1/unit_of_work.grpc.pb.h"
#include "times.h"

namespace rowkeeper::client::internal {

/// One of so many parts of drop_timeout is kept for the rollback of the unit.
inline constexpr int kShareOfUnit = 5;

inline constexpr char kHandleHeader[] = "rowkeeper-unit-of-work";

/// The same on another clock than the system's.
absl::Status SendCall(const CallOptions& options, const Send& send, Clock* clock);

/// What a UnitOfWork and its savepoints share: the unit as the caller knows it, and all calls of
/// rowkeeper.v1.UnitOfWork. For one thread.
class UnitState {
 public:
  using State = UnitOfWork::State;
  using Milliseconds = std::chrono::milliseconds;

  UnitState(std::unique_ptr<v1::UnitOfWork::Stub> stub, const UnitOfWorkOptions& options, v1::BeginResponse begun,
            Clock* clock);

  State state() const { return state_; }
  const std::string& id() const { return begun_.unit_of_work().id(); }

  /// How long a call of the unit may take that may take `timeout`: the unit's deadline may come before.
  std::chrono::nanoseconds TimeFor(Milliseconds timeout) const;
  absl::Status SendCall(const CallOptions& options, const Send& send);
  /// Adds the unit's headers; `sequence` 0: no number.
  void AddHeaders(grpc::ClientContext* context, const CallOptions& options, uint64_t sequence) const;
  uint64_t NextSequence() { return ++sequence_; }

  absl::Status Commit();
  absl::Status Rollback();
  /// As Rollback, for destructors: at most drop_timeout, together with a DropSavepoint that failed.
  void Drop();
  absl::StatusOr<v1::UnitOfWorkInfo> Get();

  /// An open savepoint. Its number tells it from a later one of the same name.
  struct Mark {
    uint64_t number = 0;
    std::string name;
  };
  absl::StatusOr<Mark> Savepoint(const std::string& name);
  /// OK when it is not open.
  absl::Status RollbackTo(uint64_t number);
  absl::Status Release(uint64_t number);
  /// As RollbackTo, for destructors: at most a share of drop_timeout. Once one has failed the others do nothing until
  /// an outer savepoint is rolled back.
  void DropSavepoint(uint64_t number);

 private:
  /// How a call on the unit itself is made.
  struct Sending {
    std::chrono::nanoseconds timeout{0};
    bool again = true;
    bool wait_for_ready = true;
  };
  /// One of a call that the caller waits for, which is sent again when its answer is lost.
  Sending Patiently() const { return {TimeFor(options_.call_timeout)}; }
  absl::Status SendInUnit(const Sending& sending, const CallOptions& options, const Send& send);
  absl::Status SendRollbackTo(uint64_t number, const Sending& sending);
  absl::Status SendCommit(std::chrono::nanoseconds timeout);
  absl::Status AskToCommit();
  absl::Status OutcomeUnknown(const absl::Status& last) const;
  absl::Status SendRollback(std::chrono::nanoseconds timeout);
  /// A savepoint's scope was left and it could not be rolled back.
  bool Doomed();
  absl::Status Ended() const;
  void End(State state, absl::Status outcome);
  std::vector<Mark>::iterator Find(uint64_t number);
  absl::Status SendRelease(const std::string& name, const Sending& sending);

  const std::unique_ptr<v1::UnitOfWork::Stub> stub_;
  const UnitOfWorkOptions options_;
  const v1::BeginResponse begun_;
  Clock& clock_;
  State state_ = State::kOpen;
  /// What Commit says once the unit has ended.
  absl::Status outcome_;
  uint64_t sequence_ = 0;
  uint64_t marks_made_ = 0;
  /// Outermost first.
  std::vector<Mark> marks_;
  /// The savepoint whose scope was left and which could not be rolled back; 0: none.
  uint64_t doomed_by_ = 0;
};

/// What the rest of the library needs of a UnitOfWork and users do not.
struct UnitAccess {
  /// Waits for `longest` at most.
  static absl::StatusOr<UnitOfWork> Begin(const std::shared_ptr<grpc::ChannelInterface>& channel,
                                          const UnitOfWorkOptions& options, std::chrono::nanoseconds longest,
                                          Clock* clock);
  static const std::shared_ptr<UnitState>& StateOf(const UnitOfWork& unit) { return unit.state_; }
};

}  // namespace rowkeeper::client::internal
