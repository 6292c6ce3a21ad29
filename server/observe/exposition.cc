#include "server/observe/exposition.h"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <map>
#include <utility>
#include <vector>

namespace rowkeeper::observe {
namespace {

prometheus::MetricType ToPrometheus(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return prometheus::MetricType::Counter;
    case MetricType::kGauge:
      return prometheus::MetricType::Gauge;
    case MetricType::kHistogram:
      return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

double Seconds(DurationHistogram::Duration duration) { return std::chrono::duration<double>(duration).count(); }

prometheus::ClientMetric::Histogram ToPrometheus(const DurationHistogram::Snapshot& durations) {
  prometheus::ClientMetric::Histogram histogram;
  histogram.bucket.reserve(durations.counts.size());
  uint64_t below = 0;
  for (size_t i = 0; i < durations.counts.size(); ++i) {
    below += durations.counts[i];
    const bool bounded = i < DurationHistogram::kBounds.size();
    histogram.bucket.push_back(
        {below, bounded ? Seconds(DurationHistogram::kBounds[i]) : std::numeric_limits<double>::infinity()});
  }
  histogram.sample_count = below;
  histogram.sample_sum = Seconds(durations.sum);
  return histogram;
}

}  // namespace

struct Exposition::Families {
  prometheus::ClientMetric& AddSample(const Metric& metric, Labels labels) {
    const auto [place, is_new] = places.try_emplace(metric.name, all.size());
    if (is_new) all.push_back({std::string(metric.name), std::string(metric.help), ToPrometheus(metric.type), {}});
    prometheus::ClientMetric& sample = all[place->second].metric.emplace_back();
    sample.label.reserve(labels.size());
    for (const MetricLabel& label : labels) sample.label.push_back({std::string(label.name), std::string(label.value)});
    return sample;
  }

  std::vector<prometheus::MetricFamily> all;
  std::map<std::string_view, size_t> places;
};

Exposition::Exposition() : families_(std::make_unique<Families>()) {}
Exposition::~Exposition() = default;

void Exposition::Add(const Metric& metric, double value, Labels labels) {
  prometheus::ClientMetric& sample = families_->AddSample(metric, labels);
  (metric.type == MetricType::kCounter ? sample.counter.value : sample.gauge.value) = value;
}

void Exposition::Add(const Metric& metric, const DurationHistogram::Snapshot& durations, Labels labels) {
  families_->AddSample(metric, labels).histogram = ToPrometheus(durations);
}

std::string Exposition::Text() const { return prometheus::TextSerializer().Serialize(families_->all); }

}  // namespace rowkeeper::observe
