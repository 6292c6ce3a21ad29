#pragma once

#include <CLI/CLI.hpp>

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/app/settings.h"
#include "server/base/clock.h"
#include "server/observe/exposition.h"
#include "server/observe/tracer.h"
#include "server/wire/otlp/otlp_sender.h"
#include "server/wire/otlp/trace_exporter.h"

namespace rowkeeper::app {

void AddTraceOptions(CLI::App* command, TraceSettings* settings);

/// Errors: INVALID_ARGUMENT for an address that is none, and for flags that do not go together.
absl::Status CheckTraceSettings(const TraceSettings& settings);

/// Which calls are sampled, and where their spans go. Thread-safe.
class Tracing {
 public:
  /// nullptr when the settings name no collector. `clock` outlives the result, which outlives all calls. Errors: those
  /// of CheckTraceSettings, and a file that cannot be read.
  static absl::StatusOr<std::unique_ptr<Tracing>> Open(const TraceSettings& settings, Clock* clock);

  const observe::Tracer& tracer() const { return tracer_; }
  /// When all calls have ended: sends what waits, for as long as is left of the drain, at least 1 s and at most 5 s.
  void Flush(Clock::time_point end_of_drain);
  wire::TraceExporterStats stats() const { return exporter_.stats(); }

 private:
  Tracing(const TraceSettings& settings, const wire::CollectorAddress& collector, Clock* clock);

  Clock& clock_;
  wire::OtlpSender sender_;
  wire::TraceExporter exporter_;
  const observe::Tracer tracer_;
};

/// What became of the spans.
void AddTraces(const wire::TraceExporterStats& stats, observe::Exposition* out);

}  // namespace rowkeeper::app
