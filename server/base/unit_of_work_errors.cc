#include "server/base/unit_of_work_errors.h"

#include <chrono>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "server/base/error_builder.h"
#include "server/base/error_details.h"
#include "server/base/text.h"

namespace rowkeeper {
namespace {

constexpr std::string_view kReadFirst =
    "unless Commit was sent for it, it was rolled back; if Commit was sent, it may have been committed: read the rows "
    "before you write again";

}  // namespace

absl::Status UnitOfWorkNotFound() {
  return ErrorBuilder(
             Reason::kUnitOfWorkNotFound,
             "there is no unit of work with this handle; it was never given, is another caller's, or ended long ago; "
             "if Commit was sent for it, read the rows before you write again, else begin a new one")
      .Build();
}

absl::Status UnitOfWorkElsewhere(std::string_view address) {
  if (address.empty()) {
    return ErrorBuilder(Reason::kUnitOfWorkElsewhere,
                        "this unit of work is not held by this server; send its calls to the server that answered its "
                        "Begin")
        .Build();
  }
  return ErrorBuilder(Reason::kUnitOfWorkElsewhere, Cat("this unit of work is held by the server at ",
                                                        ShownInError(address), "; send its calls there"))
      .With("address", address)
      .Build();
}

absl::Status UnitsOfWorkOff() {
  return ErrorBuilder(Reason::kUnitsOfWorkOff,
                      "this server has no place for units of work, so trying again does not help; use Run, or raise "
                      "--unit-share or --pool-size on the server")
      .Build();
}

absl::Status UnitOfWorkExpired(std::string_view cause, std::string_view what, std::string_view time) {
  return ErrorBuilder(Reason::kUnitOfWorkExpired,
                      Cat("the unit of work was rolled back", time.empty() ? "" : Cat(" at ", time), ": ", what,
                          "; begin a new one and run the whole unit again"))
      .With("cause", cause)
      .With("end_time", time)
      .Build();
}

absl::Status UnitOfWorkLostInRestart() {
  return ErrorBuilder(Reason::kUnitOfWorkExpired,
                      Cat("the server that held this unit of work was restarted; ", kReadFirst))
      .With("cause", "SERVER_RESTARTED")
      .Build();
}

absl::Status UnitOfWorkOfAnotherRelease() {
  return ErrorBuilder(
             Reason::kUnitOfWorkExpired,
             Cat("the handle was made by another release of the server, which this one replaced; ", kReadFirst))
      .With("cause", "OTHER_RELEASE")
      .Build();
}

absl::Status TransactionOutcomeUnknown(std::string_view transaction_id) {
  return ErrorBuilder(
             Reason::kCommitOutcomeUnknown,
             Cat("the connection to the database was lost during COMMIT, and nobody could say in time how it "
                 "ended; read the rows before you write again. Unless PostgreSQL crashed or failed over since, "
                 "it can tell: SELECT pg_xact_status('",
                 transaction_id, "')"))
      .With("transaction_id", transaction_id)
      .Build();
}

absl::Status UnitOutcomeUnknown(const absl::Status& lost) {
  const auto info = FindDetail<google::rpc::ErrorInfo>(lost);
  std::string cause;
  if (info.has_value() && info->metadata().count("cause") > 0) cause = info->metadata().at("cause");
  return ErrorBuilder(Reason::kCommitOutcomeUnknown, MessageOf(lost)).With("cause", cause).Build();
}

absl::Status UnitOfWorkEnded(std::string_view outcome, std::string_view time) {
  return ErrorBuilder(Reason::kUnitOfWorkEnded,
                      Cat("the unit of work has ended (", outcome, time.empty() ? "" : Cat(" at ", time),
                          ") and takes no more calls; begin a new one"))
      .With("outcome", outcome)
      .With("end_time", time)
      .Build();
}

absl::Status UnitOfWorkBusy(Limit limit, std::string_view value) {
  return ErrorBuilder(Reason::kUnitOfWorkBusy,
                      Cat("other calls of this unit of work are running or waiting (", LimitName(limit), " is ", value,
                          "), and this one was not executed; send one call of a unit at a time"))
      .WithLimit(limit, value)
      .WithRetry(std::chrono::milliseconds(100))
      .Build();
}

absl::Status UnitOfWorkFailed(const absl::Status& failure, std::string_view consequence) {
  return ErrorBuilder(Reason::kUnitOfWorkFailed,
                      Cat("an earlier call of this unit of work failed (", MessageOf(failure), "); ", consequence))
      .With("failure", ErrorReason(failure))
      .Build();
}

absl::Status UnitOfWorkReadOnly(std::string_view method) {
  return ErrorBuilder(Reason::kUnitOfWorkReadOnly,
                      Cat(method, " writes, and this unit of work was begun with read_only; begin one without it"))
      .With("method", method)
      .Build();
}

absl::Status UnitOfWorkSequence(uint64_t sequence, uint64_t last) {
  return ErrorBuilder(Reason::kUnitOfWorkSequence,
                      Cat("rowkeeper-sequence ", sequence, " comes after ", last,
                          " and its result is not kept; it was not executed now: count up from call to call"))
      .With("sequence", Cat(sequence))
      .With("last", Cat(last))
      .Build();
}

absl::Status SavepointNotFound(std::string_view name) {
  return ErrorBuilder(Reason::kSavepointNotFound, Cat("there is no open savepoint ", ShownInError(name),
                                                      "; it was released, rolled past or never made"))
      .With("savepoint", name)
      .Build();
}

absl::Status ValueMissing(std::string_view value, std::string_view call, std::string_view from) {
  return ErrorBuilder(Reason::kValueMissing,
                      Cat(value, ": ", call, " returned no value of ", ShownInError(from), ", and nothing was changed"))
      .With("value", value)
      .With("call", call)
      .With("from", from)
      .Build();
}

}  // namespace rowkeeper
