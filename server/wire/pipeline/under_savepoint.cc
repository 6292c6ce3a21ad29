#include "server/wire/pipeline/under_savepoint.h"

#include <utility>

#include "server/sql/savepoint_numbers.h"
#include "server/uow/transaction.h"

namespace rowkeeper::wire {

Work UnderSavepoint(Work work) {
  return [work = std::move(work)](db::Connection& connection,
                                  db::Cancellation* cancellation) -> absl::StatusOr<std::string> {
    constexpr int kSavepoint = sql::kKeyedCallSavepoint;
    uow::Transaction transaction(&connection);
    if (absl::Status status = transaction.BeginSavepoint(kSavepoint, cancellation); !status.ok()) return status;
    absl::StatusOr<std::string> result = work(connection, cancellation);
    if (transaction.failed()) return result;
    absl::Status status = result.ok() ? absl::OkStatus() : transaction.RollbackTo(kSavepoint, nullptr);
    if (status.ok()) status = transaction.Release(kSavepoint, nullptr);
    if (!status.ok()) return status;
    return result;
  };
}

}  // namespace rowkeeper::wire
