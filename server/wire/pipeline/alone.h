#pragma once

#include <memory>

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

}  // namespace rowkeeper::wire
