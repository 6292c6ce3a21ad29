#include "server/app/server_metrics.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "server/app/build_info.h"
#include "server/app/database_metrics.h"
#include "server/app/metric_lines.h"
#include "server/app/operator_actions.h"
#include "server/app/policy_settings.h"
#include "server/app/token_metrics.h"
#include "server/observe/counters.h"
#include "server/observe/log.h"
#include "server/observe/operation_durations.h"
#include "server/observe/process_usage.h"
#include "server/observe/trace_parent.h"
#include "server/uow/ended_unit.h"
#include "server/uow/units_of_work.h"
#include "server/wire/server.h"

namespace rowkeeper::app {
namespace {

using observe::Exposition;
using observe::Metric;
using Labels = Exposition::Labels;
using Histogram = observe::DurationHistogram;

double Seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

/// "planner.v1.TodoRepository.GetById" as OpenTelemetry writes methods: "planner.v1.TodoRepository/GetById".
std::string RpcMethod(std::string method) {
  const size_t dot = method.rfind('.');
  if (dot != std::string::npos) method[dot] = '/';
  return method;
}

void AddCalls(Exposition* out) {
  observe::Counters::Process().VisitCalls(
      [out](const std::string& method, absl::StatusCode code, const Histogram& durations) {
        AddDurations(out, "rpc_server_call_duration_seconds", "Time from a call's arrival to its answer", durations,
                     {{"rpc_system_name", "grpc"},
                      {"rpc_method", RpcMethod(method)},
                      {"rpc_response_status_code", absl::StatusCodeToString(code)}});
      });
}

void AddOperations(Exposition* out) {
  observe::DatabaseOperations::Process().Visit(
      [out](const std::string& operation, const std::string& table, const observe::OperationDurations& durations) {
        durations.Visit([&](std::string_view sqlstate, const Histogram& ended_so) {
          AddDurations(out, "db_client_operation_duration_seconds",
                       "Time from sending a statement to PostgreSQL to its answer, preparation and repeats included",
                       ended_so,
                       {{"db_system_name", "postgresql"},
                        {"db_operation_name", operation},
                        {"db_collection_name", table},
                        {"db_response_status_code", sqlstate}});
        });
      });
}

void AddRefusals(Exposition* out) {
  const observe::CountersSnapshot counters = observe::Counters::Process().Snapshot();
  for (const auto& [reason, count] : counters.refusals) {
    AddCounter(out, "rowkeeper_refusals_total", "Calls answered with an error, by its reason", count,
               {{"reason", reason}});
  }
  for (const auto& [limit, count] : counters.limits) {
    AddCounter(out, "rowkeeper_limit_refusals_total", "Calls refused because a limit was reached, by its name", count,
               {{"limit", limit}});
  }
}

void AddService(const wire::DynamicService& service, Exposition* out) {
  AddGauge(out, "rowkeeper_calls_in_flight", "Calls, streams included, that are not over",
           static_cast<double>(service.calls()));
  AddCounter(out, "rowkeeper_received_bytes_total", "Bytes of request messages",
             service.traffic().received_bytes.value());
  AddCounter(out, "rowkeeper_compressed_requests_total", "Requests refused because they were compressed",
             wire::GrpcServer::compressed_requests());
  AddCounter(out, "rowkeeper_sent_bytes_total", "Bytes of response messages", service.traffic().sent_bytes.value());
}

void AddUnread(const wire::DynamicService& service, Exposition* out) {
  AddCounter(out, "rowkeeper_unread_responses_total", "Calls cancelled because their caller did not take the response",
             service.unread());
}

void AddHealth(const wire::HealthService& health, Exposition* out) {
  for (const auto& [service, status] : health.statuses()) {
    const double serving = status == wire::HealthService::Status::kServing ? 1 : 0;
    if (service.empty()) {
      AddGauge(out, "rowkeeper_serving", "1 when the server's health is SERVING", serving);
    } else {
      AddGauge(out, "rowkeeper_service_serving", "1 when the health of this service is SERVING", serving,
               {{"service", service}});
    }
  }
}

void AddHealthCalls(const wire::HealthStats& stats, Exposition* out) {
  AddGauge(out, "rowkeeper_health_watches_open", "Watch streams of grpc.health.v1 that are open",
           static_cast<double>(stats.watchers));
  for (size_t i = 0; i < wire::kHealthLimits; ++i) {
    AddCounter(out, "rowkeeper_health_refused_total", "Calls of grpc.health.v1 that were refused, by limit",
               stats.refused[i], {{"limit", wire::HealthLimitName(static_cast<wire::HealthLimit>(i))}});
  }
}

void AddConnections(const net::ConnectionStats& stats, Exposition* out) {
  AddGauge(out, "rowkeeper_connections_open", "Connections of callers that are open", static_cast<double>(stats.open));
  AddGauge(out, "rowkeeper_connections_max", "Connections that may be open: --max-connections, or what files allow",
           static_cast<double>(stats.max_open));
  AddCounter(out, "rowkeeper_connections_accepted_total", "Connections of callers that were accepted",
             stats.accepted_total);
  for (size_t i = 0; i < net::kRefusals; ++i) {
    AddCounter(out, "rowkeeper_connections_refused_total", "Connections closed as soon as they were accepted, by limit",
               stats.refused_total[i], {{"limit", net::RefusalName(static_cast<net::Refusal>(i))}});
  }
  for (size_t i = 0; i < net::kAbortCauses; ++i) {
    AddCounter(out, "rowkeeper_connections_aborted_total", "Connections ended for what they brought, by cause",
               stats.aborted_total[i], {{"cause", net::AbortCauseName(static_cast<net::AbortCause>(i))}});
  }
}

void AddTls(const net::TlsStats& stats, Exposition* out) {
  const std::chrono::duration<double> expires = stats.expires.time_since_epoch();
  AddGauge(out, "rowkeeper_tls_certificate_expiry_timestamp_seconds",
           "When the certificate in use expires, seconds since 1970", expires.count());
  AddCounter(out, "rowkeeper_tls_loads_total", "Times that certificates were taken from the TLS files",
             stats.loads_total);
  AddCounter(out, "rowkeeper_tls_load_failures_total", "Problems that kept changed TLS files from being taken",
             stats.load_failures_total);
  AddCounter(out, "rowkeeper_tls_handshakes_failed_total", "TLS handshakes that failed for what the client sent",
             wire::GrpcServer::failed_handshakes());
}

void AddMemory(const MemoryBudget& memory, Exposition* out) {
  for (size_t number = 0; number < MemoryBudget::kUses; ++number) {
    const auto use = static_cast<MemoryBudget::Use>(number);
    const MemoryBudget::Share share = memory.share(use);
    const Labels labels = {{"use", MemoryUseName(use)}};
    AddGauge(out, "rowkeeper_memory_used_bytes", "Bytes that calls hold, by what holds them",
             static_cast<double>(share.used), labels);
    AddGauge(out, "rowkeeper_memory_limit_bytes", "Bytes that calls may hold, by what holds them: --memory-budget",
             static_cast<double>(share.limit), labels);
    AddCounter(out, "rowkeeper_memory_refused_total", "Calls and statements that found no memory, by what for",
               share.refused_total, labels);
  }
}

void AddMonitor(const DatabaseMonitor::Stats& stats, Exposition* out) {
  AddCounter(out, "rowkeeper_schema_probes_total", "Probes of the database's schema",
             static_cast<uint64_t>(stats.probes));
  AddCounter(out, "rowkeeper_schema_probes_incomplete_total",
             "Probes without an answer, or that could not see everything",
             static_cast<uint64_t>(stats.probes_incomplete));
  AddGauge(out, "rowkeeper_schema_probe_seconds", "How long the last probe of the schema took",
           Seconds(stats.last_probe));
  if (stats.since_complete == Clock::duration::max()) return;
  AddGauge(out, "rowkeeper_schema_age_seconds", "Time since a probe of the schema saw everything",
           Seconds(stats.since_complete));
}

std::string_view OutcomeLabel(uow::UnitState state) {
  switch (state) {
    case uow::UnitState::kCommitted:
      return "COMMITTED";
    case uow::UnitState::kRolledBack:
      return "ROLLED_BACK";
    default:
      return "UNKNOWN";
  }
}

void AddUnits(const uow::UnitsOfWork& units, Exposition* out) {
  const uow::UnitStats stats = units.stats();
  AddGauge(out, "rowkeeper_units_open", "Units of work that are open", static_cast<double>(stats.open));
  AddGauge(out, "rowkeeper_units_max", "Units of work that may be open: --unit-share", stats.capacity);
  AddGauge(out, "rowkeeper_units_waiting", "Calls of Begin that wait for a unit to end",
           static_cast<double>(stats.waiting_begins));
  AddGauge(out, "rowkeeper_units_oldest_seconds", "Age of the unit that is open for the longest; 0: none is",
           Seconds(stats.oldest));
  for (const uow::EndedCount& ended : stats.ended) {
    AddCounter(out, "rowkeeper_units_ended_total", "Units of work that ended, by cause and outcome", ended.count,
               {{"cause", uow::CauseName(ended.cause)}, {"outcome", OutcomeLabel(ended.state)}});
  }
}

void AddResolver(const uow::CommitResolver& resolver, Exposition* out) {
  const uow::InDoubtStats stats = resolver.stats();
  constexpr std::string_view kName = "rowkeeper_commits_in_doubt_total";
  constexpr std::string_view kHelp = "COMMITs whose answer was lost, by what became of them";
  AddGauge(out, "rowkeeper_commits_in_doubt", "COMMITs whose outcome is looked up now", stats.looking_up);
  AddCounter(out, kName, kHelp, stats.committed_total, {{"outcome", "COMMITTED"}});
  AddCounter(out, kName, kHelp, stats.aborted_total, {{"outcome", "ROLLED_BACK"}});
  AddCounter(out, kName, kHelp, stats.unknown_total, {{"outcome", "UNKNOWN"}});
}

void AddStreams(const wire::StreamRegistry& streams, Exposition* out) {
  const wire::StreamStats stats = streams.stats();
  constexpr std::string_view kName = "rowkeeper_streams_open";
  constexpr std::string_view kHelp = "Imports and exports that are open";
  AddGauge(out, kName, kHelp, stats.imports, {{"kind", "import"}});
  AddGauge(out, kName, kHelp, stats.exports, {{"kind", "export"}});
  AddGauge(out, "rowkeeper_streams_max", "Imports and exports that may be open: --max-streams",
           streams.limits().capacity);
  AddCounter(out, "rowkeeper_streams_refused_total", "Imports and exports refused because too many were open",
             stats.refused_total);
}

void AddKeyed(const wire::KeyedWrites& keyed, Exposition* out) {
  const wire::KeyQueueStats queue = keyed.queue.stats();
  const wire::KeptResponses::Counters& kept = *keyed.kept.counters;
  AddGauge(out, "rowkeeper_idempotency_running", "Idempotency keys for which a call runs",
           static_cast<double>(queue.running));
  AddGauge(out, "rowkeeper_idempotency_waiting", "Calls that wait for another one with their idempotency key",
           static_cast<double>(queue.waiting));
  AddCounter(out, "rowkeeper_idempotency_claims_total", "Idempotency keys that were taken", kept.claimed.value());
  AddCounter(out, "rowkeeper_idempotency_replays_total", "Calls that the response to an earlier one answered",
             kept.replayed.value() + queue.replayed_total);
  AddCounter(out, "rowkeeper_idempotency_stored_bytes_total", "Bytes of responses that were stored",
             kept.stored_bytes.value());
}

void AddServing(const ServingState& serving, Exposition* out) {
  const ServingState::MethodCounts counts = serving.counts();
  constexpr std::string_view kMethods = "rowkeeper_methods";
  constexpr std::string_view kHelp = "Methods by whether the database lets them be served";
  AddGauge(out, kMethods, kHelp, counts.served, {{"state", "served"}});
  AddGauge(out, kMethods, kHelp, counts.broken, {{"state", "broken"}});
  AddGauge(out, kMethods, kHelp, counts.unknown, {{"state", "unknown"}});
}

void AddMigrations(const PendingMigrations& migrations, Exposition* out) {
  if (const std::optional<int> count = migrations.count()) {
    AddGauge(out, "rowkeeper_migrations_pending", "Migrations of --migrations that the database does not have", *count);
  }
}

void AddAdmin(const admin::AdminStats& stats, Exposition* out) {
  AddGauge(out, "rowkeeper_admin_connections_open", "Connections of the admin listener that are open",
           static_cast<double>(stats.connections));
  for (const admin::AdminStats::Requests& requests : stats.requests) {
    const std::string code = std::to_string(requests.status);
    AddCounter(out, "rowkeeper_admin_requests_total", "Requests that the admin listener answered, by page and status",
               requests.count, {{"page", requests.path}, {"code", code}});
  }
  for (size_t i = 0; i < admin::kAdminLimits; ++i) {
    AddCounter(out, "rowkeeper_admin_refused_total", "Connections that the admin listener refused or ended, by limit",
               stats.refused[i], {{"limit", admin::AdminLimitName(static_cast<admin::AdminLimit>(i))}});
  }
}

void AddCatalogue(const CatalogueGeneration& generation, Exposition* out) {
  AddGauge(out, "rowkeeper_catalogue_generation", "Which catalogue is served: the first of the process is 1",
           static_cast<double>(generation.number()));
  AddGauge(out, "rowkeeper_catalogue_generations_held",
           "Catalogues in memory: that which is served, and those of calls and units that began before it",
           static_cast<double>(CatalogueGeneration::alive()));
  if (generation.policies() != nullptr) AddPolicies(generation.policies()->stats(), out);
  AddServing(generation.serving(), out);
  if (const auto stats = generation.monitor_stats()) AddMonitor(*stats, out);
  AddStatements(generation.statements(), out);
}

void AddReload(const ReloadStats& stats, Exposition* out) {
  constexpr std::string_view kReloads = "rowkeeper_catalogue_reloads_total";
  constexpr std::string_view kHelp = "Catalogues that were read because files changed or SIGHUP came, by outcome";
  AddCounter(out, kReloads, kHelp, stats.applied_total, {{"outcome", "applied"}});
  AddCounter(out, kReloads, kHelp, stats.refused_total, {{"outcome", "refused"}});
  AddGauge(out, "rowkeeper_catalogue_waiting", "1 while a new catalogue waits for the database to fit",
           stats.waiting ? 1 : 0);
}

void AddRegistration(const RegistrationStats& stats, Exposition* out) {
  if (stats.has_table) {
    AddGauge(out, "rowkeeper_registered", "1 while the table rowkeeper_servers says what this server uses",
             stats.registered ? 1 : 0);
  }
  AddCounter(out, "rowkeeper_registration_failures_total",
             "Times that the table rowkeeper_servers could not be written", stats.failures_total);
}

void AddParts(const MeasuredParts& parts, Exposition* out) {
  if (parts.service != nullptr) AddService(*parts.service, out);
  if (parts.service != nullptr) AddUnread(*parts.service, out);
  if (parts.health != nullptr) AddHealth(*parts.health, out);
  if (parts.health != nullptr) AddHealthCalls(parts.health->stats(), out);
  if (parts.server != nullptr) AddConnections(parts.server->connections(), out);
  if (parts.certificates != nullptr) AddTls(parts.certificates->stats(), out);
  if (parts.tokens != nullptr) AddTokens(parts.tokens->stats(), out);
  if (parts.traces != nullptr) AddTraces(parts.traces->stats(), out);
  if (parts.sweeper != nullptr) {
    AddCounter(out, "rowkeeper_idempotency_swept_total", "Idempotency keys that were freed because they were too old",
               parts.sweeper->swept_total());
  }
  if (parts.catalogue != nullptr) AddCatalogue(*parts.catalogue->Get(), out);
  if (parts.registration != nullptr) AddRegistration(parts.registration->stats(), out);
  if (parts.reload != nullptr) AddReload(parts.reload->stats(), out);
  if (parts.migrations != nullptr) AddMigrations(*parts.migrations, out);
  if (parts.admin != nullptr) AddAdmin(parts.admin->stats(), out);
  if (parts.operators != nullptr) parts.operators->AddMetrics(out);
  if (parts.executor != nullptr) AddExecutor(*parts.executor, out);
  if (parts.sessions != nullptr) AddSessions(*parts.sessions, out);
  if (parts.memory != nullptr) AddMemory(*parts.memory, out);
  if (parts.pool != nullptr) AddPool(*parts.pool, out);
  const uow::UnitsOfWork* const units = parts.units == nullptr ? nullptr : parts.units->get();
  if (units != nullptr) AddUnits(*units, out);
  if (parts.resolver != nullptr) AddResolver(*parts.resolver, out);
  if (parts.streams != nullptr) AddStreams(*parts.streams, out);
  if (parts.keyed != nullptr) AddKeyed(*parts.keyed, out);
}

void AddProcess(Exposition* out) {
  AddGauge(out, "rowkeeper_build_info", "1, for the version of the server and the commit it was built from", 1,
           {{"version", BuildVersion()}, {"commit", BuildCommit()}});
  AddCounter(out, "rowkeeper_log_lines_dropped_total", "Log lines lost because they came faster than they were written",
             observe::DroppedLogLines());
  AddCounter(out, "rowkeeper_log_lines_summarised_total", "Log lines of bursts that a summary stands for",
             observe::SummarisedLogLines());
  AddCounter(out, "rowkeeper_traceparents_malformed_total", "Headers traceparent that were ignored as malformed",
             observe::MalformedTraceParents());
  const auto usage = observe::ReadProcessUsage();
  if (!usage) return;
  out->Add({"process_cpu_seconds_total", observe::MetricType::kCounter, "CPU time of user and system, seconds"},
           usage->cpu_seconds);
  AddGauge(out, "process_start_time_seconds", "When the process started, seconds since 1970",
           usage->start_time_seconds);
  AddGauge(out, "process_resident_memory_bytes", "Memory of the process that is in RAM",
           static_cast<double>(usage->resident_bytes));
  AddGauge(out, "process_virtual_memory_bytes", "Address space of the process",
           static_cast<double>(usage->virtual_bytes));
  AddGauge(out, "process_open_fds", "Open files and sockets", static_cast<double>(usage->open_files));
  if (usage->max_files) {
    AddGauge(out, "process_max_fds", "Files and sockets that may be open", static_cast<double>(*usage->max_files));
  }
  AddGauge(out, "process_threads", "Threads of the process", static_cast<double>(usage->threads));
}

}  // namespace

std::string ServerMetrics::Text() const {
  Exposition out;
  AddProcess(&out);
  {
    const absl::MutexLock lock(&mutex_);
    AddParts(parts_, &out);
  }
  AddRefusals(&out);
  AddOperations(&out);
  AddCalls(&out);
  return out.Text();
}

void ServerMetrics::SetReload(const CatalogueReload* reload) {
  const absl::MutexLock lock(&mutex_);
  parts_.reload = reload;
}

void ServerMetrics::SetAdmin(const admin::AdminServer* admin) {
  const absl::MutexLock lock(&mutex_);
  parts_.admin = admin;
}

void ServerMetrics::Close() {
  const absl::MutexLock lock(&mutex_);
  parts_ = {};
}

}  // namespace rowkeeper::app
