#include "server/catalogue/access.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "server/catalogue/options.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;
using Texts = pb::RepeatedPtrField<std::string>;

/// "shop/v1/product.proto:12", without the line where nobody knows it.
template <typename Descriptor>
std::string PlaceOf(const Descriptor& at, const pb::FileDescriptor& file) {
  pb::SourceLocation location;
  if (!at.GetSourceLocation(&location)) return file.name();
  return absl::StrCat(file.name(), ":", location.start_line + 1);
}

template <typename Descriptor>
std::optional<policy::Rule> CompileList(const Descriptor& at, const std::string& what,
                                        const std::vector<std::string>& texts, std::string place,
                                        Diagnostics* diagnostics) {
  if (texts.empty()) return std::nullopt;
  absl::StatusOr<policy::AllowList> list = policy::AllowList::Parse(texts);
  if (list.ok()) return policy::Rule{*std::move(list), std::move(place)};
  diagnostics->Error(at, absl::StrCat(what, ": ", list.status().message()), std::string(policy::kPrincipalRemedy));
  return std::nullopt;
}

/// By policy::Feature.
std::array<const Texts*, policy::kFeatures> ListsOf(const v1::Access& access) {
  return {&access.units_of_work(),    &access.all_units(), &access.run(),
          &access.idempotency_keys(), &access.debug(),     &access.reflection()};
}

}  // namespace

FeatureRules CompileAccess(const Source& source, Diagnostics* diagnostics) {
  FeatureRules rules;
  for (const pb::FileDescriptor* file : source.files()) {
    const v1::Access access = ReadOptions(*file).GetExtension(v1::access);
    const auto lists = ListsOf(access);
    for (size_t i = 0; i < lists.size(); ++i) {
      const std::string name(policy::FeatureName(static_cast<policy::Feature>(i)));
      std::optional<policy::Rule> rule = CompileList(*file, absl::StrCat("(rowkeeper.v1.access).", name),
                                                     {lists[i]->begin(), lists[i]->end()}, file->name(), diagnostics);
      if (!rule.has_value()) continue;
      if (rules[i].has_value()) {
        diagnostics->Error(*file, absl::StrCat("(rowkeeper.v1.access).", name, " is in ", rules[i]->place, " too"),
                           "write the list in one file, with all who may");
        continue;
      }
      rules[i] = std::move(rule);
    }
  }
  return rules;
}

std::optional<policy::Rule> CompileAllow(const pb::ServiceDescriptor& service, const std::vector<std::string>& allow,
                                         Diagnostics* diagnostics) {
  return CompileList(service, "allow", allow, PlaceOf(service, *service.file()), diagnostics);
}

std::optional<policy::Rule> CompileAllow(const pb::MethodDescriptor& method, const std::vector<std::string>& allow,
                                         Diagnostics* diagnostics) {
  return CompileList(method, "allow", allow, PlaceOf(method, *method.service()->file()), diagnostics);
}

policy::SharedRule CompileFieldList(const pb::FieldDescriptor& field, policy::FieldUse use,
                                    const std::vector<std::string>& callers, Diagnostics* diagnostics) {
  std::optional<policy::Rule> rule =
      CompileList(field, std::string(policy::FieldUseName(use)), callers, PlaceOf(field, *field.file()), diagnostics);
  return rule.has_value() ? std::make_shared<const policy::Rule>(*std::move(rule)) : nullptr;
}

}  // namespace rowkeeper::catalogue
