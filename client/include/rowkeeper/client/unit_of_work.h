#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <grpcpp/client_context.h>
#include <grpcpp/impl/channel_interface.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "rowkeeper/client/call.h"
#include "rowkeeper/client/pages.h"
#include "rowkeeper/v1/unit_of_work.pb.h"

namespace rowkeeper::client {

namespace internal {
class UnitState;
struct UnitAccess;

absl::Status SendInUnit(const std::shared_ptr<UnitState>& unit, const CallOptions& options, const Send& send);
}  // namespace internal

/// What other transactions' commits may do to a unit of work; PostgreSQL, chapter 13.2.
enum class Isolation {
  /// Each call sees what was committed before it.
  kReadCommitted,
  /// All calls see the same snapshot; SERIALIZATION_FAILURE when a row to write was changed by others meanwhile.
  kRepeatableRead,
  /// As if units ran one after the other; SERIALIZATION_FAILURE when they cannot.
  kSerializable,
};

enum class Access {
  kReadWrite,
  /// Calls that write are refused.
  kReadOnly,
  /// Serializable only: Begin waits for a snapshot that cannot fail.
  kReadOnlyDeferrable,
};

struct UnitOfWorkOptions {
  Isolation isolation = Isolation::kReadCommitted;
  Access access = Access::kReadWrite;

  /// Longest time between two calls before the server rolls the unit back. Unset: the server's default (10 s).
  std::optional<std::chrono::milliseconds> idle_limit;
  /// Longest time from Begin to the end. Unset: the server's default (60 s).
  std::optional<std::chrono::milliseconds> total_limit;
  /// Longest wait for a free place among the server's open units. Unset: the server's default (1 s).
  std::optional<std::chrono::milliseconds> capacity_wait;
  /// For the server's logs: what the unit is for. At most 200 bytes.
  std::string label;

  /// Deadline of Begin (to which capacity_wait is added), Rollback and the calls of savepoints.
  std::chrono::milliseconds call_timeout{10000};
  /// Longest time that Commit takes, including asking again when its answer is lost.
  std::chrono::milliseconds commit_time{30000};
  /// The whole unit is to be done by then: every call of it, Begin and Commit included, has this deadline when it is
  /// earlier than its own. After it Commit is not sent, and answers DEADLINE_EXCEEDED. Rollbacks still get their time.
  std::optional<std::chrono::system_clock::time_point> deadline;
  /// Longest time that the destructors of the unit and of its savepoints wait for a server that does not answer, all
  /// together. Should it pass, the server still rolls back after idle_limit.
  std::chrono::milliseconds drop_timeout{1000};
};

/// A transaction over several calls, as a scope: it is rolled back unless Commit was called.
///
///   absl::StatusOr<UnitOfWork> unit = UnitOfWork::Begin(channel);
///   if (!unit.ok()) return unit.status();
///   auto account = unit->Call(&AccountRepository::Stub::Create, stub, request);
///   if (!account.ok()) return account.status();
///   return unit->Commit();
///
/// Nothing that a unit writes is seen by others before Commit. After a call that failed in the database the unit takes
/// no more calls until a savepoint is rolled back (savepoint.h); calls and Commit then say FAILED_PRECONDITION
/// UNIT_OF_WORK_FAILED. To have the whole unit run again after a serialization failure, see run_in_unit_of_work.h.
///
/// May be moved; the object that was moved from refuses calls with UNIT_OF_WORK_ENDED and is kMovedFrom.
///
/// For one thread at a time, as the calls of a unit run one at a time. All methods block, until their deadlines at
/// most.
class [[nodiscard]] UnitOfWork {
 public:
  /// Opens a unit on the server of `channel`, on which the stubs of its calls must be too. Errors: RESOURCE_EXHAUSTED
  /// with a retry delay when the server has no free place, INVALID_ARGUMENT for limits above the server's, UNAVAILABLE.
  static absl::StatusOr<UnitOfWork> Begin(const std::shared_ptr<grpc::ChannelInterface>& channel,
                                          const UnitOfWorkOptions& options = {});

  /// Rolls back unless the unit has ended, waiting for drop_timeout at most. Never throws.
  ~UnitOfWork();
  UnitOfWork(UnitOfWork&& other) noexcept;
  UnitOfWork& operator=(UnitOfWork&& other) noexcept;

  /// Makes one call inside the unit. `stub` is a generated stub or a pointer to it. The call is sent once, unless
  /// options.lost_reply says otherwise.
  template <typename Stub, typename Request, typename Response, typename StubPointer>
  absl::StatusOr<Response> Call(StubMethod<Stub, Request, Response> method, StubPointer&& stub, const Request& request,
                                const CallOptions& options = {}) {
    const auto sender = [&](const internal::Send& send) { return SendCall(options, send); };
    return internal::CallThrough(sender, method, stub, request);
  }

  /// The rows of a List method, read inside the unit. The stub outlives the range. When the unit ends before it, its
  /// status() tells.
  template <typename Stub, typename Request, typename Response, typename StubPointer, typename Row>
  RowRange<Request, Response, Row> List(StubMethod<Stub, Request, Response> method, StubPointer&& stub,
                                        const Request& request,
                                        google::protobuf::RepeatedPtrField<Row>* (Response::*rows)(),
                                        const CallOptions& options = {}) {
    internal::RequireThatStays<StubPointer>();
    return {request, rows, [state = state_, method, to = internal::StubOf<Stub>(stub), options](const Request& page) {
              const auto sender = [&](const internal::Send& send) {
                return internal::SendInUnit(state, options, send);
              };
              return internal::CallThrough(sender, method, to, page);
            }};
  }

  /// For calls that are made otherwise, for example by the callback interface: adds the unit's header, the headers of
  /// `options`, a deadline when `context` has none, and with LostReply::kSendAgain the next sequence number. Once the
  /// unit has ended the server refuses a call so prepared.
  void Prepare(grpc::ClientContext* context, const CallOptions& options = {});

  /// Makes the unit's changes permanent. When the answer is lost it is asked for again until options.commit_time has
  /// passed, for the server keeps the outcome. Any error but UNKNOWN COMMIT_OUTCOME_UNKNOWN means that nothing was
  /// committed. FAILED_PRECONDITION, and nothing is sent, while a Savepoint is open. Called again it says the same.
  absl::Status Commit();

  /// Undoes everything. OK as well when the unit has ended without a Commit. When the server cannot be reached the unit
  /// has ended for the caller all the same; the server rolls it back after idle_limit.
  absl::Status Rollback();

  /// How the server says the unit stands; does not extend its lease.
  absl::StatusOr<v1::UnitOfWorkInfo> Get();

  /// How the unit stands as far as this object knows: the server may have ended it for its limits.
  enum class State { kOpen, kCommitted, kRolledBack, kOutcomeUnknown, kMovedFrom };
  State state() const;
  /// Names the unit in logs. No secret. Empty when moved from.
  std::string id() const;

 private:
  friend class Savepoint;
  friend struct internal::UnitAccess;
  explicit UnitOfWork(std::shared_ptr<internal::UnitState> state);
  absl::Status SendCall(const CallOptions& options, const internal::Send& send);
  void Drop() noexcept;

  std::shared_ptr<internal::UnitState> state_;
};

}  // namespace rowkeeper::client
