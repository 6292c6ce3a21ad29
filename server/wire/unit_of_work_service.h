#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/plan/call.h"
#include "server/plan/page/page_token.h"
#include "server/policy/policies.h"
#include "server/uow/units_of_work.h"
#include "server/wire/dynamic_service.h"
#include "server/wire/exchange.h"
#include "server/wire/headers.h"
#include "server/wire/run_method.h"
#include "server/wire/serving_gate.h"
#include "server/wire/units_slot.h"

namespace rowkeeper::wire {

/// Full name of the service.
inline constexpr std::string_view kUnitOfWorkService = "rowkeeper.v1.UnitOfWork";

/// What the service needs of the server. All of it outlives the service.
struct UnitOfWorkBackend {
  const UnitsSlot* units = nullptr;
  const ServingGate* gate = nullptr;
  const RunMethod* run = nullptr;
  /// The most that the header rowkeeper-debug may ask of Run.
  DebugLevel debug = DebugLevel::kCost;
  /// Of List.
  const plan::PageTokens* tokens = nullptr;
  plan::PageLimits pages = {};
  /// Null: everybody may call everything.
  const policy::Policies* policies = nullptr;
  /// Whether List shows the units of other callers where there are no policies.
  enum class Others : uint8_t { kShown, kHidden } others = Others::kShown;
};

/// rowkeeper.v1.UnitOfWork: requests are checked here, the registry of units does the work. The handle of a unit may
/// come in the request's field, in the header, or in both alike. Thread-safe; nothing blocks.
class UnitOfWorkService {
 public:
  explicit UnitOfWorkService(const UnitOfWorkBackend& backend);

  /// The service's methods, which must not outlive it.
  std::vector<DynamicMethod> methods() const;

 private:
  using SharedExchange = std::shared_ptr<Exchange>;
  using Reference = uow::UnitsOfWork::Reference;

  struct Incoming {
    SharedExchange exchange;
    RowkeeperHeaders headers;
    uow::UnitsOfWork* units = nullptr;
  };
  /// An error is the answer; otherwise the answer is given, or will be.
  using Start = absl::Status (UnitOfWorkService::*)(const Incoming&) const;

  struct Method {
    std::string name;
    std::string path;
    ServedMethod served;
    Start start = nullptr;
    /// Executes repository methods, and takes the headers of these.
    bool runs_methods = false;
    /// Ends a unit or tells how it ended: let in when memory is full.
    bool passes_first = false;
  };

  void AddMethod(std::string_view name, Start start);
  /// What a method is to the policies, if there are any.
  policy::Subject SubjectOf(const Method& method) const;
  /// Of whom List shows units: of the caller, or, empty, of all.
  std::string ShownCaller(Exchange* exchange) const;
  void Serve(const Method& method, UnaryRpc rpc) const;
  absl::Status StartMethod(const Method& method, const SharedExchange& exchange) const;

  absl::Status Begin(const Incoming& incoming) const;
  absl::Status Commit(const Incoming& incoming) const;
  absl::Status Rollback(const Incoming& incoming) const;
  absl::Status Savepoint(const Incoming& incoming) const;
  absl::Status RollbackTo(const Incoming& incoming) const;
  absl::Status Release(const Incoming& incoming) const;
  absl::Status Get(const Incoming& incoming) const;
  absl::Status List(const Incoming& incoming) const;
  absl::Status Run(const Incoming& incoming) const;

  const UnitOfWorkBackend backend_;
  std::vector<std::unique_ptr<Method>> methods_;
};

}  // namespace rowkeeper::wire
