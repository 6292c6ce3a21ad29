#include "server/wire/pipeline/traced.h"

#include <utility>

#include "server/exec/traced_connection.h"

namespace rowkeeper::wire {

Work Traced(const std::shared_ptr<Exchange>& exchange, Work work) {
  if (exchange->trace() == nullptr) return work;
  return [exchange, work = std::move(work)](db::Connection& connection, db::Cancellation* cancellation) {
    exec::TracedConnection traced(&connection, exchange->trace());
    return work(traced, cancellation);
  };
}

}  // namespace rowkeeper::wire
