#include "server/app/admin_pages.h"
#include "server/app/server_process.h"
#include "server/observe/counters.h"

namespace rowkeeper::app {

// What operators see of a server.

void ServerProcess::MakeMetrics() {
  operators_ = std::make_unique<OperatorActions>(options_.serve.admin_token, service_.get(), &units_slot_);
  MeasuredParts parts;
  parts.operators = operators_.get();
  parts.sessions = options_.connection.counters.get();
  parts.memory = memory_.get();
  parts.pool = &pool_;
  parts.executor = executor_.get();
  parts.resolver = resolver_.get();
  parts.keyed = &keyed_writes_;
  parts.units = &units_slot_;
  parts.streams = stream_registry_.get();
  parts.service = service_.get();
  parts.health = &health_;
  parts.server = server_.get();
  parts.certificates = certificates_.get();
  parts.tokens = callers_.tokens.get();
  parts.traces = tracing_.get();
  parts.catalogue = &catalogue_.served();
  parts.registration = registration_.get();
  parts.migrations = pending_migrations_.get();
  parts.sweeper = sweeper_.get();
  metrics_ = std::make_unique<ServerMetrics>(parts);
  history_ = std::make_unique<observe::CallHistory>(&observe::Counters::Process(), &timers_, [this] {
    return observe::LoadSample{static_cast<uint32_t>(pool_.stats().leased),
                               static_cast<uint32_t>(executor_->stats().queued)};
  });
}

StatusSources ServerProcess::MakeStatusSources() const {
  StatusSources sources;
  sources.clock = &timers_.clock();
  sources.readiness = &readiness_;
  sources.catalogue = &catalogue_.served();
  sources.migrations = pending_migrations_.get();
  sources.pool = &pool_;
  sources.executor = executor_.get();
  sources.units = &units_slot_;
  sources.service = service_.get();
  sources.operators = operators_.get();
  sources.history = history_.get();
  sources.configuration = options_.configuration;
  sources.addresses = addresses();
  return sources;
}

absl::Status ServerProcess::ListenForAdmin() {
  if (absl::Status status = CheckAdminToken(options_.serve.admin_token); !status.ok()) return status;
  auto admin = StartAdminServer(
      options_.serve.admin_listen,
      {&heartbeat_, &readiness_, metrics_.get(), &catalogue_.served(), options_.configuration, MakeStatusSources()});
  if (!admin.ok()) return admin.status();
  admin_ = *std::move(admin);
  metrics_->SetAdmin(admin_.get());
  return absl::OkStatus();
}

}  // namespace rowkeeper::app
