#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/verdict.h"
#include "server/exec/execution.h"

namespace rowkeeper::exec {

/// What `error` of a statement is answered with: a write that judged itself (sql/judgement.h) is explained here, all
/// other errors stay as they are. Rows that were kept from being written are KeptByDatabase(), with the verdict for
/// those who can tell more.
absl::Status Answer(const Execution& execution, const absl::Status& error);

/// The verdict of a statement that failed for the number of its rows alone; none for any other error.
std::optional<Verdict> KeptRows(const absl::Status& error);

/// After the `attempt`th try (from 1) to write rows that are there and fit, and still were not written: whether to try
/// once more, after a pause. They may have come, or become fitting, since the statement looked. Where try after try
/// ends so, it is the database that keeps them.
bool LookAgain(const Execution& execution, int attempt);

/// Makes the connection's transaction fail, so that nothing of it can be committed, as if a statement had. Does nothing
/// outside a transaction and in one that has failed.
void FailTransaction(db::Connection* connection);

}  // namespace rowkeeper::exec
