#pragma once

#include <memory>
#include <vector>

#include "server/app/settings.h"
#include "server/catalogue/catalogue.h"
#include "server/catalogue/diagnostics.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::app {

/// A catalogue with the plans of its methods, which point into it.
struct LoadedCatalogue {
  std::unique_ptr<const catalogue::Catalogue> catalogue;
  std::vector<std::unique_ptr<const plan::MethodPlan>> plans;
};

/// Loads and compiles what the settings name. nullptr when there are mistakes; they, and warnings, are in
/// `diagnostics`.
std::unique_ptr<LoadedCatalogue> LoadCatalogue(const CatalogueSettings& settings, catalogue::Diagnostics* diagnostics);

/// The same for a command: prints mistakes to standard error, one a line, with their number. Warnings are left in
/// `diagnostics` when it is given.
std::unique_ptr<LoadedCatalogue> LoadCatalogueOrExplain(const CatalogueSettings& settings,
                                                        catalogue::Diagnostics* diagnostics = nullptr);

/// The plan of a method given as "planner.v1.TodoRepository.GetById", ".../GetById" or an unambiguous ending of it;
/// nullptr after an explanation on standard error.
const plan::MethodPlan* FindPlanOrExplain(const LoadedCatalogue& loaded, std::string_view method);

}  // namespace rowkeeper::app
