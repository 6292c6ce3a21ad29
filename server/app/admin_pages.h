#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/admin/admin_server.h"
#include "server/app/catalogue_generation.h"
#include "server/app/heartbeat.h"
#include "server/app/readiness.h"
#include "server/app/server_metrics.h"
#include "server/app/status_pages.h"

namespace rowkeeper::app {

class LiveSettings;

/// What the pages of the admin listener tell of. Pointers outlive it.
struct AdminSources {
  const Heartbeat* heartbeat = nullptr;
  const Readiness* readiness = nullptr;
  const ServerMetrics* metrics = nullptr;
  const ServedGeneration* catalogue = nullptr;
  /// For the page /config; there is none when it is null.
  const LiveSettings* configuration = nullptr;
  StatusSources status;
};

std::vector<admin::Page> MakeAdminPages(const AdminSources& sources);

/// Whether a value of --admin-listen means no listener.
bool IsNoAdminListener(const std::string& setting);

/// OK for a value of --admin-listen that is an address or says that there is none.
absl::Status CheckAdminAddress(const std::string& setting);

/// Listens at `setting`, or gives nullptr where it says not to. Errors name the flag and what to do.
absl::StatusOr<std::unique_ptr<admin::AdminServer>> StartAdminServer(const std::string& setting,
                                                                     const AdminSources& sources);

}  // namespace rowkeeper::app
