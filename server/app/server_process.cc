#include "server/app/server_process.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <thread>

#include "server/app/connection_settings.h"
#include "server/app/memory_settings.h"
#include "server/app/policy_settings.h"
#include "server/app/stream_settings.h"
#include "server/app/tls_settings.h"
#include "server/app/unit_settings.h"
#include "server/base/database_errors.h"
#include "server/base/text.h"
#include "server/observe/caught.h"
#include "server/observe/counters.h"
#include "server/observe/log.h"
#include "server/plan/batch/import_response.h"

namespace rowkeeper::app {
namespace {

using observe::Log;
using observe::LogLevel;

/// The first seals, each of them opens.
std::vector<plan::PageTokens::Key> TokenKeys(const ServeSettings& settings) {
  std::vector<plan::PageTokens::Key> keys;
  for (const std::string& secret : {settings.page_token_key, settings.other_page_token_key}) {
    if (!secret.empty()) keys.push_back(plan::PageTokens::DeriveKey(secret));
  }
  if (settings.page_token_key.empty()) keys.insert(keys.begin(), plan::PageTokens::RandomKey());
  return keys;
}

size_t Kibibytes(int count) { return static_cast<size_t>(count) * 1024; }

/// Callers wait for the first probe of the database, which tells of a database that does not answer after 3 s. One that
/// has very much to read is not waited for.
constexpr std::chrono::milliseconds kFirstProbeLimit{5000};

/// So many that a piece of an export with as many rows as it may have is no larger than a response.
int64_t LargeRowBytes(const ServeSettings& settings) {
  return static_cast<int64_t>(Kibibytes(settings.max_response_kib)) / settings.streams.export_rows + 1;
}

/// How long before the end of the drain units are rolled back.
constexpr std::chrono::milliseconds kLongestGrace{1000};

db::PoolOptions ToPoolOptions(const PoolSettings& settings, Clock* clock) {
  db::PoolOptions options;
  options.clock = clock;
  options.pool_size = settings.pool_size;
  options.max_overflow = settings.max_overflow;
  options.pool_timeout = Milliseconds(settings.pool_timeout_s);
  options.pool_recycle = std::chrono::seconds(settings.pool_recycle_s);
  options.pool_pre_ping = settings.pool_pre_ping;
  options.echo = settings.echo;
  return options;
}

exec::ExecutorOptions ToExecutorOptions(const ServerProcessOptions& options) {
  exec::ExecutorOptions executor;
  executor.workers = options.pool.pool_size + options.pool.max_overflow;
  executor.queue_limit = options.serve.queue_limit;
  executor.queue_target = Milliseconds(options.serve.queue_target_s);
  executor.runaways = &options.connection.counters->runaways;
  executor.calls_per_caller = options.serve.calls_per_caller;
  executor.queue_timeout = Milliseconds(options.pool.pool_timeout_s);
  const int processors = static_cast<int>(std::thread::hardware_concurrency());
  executor.lanes.lanes = options.serve.merge == "off" ? 0 : std::clamp(processors, 1, executor.workers);
  executor.lanes.calls = options.serve.merge == "all" ? exec::Mergeable::kAll : exec::Mergeable::kReads;
  return executor;
}

wire::KeptResponses ToKeptResponses(const ServeSettings& settings) {
  exec::IdempotencyKeys::Options keys;
  keys.age = std::chrono::seconds(settings.idempotency_key_age_s);
  keys.migrations = settings.migrations;
  const int largest = std::min(settings.max_idempotent_response_kib, settings.max_response_kib);
  return {exec::IdempotencyKeys(std::move(keys)), Kibibytes(largest)};
}

ServerProcessOptions Complete(ServerProcessOptions options, const exec::ErrorContexts& errors,
                              std::shared_ptr<MemoryBudget> memory) {
  options.connection.memory = std::move(memory);
  options.connection = WithSessionLimits(std::move(options.connection), options.serve.units);
  options.connection.counters = std::make_shared<db::SessionCounters>();
  db::ErrorWords words = errors.Words();
  if (options.serve.show_database_messages) words.raised_messages = db::RaisedMessages::kShow;
  options.connection.errors = std::make_shared<const db::ErrorWords>(std::move(words));
  return options;
}

/// What did not get through since the start.
void LogLosses() {
  const uint64_t dropped = observe::DroppedLogLines();
  if (dropped > 0) Log(LogLevel::kWarning, "log lines dropped since start", {{"lines", static_cast<int64_t>(dropped)}});
  for (const auto& [reason, count] : observe::Counters::Process().Snapshot().refusals) {
    Log(LogLevel::kInfo, "refused since start", {{"reason", reason}, {"calls", static_cast<int64_t>(count)}});
  }
}

}  // namespace

ServerProcess::ServerProcess(const LoadedCatalogue& loaded, const ServerProcessOptions& options, size_t memory_bytes)
    : loaded_(loaded),
      memory_(std::make_shared<MemoryBudget>(memory_bytes)),
      errors_(*loaded.catalogue),
      options_(Complete(options, errors_, memory_)),
      timers_(options.clock, [](const std::exception& error) { (void)observe::Caught("a timer", "", error); }),
      heartbeat_(&timers_),
      heap_trimmer_(memory_.get(), &timers_),
      token_keys_(TokenKeys(options.serve)),
      tokens_(token_keys_),
      runner_parts_{errors_,
                    tokens_,
                    &statements_,
                    options.clock,
                    static_cast<int64_t>(Kibibytes(options.serve.max_response_kib)),
                    LargeRowBytes(options.serve)},
      runner_(runner_parts_),
      pool_(ToPoolOptions(options.pool, options.clock), options_.connection),
      executor_(std::make_unique<exec::Executor>(ToExecutorOptions(options_), &runner_, &pool_, &timers_)),
      resolver_(std::make_shared<uow::CommitResolver>(
          options_.connection, Milliseconds(options.serve.units.in_doubt_limit_s), options.clock)),
      in_doubt_runs_(resolver_.get()),
      keyed_writes_(ToKeptResponses(options.serve), {executor_.get(), &in_doubt_runs_}, options.serve.queue_limit),
      sweeper_(std::make_unique<IdempotencySweeper>(&keyed_writes_.kept.keys, executor_.get(),
                                                    std::chrono::seconds(options.serve.idempotency_key_age_s),
                                                    &timers_)),
      pending_migrations_(std::make_unique<PendingMigrations>(options.serve.migrations, executor_.get(), &timers_)),
      gate_(loaded.plans) {}

ServerProcess::~ServerProcess() { Stop(); }

absl::StatusOr<std::unique_ptr<ServerProcess>> ServerProcess::Start(const LoadedCatalogue& loaded,
                                                                    const ServerProcessOptions& options) {
  const absl::StatusOr<size_t> memory = ToMemoryBudget(options.serve);
  if (!memory.ok()) return memory.status();
  Log(LogLevel::kInfo, "memory", {{"budget_bytes", static_cast<int64_t>(*memory)}});
  std::unique_ptr<ServerProcess> process(new ServerProcess(loaded, options, *memory));
  if (absl::Status status = process->CheckUnits(); !status.ok()) return status;
  auto callers = OpenCallers(options.serve.identity, options.serve.tls, options.clock);
  if (!callers.ok()) return callers.status();
  process->callers_ = *std::move(callers);
  auto tracing = Tracing::Open(options.serve.traces, options.clock);
  if (!tracing.ok()) return tracing.status();
  process->tracing_ = *std::move(tracing);
  const auto identities = process->callers_.callers == nullptr ? Identities::kNone : Identities::kProvable;
  auto policies = OpenPolicies(*loaded.catalogue, options.serve.identity.policy_file, identities, options.clock);
  if (!policies.ok()) return policies.status();
  process->policies_ = *std::move(policies);
  process->MakeServices();
  if (absl::Status status = process->Listen(); !status.ok()) return status;
  process->MakeUnits();
  process->MakeMetrics();
  if (absl::Status status = process->ListenForAdmin(); !status.ok()) return status;
  ServerProcess* self = process.get();
  process->accepting_ =
      std::make_unique<DelayedStart>(&process->timers_, kFirstProbeLimit, [self] { self->server_->StartAccepting(); });
  process->monitor_ = std::make_unique<DatabaseMonitor>(
      MakeDatabaseProbe(loaded, process->options_.connection, process->timers_.clock()),
      [self](const DatabaseState& state) { self->OnDatabaseChange(state); }, &process->timers_);
  process->metrics_->SetMonitor(process->monitor_.get());
  StatementWatch::Options watch;
  watch.connection = process->options_.connection;
  watch.clock = &process->timers_.clock();
  process->watch_ = std::make_unique<StatementWatch>(std::move(watch), [self] { return self->statements_.Kept(); });
  return process;
}

void ServerProcess::MakeServices() {
  wire::RepositoryBackend backend;
  backend.executor = executor_.get();
  backend.runner = &runner_;
  backend.units = &units_slot_;
  backend.tokens = &tokens_;
  backend.gate = &gate_;
  backend.codecs = &codecs_;
  backend.keyed = &keyed_writes_;
  backend.transactions = {executor_.get(), &in_doubt_runs_};
  backend.debug = wire::ToDebugLevel(options_.serve.debug_header);
  backend.max_response_bytes = Kibibytes(options_.serve.max_response_kib);
  backend.policies = policies_.get();
  backend.limits.query_rows = options_.serve.max_query_rows;
  backend.limits.batches = {options_.serve.max_batch_rows, Kibibytes(options_.serve.max_batch_kib)};
  backend.limits.bulk = {options_.serve.max_affected, options_.serve.purge_batch_rows};
  backend.limits.pages.default_page_size = options_.serve.default_page_size;
  backend.limits.pages.max_page_size = options_.serve.max_page_size;
  backend.limits.pages.max_skip = options_.serve.max_skip;
  backend.limits.pages.filter = {static_cast<size_t>(options_.serve.max_filter_bytes),
                                 options_.serve.max_filter_terms,
                                 options_.serve.max_filter_nesting,
                                 options_.serve.max_filter_values,
                                 static_cast<size_t>(options_.serve.max_search_bytes),
                                 options_.serve.max_search_words};
  backend.limits.pages.relations = {options_.serve.max_relation_depth, options_.serve.max_relations,
                                    options_.serve.max_related_rows, Kibibytes(options_.serve.max_related_kib)};
  for (const auto& plan : loaded_.plans) {
    if (plan::IsStreaming(*plan)) continue;
    methods_.push_back(std::make_unique<const wire::RepositoryMethod>(plan.get(), backend));
  }
  MakeStreams(backend);
  run_ = std::make_unique<const wire::RunMethod>(
      wire::RunBackend{backend.transactions, &runner_, &keyed_writes_, backend.max_response_bytes, backend.policies},
      methods_, StreamNames());
  unit_service_ = std::make_unique<const wire::UnitOfWorkService>(wire::UnitOfWorkBackend{
      &units_slot_, &gate_, run_.get(), backend.debug, &tokens_, backend.limits.pages, backend.policies});
  std::vector<wire::DynamicMethod> served = wire::ToDynamicMethods(methods_);
  for (wire::DynamicMethod& method : unit_service_->methods()) served.push_back(std::move(method));
  service_ = std::make_unique<wire::DynamicService>(
      std::move(served), wire::ToDynamicStreams(streams_),
      wire::DynamicServiceOptions{backend.max_response_bytes, &timers_.clock(), memory_.get(), callers_.callers.get(),
                                  tracing_ == nullptr ? nullptr : &tracing_->tracer(), backend.policies});
  AnnounceServices();
}

void ServerProcess::MakeStreams(const wire::RepositoryBackend& backend) {
  const StreamSettings& settings = options_.serve.streams;
  const wire::StreamLimits limits = ToStreamLimits(settings, options_.pool, unit_options_.capacity);
  Log(LogLevel::kInfo, "streams", {{"capacity", static_cast<int64_t>(limits.capacity)}});
  stream_registry_ = std::make_unique<wire::StreamRegistry>(limits, &timers_);
  stream_backend_.executor = backend.executor;
  stream_backend_.parts = &runner_parts_;
  stream_backend_.gate = backend.gate;
  stream_backend_.registry = stream_registry_.get();
  stream_backend_.codecs = backend.codecs;
  stream_backend_.limits = backend.limits;
  stream_backend_.export_rows = settings.export_rows;
  stream_backend_.export_bytes = Kibibytes(std::min(settings.export_kib, options_.serve.max_response_kib));
  stream_backend_.max_response_bytes = backend.max_response_bytes;
  stream_backend_.policies = backend.policies;
  for (const auto& plan : loaded_.plans) {
    if (plan::IsStreaming(*plan)) streams_.push_back(wire::StreamMethod::Make(plan.get(), &stream_backend_));
  }
}

std::vector<std::string> ServerProcess::StreamNames() const {
  std::vector<std::string> names;
  for (const auto& method : streams_) names.push_back(method->plan().full_name);
  return names;
}

void ServerProcess::AnnounceServices() {
  wire::ReflectionOptions reflection;
  reflection.files = loaded_.catalogue->source().files();
  for (const catalogue::Repository& repository : loaded_.catalogue->repositories()) {
    reflection.services.push_back(repository.service->full_name());
  }
  reflection.services.emplace_back(wire::kUnitOfWorkService);
  for (const std::string& service : reflection.services) {
    health_.SetStatus(service, wire::HealthService::Status::kNotServing);
  }
  reflection.callers = callers_.callers.get();
  reflection.policies = policies_.get();
  reflection_ = std::make_unique<wire::Reflection>(reflection);
  const RemedyFlags flags{options_.serve.migrations};
  const auto remedies = [flags, this] { return Remedies(flags, FindPending(flags.directory, options_.connection)); };
  serving_ = std::make_unique<ServingState>(&loaded_, &gate_, &health_, remedies);
}

absl::Status ServerProcess::Listen() {
  wire::ServerOptions options;
  options.addresses = options_.serve.listen;
  options.accepting = wire::ServerOptions::Accepting::kWhenTold;
  options.max_request_bytes = Kibibytes(options_.serve.max_request_kib);
  options.max_response_bytes = Kibibytes(options_.serve.max_response_kib);
  options.memory_quota_bytes = memory_->bytes();
  if (absl::Status status = SetConnectionLimits(options_.serve.connections, options_.pool, &options); !status.ok()) {
    return status;
  }
  auto certificates = OpenCertificates(options_.serve.tls);
  if (!certificates.ok()) return certificates.status();
  certificates_ = *std::move(certificates);
  options.security = ToTransportSecurity(options_.serve.tls, certificates_.get());
  options.callers = callers_.callers.get();
  // Calls that wait are open streams.
  const auto waiting = static_cast<uint64_t>(options_.serve.queue_limit);
  uint64_t& peer_streams = options.connections.abuse.peer_streams;
  peer_streams = std::max(peer_streams, waiting + waiting / 5);
  std::vector<grpc::Service*> services = reflection_->services();
  services.push_back(&health_);
  services.push_back(service_.get());
  const auto limit = Milliseconds(options_.serve.connections.response_timeout_s);
  unread_responses_ = std::make_unique<PeriodicTimer>(&timers_, std::max(limit / 10, std::chrono::milliseconds(50)),
                                                      [this, limit] { service_->EndUnread(limit); });
  auto server = wire::GrpcServer::Start(options, services);
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  return absl::OkStatus();
}

absl::Status ServerProcess::CheckUnits() {
  if (absl::Status status = CheckAdvertisedAddress(options_.serve.advertise_address); !status.ok()) return status;
  absl::StatusOr<uow::UnitOptions> options = ToUnitOptions(options_.serve.units, options_.pool);
  if (!options.ok()) return options.status();
  unit_options_ = *std::move(options);
  return absl::OkStatus();
}

void ServerProcess::MakeUnits() {
  unit_options_.handle_keys = token_keys_;
  unit_options_.server = AdvertisedAddress(options_.serve.advertise_address, addresses());
  Log(LogLevel::kInfo, "units of work",
      {{"capacity", static_cast<int64_t>(unit_options_.capacity)}, {"server", unit_options_.server}});
  units_ = std::make_unique<uow::UnitsOfWork>(unit_options_, &pool_, resolver_, &timers_);
  units_slot_.Set(units_.get());
}

void ServerProcess::OnDatabaseChange(const DatabaseState& state) {
  LogBehind(state);
  switch (state.reach) {
    case DatabaseState::Reach::kUnreachable:
      serving_->SetUnreachable(state.reason);
      break;
    case DatabaseState::Reach::kPoolerUnfit:
      serving_->SetRefused(state.reason);
      break;
    case DatabaseState::Reach::kReachable:
      serving_->SetFit(state.fit);
      break;
  }
  readiness_.SetDatabase(serving_->readiness());
  accepting_->Start();
}

void ServerProcess::LogBehind(const DatabaseState& state) {
  if (state.reach != DatabaseState::Reach::kReachable || state.behind == behind_) return;
  behind_ = state.behind;
  if (behind_.empty()) {
    Log(LogLevel::kInfo, "the schema is fully known again", {});
  } else {
    Log(LogLevel::kInfo, "part of the schema cannot be looked at now and stays as it was known", {{"what", behind_}});
  }
}

void ServerProcess::Shutdown() {
  Clock& clock = timers_.clock();
  const auto drain = Milliseconds(options_.serve.drain_timeout_s);
  const Clock::time_point end = clock.Now() + drain;
  const Clock::time_point units_end = end - std::min(kLongestGrace, drain / 4);
  readiness_.SetDraining();
  health_.Stop();
  reflection_->Stop();
  units_->Drain(units_end);
  // Some were rolled back, and their callers may ask what became of them.
  if (clock.Now() >= units_end) clock.SleepUntil(end);
  // A COMMIT may have outlasted the drain; its answer gets the time to arrive all the same.
  server_->Shutdown(std::max(end - clock.Now(), Clock::duration::zero()), [this] { service_->AbortCalls(); });
  Stop();
  if (tracing_ != nullptr) tracing_->Flush(end);
  LogLosses();
}

/// The threads of units, of the executor and of runs in doubt hold calls, which end before the services that they came
/// from.
void ServerProcess::Stop() {
  if (metrics_ != nullptr) metrics_->Close();
  if (accepting_ != nullptr) accepting_->Cancel();
  server_.reset();
  admin_.reset();
  units_slot_.Close();
  units_.reset();
  history_.reset();
  sweeper_.reset();
  pending_migrations_.reset();
  resolver_->GiveUp();
  in_doubt_runs_.Stop();
  executor_.reset();
  watch_.reset();
  monitor_.reset();
}

}  // namespace rowkeeper::app
