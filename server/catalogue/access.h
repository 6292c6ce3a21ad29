#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "server/catalogue/diagnostics.h"
#include "server/catalogue/source.h"
#include "server/policy/allow_list.h"
#include "server/policy/feature.h"
#include "server/policy/field_rules.h"

namespace rowkeeper::catalogue {

/// By policy::Feature; nullopt where no file has a list.
using FeatureRules = std::array<std::optional<policy::Rule>, policy::kFeatures>;

/// The lists of (rowkeeper.v1.access) in all files together. Mistakes go to `diagnostics`.
FeatureRules CompileAccess(const Source& source, Diagnostics* diagnostics);

/// The `allow` of a service or method; nullopt when it has none, or after a mistake, which goes to `diagnostics`.
std::optional<policy::Rule> CompileAllow(const google::protobuf::ServiceDescriptor& service,
                                         const std::vector<std::string>& allow, Diagnostics* diagnostics);
std::optional<policy::Rule> CompileAllow(const google::protobuf::MethodDescriptor& method,
                                         const std::vector<std::string>& allow, Diagnostics* diagnostics);

/// `read` or `write`, which `use` says, of a field; null as above.
policy::SharedRule CompileFieldList(const google::protobuf::FieldDescriptor& field, policy::FieldUse use,
                                    const std::vector<std::string>& callers, Diagnostics* diagnostics);

}  // namespace rowkeeper::catalogue
