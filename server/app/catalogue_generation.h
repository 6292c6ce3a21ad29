#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/app/database_monitor.h"
#include "server/app/loaded_catalogue.h"
#include "server/app/policy_settings.h"
#include "server/app/serving_state.h"
#include "server/app/settings.h"
#include "server/base/built_once.h"
#include "server/db/current_names.h"
#include "server/exec/executor.h"
#include "server/exec/runner.h"
#include "server/status/catalogue_view.h"
#include "server/wire/method_table.h"
#include "server/wire/pipeline/keyed_writes.h"
#include "server/wire/reflection.h"
#include "server/wire/repository_method.h"
#include "server/wire/run_method.h"
#include "server/wire/stream_method.h"
#include "server/wire/stream_registry.h"
#include "server/wire/unit_of_work_service.h"

namespace rowkeeper::app {

/// What all catalogues of a server share, whichever is served. Outlives them all.
struct GenerationParts {
  const ServeSettings* serve = nullptr;
  /// Without what is said of one catalogue.
  const db::ConnectionOptions* connection = nullptr;
  exec::Executor* executor = nullptr;
  const plan::PageTokens* tokens = nullptr;
  wire::KeyedWrites* keyed = nullptr;
  wire::InDoubtRuns* in_doubt = nullptr;
  const wire::UnitsSlot* units = nullptr;
  wire::StreamRegistry* streams = nullptr;
  Identities identities = Identities::kNone;
  Clock* clock = nullptr;
};

/// One catalogue with everything that is made of it: plans, statements, methods, who may call them, and what the
/// database lets be served of them. What a call points into is its generation's alone, and whoever holds `methods` of
/// it keeps all of it. Immutable but for its caches and its ServingState. Thread-safe.
class CatalogueGeneration {
 public:
  /// `number` counts the catalogues that a server has served, from 1. Errors: those of CheckTenantSettings and
  /// OpenPolicies.
  static absl::StatusOr<std::unique_ptr<CatalogueGeneration>> Make(std::shared_ptr<const LoadedCatalogue> loaded,
                                                                   uint64_t number, const GenerationParts& parts);
  /// Nothing of it is used any more; may wait for the database, see StopWatching.
  ~CatalogueGeneration();
  CatalogueGeneration(const CatalogueGeneration&) = delete;
  CatalogueGeneration& operator=(const CatalogueGeneration&) = delete;

  /// How many there are in the process, for tests and metrics.
  static int64_t alive();

  uint64_t number() const { return number_; }
  const LoadedCatalogue& loaded() const { return *loaded_; }
  const wire::MethodTable& methods() const { return *table_; }
  /// What its tables and columns are called; whoever watches the database for it keeps it up to date.
  db::CurrentNames* names() { return names_.get(); }
  const exec::StatementCache& statements() const { return statements_; }
  const wire::SharedCodecs& codecs() const { return codecs_; }
  db::ErrorWords error_words() const { return errors_.Words(); }
  /// Null when everybody may call everything.
  const policy::Policies* policies() const { return policies_.get(); }
  ServingState& serving() { return *serving_; }
  const ServingState& serving() const { return *serving_; }
  /// The services of the catalogue, without the server's own.
  const std::vector<std::string>& services() const { return services_; }
  /// What reflection tells of it; without an owner.
  wire::ReflectedCatalogue Reflected() const;
  /// For the page of the catalogue: made when it is first asked for.
  const status::CatalogueData& described() const;

  /// Has the database watched for it, once.
  void Watch(std::unique_ptr<DatabaseMonitor> monitor);
  /// It is told no more of the database, so that statements ask for names first from then on. Waits for a probe that is
  /// under way.
  void StopWatching();
  std::optional<DatabaseMonitor::Stats> monitor_stats() const;

 private:
  CatalogueGeneration(std::shared_ptr<const LoadedCatalogue> loaded, uint64_t number, const GenerationParts& parts,
                      std::unique_ptr<policy::Policies> policies);
  wire::RequestLimits Limits() const;
  void MakeMethods();
  void MakeStreams(const wire::RepositoryBackend& backend);

  const uint64_t number_;
  const GenerationParts parts_;
  const std::shared_ptr<const LoadedCatalogue> loaded_;
  const std::unique_ptr<policy::Policies> policies_;
  const exec::ErrorContexts errors_;
  const std::shared_ptr<db::CurrentNames> names_;
  exec::StatementCache statements_;
  const wire::SharedCodecs codecs_;
  wire::RequestHasher hasher_;
  const exec::RunnerParts runner_parts_;
  const exec::Runner runner_;
  wire::ServingGate gate_;
  std::vector<std::string> services_;
  std::vector<std::unique_ptr<const wire::RepositoryMethod>> methods_;
  wire::StreamBackend stream_backend_;
  std::vector<std::unique_ptr<const wire::StreamMethod>> streams_;
  std::unique_ptr<const wire::RunMethod> run_;
  std::unique_ptr<const wire::UnitOfWorkService> unit_service_;
  std::unique_ptr<const wire::MethodTable> table_;
  std::unique_ptr<ServingState> serving_;
  const BuiltOnce<status::CatalogueData> described_;
  mutable absl::Mutex mutex_;
  std::unique_ptr<DatabaseMonitor> monitor_ ABSL_GUARDED_BY(mutex_);
};

using SharedGeneration = std::shared_ptr<CatalogueGeneration>;

/// The generation that is served now. Thread-safe.
class ServedGeneration {
 public:
  /// Null before the first.
  SharedGeneration Get() const {
    const absl::ReaderMutexLock lock(&mutex_);
    return now_;
  }
  void Set(SharedGeneration next) {
    const absl::MutexLock lock(&mutex_);
    now_.swap(next);
  }
  /// Why another one is not served, for people, a line for each mistake; empty: there is none, as far as is known.
  std::string problem() const {
    const absl::ReaderMutexLock lock(&mutex_);
    return problem_;
  }
  void SetProblem(std::string problem) {
    const absl::MutexLock lock(&mutex_);
    problem_ = std::move(problem);
  }

 private:
  mutable absl::Mutex mutex_;
  SharedGeneration now_ ABSL_GUARDED_BY(mutex_);
  std::string problem_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::app
