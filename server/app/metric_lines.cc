#include "server/app/metric_lines.h"

namespace rowkeeper::app {

void AddCounter(observe::Exposition* out, std::string_view name, std::string_view help, uint64_t value,
                observe::Exposition::Labels labels) {
  out->Add({name, observe::MetricType::kCounter, help}, static_cast<double>(value), labels);
}

void AddGauge(observe::Exposition* out, std::string_view name, std::string_view help, double value,
              observe::Exposition::Labels labels) {
  out->Add({name, observe::MetricType::kGauge, help}, value, labels);
}

void AddDurations(observe::Exposition* out, std::string_view name, std::string_view help,
                  const observe::DurationHistogram& durations, observe::Exposition::Labels labels) {
  out->Add({name, observe::MetricType::kHistogram, help}, durations.Take(), labels);
}

}  // namespace rowkeeper::app
