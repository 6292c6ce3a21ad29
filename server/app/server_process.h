#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/admin/admin_server.h"
#include "server/app/database.h"
#include "server/app/database_monitor.h"
#include "server/app/delayed_start.h"
#include "server/app/heap_trimmer.h"
#include "server/app/heartbeat.h"
#include "server/app/idempotency_sweeper.h"
#include "server/app/identity_settings.h"
#include "server/app/loaded_catalogue.h"
#include "server/app/operator_actions.h"
#include "server/app/pending_migrations.h"
#include "server/app/readiness.h"
#include "server/app/server_metrics.h"
#include "server/app/serving_state.h"
#include "server/app/settings.h"
#include "server/app/statement_watch.h"
#include "server/app/status_pages.h"
#include "server/app/trace_settings.h"
#include "server/base/memory_budget.h"
#include "server/base/timers.h"
#include "server/db/pool.h"
#include "server/exec/executor.h"
#include "server/net/tls_certificates.h"
#include "server/observe/call_history.h"
#include "server/uow/transaction.h"
#include "server/uow/units_of_work.h"
#include "server/wire/health.h"
#include "server/wire/in_doubt_runs.h"
#include "server/wire/pipeline/keyed_writes.h"
#include "server/wire/reflection.h"
#include "server/wire/repository_method.h"
#include "server/wire/run_method.h"
#include "server/wire/server.h"
#include "server/wire/stream_method.h"
#include "server/wire/unit_of_work_service.h"

namespace rowkeeper::app {

class LiveSettings;

struct ServerProcessOptions {
  ServeSettings serve;
  PoolSettings pool;
  db::ConnectionOptions connection;
  /// Of every limit of the server. Outlives it.
  Clock* clock = &Clock::System();
  /// For the page /config, which is left out when it is null. Outlives the server.
  const LiveSettings* configuration = nullptr;
};

/// The composition root: everything that serves a catalogue, made in the order of the data flow and ended in the
/// reverse.
class ServerProcess {
 public:
  /// Listens at once, and waits for nothing: connections are accepted when the database was probed once, and health
  /// says SERVING when it is reachable and fits. Errors: an address that cannot be used. `loaded` outlives the process.
  static absl::StatusOr<std::unique_ptr<ServerProcess>> Start(const LoadedCatalogue& loaded,
                                                              const ServerProcessOptions& options);
  ~ServerProcess();

  const std::vector<std::string>& addresses() const { return server_->BoundAddresses(); }
  /// Of the admin listener; empty when there is none.
  std::string admin_address() const { return admin_ == nullptr ? std::string() : admin_->address(); }
  /// What is served, and what is not and why. Thread-safe.
  ServingReport serving() const { return serving_->report(); }
  /// On which its limits ring; of ServerProcessOptions::clock.
  Timers& timers() { return timers_; }
  /// What a scrape of its metrics gets; see ServerMetrics. Thread-safe.
  std::string MetricsText() const { return metrics_->Text(); }
  const MemoryBudget& memory() const { return *memory_; }
  /// The statements that calls have needed so far.
  const exec::StatementCache& statements() const { return statements_; }
  const wire::SharedCodecs& codecs() const { return codecs_; }
  /// Not serving from now on. Open units of work and then running calls get the drain timeout in all; what is left is
  /// rolled back, cancelled and told so. Units are rolled back a second before the end, or a quarter of the timeout,
  /// and calls are answered in the meantime: so whoever asks after a unit hears what became of it. Call once.
  void Shutdown();

 private:
  ServerProcess(const LoadedCatalogue& loaded, const ServerProcessOptions& options, size_t memory_bytes);
  absl::Status Listen();
  absl::Status ListenForAdmin();
  /// All that is known of their limits before the server listens.
  absl::Status CheckUnits();
  /// Knows where the server listens.
  void MakeUnits();
  void MakeServices();
  void MakeStreams(const wire::RepositoryBackend& backend);
  std::vector<std::string> StreamNames() const;
  void AnnounceServices();
  void MakeMetrics();
  StatusSources MakeStatusSources() const;
  /// Takes everything that runs down, in the order of the calls' way back; what is down already stays so.
  void Stop();
  void OnDatabaseChange(const DatabaseState& state);
  void LogBehind(const DatabaseState& state);

  const LoadedCatalogue& loaded_;
  /// Of the rows of all connections, and of all messages.
  const std::shared_ptr<MemoryBudget> memory_;
  const exec::ErrorContexts errors_;
  /// With the session limits that follow from others, and what connections know about errors.
  const ServerProcessOptions options_;
  Timers timers_;
  /// Outlives all calls. Null: none is traced.
  std::unique_ptr<Tracing> tracing_;
  const Heartbeat heartbeat_;
  const HeapTrimmer heap_trimmer_;
  Readiness readiness_;
  const std::vector<plan::PageTokens::Key> token_keys_;
  const plan::PageTokens tokens_;
  exec::StatementCache statements_;
  const wire::SharedCodecs codecs_;
  const exec::RunnerParts runner_parts_;
  const exec::Runner runner_;
  db::Pool pool_;
  std::unique_ptr<exec::Executor> executor_;
  /// Of units and runs.
  const std::shared_ptr<uow::CommitResolver> resolver_;
  wire::InDoubtRuns in_doubt_runs_;
  wire::KeyedWrites keyed_writes_;
  std::unique_ptr<IdempotencySweeper> sweeper_;
  std::unique_ptr<PendingMigrations> pending_migrations_;
  uow::UnitOptions unit_options_;
  std::unique_ptr<uow::UnitsOfWork> units_;
  wire::UnitsSlot units_slot_;
  wire::ServingGate gate_;
  CallerCheck callers_;
  /// Null when everybody may call everything.
  std::unique_ptr<policy::Policies> policies_;
  /// Of the monitor's callbacks alone, which come one at a time.
  std::string behind_;
  wire::HealthService health_;
  std::unique_ptr<ServingState> serving_;
  std::unique_ptr<wire::Reflection> reflection_;
  std::vector<std::unique_ptr<const wire::RepositoryMethod>> methods_;
  std::unique_ptr<wire::StreamRegistry> stream_registry_;
  wire::StreamBackend stream_backend_;
  std::vector<std::unique_ptr<const wire::StreamMethod>> streams_;
  std::unique_ptr<const wire::RunMethod> run_;
  std::unique_ptr<const wire::UnitOfWorkService> unit_service_;
  std::unique_ptr<wire::DynamicService> service_;
  std::unique_ptr<PeriodicTimer> unread_responses_;
  std::unique_ptr<OperatorActions> operators_;
  /// Null without TLS.
  std::unique_ptr<net::TlsCertificates> certificates_;
  std::unique_ptr<wire::GrpcServer> server_;
  /// Of connections, when the database was probed for the first time.
  std::unique_ptr<DelayedStart> accepting_;
  std::unique_ptr<ServerMetrics> metrics_;
  std::unique_ptr<observe::CallHistory> history_;
  std::unique_ptr<DatabaseMonitor> monitor_;
  std::unique_ptr<StatementWatch> watch_;
  /// Its pages read from all the others.
  std::unique_ptr<admin::AdminServer> admin_;
};

}  // namespace rowkeeper::app
