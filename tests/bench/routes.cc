#include "rowkeeper/v1/unit_of_work.pb.h"
#include "server/base/text.h"
#include "tests/bench/report.h"
#include "tests/bench/scenarios.h"

namespace rowkeeper::bench {
namespace {

constexpr char kGetPath[] = "/bench.v1.ProfileRepository/GetById";

Step GetStep(uint64_t rows) {
  return {kGetPath, [rows](uint64_t i, const std::string&) { return GetByIdRequest(i * 7919 % rows); }};
}

Step BeginStep() {
  return {"/rowkeeper.v1.UnitOfWork/Begin", [](uint64_t, const std::string&) { return std::string(); },
          [](const std::string& response) {
            rowkeeper::v1::BeginResponse begun;
            return begun.ParseFromString(response) ? begun.handle() : std::string();
          }};
}

Step CommitStep() {
  return {"/rowkeeper.v1.UnitOfWork/Commit", [](uint64_t, const std::string& handle) {
            rowkeeper::v1::CommitRequest request;
            request.set_handle(handle);
            return request.SerializeAsString();
          }};
}

void MeasureOver(const Scenario& scenario, const std::vector<Route>& routes, const std::string& operation,
                 const Load& load) {
  std::vector<Channels> channels;
  std::vector<Series> series;
  for (const Route& route : routes) {
    channels.push_back(Connect(route.address, scenario.channels));
    series.push_back({Cat(operation, ", ", route.name), {}});
    RunClosedLoop(channels.back(), load);  // warm-up
  }
  for (int round = 0; round < scenario.rounds; ++round) {
    for (size_t i = 0; i < routes.size(); ++i) series[i].rounds.push_back(RunClosedLoop(channels[i], load));
  }
  PrintReport(load.in_flight, series);
}

}  // namespace

void MeasureRoutes(const Scenario& scenario, const std::vector<Route>& routes) {
  const Step get = GetStep(static_cast<uint64_t>(scenario.rows));
  for (const int in_flight : scenario.in_flight) {
    MeasureOver(scenario, routes, "GetById", {{get}, in_flight, scenario.round});
    MeasureOver(scenario, routes, "unit, 2 GetById",
                {{BeginStep(), get, get, CommitStep()}, in_flight, scenario.round});
  }
}

}  // namespace rowkeeper::bench
