#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rowkeeper/client/unit_of_work.h"
#include "rowkeeper/v1/unit_of_work.grpc.pb.h"

namespace rowkeeper::client::internal {

inline constexpr char kHandleHeader[] = "rowkeeper-unit-of-work";

/// What a UnitOfWork and its savepoints share: the unit as the caller knows it, and all calls of
/// rowkeeper.v1.UnitOfWork. For one thread.
class UnitState {
 public:
  using State = UnitOfWork::State;
  using Milliseconds = std::chrono::milliseconds;

  UnitState(std::unique_ptr<v1::UnitOfWork::Stub> stub, const UnitOfWorkOptions& options, v1::BeginResponse begun);

  State state() const { return state_; }
  const UnitOfWorkOptions& options() const { return options_; }
  const std::string& id() const { return begun_.unit_of_work().id(); }

  absl::Status SendCall(const CallOptions& options, const Send& send);
  /// Adds the unit's headers; `sequence` 0: no number.
  void AddHeaders(grpc::ClientContext* context, const CallOptions& options, uint64_t sequence) const;
  uint64_t NextSequence() { return ++sequence_; }

  absl::Status Commit();
  absl::Status Rollback(Milliseconds timeout);
  absl::StatusOr<v1::UnitOfWorkInfo> Get();

  /// An open savepoint. Its number tells it from a later one of the same name.
  struct Mark {
    uint64_t number = 0;
    std::string name;
  };
  absl::StatusOr<Mark> Savepoint(const std::string& name);
  /// OK when it is not open.
  absl::Status RollbackTo(uint64_t number, Milliseconds timeout);
  absl::Status Release(uint64_t number);

 private:
  absl::Status SendCommit(std::chrono::nanoseconds timeout);
  absl::Status AskToCommit();
  absl::Status OutcomeUnknown(const absl::Status& last) const;
  absl::Status SendRollback(Milliseconds timeout);
  absl::Status Ended() const;
  void End(State state, absl::Status outcome);
  std::vector<Mark>::iterator Find(uint64_t number);
  absl::Status SendRelease(const std::string& name, Milliseconds timeout);

  const std::unique_ptr<v1::UnitOfWork::Stub> stub_;
  const UnitOfWorkOptions options_;
  const v1::BeginResponse begun_;
  State state_ = State::kOpen;
  /// What Commit says once the unit has ended.
  absl::Status outcome_;
  uint64_t sequence_ = 0;
  uint64_t marks_made_ = 0;
  /// Outermost first.
  std::vector<Mark> marks_;
};

}  // namespace rowkeeper::client::internal
