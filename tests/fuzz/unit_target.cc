#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>

#include "rowkeeper/v1/unit_of_work.pb.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/plan/batch/import_response.h"
#include "server/wire/repository_method.h"
#include "server/wire/run_plan.h"
#include "server/wire/unit_of_work_messages.h"
#include "tests/fuzz/example_plans.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/targets.h"

namespace rowkeeper::fuzz {
namespace {

/// The methods that a run may call, which never run here.
class RunMethods {
 public:
  RunMethods() : tokens_(plan::PageTokens::DeriveKey("fuzz")), gate_(Examples().plans) {
    wire::RepositoryBackend backend;
    backend.tokens = &tokens_;
    backend.gate = &gate_;
    backend.codecs = &codecs_;
    for (const auto& plan : Examples().plans) {
      if (plan::IsStreaming(*plan)) {
        by_name_[plan->full_name] = nullptr;
        continue;
      }
      methods_.push_back(std::make_unique<wire::RepositoryMethod>(plan.get(), backend));
      by_name_[plan->full_name] = methods_.back().get();
    }
  }
  const std::vector<std::unique_ptr<wire::RepositoryMethod>>& all() const { return methods_; }
  const wire::MethodsByName& by_name() const { return by_name_; }

 private:
  const plan::PageTokens tokens_;
  const wire::ServingGate gate_;
  const wire::SharedCodecs codecs_;
  std::vector<std::unique_ptr<wire::RepositoryMethod>> methods_;
  wire::MethodsByName by_name_;
};

const RunMethods& RunnableMethods() {
  static const auto* const kMethods = new RunMethods();
  return *kMethods;
}

std::string CheckBegin(std::string_view input) {
  v1::BeginRequest request;
  if (!request.ParseFromArray(input.data(), static_cast<int>(input.size()))) return "";
  const auto options = wire::ReadBegin(request);
  if (options.ok() || options.status().code() == absl::StatusCode::kInvalidArgument) return "";
  return Cat("Begin: ", options.status().ToString());
}

std::string CheckRun(std::string_view input) {
  v1::RunRequest request;
  if (!request.ParseFromArray(input.data(), static_cast<int>(input.size()))) return "";
  const auto plan = wire::CompileRun(request, RunnableMethods().by_name(), {});
  if (!plan.ok()) {
    const bool expected = plan.status().code() == absl::StatusCode::kInvalidArgument ||
                          ReasonOf(plan.status()) == Reason::kUnitOfWorkReadOnly;
    return expected ? "" : Cat("Run: ", plan.status().ToString());
  }
  if (plan->calls.size() != static_cast<size_t>(request.calls_size())) return "a run has other calls";
  for (size_t i = 0; i < plan->calls.size(); ++i) {
    for (const wire::BorrowedValue& value : plan->calls[i].values) {
      if (value.call < 0 || static_cast<size_t>(value.call) >= i) return "a value comes from a later call";
    }
  }
  return "";
}

std::string CheckUnit(std::string_view input) {
  static const google::protobuf::LogSilencer kSilencer;  // it tells of each invalid string
  if (input.empty()) return "";
  const bool begin = input.front() % 2 == 0;
  input.remove_prefix(1);
  return begin ? CheckBegin(input) : CheckRun(input);
}

/// Most calls are of methods that there are, with requests that they take.
void FillCall(v1::RunCall* call, Random* random) {
  const auto& methods = RunnableMethods().all();
  const plan::MethodPlan& plan = methods[static_cast<size_t>(random->Below(static_cast<int>(methods.size())))]->plan();
  static auto* const messages = new google::protobuf::DynamicMessageFactory();
  std::unique_ptr<google::protobuf::Message> request(messages->GetPrototype(plan.method->input_type())->New());
  Randomize(request.get(), 1 + random->Below(3), 1 + random->Below(6), random);
  call->set_method(plan.full_name);
  call->mutable_request()->set_type_url("type.googleapis.com/" + plan.method->input_type()->full_name());
  call->mutable_request()->set_value(request->SerializePartialAsString());
}

std::string MakeUnit(Random* random) {
  if (random->OneIn(4)) {
    v1::BeginRequest request;
    Randomize(&request, 2, 6, random);
    return '\0' + request.SerializePartialAsString();
  }
  v1::RunRequest request;
  for (int calls = 1 + random->Below(4); calls > 0; --calls) {
    v1::RunCall* const call = request.add_calls();
    if (random->OneIn(4)) Randomize(call, 2, 6, random);
    FillCall(call, random);
  }
  return '\1' + request.SerializePartialAsString();
}

std::string MutateUnit(const std::string& input, Random* random) {
  if (input.empty()) return MakeUnit(random);
  return input.front() + Mutate(input.substr(1), random);
}

}  // namespace

Target UnitTarget() { return {"unit", CheckUnit, MakeUnit, MutateUnit}; }

}  // namespace rowkeeper::fuzz
