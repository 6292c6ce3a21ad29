#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "server/exec/execution.h"
#include "server/exec/outcome.h"

namespace rowkeeper::exec {

/// Family::kList; an export has its own, see export_run.h. A count is one statement. A list is one for the page, and a
/// second one where its total size is asked for. (Outside a unit of work they see the table one after the other, so a
/// row that comes or goes in between is in only one of them. Counting in the page's own statement would cost every page
/// as much as the count, even one that is not asked for.)
absl::StatusOr<Outcome> RunList(const Execution& execution);

/// Whether the main statement of a call of this family says all that it asks for; relations aside.
bool IsMainAll(const plan::Call& call);
/// What such a call found, whose main statement gave these rows: a page's, and one more where there are more; or a
/// count. INTERNAL for a count that is none.
absl::StatusOr<Outcome> ListOutcome(const RunnerParts& parts, const plan::Call& call, db::Rows rows,
                                    std::shared_ptr<const sql::Statement> statement);

}  // namespace rowkeeper::exec
