#pragma once

#include <memory>

#include "server/exec/traced_connection.h"
#include "server/wire/exchange.h"
#include "server/wire/pipeline/work.h"

namespace rowkeeper::wire {

/// `work` over a connection that counts what goes over it into the trace of `exchange`; `work` itself when the call is
/// not traced.
Work Traced(const std::shared_ptr<Exchange>& exchange, Work work);

/// `run`, given such a connection, or `connection` itself.
template <typename Run>
auto RunTraced(const Exchange& exchange, db::Connection& connection, const Run& run) {
  if (exchange.trace() == nullptr) return run(connection);
  exec::TracedConnection traced(&connection, exchange.trace());
  return run(traced);
}

}  // namespace rowkeeper::wire
