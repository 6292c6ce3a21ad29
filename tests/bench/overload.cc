// What a server does with more calls than can be executed: an open loop at multiples of the peak with deadlines of 1.5
// s, and beside it a polite caller, 10 calls a second with deadlines of 1 s. Case "database": a pool of four and calls
// of 50 ms; load and server are one process. Case "cpu": calls that take hardly any time in the database; load comes
// from rowkeeper_flood, on the last of the cores, and the server keeps to the others. PostgreSQL is wherever it was
// started. Needs ROWKEEPER_TEST_DATABASE_URL. Figures, not a test. Prints a table, and writes one line of CSV for each
// multiple and for each second to FILE, which overload_plot.py draws.
//
// Usage: rowkeeper_overload_bench database|cpu FILE [SECONDS [TIMES …]]

#include <google/protobuf/descriptor.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/pg/server/nap_server.h"

namespace rowkeeper::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

double ResidentMegabytes() {
  std::ifstream file("/proc/self/statm");
  double total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

double Percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1))];
}

struct Summary {
  size_t answered = 0;
  size_t good = 0;
  std::map<std::string, size_t> refused;
  std::vector<double> good_ms;
  std::vector<double> refused_ms;

  void Add(const std::vector<ManyCalls::Answer>& answers) {
    answered += answers.size();
    for (const ManyCalls::Answer& answer : answers) {
      const double ms = std::chrono::duration<double, std::milli>(answer.took).count();
      const bool is_good = answer.outcome == "OK";
      good += is_good ? 1 : 0;
      (is_good ? good_ms : refused_ms).push_back(ms);
      if (!is_good) ++refused[answer.outcome];
    }
  }
};

/// What is measured, and where to.
struct Case {
  std::string method;
  double peak = 0;
  seconds time{60};
  std::FILE* file = nullptr;
};

void PrintHead(double peak) {
  std::printf("peak: %.1f calls a second\n", peak);
  std::printf("%5s %9s %9s %8s %8s %8s %12s %12s %13s %8s %8s %8s\n", "times", "offered/s", "good/s", "of peak",
              "p50 ms", "p99 ms", "refused p50", "refused p99", "polite", "p99 ms", "MB", "MB after");
  std::fflush(stdout);
}

void Report(const Case& of, double times, const Summary& flooded, const Summary& asked, double before, double after) {
  const double per_second = 1 / static_cast<double>(of.time.count());
  const double good = static_cast<double>(flooded.good + asked.good) * per_second;
  const double offered = times * of.peak + 10;
  std::printf("%5.1f %9.1f %9.1f %8.2f %8.0f %8.0f %12.1f %12.1f %6zu/%-6zu %8.0f %8.0f %8.0f\n", times, offered, good,
              good / of.peak, Percentile(flooded.good_ms, 0.5), Percentile(flooded.good_ms, 0.99),
              Percentile(flooded.refused_ms, 0.5), Percentile(flooded.refused_ms, 0.99), asked.good, asked.answered,
              Percentile(asked.good_ms, 0.99), before, after);
  for (const auto& [reason, count] : flooded.refused) std::printf("      %s %zu\n", reason.c_str(), count);
  std::fflush(stdout);
  std::fprintf(of.file, "curve,%.2f,%.1f,%.1f,%.1f,%.1f\n", times, offered, of.peak, good,
               static_cast<double>(asked.good) / static_cast<double>(std::max<size_t>(asked.answered, 1)));
}

void Measure(NapServer* server, const Case& of, double times) {
  ManyCalls flood(server->get(), server->tcp(), 4), polite(server->get(), server->unix_socket(), 1);
  OpenLoop flooding = {&flood, of.method, "", times * of.peak, {}};
  flooding.options.timeout = milliseconds(1500);
  OpenLoop asking = {&polite, of.method, "", 10, {}};
  asking.options.timeout = milliseconds(1000);
  RunOpenLoops({flooding, asking}, seconds(5));
  flood.TakeAnswers();
  polite.TakeAnswers();
  const double before = ResidentMegabytes();
  Summary flooded, asked;
  for (int second = 0; second < of.time.count(); ++second) {
    RunOpenLoops({flooding, asking}, seconds(1));
    const size_t good = flooded.good + asked.good;
    flooded.Add(flood.TakeAnswers());
    asked.Add(polite.TakeAnswers());
    std::fprintf(of.file, "second,%.2f,%d,%zu,%.0f\n", times, second, flooded.good + asked.good - good,
                 ResidentMegabytes());
  }
  Report(of, times, flooded, asked, before, ResidentMegabytes());
  std::fflush(of.file);
}

/// What rowkeeper_flood has told: name=value.
using Told = std::map<std::string, double>;

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) { return static_cast<double>(time.tv_sec) + time.tv_usec / 1e6; };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

/// The cores that this process may use.
std::vector<int> Cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  sched_getaffinity(0, sizeof(set), &set);
  std::vector<int> cores;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &set)) cores.push_back(core);
  }
  return cores;
}

/// Of this thread and all that it will begin.
void LeaveToLoad(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int other : Cores()) {
    if (other != core) CPU_SET(other, &set);
  }
  if (CPU_COUNT(&set) > 0) sched_setaffinity(0, sizeof(set), &set);
}

Told Flood(NapServer* server, const Case& of, int load_core, const std::string& load,
           const std::function<void(int second, int good)>& each_second) {
  const auto* method = server->get()->FindMethod(of.method);
  const std::string command =
      Cat("taskset -c ", load_core, " " ROWKEEPER_FLOOD " ", server->tcp(), " /", method->service()->full_name(), "/",
          method->name(), " 4 ", of.time.count(), " ", load);
  std::FILE* const pipe = popen(command.c_str(), "r");
  Told told;
  std::array<char, 4096> line;
  while (std::fgets(line.data(), line.size(), pipe) != nullptr) {
    int second = 0, good = 0;
    if (std::sscanf(line.data(), "second %d %d", &second, &good) == 2) {
      each_second(second, good);
      continue;
    }
    std::istringstream words(line.data());
    for (std::string word; words >> word;) {
      const size_t sign = word.find('=');
      if (sign != std::string::npos) told[word.substr(0, sign)] = std::atof(word.c_str() + sign + 1);
    }
  }
  pclose(pipe);
  return told;
}

void MeasureOnCpu(NapServer* server, const Case& of, int load_core, double times) {
  const double before = ResidentMegabytes();
  const double cpu = CpuSeconds();
  Told told =
      Flood(server, of, load_core, Cat("rate ", static_cast<int64_t>(times * of.peak)), [&](int second, int good) {
        std::fprintf(of.file, "second,%.2f,%d,%d,%.0f\n", times, second, good, ResidentMegabytes());
      });
  const double per_second = 1 / static_cast<double>(of.time.count());
  const double good = (told["good"] + told["polite_good"]) * per_second;
  std::printf("%5.1f %9.1f %9.1f %8.2f %8.0f %8.0f %12.1f %12.1f %6.0f/%-6.0f %8.0f %8.0f %8.0f\n", times,
              told["started"] * per_second, good, good / of.peak, told["good_p50"], told["good_p99"],
              told["refused_p50"], told["refused_p99"], told["polite_good"], told["polite_started"], told["polite_p99"],
              before, ResidentMegabytes());
  std::printf(
      "      refused %.0f late %.0f unsent %.0f cut %.0f unconnected %.0f; connections ended %.0f declined %.0f; "
      "cpu of load %.2f, of server %.2f\n",
      told["refused"], told["late"], told["unsent"], told["cut"], told["unconnected"], told["ended"], told["declined"],
      told["cpu"] * per_second, (CpuSeconds() - cpu) / (static_cast<double>(of.time.count()) + 3));
  std::fflush(stdout);
  std::fprintf(of.file, "curve,%.2f,%.1f,%.1f,%.1f,%.1f\n", times, told["started"] * per_second, of.peak, good,
               told["polite_good"] / std::max(told["polite_started"], 1.0));
  std::fflush(of.file);
}

void RunDatabase(Case measured, const std::vector<double>& multiples) {
  NapServer server;
  measured.method = NapServer::kMethod;
  measured.peak = MeasurePeak(&server, 8, seconds(10), measured.method);
  PrintHead(measured.peak);
  for (const double times : multiples) Measure(&server, measured, times);
}

void RunCpu(Case measured, const std::vector<double>& multiples) {
  const int load_core = Cores().back();
  LeaveToLoad(load_core);
  NapServer server;
  measured.method = NapServer::kQuick;
  measured.peak = Flood(&server, measured, load_core, "peak 64", [](int, int) {})["good"] /
                  static_cast<double>(measured.time.count());
  PrintHead(measured.peak);
  for (const double times : multiples) MeasureOnCpu(&server, measured, load_core, times);
}

int Run(std::string_view name, const char* path, seconds time, std::vector<double> multiples) {
  const bool of_database = name == "database";
  if (!of_database && name != "cpu") {
    std::fprintf(stderr, "the first argument is `database` or `cpu`\n");
    return 2;
  }
  Case measured;
  measured.file = std::fopen(path, "w");
  if (measured.file == nullptr) {
    std::perror(path);
    return 2;
  }
  if (multiples.empty()) multiples = {0.5, 1, 2, 5, 10};
  measured.time = time;
  of_database ? RunDatabase(measured, multiples) : RunCpu(measured, multiples);
  std::fclose(measured.file);
  return 0;
}

}  // namespace
}  // namespace rowkeeper::testing

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: rowkeeper_overload_bench database|cpu FILE [SECONDS [TIMES …]]\n");
    return 2;
  }
  std::vector<double> multiples;
  for (int i = 4; i < argc; ++i) multiples.push_back(std::atof(argv[i]));
  return rowkeeper::testing::Run(argv[1], argv[2], std::chrono::seconds(argc > 3 ? std::atoi(argv[3]) : 60), multiples);
}
