#pragma once

#include <memory>

#include "server/wire/exchange.h"
#include "server/wire/pipeline/work.h"

namespace rowkeeper::wire {

/// `work` over a connection that counts what goes over it into the trace of `exchange`; `work` itself when the call is
/// not traced.
Work Traced(const std::shared_ptr<Exchange>& exchange, Work work);

}  // namespace rowkeeper::wire
