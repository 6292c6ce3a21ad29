#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/exec/executor.h"
#include "server/plan/call.h"
#include "server/wire/exchange.h"
#include "server/wire/pipeline/own_transaction.h"
#include "server/wire/pipeline/response_writer.h"
#include "server/wire/pipeline/work.h"

namespace rowkeeper::wire {

/// Runs `call`, which reads; `exchange` will be answered. The connection is free again before the response
/// is written. `writer` and `executor` outlive the call.
void RunAlone(exec::Executor* executor, const std::shared_ptr<Exchange>& exchange, plan::Call call,
              const ResponseWriter* writer);
/// The same for a call that was made into work, because something is wrapped round it. It is not Undecided().
void RunAlone(exec::Executor* executor, const std::shared_ptr<Exchange>& exchange, Work work);

/// Runs a write, autocommitted, so that it takes one round trip. Where only the encoded response tells
/// whether it can be answered, it is run in a transaction of its own instead, and nothing of it stays when it cannot.
/// `runner` and `writer` outlive the call.
void RunWriteAlone(const OwnTransaction::Backend& backend, const std::shared_ptr<Exchange>& exchange, plan::Call call,
                   const exec::Runner* runner, const ResponseWriter* writer);

/// What stands round a write that is all that a larger call does.
struct Surrounding {
  /// Makes the call's answer of the write's: its response, or its error.
  std::function<absl::StatusOr<std::string>(absl::StatusOr<std::string>)> wrap;
  /// Answers the call by a transaction instead; nothing of the write was done, which it gets back.
  std::function<void(plan::Call)> in_transaction;
};
/// The same for such a write, of which IsAnsweredByItsStatement is true. `wrap` makes a response longer by
/// exec::kEnvelopeBytes at most.
void RunWriteAlone(const OwnTransaction::Backend& backend, const std::shared_ptr<Exchange>& exchange, plan::Call call,
                   const exec::Runner* runner, const ResponseWriter* writer, Surrounding surrounding);

/// Whether `call` is one statement that either has an answer, which can be sent, or changes nothing.
bool IsAnsweredByItsStatement(const plan::Call& call);

}  // namespace rowkeeper::wire
