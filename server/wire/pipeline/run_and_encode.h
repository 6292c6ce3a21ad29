#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/exec/runner.h"
#include "server/plan/call.h"
#include "server/wire/exchange.h"
#include "server/wire/pipeline/response_writer.h"
#include "server/wire/pipeline/work.h"

namespace rowkeeper::wire {

/// The innermost work: runs `call` and writes its response, of any size. `runner` and `writer` outlive it.
Work RunAndEncode(const exec::Runner* runner, const ResponseWriter* writer, plan::Call call,
                  const std::shared_ptr<Exchange>& exchange);
/// The same, but a response that is too large is RESPONSE_TOO_LARGE. A write in a transaction that cannot be answered
/// makes the transaction fail; outside one it stays, and the error says so.
Work RunAndEncodeWithinLimit(const exec::Runner* runner, const ResponseWriter* writer, plan::Call call,
                             const std::shared_ptr<Exchange>& exchange);

/// What a call found becomes its answer, and is noted for the log.
absl::StatusOr<std::string> EncodeWithinLimit(const ResponseWriter& writer, const exec::Outcome& outcome,
                                              Exchange* exchange);

}  // namespace rowkeeper::wire
