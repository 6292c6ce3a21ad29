#include "server/app/server_process.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <thread>

#include "server/app/build_info.h"
#include "server/app/connection_settings.h"
#include "server/app/memory_settings.h"
#include "server/app/stream_settings.h"
#include "server/app/tls_settings.h"
#include "server/app/unit_settings.h"
#include "server/base/database_errors.h"
#include "server/base/ids.h"
#include "server/base/text.h"
#include "server/observe/caught.h"
#include "server/observe/counters.h"
#include "server/observe/log.h"

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

/// Callers wait for the first probe of the database, which tells of a database that does not answer after 3 s, and for
/// the first fetch of keys. What takes longer is not waited for.
constexpr std::chrono::milliseconds kFirstProbeLimit{5000};

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

ServerProcessOptions Complete(ServerProcessOptions options, std::shared_ptr<const db::ServedErrorWords> errors,
                              std::shared_ptr<MemoryBudget> memory) {
  options.connection.memory = std::move(memory);
  options.connection = WithSessionLimits(std::move(options.connection), options.serve.units);
  options.connection.counters = std::make_shared<db::SessionCounters>();
  options.connection.errors = std::move(errors);
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

ServerProcess::ServerProcess(const ServerProcessOptions& options, size_t memory_bytes)
    : memory_(std::make_shared<MemoryBudget>(memory_bytes)),
      errors_(std::make_shared<db::ServedErrorWords>(nullptr)),
      options_(Complete(options, errors_, memory_)),
      timers_(options.clock, [](const std::exception& error) { (void)observe::Caught("a timer", "", error); }),
      heartbeat_(&timers_),
      heap_trimmer_(memory_.get(), &timers_),
      token_keys_(TokenKeys(options.serve)),
      tokens_(token_keys_),
      pool_(ToPoolOptions(options.pool, options.clock), options_.connection),
      executor_(std::make_unique<exec::Executor>(ToExecutorOptions(options_), nullptr, &pool_, &timers_)),
      resolver_(std::make_shared<uow::CommitResolver>(
          options_.connection, Milliseconds(options.serve.units.in_doubt_limit_s), options.clock)),
      in_doubt_runs_(resolver_.get()),
      keyed_writes_(ToKeptResponses(options.serve), {executor_.get(), &in_doubt_runs_}, options.serve.queue_limit),
      sweeper_(std::make_unique<IdempotencySweeper>(&keyed_writes_.kept.keys, executor_.get(),
                                                    std::chrono::seconds(options.serve.idempotency_key_age_s),
                                                    &timers_)),
      pending_migrations_(std::make_unique<PendingMigrations>(options.serve.migrations, executor_.get(), &timers_)),
      catalogue_(MakeHooks()) {}

ServerProcess::~ServerProcess() { Stop(); }

absl::StatusOr<std::unique_ptr<ServerProcess>> ServerProcess::Start(std::shared_ptr<const LoadedCatalogue> loaded,
                                                                    const ServerProcessOptions& options) {
  const absl::StatusOr<size_t> memory = ToMemoryBudget(options.serve);
  if (!memory.ok()) return memory.status();
  Log(LogLevel::kInfo, "memory", {{"budget_bytes", static_cast<int64_t>(*memory)}});
  std::unique_ptr<ServerProcess> process(new ServerProcess(options, *memory));
  if (absl::Status status = process->CheckUnits(); !status.ok()) return status;
  if (absl::Status status = process->CheckCallers(); !status.ok()) return status;
  auto tracing = Tracing::Open(options.serve.traces, options.clock);
  if (!tracing.ok()) return tracing.status();
  process->tracing_ = *std::move(tracing);
  process->MakeStreams();
  if (absl::Status status = process->catalogue_.Start(std::move(loaded)); !status.ok()) return status;
  process->MakeServices();
  if (absl::Status status = process->Listen(); !status.ok()) return status;
  process->MakeUnits();
  process->MakeRegistration();
  process->MakeMetrics();
  if (absl::Status status = process->ListenForAdmin(); !status.ok()) return status;
  process->PrepareAccepting();
  process->Watch(process->catalogue_.Get());
  StatementWatch::Options watch;
  watch.connection = process->options_.connection;
  watch.clock = &process->timers_.clock();
  ServerProcess* const self = process.get();
  process->watch_ = std::make_unique<StatementWatch>(std::move(watch),
                                                     [self] { return self->catalogue_.Get()->statements().Kept(); });
  if (options.files.has_value()) {
    const auto looks =
        options.serve.watch_protos ? CatalogueReload::Watch::kEverySecond : CatalogueReload::Watch::kWhenAsked;
    process->reload_ = std::make_unique<CatalogueReload>(*options.files, looks, &process->catalogue_, options.clock);
    process->metrics_->SetReload(process->reload_.get());
  }
  return process;
}

void ServerProcess::MakeStreams() {
  const wire::StreamLimits limits = ToStreamLimits(options_.serve.streams, options_.pool, unit_options_.capacity);
  Log(LogLevel::kInfo, "streams", {{"capacity", static_cast<int64_t>(limits.capacity)}});
  stream_registry_ = std::make_unique<wire::StreamRegistry>(limits, &timers_);
}

void ServerProcess::MakeServices() {
  const SharedGeneration first = catalogue_.Get();
  wire::DynamicServiceOptions service;
  service.max_response_bytes = Kibibytes(options_.serve.max_response_kib);
  service.clock = &timers_.clock();
  service.memory = memory_.get();
  service.callers = callers_.callers.get();
  service.tracer = tracing_ == nullptr ? nullptr : &tracing_->tracer();
  service.units = &units_slot_;
  service_ = std::make_unique<wire::DynamicService>(wire::SharedMethods(first, &first->methods()), service);
  wire::ReflectionOptions reflection{first->Reflected(), callers_.callers.get()};
  reflection.catalogue.owner = first;
  reflection_ = std::make_unique<wire::Reflection>(reflection);
  SetErrorWords(*first);
  first->serving().Announce(&health_);
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
  options.late_methods = service_.get();
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

absl::Status ServerProcess::CheckCallers() {
  auto callers = OpenCallers(options_.serve.identity, options_.serve.tls, options_.clock);
  if (!callers.ok()) return callers.status();
  callers_ = *std::move(callers);
  if (callers_.tokens != nullptr) readiness_.SetTokens([tokens = callers_.tokens.get()] { return tokens->has_keys(); });
  return absl::OkStatus();
}

/// The thread that fetches keys may outlive what is started, and holds on to nothing else.
void ServerProcess::PrepareAccepting() {
  accepting_ = std::make_shared<DelayedStart>(&timers_, kFirstProbeLimit, [this] { server_->StartAccepting(); });
  if (callers_.tokens == nullptr) return accepting_->Tell(DelayedStart::kKeysTried);
  callers_.tokens->WhenTried([weak = std::weak_ptr<DelayedStart>(accepting_)] {
    if (const auto accepting = weak.lock()) accepting->Tell(DelayedStart::kKeysTried);
  });
}

void ServerProcess::MakeUnits() {
  unit_options_.handle_keys = token_keys_;
  unit_options_.server = AdvertisedAddress(options_.serve.advertise_address, addresses());
  Log(LogLevel::kInfo, "units of work",
      {{"capacity", static_cast<int64_t>(unit_options_.capacity)}, {"server", unit_options_.server}});
  units_ = std::make_unique<uow::UnitsOfWork>(unit_options_, &pool_, resolver_, &timers_);
  units_slot_.Set(units_.get());
}

void ServerProcess::MakeRegistration() {
  ServerRegistration::Options options;
  options.id = RandomHex(16);
  options.address = unit_options_.server;
  options.release = std::string(BuildVersion());
  options.clock = &timers_.clock();
  registration_ = std::make_unique<ServerRegistration>(std::move(options));
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
  reload_.reset();
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
  watch_.reset();
  catalogue_.Close();
  executor_.reset();
}

}  // namespace rowkeeper::app
