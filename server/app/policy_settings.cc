#include "server/app/policy_settings.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <utility>

#include "rowkeeper/v1/unit_of_work.pb.h"
#include "server/app/command_line.h"
#include "server/base/text.h"
#include "server/observe/log.h"

namespace rowkeeper::app {
namespace {

using policy::Feature;
using policy::FieldUse;
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
  if (!policies.decides_calls()) return;
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

/// Says how many fields not everybody may touch, if there are any.
void LogFields(const Policies& policies) {
  int hidden = 0;
  int kept = 0;
  for (int field = 0; field < static_cast<int>(policies.fields().size()); ++field) {
    hidden += policies.ReachOfField(FieldUse::kRead, field) == Reach::kEveryone ? 0 : 1;
    kept += policies.ReachOfField(FieldUse::kWrite, field) == Reach::kEveryone ? 0 : 1;
  }
  if (hidden + kept == 0) return;
  observe::Log(
      observe::LogLevel::kInfo, "lists decide who may read and write which fields",
      {{"not_for_all_readers", static_cast<int64_t>(hidden)}, {"not_for_all_writers", static_cast<int64_t>(kept)}});
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
  LogFields(**policies);
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
  for (int field = 0; field < static_cast<int>(policies.fields().size()); ++field) {
    for (const FieldUse use : {FieldUse::kRead, FieldUse::kWrite}) {
      if (policies.ReachOfField(use, field) != Reach::kNobody) continue;
      add(ReachLine(Reach::kNobody, std::string(policy::FieldUseName(use)),
                    Cat("the field ", policies.fields()[static_cast<size_t>(field)].name)));
    }
  }
  if (!policies.decides_calls()) return lines;
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

std::set<std::string> FieldListRules(const catalogue::Catalogue& catalogue) {
  std::set<std::string> rules;
  for (const policy::FieldLists& field : catalogue.policy().fields) {
    for (const FieldUse use : {FieldUse::kRead, FieldUse::kWrite}) {
      const policy::SharedRule& rule = field.Of(use);
      if (rule != nullptr) rules.insert(Cat(policy::FieldUseName(use), " ", field.name, ": ", rule->list.ToString()));
    }
  }
  return rules;
}

std::vector<std::string> FieldLines(const Policies& policies, const plan::MethodPlan& plan,
                                    const identity::Identity* caller) {
  std::vector<const catalogue::Entity*> entities = {plan.entity};
  for (size_t i = 0; i < entities.size(); ++i) {
    for (const catalogue::Relation& relation : entities[i]->relations) {
      if (std::find(entities.begin(), entities.end(), relation.target) == entities.end()) {
        entities.push_back(relation.target);
      }
    }
  }
  std::vector<std::string> lines;
  for (const catalogue::Entity* entity : entities) {
    for (const catalogue::Column& column : entity->columns) {
      for (const FieldUse use : {FieldUse::kRead, FieldUse::kWrite}) {
        const policy::Decision decision = policies.DecideField(use, column.ordinal, caller);
        if (decision.allowed()) continue;
        lines.push_back(Cat("may not ", policy::FieldUseName(use), " ", column.field->full_name(), ": ",
                            decision.catalogue.admits ? decision.file.why : decision.catalogue.why));
      }
    }
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
