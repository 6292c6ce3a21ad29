#include "server/policy/policy_file.h"

#include <toml++/toml.h>

#include <algorithm>
#include <utility>

#include "server/base/text.h"

namespace rowkeeper::policy {
namespace {

constexpr std::string_view kAll = "*";
constexpr std::string_view kAllOfService = ".*";

/// "shop.v1.ProductRepository.*" of "shop.v1.ProductRepository.Create".
std::string PatternOfService(std::string_view method) {
  return Cat(method.substr(0, method.rfind('.')), kAllOfService);
}

bool IsKnownMethod(const std::string& key, const std::vector<std::string>& methods) {
  return std::any_of(methods.begin(), methods.end(), [&key](const std::string& method) {
    return key == kAll || key == method || key == PatternOfService(method);
  });
}

std::string FeatureNames() {
  std::string names;
  for (size_t i = 0; i < kFeatures; ++i) names += Cat(i == 0 ? "" : ", ", FeatureName(static_cast<Feature>(i)));
  return names;
}

}  // namespace

/// Reads one file; ends with the first mistake.
class PolicyFileReader {
 public:
  PolicyFileReader(const std::string& path, const std::vector<std::string>& methods) : path_(path), methods_(methods) {}

  absl::StatusOr<PolicyFile> Read(const toml::table& file) {
    for (const auto& [key, node] : file) {
      const std::string name(key.str());
      const toml::table* const table = node.as_table();
      if (name != "methods" && name != "features") {
        return Refuse(node, Cat("there is no table \"", name, "\"; write [methods] and [features]"));
      }
      if (table == nullptr) return Refuse(node, Cat(name, " is no table; write [", name, "]"));
      absl::Status status = name == "methods" ? ReadMethods(*table) : ReadFeatures(*table);
      if (!status.ok()) return status;
    }
    return std::move(result_);
  }

  absl::Status Refuse(const toml::source_position& at, std::string_view problem) const {
    return absl::FailedPreconditionError(Cat(kPolicyFlag, " ", path_, ":", at.line, ": ", problem));
  }

 private:
  absl::Status Refuse(const toml::node& at, std::string_view problem) const {
    return Refuse(at.source().begin, problem);
  }

  absl::Status ReadMethods(const toml::table& table) {
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      if (node.is_table()) return Refuse(node, Cat("\"", name, "\" is a table; write names with dots in quotes"));
      if (!IsKnownMethod(name, methods_)) {
        return Refuse(node, Cat("the catalogue has no method \"", name,
                                "\"; write package.Service.Method, package.Service.* or *"));
      }
      if (absl::Status status = AddRule(name, node, &result_.methods_); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status ReadFeatures(const toml::table& table) {
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      if (name != kAll && !FeatureFromName(name).has_value()) {
        return Refuse(node, Cat("there is no feature \"", name, "\"; the features are ", FeatureNames()));
      }
      if (absl::Status status = AddRule(name, node, &result_.features_); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status AddRule(const std::string& name, const toml::node& node, PolicyFile::Rules* rules) const {
    const toml::array* const list = node.as_array();
    const bool texts = list != nullptr && std::all_of(list->begin(), list->end(),
                                                      [](const toml::node& element) { return element.is_string(); });
    if (!texts) return Refuse(node, Cat("\"", name, "\" is no list of texts; write [\"role:NAME\"]"));
    std::vector<std::string> principals;
    for (const toml::node& element : *list) principals.push_back(element.as_string()->get());
    absl::StatusOr<AllowList> parsed = AllowList::Parse(principals);
    if (!parsed.ok()) return Refuse(node, Cat(std::string(parsed.status().message()), "; ", kPrincipalRemedy));
    const std::string place = Cat(path_, ":", node.source().begin.line);
    rules->emplace(name, std::make_shared<const Rule>(Rule{*std::move(parsed), place}));
    return absl::OkStatus();
  }

  const std::string& path_;
  const std::vector<std::string>& methods_;
  PolicyFile result_;
};

absl::StatusOr<PolicyFile> PolicyFile::Parse(const std::string& path, const std::string& text,
                                             const std::vector<std::string>& methods) {
  PolicyFileReader reader(path, methods);
  try {
    return reader.Read(toml::parse(text, path));
  } catch (const toml::parse_error& error) {
    return reader.Refuse(error.source().begin, Cat("is not TOML: ", std::string(error.description())));
  }
}

PolicyFile::SharedRule PolicyFile::Find(const Rules& rules, std::string_view name) {
  const auto found = rules.find(name);
  return found == rules.end() ? nullptr : found->second;
}

PolicyFile::SharedRule PolicyFile::OfMethod(std::string_view full_name) const {
  if (SharedRule rule = Find(methods_, full_name); rule != nullptr) return rule;
  if (SharedRule rule = Find(methods_, PatternOfService(full_name)); rule != nullptr) return rule;
  return Find(methods_, kAll);
}

PolicyFile::SharedRule PolicyFile::OfFeature(Feature feature) const {
  if (SharedRule rule = Find(features_, FeatureName(feature)); rule != nullptr) return rule;
  return Find(features_, kAll);
}

}  // namespace rowkeeper::policy
