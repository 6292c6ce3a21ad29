#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/catalogue/entity.h"
#include "server/plan/method_plan.h"
#include "tests/support/in_process_server.h"

namespace rowkeeper::testing {

using RowsByEntity = std::map<const catalogue::Entity*, std::vector<std::unique_ptr<google::protobuf::Message>>>;

/// A request of a method, with everything that the method takes.
struct TenantCall {
  const plan::MethodPlan* plan = nullptr;
  std::string request;
  /// What it is, for messages of a test.
  std::string shown;
};

/// Calls of every method of the server's catalogue about each of `rows`: with and without deleted rows, with right and
/// wrong versions, with relations of two levels. The same rows give the same calls.
std::vector<TenantCall> CallsAbout(InProcessServer* server, const RowsByEntity& rows);

/// Whether the field `name` of a response of the method has another value each time.
bool IsNewEachTime(const plan::MethodPlan& plan, const std::string& name);

}  // namespace rowkeeper::testing
