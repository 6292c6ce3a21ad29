#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

#include "server/app/command_line.h"
#include "server/app/commands.h"
#include "server/app/loaded_catalogue.h"
#include "server/app/policy_settings.h"
#include "server/base/text.h"

namespace rowkeeper::app {
namespace {

using identity::Identity;
using policy::Principal;

/// Exit code when the answer is no.
constexpr int kExitNotAllowed = 3;
/// A caller of whom nothing but its roles is said.
constexpr char kSomebody[] = "jwt:somebody";

struct PolicyOptions {
  CatalogueSettings catalogue;
  std::string file;
  std::vector<std::string> as;
  std::string method;
};

/// The caller that --as describes; null inside: an anonymous one.
class DescribedCaller {
 public:
  absl::Status Add(const std::string& text) {
    const absl::StatusOr<Principal> principal = Principal::Parse(text);
    if (!principal.ok()) {
      return absl::InvalidArgumentError(
          Cat("--as: ", std::string(principal.status().message()), "; ", policy::kPrincipalRemedy));
    }
    switch (principal->kind()) {
      case Principal::Kind::kRole:
        identity_.roles.push_back(principal->value());
        return absl::OkStatus();
      case Principal::Kind::kCaller:
        if (!identity_.name.empty()) return absl::InvalidArgumentError("--as: name one caller only");
        identity_.name = principal->value();
        return absl::OkStatus();
      case Principal::Kind::kAuthenticated:
        authenticated_ = true;
        return absl::OkStatus();
      case Principal::Kind::kAnonymous:
        anonymous_ = true;
        return absl::OkStatus();
      case Principal::Kind::kCallersBelow:
      case Principal::Kind::kEveryone:
        return absl::InvalidArgumentError(Cat("--as ", text, " is more than one caller; name one of them"));
    }
    return absl::OkStatus();
  }

  absl::Status Complete() {
    const bool has_identity = authenticated_ || !identity_.name.empty() || !identity_.roles.empty();
    if (anonymous_ && has_identity) {
      return absl::InvalidArgumentError("--as anonymous stands alone: such a caller has no name and no roles");
    }
    if (HasPrefix(identity_.name, "spiffe:") && !identity_.roles.empty()) {
      return absl::InvalidArgumentError("--as: certificates have no roles; leave out the roles or the SPIFFE ID");
    }
    if (identity_.name.empty()) identity_.name = kSomebody;
    std::sort(identity_.roles.begin(), identity_.roles.end());
    return absl::OkStatus();
  }

  const Identity* get() const { return anonymous_ ? nullptr : &identity_; }

 private:
  Identity identity_;
  bool authenticated_ = false;
  bool anonymous_ = false;
};

/// nullopt after an explanation on standard error.
std::optional<NamedSubject> FindSubjectOrExplain(const policy::Policies& policies, std::string name) {
  if (!name.empty() && name[0] == '/') name.erase(0, 1);
  std::replace(name.begin(), name.end(), '/', '.');
  std::vector<NamedSubject> found;
  const std::vector<NamedSubject> all = AllSubjects(policies);
  for (const NamedSubject& subject : all) {
    if (EndsWithName(subject.name, name)) found.push_back(subject);
  }
  if (found.size() == 1) return found.front();
  std::fprintf(stderr, "rowkeeper: %s method or feature \"%s\"; %s:\n", found.empty() ? "there is no" : "more than one",
               name.c_str(), found.empty() ? "there are" : "name one of");
  for (const NamedSubject& subject : found.empty() ? all : found) std::fprintf(stderr, "  %s\n", subject.name.c_str());
  return std::nullopt;
}

int ExplainPolicy(const PolicyOptions& options) {
  DescribedCaller caller;
  absl::Status status;
  for (const std::string& text : options.as) status.Update(caller.Add(text));
  status.Update(caller.Complete());
  if (!status.ok()) {
    Fail(status);
    return kExitUsage;
  }
  const auto loaded = LoadCatalogueOrExplain(options.catalogue);
  if (loaded == nullptr) return kExitFailure;
  const auto policies = ReadPolicies(*loaded->catalogue, options.file);
  if (!policies.ok()) return Fail(policies.status());
  if (*policies == nullptr) {
    std::printf("allowed: neither the catalogue nor a policy file has lists, so whoever is let in may do everything\n");
    return kExitOk;
  }
  const std::optional<NamedSubject> subject = FindSubjectOrExplain(**policies, options.method);
  if (!subject.has_value()) return kExitFailure;
  const policy::Decision decision = (*policies)->Decide(subject->subject, caller.get());
  std::printf("%s: %s\n", subject->name.c_str(), decision.allowed() ? "allowed" : "not allowed");
  for (const policy::Opinion& opinion : {decision.catalogue, decision.file}) {
    std::printf("  %s %s\n", opinion.admits ? "yes:" : "no: ", opinion.why.c_str());
  }
  for (const auto& plan : loaded->plans) {
    if (plan->full_name != subject->name) continue;
    for (const std::string& line : FieldLines(**policies, *plan, caller.get())) std::printf("  %s\n", line.c_str());
  }
  return decision.allowed() ? kExitOk : kExitNotAllowed;
}

}  // namespace

void AddPolicyCommand(CLI::App* root, Command* command) {
  CLI::App* parent = root->add_subcommand("policy", "Tell who may call what");
  parent->require_subcommand(1);
  parent->footer("Run `rowkeeper policy COMMAND --help` for the options and an example of each.");
  CLI::App* explain = parent->add_subcommand("explain", "Tell whether a caller may call a method, and why");
  auto options = std::make_shared<PolicyOptions>();
  explain->add_option("method", options->method, "A method, or an ending of its name, or a feature such as reflection")
      ->required();
  explain
      ->add_option("--as", options->as,
                   "Who calls: role:NAME, caller:NAME, authenticated or anonymous; may be repeated")
      ->type_name("NAME")
      ->required();
  AddCatalogueOptions(explain, &options->catalogue);
  AddPolicyOption(explain, &options->file);
  AddConfigOption(explain);
  explain->footer(
      "Exit code 3 if it is not allowed.\n"
      "Examples:\n"
      "  rowkeeper policy explain --as role:billing InvoiceRepository.Create --proto-path proto\n"
      "  rowkeeper policy explain --as caller:jwt:alice --as role:ops debug --proto-path proto --policy-file "
      "policy.toml");
  explain->callback([command, options] { *command = [options] { return ExplainPolicy(*options); }; });
}

}  // namespace rowkeeper::app
