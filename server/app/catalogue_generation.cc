#include "server/app/catalogue_generation.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "server/app/status_pages.h"
#include "server/app/tenant_settings.h"
#include "server/plan/batch/import_response.h"
#include "server/wire/debug_header.h"

namespace rowkeeper::app {
namespace {

std::atomic<int64_t>& Alive() {
  static std::atomic<int64_t> alive{0};
  return alive;
}

size_t KibibytesOf(int count) { return static_cast<size_t>(count) * 1024; }

/// So many that a piece of an export with as many rows as it may have is no larger than a response.
int64_t LargeRowBytes(const ServeSettings& settings) {
  return static_cast<int64_t>(KibibytesOf(settings.max_response_kib)) / settings.streams.export_rows + 1;
}

}  // namespace

absl::StatusOr<std::unique_ptr<CatalogueGeneration>> CatalogueGeneration::Make(
    std::shared_ptr<const LoadedCatalogue> loaded, uint64_t number, const GenerationParts& parts) {
  if (absl::Status status = CheckTenantSettings(*loaded->catalogue, *parts.serve); !status.ok()) return status;
  auto policies = OpenPolicies(*loaded->catalogue, parts.serve->identity.policy_file, parts.identities, parts.clock);
  if (!policies.ok()) return policies.status();
  return std::unique_ptr<CatalogueGeneration>(
      new CatalogueGeneration(std::move(loaded), number, parts, *std::move(policies)));
}

CatalogueGeneration::CatalogueGeneration(std::shared_ptr<const LoadedCatalogue> loaded, uint64_t number,
                                         const GenerationParts& parts, std::unique_ptr<policy::Policies> policies)
    : number_(number),
      parts_(parts),
      loaded_(std::move(loaded)),
      policies_(std::move(policies)),
      errors_(*loaded_->catalogue),
      names_(std::make_shared<db::CurrentNames>(*loaded_->catalogue, loaded_)),
      statements_(exec::StatementCache::kMostKept, names_),
      runner_parts_{errors_,
                    *parts.tokens,
                    &statements_,
                    parts.clock,
                    static_cast<int64_t>(KibibytesOf(parts.serve->max_response_kib)),
                    LargeRowBytes(*parts.serve)},
      runner_(runner_parts_),
      gate_(loaded_->plans) {
  for (const catalogue::Repository& repository : loaded_->catalogue->repositories()) {
    services_.push_back(repository.service->full_name());
  }
  MakeMethods();
  const RemedyFlags flags{parts.serve->migrations};
  const auto remedies = [flags, connection = parts.connection] {
    return Remedies(flags, FindPending(flags.directory, *connection));
  };
  serving_ = std::make_unique<ServingState>(loaded_.get(), &gate_, remedies);
  Alive().fetch_add(1);
}

CatalogueGeneration::~CatalogueGeneration() {
  StopWatching();
  Alive().fetch_sub(1);
}

int64_t CatalogueGeneration::alive() { return Alive().load(); }

wire::RequestLimits CatalogueGeneration::Limits() const {
  const ServeSettings& settings = *parts_.serve;
  wire::RequestLimits limits;
  limits.query_rows = settings.max_query_rows;
  limits.batches = {settings.max_batch_rows, KibibytesOf(settings.max_batch_kib)};
  limits.bulk = {settings.max_affected, settings.purge_batch_rows};
  limits.pages.default_page_size = settings.default_page_size;
  limits.pages.max_page_size = settings.max_page_size;
  limits.pages.max_skip = settings.max_skip;
  limits.pages.filter = {static_cast<size_t>(settings.max_filter_bytes),
                         settings.max_filter_terms,
                         settings.max_filter_nesting,
                         settings.max_filter_values,
                         static_cast<size_t>(settings.max_search_bytes),
                         settings.max_search_words};
  limits.pages.relations = {settings.max_relation_depth, settings.max_relations, settings.max_related_rows,
                            KibibytesOf(settings.max_related_kib)};
  return limits;
}

void CatalogueGeneration::MakeMethods() {
  wire::RepositoryBackend backend;
  backend.executor = parts_.executor;
  backend.runner = &runner_;
  backend.units = parts_.units;
  backend.tokens = parts_.tokens;
  backend.gate = &gate_;
  backend.codecs = &codecs_;
  backend.keyed = parts_.keyed;
  backend.hasher = &hasher_;
  backend.transactions = {parts_.executor, parts_.in_doubt};
  backend.debug = wire::ToDebugLevel(parts_.serve->debug_header);
  backend.max_response_bytes = KibibytesOf(parts_.serve->max_response_kib);
  backend.policies = policies_.get();
  backend.limits = Limits();
  for (const auto& plan : loaded_->plans) {
    if (plan::IsStreaming(*plan)) continue;
    methods_.push_back(std::make_unique<const wire::RepositoryMethod>(plan.get(), backend));
  }
  MakeStreams(backend);
  std::vector<std::string> stream_names;
  for (const auto& method : streams_) stream_names.push_back(method->plan().full_name);
  run_ =
      std::make_unique<const wire::RunMethod>(wire::RunBackend{backend.transactions, &runner_, parts_.keyed, &hasher_,
                                                               backend.max_response_bytes, backend.policies},
                                              methods_, stream_names);
  using OtherUnits = wire::UnitOfWorkBackend::Others;
  unit_service_ = std::make_unique<const wire::UnitOfWorkService>(wire::UnitOfWorkBackend{
      parts_.units, &gate_, run_.get(), backend.debug, parts_.tokens, backend.limits.pages, backend.policies,
      HasTenants(*loaded_->catalogue) ? OtherUnits::kHidden : OtherUnits::kShown});
  std::vector<wire::DynamicMethod> served = wire::ToDynamicMethods(methods_);
  for (wire::DynamicMethod& method : unit_service_->methods()) served.push_back(std::move(method));
  table_ = std::make_unique<const wire::MethodTable>(
      std::move(served), wire::ToDynamicStreams(streams_),
      wire::MethodTable::Common{policies_.get(), &runner_, TenantRules(*loaded_->catalogue),
                                FieldListRules(*loaded_->catalogue)});
}

void CatalogueGeneration::MakeStreams(const wire::RepositoryBackend& backend) {
  const StreamSettings& settings = parts_.serve->streams;
  stream_backend_.executor = backend.executor;
  stream_backend_.parts = &runner_parts_;
  stream_backend_.gate = backend.gate;
  stream_backend_.registry = parts_.streams;
  stream_backend_.codecs = backend.codecs;
  stream_backend_.limits = backend.limits;
  stream_backend_.export_rows = settings.export_rows;
  stream_backend_.export_bytes = KibibytesOf(std::min(settings.export_kib, parts_.serve->max_response_kib));
  stream_backend_.max_response_bytes = backend.max_response_bytes;
  stream_backend_.policies = backend.policies;
  for (const auto& plan : loaded_->plans) {
    if (plan::IsStreaming(*plan)) streams_.push_back(wire::StreamMethod::Make(plan.get(), &stream_backend_));
  }
}

wire::ReflectedCatalogue CatalogueGeneration::Reflected() const {
  wire::ReflectedCatalogue reflected;
  reflected.files = loaded_->catalogue->source().files();
  reflected.services = services_;
  reflected.services.emplace_back(wire::kUnitOfWorkService);
  reflected.policies = policies_.get();
  reflected.catalogue = loaded_->catalogue.get();
  return reflected;
}

const status::CatalogueData& CatalogueGeneration::described() const {
  return described_.Get([this] { return std::make_unique<const status::CatalogueData>(ReadCatalogue(*loaded_)); });
}

void CatalogueGeneration::Watch(std::unique_ptr<DatabaseMonitor> monitor) {
  const absl::MutexLock lock(&mutex_);
  monitor_ = std::move(monitor);
}

void CatalogueGeneration::StopWatching() {
  names_->EndWatch();  // first: no moment is left to neither
  std::unique_ptr<DatabaseMonitor> monitor;
  const absl::MutexLock lock(&mutex_);
  monitor.swap(monitor_);
}

std::optional<DatabaseMonitor::Stats> CatalogueGeneration::monitor_stats() const {
  const absl::MutexLock lock(&mutex_);
  if (monitor_ == nullptr) return std::nullopt;
  return monitor_->stats();
}

}  // namespace rowkeeper::app
