#include "server/wire/pipeline/traced.h"

#include <utility>

namespace rowkeeper::wire {

Work Traced(const std::shared_ptr<Exchange>& exchange, Work work) {
  if (exchange->trace() == nullptr) return work;
  return [exchange, work = std::move(work)](db::Connection& connection, db::Cancellation* cancellation) {
    return RunTraced(*exchange, connection,
                     [&](db::Connection& traced) -> absl::StatusOr<std::string> { return work(traced, cancellation); });
  };
}

}  // namespace rowkeeper::wire
