#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "rowkeeper/v1/unit_of_work.pb.h"
#include "server/plan/call.h"
#include "server/sql/transaction_sql.h"
#include "server/wire/repository_method.h"

namespace rowkeeper::wire {

/// Methods by full name, "planner.v1.TodoRepository.Create"; nullptr for one that streams, which no run can have.
using MethodsByName = absl::flat_hash_map<std::string, const RepositoryMethod*>;

/// The method that a call names, as MethodsByName has it: callers may write it as a path, too.
std::string MethodNameOf(const v1::RunCall& call);

/// A value that a call of a run takes from the row that an earlier one returned.
struct BorrowedValue {
  /// The arguments of the call that get it.
  std::vector<int> inputs;
  /// The earlier call, and the column of its entity.
  int call = 0;
  int column = 0;
  /// For errors: "calls[2].values[0]", and the path in the earlier response.
  std::string name;
  std::string from;
};

struct PlannedCall {
  const RepositoryMethod* method = nullptr;
  /// Complete but for the texts of borrowed values.
  plan::Call call;
  std::vector<BorrowedValue> values;
};

/// A run that was found to be without mistakes, as far as can be told before anything is executed.
struct RunPlan {
  sql::TransactionMode mode;
  std::vector<PlannedCall> calls;
};

/// `owner`: see Exchange. Errors: INVALID_ARGUMENT with every mistake of the request ("calls[2].values[0].from");
/// PERMISSION_DENIED TENANT_REQUIRED, FIELD_NOT_ALLOWED; FAILED_PRECONDITION UNIT_OF_WORK_READ_ONLY for a write in a
/// read-only run, SCHEMA_MISMATCH for a method that the database does not let be served.
absl::StatusOr<RunPlan> CompileRun(const v1::RunRequest& request, const MethodsByName& methods,
                                   const RequestOwner& owner);

}  // namespace rowkeeper::wire
