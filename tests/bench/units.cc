#include <grpcpp/client_context.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "rowkeeper/v1/unit_of_work.grpc.pb.h"
#include "server/base/text.h"
#include "tests/bench/pgbench.h"
#include "tests/bench/report.h"
#include "tests/bench/scenarios.h"

namespace rowkeeper::bench {
namespace {

constexpr char kCreatePath[] = "/bench.v1.EventRepository/Create";
/// bench.v1.CreateEventRequest {event {kind: "unit" amount: 7}}
constexpr char kCreateRequest[] = "\x0a\x08\x12\x04unit\x18\x07";
/// What the server sends for it.
constexpr char kPgbenchScript[] =
    "BEGIN;\n"
    "INSERT INTO rowkeeper_bench.events (kind, amount) VALUES ('unit', 7) RETURNING id, kind, amount, created_at;\n"
    "COMMIT;\n";

std::string CreateRequest(uint64_t, const std::string&) { return kCreateRequest; }

std::string BeginRequest(uint64_t, const std::string&) { return {}; }

std::string HandleOf(const std::string& response) {
  rowkeeper::v1::BeginResponse begun;
  return begun.ParseFromString(response) ? begun.handle() : std::string();
}

std::string CommitRequest(uint64_t, const std::string& handle) {
  rowkeeper::v1::CommitRequest request;
  request.set_handle(handle);
  return request.SerializeAsString();
}

std::string RunRequest() {
  rowkeeper::v1::RunRequest request;
  auto* call = request.add_calls();
  call->set_method("bench.v1.EventRepository.Create");
  call->mutable_request()->set_type_url("type.googleapis.com/bench.v1.CreateEventRequest");
  call->mutable_request()->set_value(kCreateRequest);
  return request.SerializeAsString();
}

Load UnitLoad(int in_flight, std::chrono::milliseconds duration) {
  return {{{"/rowkeeper.v1.UnitOfWork/Begin", BeginRequest, HandleOf},
           {kCreatePath, CreateRequest},
           {"/rowkeeper.v1.UnitOfWork/Commit", CommitRequest}},
          in_flight,
          duration};
}

Load RunLoad(int in_flight, std::chrono::milliseconds duration) {
  return {
      {{"/rowkeeper.v1.UnitOfWork/Run", [request = RunRequest()](uint64_t, const std::string&) { return request; }}},
      in_flight,
      duration};
}

Load PlainLoad(int in_flight, std::chrono::milliseconds duration) {
  return {{{kCreatePath, CreateRequest}}, in_flight, duration};
}

/// Open units that do nothing, until this ends.
class IdleUnits {
 public:
  explicit IdleUnits(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(rowkeeper::v1::UnitOfWork::NewStub(channel)) {}

  absl::Status Open(int count) {
    rowkeeper::v1::BeginRequest request;
    request.mutable_idle_limit()->set_seconds(60);
    request.mutable_capacity_wait()->set_seconds(10);
    for (int i = 0; i < count; ++i) {
      grpc::ClientContext context;
      rowkeeper::v1::BeginResponse response;
      const grpc::Status status = stub_->Begin(&context, request, &response);
      if (!status.ok()) {
        return absl::UnavailableError(Cat("Begin of idle unit ", i + 1, " of ", count, ": ", status.error_message()));
      }
      handles_.push_back(response.handle());
    }
    return absl::OkStatus();
  }
  ~IdleUnits() {
    for (const std::string& handle : handles_) {
      grpc::ClientContext context;
      rowkeeper::v1::RollbackRequest request;
      rowkeeper::v1::RollbackResponse response;
      request.set_handle(handle);
      const grpc::Status status = stub_->Rollback(&context, request, &response);
      if (!status.ok()) std::fprintf(stderr, "Rollback: %s\n", status.error_message().c_str());
    }
  }
  IdleUnits(const IdleUnits&) = delete;
  IdleUnits& operator=(const IdleUnits&) = delete;

  /// The server's own count.
  int CountOpen() const {
    grpc::ClientContext context;
    rowkeeper::v1::ListRequest request;
    request.set_page_size(1000);
    rowkeeper::v1::ListResponse response;
    return stub_->List(&context, request, &response).ok() ? response.units_of_work_size() : -1;
  }

 private:
  const std::unique_ptr<rowkeeper::v1::UnitOfWork::Stub> stub_;
  std::vector<std::string> handles_;
};

}  // namespace

void MeasureUnits(const Scenario& scenario) {
  const Channels channels = Connect(scenario.address, scenario.channels);
  const auto seconds =
      std::max(std::chrono::seconds(1), std::chrono::duration_cast<std::chrono::seconds>(scenario.round));
  for (const int in_flight : scenario.in_flight) {
    const Load unit = UnitLoad(in_flight, scenario.round);
    const Load run = RunLoad(in_flight, scenario.round);
    const Load plain = PlainLoad(in_flight, scenario.round);
    const PgbenchOptions pgbench{scenario.database_url, kPgbenchScript, in_flight, seconds};
    RunClosedLoop(channels, unit);  // warm-up
    std::vector<Series> series = {
        {"pgbench BEGIN INSERT COMMIT", {}}, {"Begin Create Commit", {}}, {"Run(Create)", {}}, {"Create", {}}};
    for (int round = 0; round < scenario.rounds; ++round) {
      const auto bench = RunPgbench(pgbench);
      if (!bench.ok()) {
        std::fprintf(stderr, "%s\n", std::string(bench.status().message()).c_str());
        return;
      }
      series[0].rounds.push_back(*bench);
      series[1].rounds.push_back(RunClosedLoop(channels, unit));
      series[2].rounds.push_back(RunClosedLoop(channels, run));
      series[3].rounds.push_back(RunClosedLoop(channels, plain));
    }
    PrintReport(in_flight, series);
  }
}

absl::Status MeasureIdleUnits(const Scenario& scenario) {
  const Channels channels = Connect(scenario.address, scenario.channels);
  const uint64_t rows = static_cast<uint64_t>(scenario.rows);
  for (const int in_flight : scenario.in_flight) {
    const Load get{{{"/bench.v1.ProfileRepository/GetById",
                     [rows](uint64_t i, const std::string&) { return GetByIdRequest(i * 7919 % rows); }}},
                   in_flight,
                   scenario.round};
    RunClosedLoop(channels, get);  // warm-up
    std::vector<Series> series = {{"GetById, no open units", {}},
                                  {Cat("GetById, ", scenario.idle_units, " open units"), {}}};
    for (int round = 0; round < scenario.rounds; ++round) {
      series[0].rounds.push_back(RunClosedLoop(channels, get));
      IdleUnits idle(channels[0]);
      if (absl::Status status = idle.Open(scenario.idle_units); !status.ok()) return status;
      series[1].rounds.push_back(RunClosedLoop(channels, get));
      if (const int open = idle.CountOpen(); open != scenario.idle_units) {
        return absl::UnavailableError(Cat(open, " of ", scenario.idle_units, " idle units are open after the round"));
      }
    }
    PrintReport(in_flight, series);
  }
  return absl::OkStatus();
}

}  // namespace rowkeeper::bench
