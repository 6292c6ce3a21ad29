#pragma once

#include <string>
#include <vector>

#include "server/admin/admin_server.h"
#include "server/app/effective_settings.h"
#include "server/app/loaded_catalogue.h"
#include "server/app/operator_actions.h"
#include "server/app/pending_migrations.h"
#include "server/app/readiness.h"
#include "server/db/pool.h"
#include "server/exec/executor.h"
#include "server/observe/call_history.h"
#include "server/status/catalogue_view.h"
#include "server/status/methods.h"
#include "server/status/migrations.h"
#include "server/status/overview.h"
#include "server/wire/dynamic_service.h"
#include "server/wire/units_slot.h"

namespace rowkeeper::app {

class ServedGeneration;

/// What the status pages tell of. All but `configuration` are set, and outlive the pages.
struct StatusSources {
  Clock* clock = nullptr;
  const Readiness* readiness = nullptr;
  const ServedGeneration* catalogue = nullptr;
  const PendingMigrations* migrations = nullptr;
  const db::Pool* pool = nullptr;
  const exec::Executor* executor = nullptr;
  const wire::UnitsSlot* units = nullptr;
  wire::DynamicService* service = nullptr;
  OperatorActions* operators = nullptr;
  const observe::CallHistory* history = nullptr;
  /// For the page of settings; there is none when it is null.
  const LiveSettings* configuration = nullptr;
  /// That the server listens on.
  std::vector<std::string> addresses;
};

/// /status and the pages below it, each as HTML for people and as JSON for programs, with their style sheet, for this
/// machine alone. The page of what runs takes forms of operators. Everything that a page shows was read at one moment,
/// with a few locks held for a moment each.
std::vector<admin::Page> MakeStatusPages(const StatusSources& sources);

/// All of `sources` that the overview shows.
status::OverviewData ReadOverview(const StatusSources& sources);

/// All of `sources` that the page of methods shows.
status::MethodsData ReadMethods(const StatusSources& sources);

/// All of `sources` that the page of migrations shows.
status::MigrationsData ReadMigrations(const StatusSources& sources);

/// What `loaded` serves.
status::CatalogueData ReadCatalogue(const LoadedCatalogue& loaded);

/// The settings in force, by group.
status::View MakeSettingsView(const std::vector<EffectiveSetting>& settings, Clock::wall_time_point now);

}  // namespace rowkeeper::app
