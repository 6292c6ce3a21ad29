#pragma once

#include <CLI/CLI.hpp>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/catalogue/catalogue.h"
#include "server/identity/identity.h"
#include "server/observe/exposition.h"
#include "server/plan/method_plan.h"
#include "server/policy/policies.h"

namespace rowkeeper::app {

CLI::Option* AddPolicyOption(CLI::App* command, std::string* file);

/// Of a catalogue and the file of --policy-file (empty: none), for a command: what the file says now. Null: there is
/// nothing to decide. Errors: those of policy::Policies::Open.
absl::StatusOr<std::unique_ptr<policy::Policies>> ReadPolicies(const catalogue::Catalogue& catalogue,
                                                               const std::string& file);

/// The same for a server: the file is watched. Says in the log how many methods nobody or everybody may call, and when
/// no caller can have an identity although lists ask for one. `clock` outlives the result.
enum class Identities : uint8_t { kProvable, kNone };
absl::StatusOr<std::unique_ptr<policy::Policies>> OpenPolicies(const catalogue::Catalogue& catalogue,
                                                               const std::string& file, Identities identities,
                                                               Clock* clock);

/// What decisions can be asked about, by its name: a repository's method, one of rowkeeper.v1.UnitOfWork, or a feature.
struct NamedSubject {
  std::string name;
  policy::Subject subject;
};
std::vector<NamedSubject> AllSubjects(const policy::Policies& policies);

/// What `check` says of fields that nobody may touch, and of methods and features that nobody or everyone may use, one
/// line each.
std::vector<std::string> ReachLines(const policy::Policies& policies);

/// The lists for fields of `catalogue`, as texts that are equal where the lists are.
std::set<std::string> FieldListRules(const catalogue::Catalogue& catalogue);

/// What `caller` (null: anonymous) may not do with the fields that a call of `plan` can be about, relations included.
std::vector<std::string> FieldLines(const policy::Policies& policies, const plan::MethodPlan& plan,
                                    const identity::Identity* caller);

void AddPolicies(const policy::PolicyStats& stats, observe::Exposition* out);

}  // namespace rowkeeper::app
