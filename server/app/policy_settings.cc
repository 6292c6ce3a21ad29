#include "server/app/policy_settings.h"

#include <google/protobuf/descriptor.h>

#include <utility>

#include "rowkeeper/v1/unit_of_work.pb.h"
#include "server/app/command_line.h"
#include "server/base/text.h"
#include "server/observe/log.h"

namespace rowkeeper::app {
namespace {

using policy::Feature;
using policy::Policies;
using policy::Reach;

/// "nobody may use units of work (units_of_work)"; empty when some may and others not.
std::string ReachLine(Reach reach, const std::string& verb, const std::string& what) {
  switch (reach) {
    case Reach::kNobody:
      return Cat("nobody may ", verb, " ", what);
    case Reach::kEveryone:
      return Cat("everyone may ", verb, " ", what);
    case Reach::kSome:
      return "";
  }
  return "";
}

void LogReach(const Policies& policies) {
  int nobody = 0;
  int everyone = 0;
  for (const std::string& method : policies.methods()) {
    const Reach reach = policies.ReachOf(policies.Of(method));
    nobody += reach == Reach::kNobody ? 1 : 0;
    everyone += reach == Reach::kEveryone ? 1 : 0;
  }
  observe::Log(observe::LogLevel::kInfo, "policies decide who may call what",
               {{"methods", static_cast<int64_t>(policies.methods().size())},
                {"for_nobody", static_cast<int64_t>(nobody)},
                {"for_everyone", static_cast<int64_t>(everyone)}});
}

}  // namespace

CLI::Option* AddPolicyOption(CLI::App* command, std::string* file) {
  return AddOption(command, "--policy-file", file,
                   "Who may call what, beside what the catalogue says: a call needs the permission of both. Read again "
                   "when the file changes")
      ->type_name("FILE");
}

absl::StatusOr<std::unique_ptr<Policies>> ReadPolicies(const catalogue::Catalogue& catalogue, const std::string& file) {
  return Policies::Open({catalogue.policy(), file, Policies::Options::Watch::kNever}, &Clock::System());
}

absl::StatusOr<std::unique_ptr<Policies>> OpenPolicies(const catalogue::Catalogue& catalogue, const std::string& file,
                                                       Identities identities, Clock* clock) {
  auto policies = Policies::Open({catalogue.policy(), file, Policies::Options::Watch::kEverySecond}, clock);
  if (!policies.ok() || *policies == nullptr) return policies;
  LogReach(**policies);
  if (identities == Identities::kNone) {
    observe::Log(
        observe::LogLevel::kWarning,
        "callers have no way to prove who they are, so policies see anonymous callers only; give --jwt-keys or "
        "--tls-client-certs");
  }
  return policies;
}

std::vector<NamedSubject> AllSubjects(const Policies& policies) {
  std::vector<NamedSubject> subjects;
  for (const std::string& method : policies.methods()) subjects.push_back({method, policies.Of(method)});
  const google::protobuf::ServiceDescriptor& units = *v1::BeginRequest::descriptor()->file()->service(0);
  for (int i = 0; i < units.method_count(); ++i) {
    const bool is_run = units.method(i)->name() == "Run";
    subjects.push_back({units.method(i)->full_name(), policies.Of(is_run ? Feature::kRun : Feature::kUnitsOfWork)});
  }
  for (size_t i = 0; i < policy::kFeatures; ++i) {
    const auto feature = static_cast<Feature>(i);
    subjects.push_back({std::string(policy::FeatureName(feature)), policies.Of(feature)});
  }
  return subjects;
}

std::vector<std::string> ReachLines(const Policies& policies) {
  std::vector<std::string> lines;
  const auto add = [&lines](std::string line) {
    if (!line.empty()) lines.push_back(std::move(line));
  };
  for (const std::string& method : policies.methods()) {
    add(ReachLine(policies.ReachOf(policies.Of(method)), "call", method));
  }
  for (size_t i = 0; i < policy::kFeatures; ++i) {
    const auto feature = static_cast<Feature>(i);
    add(ReachLine(policies.ReachOf(policies.Of(feature)), "use",
                  Cat(policy::FeatureWords(feature), " (", policy::FeatureName(feature), ")")));
  }
  return lines;
}

void AddPolicies(const policy::PolicyStats& stats, observe::Exposition* out) {
  out->Add({"rowkeeper_policy_file_loads_total", observe::MetricType::kCounter, "Times that the policy file was taken"},
           static_cast<double>(stats.loads_total));
  out->Add({"rowkeeper_policy_file_load_failures_total", observe::MetricType::kCounter,
            "Problems that kept a changed policy file from being taken"},
           static_cast<double>(stats.load_failures_total));
}

}  // namespace rowkeeper::app
