#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "rowkeeper/v1/unit_of_work.pb.h"
#include "server/exec/runner.h"
#include "server/policy/policies.h"
#include "server/wire/exchange.h"
#include "server/wire/headers.h"
#include "server/wire/pipeline/keyed_writes.h"
#include "server/wire/pipeline/own_transaction.h"
#include "server/wire/request_hash.h"
#include "server/wire/run_plan.h"

namespace rowkeeper::wire {

/// What Run needs of the server. All of it outlives the method.
struct RunBackend {
  OwnTransaction::Backend transactions;
  const exec::Runner* runner = nullptr;
  KeyedWrites* keyed = nullptr;
  RequestHasher* hasher = nullptr;
  /// Of all responses together; larger ones are refused, and nothing is done then. Bytes.
  size_t max_response_bytes = 8 << 20;
  /// Null: everybody may call everything.
  const policy::Policies* policies = nullptr;
};

/// Run: several calls as one transaction in one round trip. Everything that can be checked is checked before anything
/// is executed. Thread-safe; Start does not block.
class RunMethod {
 public:
  /// `methods` outlive this object. `streams` are the names of those that it refuses because they stream.
  RunMethod(const RunBackend& backend, const std::vector<std::unique_ptr<const RepositoryMethod>>& methods,
            const std::vector<std::string>& streams = {});

  /// An error is the answer; otherwise `exchange` will be answered. `request` is used during the call only.
  absl::Status Start(const v1::RunRequest& request, const RowkeeperHeaders& headers,
                     const std::shared_ptr<Exchange>& exchange) const;

 private:
  /// Whether the caller may call each method by itself, before anything else is said about the run.
  absl::Status CheckCalls(const v1::RunRequest& request, Exchange* exchange) const;
  /// Whether the run is one write that needs no transaction of ours to be all or nothing.
  static bool IsOneStatement(const RunPlan& plan, const Exchange& exchange);
  void StartOneStatement(const std::shared_ptr<RunPlan>& plan, const std::shared_ptr<Exchange>& exchange) const;
  void StartTransaction(const std::shared_ptr<const RunPlan>& plan, const std::shared_ptr<Exchange>& exchange) const;
  /// All calls of the run, in its transaction.
  Work CallsOf(std::shared_ptr<const RunPlan> plan) const;
  absl::Status StartKeyed(const v1::RunRequest& request, const std::string& key,
                          const std::shared_ptr<const RunPlan>& plan, const std::shared_ptr<Exchange>& exchange) const;
  absl::StatusOr<std::string> RunCalls(const RunPlan& plan, db::Connection& connection,
                                       db::Cancellation* cancellation) const;

  const RunBackend backend_;
  MethodsByName methods_;
};

}  // namespace rowkeeper::wire
