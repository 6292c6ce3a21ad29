#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "server/base/limits.h"

/// Errors of units of work and of runs; see errors.h.
namespace rowkeeper {

/// NOT_FOUND, reason UNIT_OF_WORK_NOT_FOUND: never was, is another caller's, or ended long ago; one answer for all.
absl::Status UnitOfWorkNotFound();
/// FAILED_PRECONDITION, reason UNIT_OF_WORK_ELSEWHERE: `address` is the server that holds it; empty where that is not
/// known for sure.
absl::Status UnitOfWorkElsewhere(std::string_view address);
/// FAILED_PRECONDITION, reason UNITS_OF_WORK_OFF: the server has no place for any, so trying again does not help.
absl::Status UnitsOfWorkOff();
/// ABORTED, reason UNIT_OF_WORK_EXPIRED: the server ended it. `cause` is for programs ("IDLE_LIMIT"), `what` for people
/// ("no call came for 10 s"), `time` is RFC 3339, empty when it is not known.
absl::Status UnitOfWorkExpired(std::string_view cause, std::string_view what, std::string_view time);
/// The same reason, cause SERVER_RESTARTED: nobody knows any more whether the unit was committed before.
absl::Status UnitOfWorkLostInRestart();
/// The same reason, cause OTHER_RELEASE: the server's handle has the format of another release, which this one
/// replaced.
absl::Status UnitOfWorkOfAnotherRelease();
/// UNKNOWN, reason COMMIT_OUTCOME_UNKNOWN: nobody could say in time what became of the COMMIT of this transaction. Its
/// id is in the metadata "transaction_id", for PostgreSQL may tell later.
absl::Status TransactionOutcomeUnknown(std::string_view transaction_id);
/// UNKNOWN, reason COMMIT_OUTCOME_UNKNOWN: what Commit and Get are told of a unit that is `lost` with its server, which
/// is one of the two before. It has its cause and its words.
absl::Status UnitOutcomeUnknown(const absl::Status& lost);
/// FAILED_PRECONDITION, reason UNIT_OF_WORK_ENDED: its caller ended it. `outcome` is COMMITTED, ROLLED_BACK or UNKNOWN.
absl::Status UnitOfWorkEnded(std::string_view outcome, std::string_view time);
/// ABORTED with RetryInfo, reason UNIT_OF_WORK_BUSY: another call of the unit was running for longer than `limit`.
absl::Status UnitOfWorkBusy(Limit limit, std::string_view value);
/// FAILED_PRECONDITION, reason UNIT_OF_WORK_FAILED: an earlier statement failed with `failure`, whose reason and
/// message are repeated. `consequence` says what became of the unit.
absl::Status UnitOfWorkFailed(const absl::Status& failure, std::string_view consequence);
/// FAILED_PRECONDITION, reason UNIT_OF_WORK_READ_ONLY: `method` writes.
absl::Status UnitOfWorkReadOnly(std::string_view method);
/// ABORTED, reason UNIT_OF_WORK_SEQUENCE: a number below `last` whose result is no longer kept.
absl::Status UnitOfWorkSequence(uint64_t sequence, uint64_t last);
/// NOT_FOUND, reason SAVEPOINT_NOT_FOUND.
absl::Status SavepointNotFound(std::string_view name);
/// FAILED_PRECONDITION, reason VALUE_MISSING: `value` of a run takes `from` of what `call` returned, which has none.
absl::Status ValueMissing(std::string_view value, std::string_view call, std::string_view from);

}  // namespace rowkeeper
