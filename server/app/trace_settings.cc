#include "server/app/trace_settings.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <utility>

#include "server/app/build_info.h"
#include "server/app/command_line.h"
#include "server/base/error_details.h"
#include "server/base/ids.h"
#include "server/base/text.h"
#include "server/observe/log.h"

namespace rowkeeper::app {
namespace {

using wire::CollectorAddress;

constexpr char kTraceGroup[] = "Traces";
constexpr std::chrono::seconds kShortestFlush{1};
constexpr std::chrono::seconds kLongestFlush{5};

std::string MachineName() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

wire::TraceResource ResourceOf(const TraceSettings& settings) {
  return {{"service.name", settings.service_name},
          {"service.version", std::string(BuildVersion())},
          {"service.instance.id", RandomHex(16)},
          {"host.name", MachineName()}};
}

wire::TraceExporterOptions ToExporterOptions(const TraceSettings& settings) {
  wire::TraceExporterOptions options;
  options.buffer_bytes = static_cast<size_t>(settings.buffer_kib) * 1024;
  return options;
}

absl::Status ReadRoots(const std::string& path, std::string* pem) {
  if (path.empty()) return absl::OkStatus();
  std::ifstream file(path);
  pem->assign(std::istreambuf_iterator<char>(file), {});
  if (pem->find("-----BEGIN ") != std::string::npos) return absl::OkStatus();
  return absl::InvalidArgumentError(
      Cat("--otlp-roots ", path, " cannot be read, or holds no PEM, which begins with -----BEGIN"));
}

}  // namespace

void AddTraceOptions(CLI::App* command, TraceSettings* settings) {
  AddOption(command, "--otlp-endpoint", &settings->endpoint,
            "Collector that gets the spans of sampled calls, by OTLP over gRPC: http://HOST:PORT, https://HOST:PORT or "
            "unix:/PATH. Default: none, and no call is traced")
      ->type_name("URL")
      ->group(kTraceGroup);
  AddOption(command, "--otlp-roots", &settings->roots,
            "Who may sign the certificate of an https collector, PEM. Default: those whom gRPC trusts on this machine")
      ->type_name("FILE")
      ->group(kTraceGroup);
  AddOption(command, "--trace-sample-ratio", &settings->sample_ratio,
            "Share of the calls without a traceparent that are sampled; of others, their caller decides")
      ->check(CLI::Range(0.0, 1.0))
      ->group(kTraceGroup);
  AddOption(command, "--trace-buffer", &settings->buffer_kib,
            "Memory for spans that wait for the collector, KiB; more spans are dropped")
      ->check(CLI::Range(64, 1048576))
      ->group(kTraceGroup);
  AddOption(command, "--trace-service-name", &settings->service_name, "What traces call this server: service.name")
      ->type_name("NAME")
      ->group(kTraceGroup);
}

absl::Status CheckTraceSettings(const TraceSettings& settings) {
  if (settings.endpoint.empty()) {
    if (settings.roots.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError("--otlp-roots needs --otlp-endpoint, the address of the collector");
  }
  const auto collector = wire::ParseCollectorAddress(settings.endpoint);
  if (!collector.ok()) {
    return absl::InvalidArgumentError(Cat("--otlp-endpoint: ", MessageOf(collector.status())));
  }
  if (collector->security == CollectorAddress::Security::kNone && !settings.roots.empty()) {
    return absl::InvalidArgumentError("--otlp-roots is for a collector that is reached by https://");
  }
  if (settings.service_name.empty()) return absl::InvalidArgumentError("--trace-service-name must not be empty");
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Tracing>> Tracing::Open(const TraceSettings& settings, Clock* clock) {
  if (absl::Status status = CheckTraceSettings(settings); !status.ok()) return status;
  if (settings.endpoint.empty()) return std::unique_ptr<Tracing>();
  CollectorAddress collector = *wire::ParseCollectorAddress(settings.endpoint);
  if (absl::Status status = ReadRoots(settings.roots, &collector.roots); !status.ok()) return status;
  observe::Log(observe::LogLevel::kInfo, "traces",
               {{"collector", settings.endpoint}, {"sample_ratio", settings.sample_ratio}});
  return std::unique_ptr<Tracing>(new Tracing(settings, collector, clock));
}

Tracing::Tracing(const TraceSettings& settings, const CollectorAddress& collector, Clock* clock)
    : clock_(*clock),
      sender_(collector, ResourceOf(settings), std::string(BuildVersion())),
      exporter_(ToExporterOptions(settings), &sender_, clock),
      tracer_({settings.sample_ratio, clock, &exporter_}) {}

void Tracing::Flush(Clock::time_point end_of_drain) {
  const Clock::time_point now = clock_.Now();
  exporter_.Flush(std::clamp(end_of_drain, now + kShortestFlush, now + kLongestFlush));
  const wire::TraceExporterStats stats = exporter_.stats();
  for (size_t i = 0; i < wire::kSpanLosses; ++i) {
    if (stats.dropped[i] == 0) continue;
    observe::Log(observe::LogLevel::kInfo, "spans dropped since start",
                 {{"cause", wire::SpanLossName(static_cast<wire::SpanLoss>(i))},
                  {"spans", static_cast<int64_t>(stats.dropped[i])}});
  }
}

void AddTraces(const wire::TraceExporterStats& stats, observe::Exposition* out) {
  using observe::MetricType;
  out->Add({"rowkeeper_spans_exported_total", MetricType::kCounter, "Spans that the collector has taken"},
           static_cast<double>(stats.exported));
  for (size_t i = 0; i < wire::kSpanLosses; ++i) {
    out->Add({"rowkeeper_spans_dropped_total", MetricType::kCounter, "Spans that no collector got, by the cause"},
             static_cast<double>(stats.dropped[i]), {{"cause", wire::SpanLossName(static_cast<wire::SpanLoss>(i))}});
  }
  out->Add({"rowkeeper_span_export_failures_total", MetricType::kCounter,
            "Batches of spans that were not taken when they were sent"},
           static_cast<double>(stats.failures));
  out->Add({"rowkeeper_spans_waiting", MetricType::kGauge, "Spans that wait for the collector"},
           static_cast<double>(stats.waiting));
}

}  // namespace rowkeeper::app
