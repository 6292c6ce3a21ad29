// Load on one server: `rowkeeper_load run` is one block of a benchmark and prints a JSON object about it;
// `rowkeeper_load same` asks several servers the same and fails where their answers differ. tests/bench/run.sh calls
// it.
#include <sys/prctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/base/text.h"
#include "tests/bench/load/credentials.h"
#include "tests/bench/load/idle_units.h"
#include "tests/bench/load/imports.h"
#include "tests/bench/load/processes.h"
#include "tests/bench/load/same.h"
#include "tests/bench/load/scenarios.h"

namespace rowkeeper::bench {
namespace {

struct RunOptions {
  std::string address;
  std::string scenario;
  ScenarioOptions of_scenario;
  LoopOptions loop;
  int warm_up_ms = 200;
  int duration_ms = 1000;
  int channels = 4;
  int idle_units = 0;
  CallerFiles caller;
  /// name=pid
  std::vector<std::string> watch;
};

/// What the named processes use between two moments.
class Watch {
 public:
  explicit Watch(const std::vector<std::string>& processes) {
    for (const std::string& process : processes) {
      const std::vector<std::string> parts = absl::StrSplit(process, '=');
      int pid = 0;
      if (parts.size() == 2 && absl::SimpleAtoi(parts[1], &pid)) pids_[parts[0]] = pid;
    }
    pids_["load"] = getpid();
  }

  void Begin() { begin_ = Look(); }
  void End() { end_ = Look(); }

  /// {"load": {"cpu_seconds": 0.31, "private_mib": 12.0, "switches": 3120}, …}
  std::string Json() const {
    std::vector<std::string> parts;
    for (const auto& [name, use] : end_) {
      const ProcessUse& begin = begin_.at(name);
      char text[160];
      std::snprintf(text, sizeof(text), "\"%s\": {\"cpu_seconds\": %.2f, \"private_mib\": %.1f, \"switches\": %lld}",
                    name.c_str(), use.cpu_seconds - begin.cpu_seconds, use.private_mib,
                    static_cast<long long>(std::max<int64_t>(0, use.switches - begin.switches)));
      parts.push_back(text);
    }
    return Cat("{", absl::StrJoin(parts, ", "), "}");
  }

 private:
  std::map<std::string, ProcessUse> Look() const {
    std::map<std::string, ProcessUse> uses;
    for (const auto& [name, pid] : pids_) uses[name] = UseOf(pid);
    return uses;
  }

  std::map<std::string, pid_t> pids_;
  std::map<std::string, ProcessUse> begin_;
  std::map<std::string, ProcessUse> end_;
};

std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return quoted + "\"";
}

double Micros(std::chrono::nanoseconds time) { return std::chrono::duration<double, std::micro>(time).count(); }

void Print(const RunOptions& options, const LoopResult& result, int rows, const Watch& watch) {
  const Histogram& latencies = result.latencies;
  const uint64_t count = latencies.count();
  std::printf("{\"scenario\": %s, \"in_flight\": %d, \"rate\": %g, \"seconds\": %.4f, \"operations\": %llu, ",
              Quoted(options.scenario).c_str(), options.loop.in_flight, options.loop.rate, result.seconds,
              static_cast<unsigned long long>(count));
  std::printf("\"rows_per_operation\": %d, \"request_bytes\": %zu, \"response_bytes\": %zu, ", rows,
              result.request_bytes.load(), result.response_bytes.load());
  std::printf("\"per_second\": %.2f, \"errors\": %llu, \"error\": %s, ",
              result.seconds > 0 ? static_cast<double>(count) / result.seconds : 0,
              static_cast<unsigned long long>(result.errors), Quoted(result.error).c_str());
  std::printf("\"mean_us\": %.1f, \"p50_us\": %.1f, \"p90_us\": %.1f, \"p99_us\": %.1f, \"p999_us\": %.1f, ",
              Micros(latencies.Mean()), Micros(latencies.Percentile(0.5)), Micros(latencies.Percentile(0.9)),
              Micros(latencies.Percentile(0.99)), Micros(latencies.Percentile(0.999)));
  std::printf("\"max_us\": %.1f, \"processes\": %s}\n", Micros(latencies.max()), watch.Json().c_str());
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "rowkeeper_load: %s\n", std::string(status.message()).c_str());
  return 1;
}

int Run(RunOptions options) {
  prctl(PR_SET_TIMERSLACK, 1000);  // an open loop wakes up on time
  const auto credentials = MakeCredentials(options.caller);
  if (!credentials.ok()) return Fail(credentials.status());
  absl::StatusOr<std::string> authorization = ReadAuthorization(options.caller);
  if (!authorization.ok()) return Fail(authorization.status());
  options.loop.authorization = *std::move(authorization);
  const Channels channels = Connect(options.address, options.channels, *credentials);
  for (const auto& channel : channels) {
    if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10))) {
      return Fail(absl::UnavailableError(Cat("nobody serves ", options.address)));
    }
  }
  Watch watch(options.watch);
  options.loop.warm_up = std::chrono::milliseconds(options.warm_up_ms);
  options.loop.duration = std::chrono::milliseconds(options.duration_ms);
  options.loop.at_begin = [&watch] { watch.Begin(); };
  options.loop.at_end = [&watch] { watch.End(); };
  std::optional<IdleUnits> idle;
  if (options.idle_units > 0) {
    idle.emplace(channels[0]);
    if (absl::Status status = idle->Open(options.idle_units); !status.ok()) return Fail(status);
  }
  LoopResult result;
  int rows = 0;
  if (const size_t colon = options.scenario.find(':'); options.scenario.substr(0, colon) == "import") {
    if (colon == std::string::npos || !absl::SimpleAtoi(options.scenario.substr(colon + 1), &rows) || rows < 1) {
      return Fail(absl::InvalidArgumentError("import:ROWS"));
    }
    RunImports(channels, rows, options.loop, &result);
  } else {
    const auto scenario = MakeScenario(options.scenario, options.of_scenario, channels);
    if (!scenario.ok()) return Fail(scenario.status());
    rows = scenario->rows_per_operation;
    RunLoop(channels, scenario->load, options.loop, &result);
  }
  if (idle.has_value() && idle->CountOpen() < options.idle_units) {
    return Fail(
        absl::UnavailableError(Cat(idle->CountOpen(), " of ", options.idle_units, " idle units are still open")));
  }
  Print(options, result, rows, watch);
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App command("Load on one server, and whether servers answer the same", "rowkeeper_load");
  command.require_subcommand(1);

  RunOptions options;
  CLI::App* const run = command.add_subcommand("run", "One block of load; prints a JSON object");
  run->footer(Cat("Scenarios: ", absl::StrJoin(ScenarioNames(), ", ")));
  run->add_option("--address", options.address, "Of the server")->required();
  run->add_option("--scenario", options.scenario)->required();
  run->add_option("--in-flight", options.loop.in_flight)->capture_default_str()->check(CLI::Range(1, 4096));
  run->add_option("--rate", options.loop.rate, "Operations begun each second, an open loop; 0: a closed loop")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1e6));
  run->add_option("--channels", options.channels, "Connections")->capture_default_str()->check(CLI::Range(1, 64));
  run->add_option("--warm-up-ms", options.warm_up_ms)->capture_default_str()->check(CLI::Range(0, 600000));
  run->add_option("--duration-ms", options.duration_ms)->capture_default_str()->check(CLI::Range(10, 600000));
  run->add_option("--rows", options.of_scenario.rows, "Profiles in the database")
      ->capture_default_str()
      ->check(CLI::Range(100, 1000000000));
  run->add_option("--request-bytes", options.of_scenario.request_bytes, "Of the empty call")->capture_default_str();
  run->add_option("--response-bytes", options.of_scenario.response_bytes, "Of the empty call")->capture_default_str();
  run->add_option("--idle-units", options.idle_units, "Units of work that are open and do nothing meanwhile")
      ->capture_default_str()
      ->check(CLI::Range(0, 900));
  run->add_option("--roots", options.caller.roots, "Speak TLS with a server whose certificate these signed, PEM");
  run->add_option("--certificate", options.caller.certificate, "To show to the server, PEM");
  run->add_option("--key", options.caller.key, "Of --certificate, PEM");
  run->add_option("--token-file", options.caller.token, "Token that each call sends along");
  run->add_option("--watch", options.watch, "NAME=PID: tell what this process and its children use; may be repeated");

  std::vector<std::string> servers;
  CLI::App* const same = command.add_subcommand("same", "Whether servers of one database give the same answers");
  same->add_option("servers", servers, "NAME=ADDRESS")->required();

  int pid = 0;
  CLI::App* const use = command.add_subcommand("use", "CPU seconds of a process, its children and those that ended");
  use->add_option("pid", pid)->required();

  CLI11_PARSE(command, argc, argv);
  if (run->parsed()) return Run(std::move(options));
  if (use->parsed()) {
    std::printf("%.2f\n", UseOf(pid).cpu_seconds);
    return 0;
  }
  const absl::Status status = CompareAnswers(servers);
  return status.ok() ? 0 : Fail(status);
}

}  // namespace
}  // namespace rowkeeper::bench

int main(int argc, char** argv) { return rowkeeper::bench::Main(argc, argv); }
