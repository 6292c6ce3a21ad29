#pragma once

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/admin/admin_server.h"
#include "server/app/catalogue_generation.h"
#include "server/app/catalogue_reload.h"
#include "server/app/idempotency_sweeper.h"
#include "server/app/pending_migrations.h"
#include "server/app/server_registration.h"
#include "server/app/trace_settings.h"
#include "server/base/memory_budget.h"
#include "server/db/pool.h"
#include "server/exec/executor.h"
#include "server/exec/statement_cache.h"
#include "server/identity/token_verifier.h"
#include "server/net/tls_certificates.h"
#include "server/observe/exposition.h"
#include "server/uow/transaction.h"
#include "server/wire/dynamic_service.h"
#include "server/wire/health.h"
#include "server/wire/pipeline/keyed_writes.h"
#include "server/wire/server.h"
#include "server/wire/stream_registry.h"
#include "server/wire/units_slot.h"

namespace rowkeeper::app {

class OperatorActions;

/// The parts of a server that count something. A part that is null has nothing to tell.
struct MeasuredParts {
  const db::SessionCounters* sessions = nullptr;
  const MemoryBudget* memory = nullptr;
  const db::Pool* pool = nullptr;
  const exec::Executor* executor = nullptr;
  const uow::CommitResolver* resolver = nullptr;
  const wire::KeyedWrites* keyed = nullptr;
  const wire::UnitsSlot* units = nullptr;
  const wire::StreamRegistry* streams = nullptr;
  const wire::DynamicService* service = nullptr;
  const wire::HealthService* health = nullptr;
  const wire::GrpcServer* server = nullptr;
  const net::TlsCertificates* certificates = nullptr;
  const identity::TokenVerifier* tokens = nullptr;
  const Tracing* traces = nullptr;
  const ServedGeneration* catalogue = nullptr;
  const ServerRegistration* registration = nullptr;
  const PendingMigrations* migrations = nullptr;
  const IdempotencySweeper* sweeper = nullptr;
  const OperatorActions* operators = nullptr;
  /// Of SetReload and SetAdmin.
  const CatalogueReload* reload = nullptr;
  const admin::AdminServer* admin = nullptr;
};

/// The one place where the counters of all parts get the names that operators know them by; the table in
/// proto/reference/metrics.md has every one of them. Thread-safe.
class ServerMetrics {
 public:
  /// What `parts` points to lives until Close.
  explicit ServerMetrics(const MeasuredParts& parts) : parts_(parts) {}

  /// For the parts that begin after scrapes may come.
  void SetReload(const CatalogueReload* reload);
  void SetAdmin(const admin::AdminServer* admin);
  /// What a scrape gets: Exposition::Text. Reads a few locks of the parts, each for a moment.
  std::string Text() const;
  /// Waits for a scrape that is under way. What comes after it gets only what is the process's own.
  void Close();

 private:
  mutable absl::Mutex mutex_;
  MeasuredParts parts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::app
