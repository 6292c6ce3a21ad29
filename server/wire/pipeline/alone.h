#pragma once

#include <memory>

#include "server/exec/executor.h"
#include "server/plan/call.h"
#include "server/wire/exchange.h"
#include "server/wire/pipeline/response_writer.h"
#include "server/wire/pipeline/work.h"

namespace rowkeeper::wire {

/// Runs `call` on a worker, autocommitted; `exchange` will be answered. The connection is free again before the
/// response is written. `writer` and `executor` outlive the call.
void RunAlone(exec::Executor* executor, const std::shared_ptr<Exchange>& exchange, plan::Call call,
              const ResponseWriter* writer);
/// The same for a call that was made into work, because something is wrapped round it.
void RunAlone(exec::Executor* executor, const std::shared_ptr<Exchange>& exchange, Work work);

}  // namespace rowkeeper::wire
