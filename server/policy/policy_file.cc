#include "server/policy/policy_file.h"

#include <toml++/toml.h>

#include <algorithm>
#include <utility>

#include "server/base/text.h"

namespace rowkeeper::policy {
namespace {

constexpr std::string_view kAll = "*";
constexpr std::string_view kAllBelow = ".*";

/// "shop.v1.ProductRepository.*" of "shop.v1.ProductRepository.Create".
std::string PatternOver(std::string_view name) { return Cat(name.substr(0, name.rfind('.')), kAllBelow); }

bool Covers(const std::string& key, const std::string& name) {
  return key == kAll || key == name || key == PatternOver(name);
}

bool IsKnownMethod(const std::string& key, const std::vector<std::string>& methods) {
  return std::any_of(methods.begin(), methods.end(), [&key](const std::string& method) { return Covers(key, method); });
}

bool IsKnownField(const std::string& key, const std::vector<FieldLists>& fields) {
  return std::any_of(fields.begin(), fields.end(), [&key](const FieldLists& field) { return Covers(key, field.name); });
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
  PolicyFileReader(const std::string& path, const PolicyFile::Names& names) : path_(path), names_(names) {}

  absl::StatusOr<PolicyFile> Read(const toml::table& file) {
    for (const auto& [key, node] : file) {
      const std::string name(key.str());
      const toml::table* const table = node.as_table();
      if (name != "methods" && name != "features" && name != "fields") {
        return Refuse(node, Cat("there is no table \"", name, "\"; write [methods], [features] and [fields]"));
      }
      if (table == nullptr) return Refuse(node, Cat(name, " is no table; write [", name, "]"));
      absl::Status status = name == "methods"    ? ReadMethods(*table)
                            : name == "features" ? ReadFeatures(*table)
                                                 : ReadFields(*table);
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
      if (!IsKnownMethod(name, names_.methods)) {
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

  absl::Status ReadFields(const toml::table& table) {
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      if (!IsKnownField(name, names_.fields)) {
        return Refuse(node, Cat("the catalogue has no field \"", name,
                                "\"; write package.Entity.field in quotes, package.Entity.* or *"));
      }
      const toml::table* const lists = node.as_table();
      if (lists == nullptr) {
        return Refuse(node, Cat("\"", name, "\" has no lists; write {read = [\"role:NAME\"], write = []}"));
      }
      for (const auto& [use, list] : *lists) {
        if (absl::Status status = ReadFieldList(name, std::string(use.str()), list); !status.ok()) return status;
      }
    }
    return absl::OkStatus();
  }

  absl::Status ReadFieldList(const std::string& name, const std::string& use_name, const toml::node& list) {
    if (use_name != "read" && use_name != "write") {
      return Refuse(list, Cat("\"", use_name, "\" is no list of a field; write read or write"));
    }
    const FieldUse use = use_name == "read" ? FieldUse::kRead : FieldUse::kWrite;
    for (const FieldLists& field : names_.fields) {
      if (field.name != name || field.Never(use).empty()) continue;
      return Refuse(list, Cat("\"", name, "\" can have no list for ", use_name, ": ", field.Never(use)));
    }
    return AddRule(name, list, use == FieldUse::kRead ? &result_.reads_ : &result_.writes_);
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
  const PolicyFile::Names& names_;
  PolicyFile result_;
};

absl::StatusOr<PolicyFile> PolicyFile::Parse(const std::string& path, const std::string& text, const Names& names) {
  PolicyFileReader reader(path, names);
  try {
    return reader.Read(toml::parse(text, path));
  } catch (const toml::parse_error& error) {
    return reader.Refuse(error.source().begin, Cat("is not TOML: ", std::string(error.description())));
  }
}

SharedRule PolicyFile::Find(const Rules& rules, std::string_view name) {
  const auto found = rules.find(name);
  return found == rules.end() ? nullptr : found->second;
}

SharedRule PolicyFile::FindLongest(const Rules& rules, std::string_view name) {
  if (SharedRule rule = Find(rules, name); rule != nullptr) return rule;
  if (SharedRule rule = Find(rules, PatternOver(name)); rule != nullptr) return rule;
  return Find(rules, kAll);
}

SharedRule PolicyFile::OfMethod(std::string_view full_name) const { return FindLongest(methods_, full_name); }

SharedRule PolicyFile::OfField(FieldUse use, const FieldLists& field) const {
  if (!field.Never(use).empty()) return nullptr;
  return FindLongest(use == FieldUse::kRead ? reads_ : writes_, field.name);
}

SharedRule PolicyFile::OfFeature(Feature feature) const {
  if (SharedRule rule = Find(features_, FeatureName(feature)); rule != nullptr) return rule;
  return Find(features_, kAll);
}

}  // namespace rowkeeper::policy
