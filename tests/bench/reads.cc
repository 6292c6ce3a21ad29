#include "server/base/text.h"
#include "tests/bench/report.h"
#include "tests/bench/scenarios.h"

namespace rowkeeper::bench {

std::string GetByIdRequest(uint64_t i) {
  const std::string digits = std::to_string(i);
  // Field 1 is the id: tag, length, text.
  return Cat("\x0a\x24", "00000000-0000-4000-8000-", std::string(12 - digits.size(), '0'), digits);
}

void MeasureReads(const Scenario& scenario, const std::string& empty_address, const std::string& empty_path) {
  const Channels channels = Connect(scenario.address, scenario.channels);
  const Channels empty_channels = Connect(empty_address, scenario.channels);
  const uint64_t rows = static_cast<uint64_t>(scenario.rows);
  for (const int in_flight : scenario.in_flight) {
    const Load empty{
        {{empty_path, [](uint64_t, const std::string&) { return std::string(); }}}, in_flight, scenario.round};
    const Load get{{{"/bench.v1.ProfileRepository/GetById",
                     [rows](uint64_t i, const std::string&) { return GetByIdRequest(i * 7919 % rows); }}},
                   in_flight,
                   scenario.round};
    RunClosedLoop(empty_channels, empty);  // warm-up
    RunClosedLoop(channels, get);
    std::vector<Series> series = {{"empty call", {}}, {"GetById", {}}};
    for (int round = 0; round < scenario.rounds; ++round) {
      series[0].rounds.push_back(RunClosedLoop(empty_channels, empty));
      series[1].rounds.push_back(RunClosedLoop(channels, get));
    }
    PrintReport(in_flight, series);
  }
}

}  // namespace rowkeeper::bench
