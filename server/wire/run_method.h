#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "rowkeeper/v1/unit_of_work.pb.h"
#include "server/exec/executor.h"
#include "server/exec/runner.h"
#include "server/uow/transaction.h"
#include "server/wire/exchange.h"
#include "server/wire/headers.h"
#include "server/wire/in_doubt_runs.h"
#include "server/wire/keyed_writes.h"
#include "server/wire/run_call.h"
#include "server/wire/run_plan.h"

namespace rowkeeper::wire {

/// What Run needs of the server. All of it outlives the method.
struct RunBackend {
  exec::Executor* executor = nullptr;
  const exec::Runner* runner = nullptr;
  InDoubtRuns* in_doubt = nullptr;
  KeyedWrites* keyed = nullptr;
  /// Of all responses together; larger ones are refused, and nothing is done then. Bytes.
  size_t max_response_bytes = 8 << 20;
};

/// Run: several calls as one transaction in one round trip. Everything that can be checked is checked before anything
/// is executed. Thread-safe; Start does not block.
class RunMethod {
 public:
  /// `methods` outlive this object. `streams` are the names of those that it refuses because they stream.
  RunMethod(const RunBackend& backend, const std::vector<std::unique_ptr<const RepositoryMethod>>& methods,
            const std::vector<std::string>& streams = {});

  /// An error is the answer; otherwise `exchange` will be answered. `request` is used during the call only.
  absl::Status Start(const v1::RunRequest& request, const CallHeaders& headers,
                     const std::shared_ptr<Exchange>& exchange) const;

 private:
  /// Where and for whom a run is executed.
  struct Place {
    db::Connection& connection;
    db::Cancellation* cancellation = nullptr;
    /// May be null.
    exec::CallTrace* trace = nullptr;
  };

  absl::Status StartKeyed(const v1::RunRequest& request, const std::string& key, std::shared_ptr<const RunPlan> plan,
                          const std::shared_ptr<Exchange>& exchange) const;
  RunCall::CommitResult Execute(const RunPlan& plan, const Place& place, std::string* response) const;
  /// All but COMMIT.
  absl::Status ExecuteCalls(const RunPlan& plan, const Place& place, std::string* response) const;

  const RunBackend backend_;
  MethodsByName methods_;
};

}  // namespace rowkeeper::wire
