#pragma once

#include "absl/status/statusor.h"
#include "server/exec/execution.h"
#include "server/exec/outcome.h"

namespace rowkeeper::exec {

/// Family::kBulk. A change is one statement, all or nothing.
///
/// A purge is one statement for each batch of rows, until there are no more, the call's max_affected is reached, or
/// something fails. Outside a transaction every batch stays removed: what was done by then is in the outcome when the
/// failure passes by itself (the outcome then says that there is more), else in the error. Conflicts are tried again.
absl::StatusOr<Outcome> RunBulk(const Execution& execution);

}  // namespace rowkeeper::exec
