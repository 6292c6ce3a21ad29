#include "tests/support/scrape.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <sstream>

namespace rowkeeper::testing {

Scrape::Scrape(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash, keyword, name, type;
    if (line.rfind("# HELP ", 0) == 0) continue;
    if (line.rfind("# TYPE ", 0) != 0) {
      AddSample(line);
      continue;
    }
    words >> hash >> keyword >> family_ >> type;
    EXPECT_TRUE(families_.emplace(family_, Family{type, {}}).second) << family_ << " comes twice";
  }
}

void Scrape::AddSample(const std::string& line) {
  static const std::regex* const kSample = new std::regex(R"(([a-z_0-9]+)(\{(.*)\})? (\S+))");
  static const std::regex* const kLabel = new std::regex(R"re(([a-z_]+)="((?:[^"\\]|\\.)*)",?)re");
  std::smatch match;
  if (!std::regex_match(line, match, *kSample)) {
    ADD_FAILURE() << "not a line of the format: " << line;
    return;
  }
  MetricSample sample;
  sample.name = match[1];
  sample.value = std::stod(match[4]);
  EXPECT_EQ(sample.name.rfind(family_, 0), 0u) << sample.name << " stands among the samples of " << family_;
  const std::string labels = match[3];
  for (std::sregex_iterator label(labels.begin(), labels.end(), *kLabel), end; label != end; ++label) {
    sample.labels[(*label)[1]] = (*label)[2];
    if ((*label)[1] != "le") families_[family_].labels.insert((*label)[1]);
  }
  samples_.push_back(std::move(sample));
}

double Scrape::Sum(const std::string& name, const std::map<std::string, std::string>& labels) const {
  double sum = 0;
  for (const MetricSample& sample : samples_) {
    const bool fits = std::all_of(labels.begin(), labels.end(), [&](const auto& label) {
      const auto found = sample.labels.find(label.first);
      return found != sample.labels.end() && found->second == label.second;
    });
    if (sample.name == name && fits) sum += sample.value;
  }
  return sum;
}

size_t Scrape::Count(const std::string& name) const {
  return static_cast<size_t>(
      std::count_if(samples_.begin(), samples_.end(), [&](const MetricSample& sample) { return sample.name == name; }));
}

}  // namespace rowkeeper::testing
