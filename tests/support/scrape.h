#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace rowkeeper::testing {

/// One line of Prometheus' text format.
struct MetricSample {
  /// With the `_bucket`, `_sum` or `_count` of a histogram.
  std::string name;
  std::map<std::string, std::string> labels;
  double value = 0;
};

/// What a scrape gave. A line that is not of the format fails the running test.
class Scrape {
 public:
  struct Family {
    std::string type;
    /// All labels that its samples have, without `le`.
    std::set<std::string> labels;
  };

  explicit Scrape(const std::string& text);

  /// By name, without the endings of histograms.
  const std::map<std::string, Family>& families() const { return families_; }
  const std::vector<MetricSample>& samples() const { return samples_; }
  /// The sum of the samples of this name that have all these labels; 0 when there is none.
  double Sum(const std::string& name, const std::map<std::string, std::string>& labels = {}) const;
  size_t Count(const std::string& name) const;

 private:
  void AddSample(const std::string& line);

  std::map<std::string, Family> families_;
  std::string family_;
  std::vector<MetricSample> samples_;
};

}  // namespace rowkeeper::testing
