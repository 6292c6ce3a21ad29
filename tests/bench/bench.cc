// GetById next to an empty unary call, on one server and in one run, so that the ratio says what the data path costs.
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <thread>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/app/server_process.h"
#include "server/base/text.h"
#include "server/observe/log.h"
#include "server/sql/ddl.h"
#include "tests/bench/closed_loop.h"

namespace rowkeeper::bench {
namespace {

struct Options {
  std::string database_url;
  std::string proto_path = "tests/bench/proto";
  int rows = 100000;
  int rounds = 5;
  int round_ms = 1000;
  int channels = 4;
  std::vector<int> in_flight = {1, 16, 64, 256};
};

constexpr char kEmptyPath[] = "/rowkeeper.bench.Empty/Call";

std::string Key(uint64_t i) {
  const std::string digits = std::to_string(i);
  return Cat("00000000-0000-4000-8000-", std::string(12 - digits.size(), '0'), digits);
}

/// A request whose field 1 is the id: tag, length, text.
std::string GetByIdRequest(uint64_t i) { return Cat("\x0a\x24", Key(i)); }

bool Run(db::Connection& connection, const std::string& text) {
  const absl::Status status = connection.ExecuteScript(text, nullptr);
  if (!status.ok()) std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return status.ok();
}

/// A schema of its own, so that nothing else in the database is touched.
bool Fill(db::Connection& connection, const app::LoadedCatalogue& loaded, int rows) {
  if (!Run(connection, "DROP SCHEMA IF EXISTS rowkeeper_bench CASCADE")) return false;
  std::vector<const catalogue::Entity*> entities;
  for (const auto& entity : loaded.catalogue->entities()) entities.push_back(entity.get());
  for (const std::string& statement : sql::CreateTables(entities)) {
    if (!Run(connection, statement)) return false;
  }
  return Run(connection,
             Cat("INSERT INTO rowkeeper_bench.profiles (id, email, handle, display_name, settings) SELECT "
                 "('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, 'user' || i || '@example.com',"
                 " 'user' || i, 'User number ' || i, '{\"theme\": \"dark\"}' FROM generate_series(0, ",
                 rows - 1, ") AS i; ANALYZE rowkeeper_bench.profiles"));
}

struct Series {
  std::string name;
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  Load load;
  std::vector<Measurement> rounds;
};

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double MedianOf(const Series& series, double Measurement::*figure) {
  std::vector<double> values;
  for (const Measurement& round : series.rounds) values.push_back(round.*figure);
  return Median(values);
}

void Report(int in_flight, const Series& series, double baseline) {
  uint64_t errors = 0;
  for (const Measurement& round : series.rounds) errors += round.errors;
  const double rate = MedianOf(series, &Measurement::calls_per_second);
  std::printf("%9d  %-10s %10.0f %10.0f %10.0f %10.0f %8.2f %8llu\n", in_flight, series.name.c_str(), rate,
              MedianOf(series, &Measurement::p50), MedianOf(series, &Measurement::p95),
              MedianOf(series, &Measurement::p99), rate / baseline, static_cast<unsigned long long>(errors));
}

using Channels = std::vector<std::shared_ptr<grpc::Channel>>;

Channels Connect(const std::string& address, int count) {
  Channels channels;
  for (int i = 0; i < count; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
    channels.push_back(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  }
  return channels;
}

void Measure(const Options& options, const std::string& address, const std::string& empty_address) {
  const Channels channels = Connect(address, options.channels);
  const Channels empty_channels = Connect(empty_address, options.channels);
  std::printf("%d rows, %d rounds of %d ms each, alternating; medians; %u cores\n", options.rows, options.rounds,
              options.round_ms, std::thread::hardware_concurrency());
  std::printf("%9s  %-10s %10s %10s %10s %10s %8s %8s\n", "in flight", "call", "calls/s", "p50 us", "p95 us", "p99 us",
              "ratio", "errors");
  const uint64_t rows = static_cast<uint64_t>(options.rows);
  for (int in_flight : options.in_flight) {
    std::vector<Series> series = {
        {"empty", empty_channels, {kEmptyPath, [](uint64_t) { return std::string(); }, in_flight}, {}},
        {"GetById",
         channels,
         {"/bench.v1.ProfileRepository/GetById", [rows](uint64_t i) { return GetByIdRequest(i * 7919 % rows); },
          in_flight},
         {}}};
    for (Series& one : series) {
      one.load.duration = std::chrono::milliseconds(options.round_ms);
      RunClosedLoop(one.channels, one.load);  // warm-up
    }
    for (int round = 0; round < options.rounds; ++round) {
      for (Series& one : series) one.rounds.push_back(RunClosedLoop(one.channels, one.load));
    }
    const double baseline = MedianOf(series[0], &Measurement::calls_per_second);
    for (const Series& one : series) Report(in_flight, one, baseline);
  }
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}

int RunBenchmark(const Options& options) {
  observe::LogOptions log;
  log.level = observe::LogLevel::kWarning;
  observe::StartLog(log);
  const auto loaded = app::LoadCatalogueOrExplain({{options.proto_path}, {}, {}});
  if (loaded == nullptr) return 1;
  app::DatabaseSettings settings;
  settings.url = options.database_url;
  const auto connected = app::ConnectOrExplain(settings);
  if (connected == nullptr || !Fill(*connected->connection, *loaded, options.rows)) return 1;

  app::ServerProcessOptions server;
  server.connection = connected->database.connection;
  server.serve.listen = {"127.0.0.1:0"};
  auto process = app::ServerProcess::Start(*loaded, server);
  if (!process.ok()) return Fail(process.status());
  wire::DynamicService empty({{kEmptyPath, [](wire::UnaryCall call) { call.Finish(std::string()); }}}, {});
  wire::ServerOptions empty_options;
  empty_options.addresses = {"127.0.0.1:0"};
  auto empty_server = wire::GrpcServer::Start(empty_options, {&empty});
  if (!empty_server.ok()) return Fail(empty_server.status());

  Measure(options, (*process)->addresses()[0], (*empty_server)->BoundAddresses()[0]);
  (*process)->Shutdown();
  return Run(*connected->connection, "DROP SCHEMA rowkeeper_bench CASCADE") ? 0 : 1;
}

}  // namespace
}  // namespace rowkeeper::bench

int main(int argc, char** argv) {
  rowkeeper::bench::Options options;
  CLI::App command("Calls per second and latency of GetById next to an empty unary call", "rowkeeper_bench");
  command.add_option("--database-url", options.database_url, "Default: DATABASE_URL, PG*, else the private PostgreSQL");
  command.add_option("--proto-path", options.proto_path)->capture_default_str();
  command.add_option("--rows", options.rows)->capture_default_str()->check(CLI::Range(1, 100000000));
  command.add_option("--rounds", options.rounds)->capture_default_str()->check(CLI::Range(1, 1000));
  command.add_option("--round-ms", options.round_ms)->capture_default_str()->check(CLI::Range(10, 600000));
  command.add_option("--channels", options.channels, "Connections")->capture_default_str()->check(CLI::Range(1, 64));
  command.add_option("--in-flight", options.in_flight, "Calls in flight, one or more figures");
  CLI11_PARSE(command, argc, argv);
  return rowkeeper::bench::RunBenchmark(options);
}
