#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/admin/admin_server.h"
#include "server/app/catalogue_reload.h"
#include "server/app/catalogue_switch.h"
#include "server/app/database.h"
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
#include "server/app/server_registration.h"
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
#include "server/wire/server.h"
#include "server/wire/stream_registry.h"
#include "server/wire/units_slot.h"

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
  /// Where the catalogue is read from again; nullopt: it stays as it is.
  std::optional<CatalogueFiles> files = std::nullopt;
};

/// The composition root: everything that serves a catalogue, made in the order of the data flow and ended in the
/// reverse.
class ServerProcess {
 public:
  /// Listens at once, and waits for nothing: connections are accepted when the database was probed once, and health
  /// says SERVING when it is reachable and fits. Errors: an address that cannot be used.
  static absl::StatusOr<std::unique_ptr<ServerProcess>> Start(std::shared_ptr<const LoadedCatalogue> loaded,
                                                              const ServerProcessOptions& options);
  /// The same of one that outlives the process.
  static absl::StatusOr<std::unique_ptr<ServerProcess>> Start(const LoadedCatalogue& loaded,
                                                              const ServerProcessOptions& options) {
    return Start(std::shared_ptr<const LoadedCatalogue>(std::shared_ptr<void>(), &loaded), options);
  }
  ~ServerProcess();

  const std::vector<std::string>& addresses() const { return server_->BoundAddresses(); }
  /// Of the admin listener; empty when there is none.
  std::string admin_address() const { return admin_ == nullptr ? std::string() : admin_->address(); }
  /// What is served, and what is not and why. Thread-safe.
  ServingReport serving() const { return catalogue_.Get()->serving().report(); }
  /// Has the catalogue read again soon, whether its files have changed or not; nothing where it stays as it is. Does
  /// not wait. Thread-safe.
  void ReloadCatalogue();
  /// Which catalogue is served, and which is about to be. For one thread at a time, and not beside
  /// ServerProcessOptions::files.
  CatalogueSwitch& catalogue() { return catalogue_; }
  /// On which its limits ring; of ServerProcessOptions::clock.
  Timers& timers() { return timers_; }
  /// What a scrape of its metrics gets; see ServerMetrics. Thread-safe.
  std::string MetricsText() const { return metrics_->Text(); }
  const MemoryBudget& memory() const { return *memory_; }
  /// The statements that calls have needed so far. This and the next: of what is served, until something else is.
  const exec::StatementCache& statements() const { return catalogue_.Get()->statements(); }
  const wire::SharedCodecs& codecs() const { return catalogue_.Get()->codecs(); }
  /// Not serving from now on. Open units of work and then running calls get the drain timeout in all; what is left is
  /// rolled back, cancelled and told so. Units are rolled back a second before the end, or a quarter of the timeout,
  /// and calls are answered in the meantime: so whoever asks after a unit hears what became of it. Call once.
  void Shutdown();

 private:
  ServerProcess(const ServerProcessOptions& options, size_t memory_bytes);
  CatalogueSwitch::Hooks MakeHooks();
  GenerationParts MakeGenerationParts();
  void Watch(const SharedGeneration& generation);
  /// `next` is served from now on, in place of `before`.
  void Serve(const SharedGeneration& next, const SharedGeneration& before);
  /// Errors are told in its words.
  void SetErrorWords(const CatalogueGeneration& generation);
  /// In the words of the database, as far as `generation` is what is served.
  void SetReadiness(const CatalogueGeneration& generation);
  absl::Status Listen();
  absl::Status ListenForAdmin();
  /// All that is known of their limits before the server listens.
  absl::Status CheckUnits();
  absl::Status CheckCallers();
  /// Connections are accepted later on.
  void PrepareAccepting();
  /// Knows where the server listens.
  void MakeUnits();
  void MakeServices();
  /// Knows the server's address.
  void MakeRegistration();
  void MakeStreams();
  void MakeMetrics();
  StatusSources MakeStatusSources() const;
  /// Takes everything that runs down, in the order of the calls' way back; what is down already stays so.
  void Stop();
  void OnDatabaseChange(CatalogueGeneration* generation, const DatabaseState& state);
  void LogBehind(const DatabaseState& state);

  /// Of the rows of all connections, and of all messages.
  const std::shared_ptr<MemoryBudget> memory_;
  const std::shared_ptr<db::ServedErrorWords> errors_;
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
  CallerCheck callers_;
  absl::Mutex readiness_mutex_;
  /// That of the log.
  std::string behind_ ABSL_GUARDED_BY(readiness_mutex_);
  wire::HealthService health_;
  std::unique_ptr<wire::StreamRegistry> stream_registry_;
  std::unique_ptr<ServerRegistration> registration_;
  CatalogueSwitch catalogue_;
  std::unique_ptr<wire::Reflection> reflection_;
  std::unique_ptr<wire::DynamicService> service_;
  std::unique_ptr<PeriodicTimer> unread_responses_;
  std::unique_ptr<OperatorActions> operators_;
  /// Null without TLS.
  std::unique_ptr<net::TlsCertificates> certificates_;
  std::unique_ptr<wire::GrpcServer> server_;
  /// Of connections, when the database was probed and keys of tokens were fetched for the first time, or could not be.
  std::shared_ptr<DelayedStart> accepting_;
  std::unique_ptr<ServerMetrics> metrics_;
  std::unique_ptr<observe::CallHistory> history_;
  std::unique_ptr<StatementWatch> watch_;
  /// Null where the catalogue stays as it is.
  std::unique_ptr<CatalogueReload> reload_;
  /// Its pages read from all the others.
  std::unique_ptr<admin::AdminServer> admin_;
};

}  // namespace rowkeeper::app
