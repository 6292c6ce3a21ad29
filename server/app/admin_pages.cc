#include "server/app/admin_pages.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "server/app/admin_fit.h"
#include "server/app/admin_statements.h"
#include "server/app/effective_settings.h"
#include "server/base/text.h"
#include "server/observe/log.h"

namespace rowkeeper::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kHttpUnavailable = 503;

std::string Write(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

admin::PageAnswer RenderLiveness(const Heartbeat& heartbeat) {
  if (heartbeat.Alive()) return {200, "OK\n"};
  return {kHttpUnavailable, Cat("the server's timers have not rung for ", Heartbeat::kLongestPause.count(), " s\n")};
}

admin::PageAnswer RenderReadiness(const Readiness& readiness) {
  Json obstacles = Json::array();
  for (const Readiness::Obstacle& obstacle : readiness.Obstacles()) {
    obstacles.push_back({{"reason", obstacle.reason}, {"message", obstacle.message}});
  }
  const int status = obstacles.empty() ? 200 : kHttpUnavailable;
  return {status, Write(Json{{"ready", obstacles.empty()}, {"obstacles", std::move(obstacles)}})};
}

absl::Status ForFlag(const absl::Status& status) {
  return absl::Status(status.code(), ToAbsl(Cat("--admin-listen: ", std::string(status.message()),
                                                "; `--admin-listen none` turns the admin listener off")));
}

}  // namespace

std::vector<admin::Page> MakeAdminPages(const AdminSources& sources) {
  std::vector<admin::Page> pages;
  pages.push_back({"/livez", "text/plain; charset=utf-8",
                   [heartbeat = sources.heartbeat] { return RenderLiveness(*heartbeat); }, admin::Audience::kAnyone});
  pages.push_back({"/readyz", "application/json",
                   [readiness = sources.readiness] { return RenderReadiness(*readiness); }, admin::Audience::kAnyone});
  pages.push_back({"/metrics", "text/plain; version=0.0.4; charset=utf-8",
                   [metrics = sources.metrics] {
                     return admin::PageAnswer{200, metrics->Text()};
                   },
                   admin::Audience::kAnyone});
  // What follows is for this machine alone, as pages are that do not say otherwise.
  pages.push_back({"/fit", "application/json",
                   [catalogue = sources.catalogue] { return RenderFit(catalogue->Get()->serving().report()); }});
  pages.push_back({"/statements", "application/json", [catalogue = sources.catalogue] {
                     return admin::PageAnswer{200, StatementsJson(catalogue->Get()->statements())};
                   }});
  if (sources.configuration != nullptr) {
    pages.push_back({"/config", "application/json", [settings = sources.configuration] {
                       return admin::PageAnswer{200, settings->Json()};
                     }});
  }
  for (admin::Page& page : MakeStatusPages(sources.status)) pages.push_back(std::move(page));
  return pages;
}

bool IsNoAdminListener(const std::string& setting) { return setting.empty() || setting == "none"; }

absl::Status CheckAdminAddress(const std::string& setting) {
  if (IsNoAdminListener(setting)) return absl::OkStatus();
  ListenAddress address;
  const absl::Status status = ParseListenAddress(setting, &address);
  return status.ok() ? status : ForFlag(status);
}

absl::StatusOr<std::unique_ptr<admin::AdminServer>> StartAdminServer(const std::string& setting,
                                                                     const AdminSources& sources) {
  if (IsNoAdminListener(setting)) return nullptr;
  ListenAddress address;
  if (absl::Status status = ParseListenAddress(setting, &address); !status.ok()) return ForFlag(status);
  auto server = admin::AdminServer::Start(address, MakeAdminPages(sources));
  if (!server.ok()) return ForFlag(server.status());
  observe::Log(observe::LogLevel::kInfo, "admin listener", {{"address", (*server)->address()}});
  return server;
}

}  // namespace rowkeeper::app
