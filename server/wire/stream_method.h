#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/plan/method_plan.h"
#include "server/wire/dynamic_service.h"
#include "server/wire/exchange.h"
#include "server/wire/stream_session.h"

namespace rowkeeper::wire {

/// Serves one streaming method. Thread-safe; nothing here blocks.
class StreamMethod {
 public:
  virtual ~StreamMethod() = default;
  StreamMethod(const StreamMethod&) = delete;
  StreamMethod& operator=(const StreamMethod&) = delete;

  /// An import or an export; see plan::IsStreaming. `plan` and `backend` outlive it.
  static std::unique_ptr<const StreamMethod> Make(const plan::MethodPlan* plan, const StreamBackend* backend);

  const plan::MethodPlan& plan() const { return *plan_; }
  const ServedMethod& served() const { return served_; }
  /// What it is to the policies, if there are any.
  policy::Subject subject() const { return subject_; }
  virtual void Serve(StreamRpc rpc) const = 0;

 protected:
  StreamMethod(const plan::MethodPlan* plan, const StreamBackend* backend);

  const plan::MethodPlan* const plan_;
  const StreamBackend* const backend_;
  const ServedMethod served_;
  const ServingGate::MethodStatus* const serving_;
  const policy::Subject subject_;
};

/// The gRPC form of `methods`, which must outlive the service.
std::vector<DynamicStream> ToDynamicStreams(const std::vector<std::unique_ptr<const StreamMethod>>& methods);

}  // namespace rowkeeper::wire
