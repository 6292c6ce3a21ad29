// The errors of units of work that errors.h declares.
#include <chrono>

#include "server/base/error_parts.h"
#include "server/base/errors.h"
#include "server/base/text.h"

namespace rowkeeper {
namespace {

using error_parts::Error;
using error_parts::Shown;
using error_parts::WithPrecondition;
using error_parts::WithRetry;
using std::chrono::milliseconds;

constexpr std::string_view kReadFirst =
    "unless Commit was sent for it, it was rolled back; if Commit was sent, it may have been committed: read the rows "
    "before you write again";

}  // namespace

absl::Status UnitOfWorkNotFound() {
  return Error(Reason::kUnitOfWorkNotFound,
               "there is no unit of work with this handle; it was never given, is another caller's, or ended long ago; "
               "if Commit was sent for it, read the rows before you write again, else begin a new one");
}

absl::Status UnitOfWorkElsewhere(std::string_view address) {
  return Error(Reason::kUnitOfWorkElsewhere,
               Cat("this unit of work is held by the server at ", Shown(address), "; send its calls there"),
               {{"address", address}});
}

absl::Status UnitsOfWorkOff() {
  return Error(Reason::kUnitsOfWorkOff,
               "this server has no place for units of work, so trying again does not help; use Run, or raise "
               "--unit-share or --pool-size on the server");
}

absl::Status UnitOfWorkExpired(std::string_view cause, std::string_view what, std::string_view time) {
  return Error(Reason::kUnitOfWorkExpired,
               Cat("the unit of work was rolled back", time.empty() ? "" : Cat(" at ", time), ": ", what,
                   "; begin a new one and run the whole unit again"),
               {{"cause", cause}, {"end_time", time}});
}

absl::Status UnitOfWorkLostInRestart() {
  return Error(Reason::kUnitOfWorkExpired, Cat("the server that held this unit of work was restarted; ", kReadFirst),
               {{"cause", "SERVER_RESTARTED"}, {"end_time", ""}});
}

absl::Status UnitOfWorkOfAnotherRelease() {
  return Error(Reason::kUnitOfWorkExpired,
               Cat("the handle was made by another release of the server, which this one replaced; ", kReadFirst),
               {{"cause", "OTHER_RELEASE"}, {"end_time", ""}});
}

absl::Status UnitOfWorkEnded(std::string_view outcome, std::string_view time) {
  return Error(Reason::kUnitOfWorkEnded,
               Cat("the unit of work has ended (", outcome, time.empty() ? "" : Cat(" at ", time),
                   ") and takes no more calls; begin a new one"),
               {{"outcome", outcome}, {"end_time", time}});
}

absl::Status UnitOfWorkBusy(std::string_view limit, std::string_view value) {
  return WithRetry(Error(Reason::kUnitOfWorkBusy,
                         Cat("other calls of this unit of work are running or waiting (", limit, " is ", value,
                             "), and this one was not executed; send one call of a unit at a time"),
                         {{"limit", limit}, {"value", value}}),
                   milliseconds(100));
}

absl::Status UnitOfWorkFailed(const absl::Status& failure, std::string_view consequence) {
  const std::string reason = ErrorReason(failure);
  const absl::string_view message = failure.message();
  return Error(Reason::kUnitOfWorkFailed,
               Cat("an earlier call of this unit of work failed (", std::string_view(message.data(), message.size()),
                   "); ", consequence),
               {{"failure", reason}});
}

absl::Status UnitOfWorkReadOnly(std::string_view method) {
  return Error(Reason::kUnitOfWorkReadOnly,
               Cat(method, " writes, and this unit of work was begun with read_only; begin one without it"),
               {{"method", method}});
}

absl::Status UnitOfWorkSequence(uint64_t sequence, uint64_t last) {
  const std::string number = Cat(sequence);
  const std::string latest = Cat(last);
  return Error(Reason::kUnitOfWorkSequence,
               Cat("rowkeeper-sequence ", number, " comes after ", latest,
                   " and its result is not kept; it was not executed now: count up from call to call"),
               {{"sequence", number}, {"last", latest}});
}

absl::Status SavepointNotFound(std::string_view name) {
  return Error(Reason::kSavepointNotFound,
               Cat("there is no open savepoint ", Shown(name), "; it was released, rolled past or never made"),
               {{"savepoint", name}});
}

absl::Status ValueMissing(std::string_view value, std::string_view call, std::string_view from) {
  return Error(Reason::kValueMissing,
               Cat(value, ": ", call, " returned no value of ", Shown(from), ", and nothing was changed"),
               {{"value", value}, {"call", call}, {"from", from}});
}

}  // namespace rowkeeper
