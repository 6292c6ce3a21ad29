// What Rowkeeper costs, as ratios measured in one run: medians of alternating rounds.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <thread>

#include "absl/time/clock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "server/app/database.h"
#include "server/app/server_process.h"
#include "server/base/text.h"
#include "server/observe/log.h"
#include "server/sql/ddl.h"
#include "server/wire/dynamic_service.h"
#include "tests/bench/report.h"
#include "tests/bench/scenarios.h"

namespace rowkeeper::bench {
namespace {

struct Options {
  std::string database_url;
  std::string proto_path = "tests/bench/proto";
  std::vector<std::string> scenarios = {"reads", "units", "idle-units"};
  /// Of the same database, behind a pooler in session and in transaction mode; may be empty.
  std::string session_pooler_url;
  std::string transaction_pooler_url;
  int round_ms = 1000;
  Scenario scenario;
};

constexpr char kEmptyPath[] = "/rowkeeper.bench.Empty/Call";

bool Wants(const Options& options, const std::string& scenario) {
  for (const std::string& name : options.scenarios) {
    if (name == scenario) return true;
  }
  return false;
}

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

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}

/// A server for as long as one scenario takes.
class Server {
 public:
  absl::Status Start(const app::LoadedCatalogue& loaded, app::ServerProcessOptions options) {
    options.serve.listen = {"127.0.0.1:0"};
    options.serve.admin_listen = "none";
    auto process = app::ServerProcess::Start(loaded, options);
    if (!process.ok()) return process.status();
    process_ = *std::move(process);
    return WaitUntilServing();
  }
  ~Server() {
    if (process_ != nullptr) process_->Shutdown();
  }
  const std::string& address() const { return process_->addresses()[0]; }

 private:
  /// It listens before it has seen that the database fits.
  absl::Status WaitUntilServing() const {
    const auto stub = grpc::health::v1::Health::NewStub(Connect(address(), 1)[0]);
    for (int attempt = 0; attempt < 1000; ++attempt) {
      grpc::ClientContext context;
      grpc::health::v1::HealthCheckResponse response;
      const grpc::Status status = stub->Check(&context, {}, &response);
      if (status.ok() && response.status() == grpc::health::v1::HealthCheckResponse::SERVING) return absl::OkStatus();
      absl::SleepFor(absl::Milliseconds(10));
    }
    return absl::UnavailableError("the server does not serve within 10 s");
  }

  std::unique_ptr<app::ServerProcess> process_;
};

absl::Status BenchReads(const Scenario& settings, const app::LoadedCatalogue& loaded,
                        const app::ServerProcessOptions& options) {
  Server server;
  if (absl::Status status = server.Start(loaded, options); !status.ok()) return status;
  wire::DynamicService empty({{kEmptyPath, [](wire::UnaryRpc call) { call.Finish(std::string()); }}}, {});
  wire::ServerOptions empty_options;
  empty_options.addresses = {"127.0.0.1:0"};
  const auto empty_server = wire::GrpcServer::Start(empty_options, {&empty});
  if (!empty_server.ok()) return empty_server.status();
  Scenario scenario = settings;
  scenario.address = server.address();
  MeasureReads(scenario, (*empty_server)->BoundAddresses()[0], kEmptyPath);
  return absl::OkStatus();
}

absl::Status BenchUnits(const Scenario& settings, const app::LoadedCatalogue& loaded,
                        app::ServerProcessOptions options) {
  options.pool.pool_size = 64;
  options.serve.units.per_caller = 0;
  Server server;
  if (absl::Status status = server.Start(loaded, options); !status.ok()) return status;
  Scenario scenario = settings;
  scenario.address = server.address();
  MeasureUnits(scenario);
  return absl::OkStatus();
}

absl::Status BenchIdleUnits(const Scenario& settings, const app::LoadedCatalogue& loaded,
                            app::ServerProcessOptions options) {
  options.pool.pool_size = 20;
  options.pool.max_overflow = settings.idle_units + 20;
  options.serve.units.share = (settings.idle_units + 0.5) / (options.pool.pool_size + options.pool.max_overflow);
  options.serve.units.per_caller = 0;
  Server server;
  if (absl::Status status = server.Start(loaded, options); !status.ok()) return status;
  Scenario scenario = settings;
  scenario.address = server.address();
  return MeasureIdleUnits(scenario);
}

absl::Status BenchPoolers(const Options& options, const Scenario& scenario, const app::LoadedCatalogue& loaded,
                          const app::ServerProcessOptions& direct) {
  struct Way {
    std::string name;
    std::string url;
    db::Pooler pooler;
  };
  std::vector<Way> ways = {{"direct", direct.connection.url, db::Pooler::kNone}};
  if (!options.session_pooler_url.empty()) {
    ways.push_back({"session mode", options.session_pooler_url, db::Pooler::kSession});
  }
  if (!options.transaction_pooler_url.empty()) {
    ways.push_back({"transaction mode", options.transaction_pooler_url, db::Pooler::kTransaction});
  }
  if (ways.size() == 1) return absl::InvalidArgumentError("poolers: --session-pooler-url or --transaction-pooler-url");
  std::vector<std::unique_ptr<Server>> servers;
  std::vector<Route> routes;
  for (const Way& way : ways) {
    app::ServerProcessOptions server = direct;
    server.connection.url = way.url;
    server.connection.pooler = way.pooler;
    servers.push_back(std::make_unique<Server>());
    if (absl::Status status = servers.back()->Start(loaded, server); !status.ok()) return status;
    routes.push_back({way.name, servers.back()->address()});
  }
  MeasureRoutes(scenario, routes);
  return absl::OkStatus();
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
  if (connected == nullptr || !Fill(*connected->connection, *loaded, options.scenario.rows)) return 1;

  app::ServerProcessOptions server;
  server.connection = connected->database.connection;
  server.connection.use = db::SessionUse::kStatements;
  Scenario scenario = options.scenario;
  scenario.database_url = server.connection.url;
  scenario.round = std::chrono::milliseconds(options.round_ms);
  std::printf("%d rows, %d rounds of %d ms each, alternating; medians; ratio to the first; %u cores\n", scenario.rows,
              scenario.rounds, options.round_ms, std::thread::hardware_concurrency());
  PrintHeader();
  absl::Status status;
  if (status.ok() && Wants(options, "reads")) status = BenchReads(scenario, *loaded, server);
  if (status.ok() && Wants(options, "units")) status = BenchUnits(scenario, *loaded, server);
  if (status.ok() && Wants(options, "idle-units")) status = BenchIdleUnits(scenario, *loaded, server);
  if (status.ok() && Wants(options, "poolers")) status = BenchPoolers(options, scenario, *loaded, server);
  if (!status.ok()) return Fail(status);
  return Run(*connected->connection, "DROP SCHEMA rowkeeper_bench CASCADE") ? 0 : 1;
}

}  // namespace
}  // namespace rowkeeper::bench

int main(int argc, char** argv) {
  rowkeeper::bench::Options options;
  rowkeeper::bench::Scenario& scenario = options.scenario;
  CLI::App command("Rates and latencies next to what they are measured against", "rowkeeper_bench");
  command
      .add_option(
          "--scenario", options.scenarios,
          "reads (GetById, empty call), units (Begin + Create + Commit, Run, pgbench), idle-units (GetById while "
          "units are open), poolers (GetById and units, direct and behind poolers); may be repeated")
      ->capture_default_str()
      ->check(CLI::IsMember({"reads", "units", "idle-units", "poolers"}));
  command.add_option("--session-pooler-url", options.session_pooler_url, "The same database behind a pooler");
  command.add_option("--transaction-pooler-url", options.transaction_pooler_url, "The same database behind a pooler");
  command.add_option("--database-url", options.database_url, "Default: DATABASE_URL, PG*, else the private PostgreSQL");
  command.add_option("--proto-path", options.proto_path)->capture_default_str();
  command.add_option("--rows", scenario.rows)->capture_default_str()->check(CLI::Range(1, 100000000));
  command.add_option("--rounds", scenario.rounds)->capture_default_str()->check(CLI::Range(1, 1000));
  command.add_option("--round-ms", options.round_ms, "pgbench takes whole seconds")
      ->capture_default_str()
      ->check(CLI::Range(10, 600000));
  command.add_option("--channels", scenario.channels, "Connections")->capture_default_str()->check(CLI::Range(1, 64));
  command.add_option("--in-flight", scenario.in_flight, "Operations in flight, one or more figures")
      ->capture_default_str();
  command.add_option("--idle-units", scenario.idle_units)->capture_default_str()->check(CLI::Range(1, 900));
  CLI11_PARSE(command, argc, argv);
  return rowkeeper::bench::RunBenchmark(options);
}
