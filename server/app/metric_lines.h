#pragma once

#include <cstdint>
#include <string_view>

#include "server/observe/duration_histogram.h"
#include "server/observe/exposition.h"

namespace rowkeeper::app {

// Adds a metric, or a metric with further labels, to what a scrape gets. The words are those of its HELP line.

void AddCounter(observe::Exposition* out, std::string_view name, std::string_view help, uint64_t value,
                observe::Exposition::Labels labels = {});
void AddGauge(observe::Exposition* out, std::string_view name, std::string_view help, double value,
              observe::Exposition::Labels labels = {});
void AddDurations(observe::Exposition* out, std::string_view name, std::string_view help,
                  const observe::DurationHistogram& durations, observe::Exposition::Labels labels = {});

}  // namespace rowkeeper::app
