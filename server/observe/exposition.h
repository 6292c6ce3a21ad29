#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "server/observe/duration_histogram.h"

namespace rowkeeper::observe {

enum class MetricType { kCounter, kGauge, kHistogram };

/// A metric as operators know it. Its name and help outlive its expositions.
struct Metric {
  /// As Prometheus wants it: base units, `_total` at the end of a counter.
  std::string_view name;
  MetricType type = MetricType::kGauge;
  std::string_view help;
};

struct MetricLabel {
  std::string_view name;
  /// One of a set that does not grow with what callers send; never a row's value or a secret.
  std::string_view value;
};

/// What one scrape gets: samples are added by metric, and written in Prometheus' text format. The one place that knows
/// prometheus-cpp. Not thread-safe.
class Exposition {
 public:
  using Labels = std::initializer_list<MetricLabel>;

  Exposition();
  ~Exposition();
  Exposition(const Exposition&) = delete;
  Exposition& operator=(const Exposition&) = delete;

  /// A sample of a counter or gauge.
  void Add(const Metric& metric, double value, Labels labels = {});
  /// A sample of a histogram.
  void Add(const Metric& metric, const DurationHistogram::Snapshot& durations, Labels labels = {});

  /// In the order in which metrics were first added.
  std::string Text() const;

  /// Of Text(), for HTTP.
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct Families;
  const std::unique_ptr<Families> families_;
};

}  // namespace rowkeeper::observe
