#include "server/wire/run_plan.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <optional>

#include "server/base/error_details.h"
#include "server/base/errors.h"
#include "server/base/reason.h"
#include "server/base/text.h"
#include "server/base/unit_of_work_errors.h"
#include "server/wire/run_values.h"
#include "server/wire/unit_of_work_messages.h"

namespace rowkeeper::wire {
namespace {

constexpr int kMaxCalls = 100;

class Compiler {
 public:
  Compiler(const v1::RunRequest& request, const MethodsByName& methods, const RequestOwner& owner)
      : request_(request), methods_(methods), owner_(owner) {}

  absl::StatusOr<RunPlan> Compile() {
    RunPlan plan;
    plan.mode = ReadMode(request_.transaction(), "transaction", &violations_);
    CheckName(request_.label(), "label", uow::kMaxLabelBytes, &violations_);
    if (request_.calls().empty()) violations_.Add("calls", "is required; give at least one call");
    if (request_.calls_size() > kMaxCalls) {
      violations_.Add("calls", Cat("has ", request_.calls_size(), " calls; at most ", kMaxCalls, " are allowed"));
      return violations_.ToStatus();
    }
    for (int i = 0; i < request_.calls_size(); ++i) calls_.push_back(CompileCall(i));
    if (!refusal_.ok()) return refusal_;
    if (!violations_.empty()) return violations_.ToStatus();
    for (auto& planned : calls_) plan.calls.push_back(*std::move(planned));
    if (absl::Status status = CheckReadOnly(plan); !status.ok()) return status;
    if (absl::Status status = CheckServed(plan); !status.ok()) return status;
    return plan;
  }

 private:
  /// nullopt after a violation.
  std::optional<PlannedCall> CompileCall(int index) {
    const v1::RunCall& call = request_.calls(index);
    const std::string field = Cat("calls[", index, "]");
    PlannedCall planned;
    planned.method = FindMethod(MethodNameOf(call), Cat(field, ".method"));
    if (planned.method == nullptr) return std::nullopt;
    plan::Request request;
    if (!Decode(call, *planned.method, Cat(field, ".request"), &request)) return std::nullopt;
    for (int i = 0; i < call.values_size(); ++i) {
      auto value = ResolveValue(call.values(i), Cat(field, ".values[", i, "]"), planned, index, calls_, &violations_);
      if (!value.has_value()) continue;
      for (int input : value->inputs) request.arguments[static_cast<size_t>(input)] = {true, ""};
      planned.values.push_back(*std::move(value));
    }
    planned.method->reader().GiveTo(owner_, &request);
    if (IsDenied(planned, index, request.fields)) return std::nullopt;
    absl::StatusOr<plan::Call> bound = planned.method->reader().Bind(std::move(request));
    if (bound.status().code() == absl::StatusCode::kPermissionDenied) {
      refusal_.Update(WithMetadata(bound.status(), "call", Cat(index), Cat("calls[", index, "]: ")));
      return std::nullopt;
    }
    if (!bound.ok()) {
      violations_.AddUnder(Cat(field, ".request"), bound.status());
      return std::nullopt;
    }
    planned.call = *std::move(bound);
    return planned;
  }

  /// Whether a value that the call takes from an earlier one is of a field that the caller may not read.
  bool IsDenied(const PlannedCall& planned, int index, const policy::FieldAccess& fields) {
    if (!fields.restricts() || request_.calls(index).values().empty()) return false;
    const absl::Status status = violations_.ToStatus();
    if (ReasonOf(status) != Reason::kFieldNotAllowed) return false;
    if (refusal_.ok()) LogDeniedField(planned.method->plan(), fields, status);
    refusal_.Update(WithMetadata(status, "call", Cat(index), Cat("calls[", index, "]: ")));
    return true;
  }

  const RepositoryMethod* FindMethod(const std::string& name, const std::string& field) {
    const auto found = methods_.find(name);
    if (found != methods_.end() && found->second == nullptr) {
      violations_.Add(field, "is a stream, and a run has calls with one request and one response; call it by itself");
    }
    if (found != methods_.end()) return found->second;
    violations_.Add(field, name.empty() ? "is required; name a repository's method"
                                        : Cat("there is no repository method \"", name,
                                              "\" here; write it as package.Service.Method"));
    return nullptr;
  }

  bool Decode(const v1::RunCall& call, const RepositoryMethod& method, const std::string& field,
              plan::Request* request) {
    const std::string& wanted = method.plan().method->input_type()->full_name();
    const std::string& url = call.request().type_url();
    const std::string given = url.substr(url.rfind('/') + 1);
    if (given != wanted) {
      violations_.Add(field, given.empty() ? Cat("is required; pack a ", wanted, " into it")
                                           : Cat("holds a ", given, ", and the method takes a ", wanted));
      return false;
    }
    const absl::Status status = method.reader().Decode(call.request().value(), request);
    violations_.AddUnder(field, status);
    return status.ok();
  }

  static absl::Status CheckReadOnly(const RunPlan& plan) {
    if (!plan.mode.read_only) return absl::OkStatus();
    for (size_t i = 0; i < plan.calls.size(); ++i) {
      const std::string& name = plan.calls[i].method->plan().full_name;
      if (plan.calls[i].method->plan().reads_only()) continue;
      return WithMetadata(UnitOfWorkReadOnly(name), "call", Cat(i), Cat("calls[", i, "] (", name, "): "));
    }
    return absl::OkStatus();
  }

  static absl::Status CheckServed(const RunPlan& plan) {
    for (size_t i = 0; i < plan.calls.size(); ++i) {
      const RepositoryMethod& method = *plan.calls[i].method;
      const absl::Status status = method.CheckServed(plan.calls[i].call);
      if (status.ok()) continue;
      return WithMetadata(status, "call", Cat(i), Cat("calls[", i, "] (", method.plan().full_name, "): "));
    }
    return absl::OkStatus();
  }

  const v1::RunRequest& request_;
  const MethodsByName& methods_;
  const RequestOwner& owner_;
  FieldViolations violations_;
  /// Whatever else is wrong, the caller may not call one of the methods.
  absl::Status refusal_;
  std::vector<std::optional<PlannedCall>> calls_;
};

}  // namespace

std::string MethodNameOf(const v1::RunCall& call) {
  std::string name = call.method();
  if (!name.empty() && name[0] == '/') {
    name.erase(0, 1);
    std::replace(name.begin(), name.end(), '/', '.');
  }
  return name;
}

absl::StatusOr<RunPlan> CompileRun(const v1::RunRequest& request, const MethodsByName& methods,
                                   const RequestOwner& owner) {
  return Compiler(request, methods, owner).Compile();
}

}  // namespace rowkeeper::wire
