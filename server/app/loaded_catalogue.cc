#include "server/app/loaded_catalogue.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "server/base/text.h"
#include "server/sql/tenant_check.h"

namespace rowkeeper::app {

std::unique_ptr<LoadedCatalogue> LoadCatalogue(const CatalogueSettings& settings, catalogue::Diagnostics* diagnostics) {
  auto source = catalogue::Source::Load({settings.proto_paths, settings.files, settings.descriptor_sets}, diagnostics);
  if (source == nullptr) return nullptr;
  auto loaded = std::make_unique<LoadedCatalogue>();
  loaded->catalogue = catalogue::Catalogue::Compile(std::move(source), diagnostics);
  if (loaded->catalogue == nullptr) return nullptr;
  loaded->plans = plan::CompilePlans(*loaded->catalogue, diagnostics);
  if (diagnostics->ok()) sql::CheckTenantStatements(loaded->plans, diagnostics);
  return diagnostics->ok() ? std::move(loaded) : nullptr;
}

std::unique_ptr<LoadedCatalogue> LoadCatalogueOrExplain(const CatalogueSettings& settings,
                                                        catalogue::Diagnostics* diagnostics) {
  if (settings.proto_paths.empty() && settings.descriptor_sets.empty()) {
    std::fputs("rowkeeper: no catalogue: name your .proto files with --proto-path DIR or --descriptor-set FILE\n",
               stderr);
    return nullptr;
  }
  catalogue::Diagnostics own;
  if (diagnostics == nullptr) diagnostics = &own;
  auto loaded = LoadCatalogue(settings, diagnostics);
  if (loaded != nullptr) return loaded;
  int errors = 0;
  for (const catalogue::Diagnostic& diagnostic : diagnostics->Sorted()) {
    if (diagnostic.severity != catalogue::Diagnostic::Severity::kError) continue;
    std::fprintf(stderr, "%s\n", diagnostic.ToString().c_str());
    ++errors;
  }
  std::fprintf(stderr, "rowkeeper: the catalogue has %d mistake%s\n", errors, errors == 1 ? "" : "s");
  return nullptr;
}

const plan::MethodPlan* FindPlanOrExplain(const LoadedCatalogue& loaded, std::string_view method) {
  std::string wanted(method.substr(method.empty() || method[0] != '/' ? 0 : 1));
  std::replace(wanted.begin(), wanted.end(), '/', '.');
  std::vector<const plan::MethodPlan*> found;
  for (const auto& plan : loaded.plans) {
    if (EndsWithName(plan->full_name, wanted)) found.push_back(plan.get());
  }
  if (found.size() == 1) return found[0];
  std::fprintf(stderr, "rowkeeper: %s method \"%s\"; %s:\n", found.empty() ? "there is no" : "more than one",
               wanted.c_str(), found.empty() ? "the methods are" : "name one of");
  for (const auto& plan : loaded.plans) {
    if (found.empty() || std::find(found.begin(), found.end(), plan.get()) != found.end()) {
      std::fprintf(stderr, "  %s\n", plan->full_name.c_str());
    }
  }
  return nullptr;
}

}  // namespace rowkeeper::app
