#include "server/app/connection_settings.h"

#include <algorithm>
#include <string>

#include "server/app/command_line.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/net/file_limit.h"
#include "server/observe/log.h"

namespace rowkeeper::app {
namespace {

using observe::Log;
using observe::LogLevel;

/// Files that are open beside the pool's sessions and callers' connections: logs, libraries, the admin listener's
/// connections, sessions of the monitor and of runs in doubt.
constexpr int64_t kOtherFiles = 224;
constexpr double kLongest = 1728000;

int64_t FilesOfOthers(const PoolSettings& pool) { return int64_t{pool.pool_size} + pool.max_overflow + kOtherFiles; }

void AddTime(CLI::App* command, const std::string& name, double* seconds, double least, const std::string& help) {
  AddOption(command, name, seconds, help)->check(CLI::Range(least, kLongest))->group("Connections");
}

}  // namespace

void AddConnectionOptions(CLI::App* command, CallerConnectionSettings* settings) {
  AddOption(command, "--max-connections", &settings->max_connections,
            "Connections of callers that are open at once; fewer when the limit of open files holds fewer")
      ->check(CLI::Range(1, 1000000))
      ->group("Connections");
  AddOption(command, "--max-connections-per-peer", &settings->max_per_peer,
            "Connections that one address, IPv6 network /64 or, on unix sockets, user may have open")
      ->check(CLI::Range(1, 1000000))
      ->group("Connections");
  AddOption(command, "--allow-uid", &settings->allowed_uids,
            "Number of a user who may connect to unix sockets; may be repeated. Default: all that the mode of the "
            "socket's file lets in")
      ->check(CLI::Range(int64_t{0}, int64_t{4294967294}))
      ->type_name("UID")
      ->group("Connections");
  AddTime(command, "--handshake-timeout", &settings->handshake_timeout_s, 0.1,
          "Longest time from connect to the client's first HTTP/2 settings, seconds");
  AddTime(command, "--response-timeout", &settings->response_timeout_s, 0.1,
          "Longest time that a caller may take to receive a response, seconds; then the call is cancelled");
  AddTime(command, "--connection-idle-timeout", &settings->idle_timeout_s, 0,
          "Close a connection that has had no call for this long, seconds, at the latest after twice of it; 0: never");
  AddTime(command, "--connection-age", &settings->age_s, 0,
          "Let clients connect anew after this long, seconds, give or take a tenth; 0: never");
  AddTime(command, "--connection-age-grace", &settings->age_grace_s, 0,
          "Longest time that calls may run on after --connection-age, seconds; 0: no limit");
}

absl::StatusOr<int> FitConnections(const CallerConnectionSettings& settings, const PoolSettings& pool, int64_t files) {
  const int64_t held = net::ConnectionsWithin(files, FilesOfOthers(pool));
  if (held < 1) {
    return absl::FailedPreconditionError(Cat(
        "the limit of open files is ", files, ", and the server needs ", FilesOfOthers(pool) + net::kFilesOfConnection,
        " to serve one connection; raise it (`ulimit -n`, LimitNOFILE= of systemd), or lower --pool-size"));
  }
  return static_cast<int>(std::min<int64_t>(held, settings.max_connections));
}

absl::Status SetConnectionLimits(const CallerConnectionSettings& settings, const PoolSettings& pool,
                                 wire::ServerOptions* options) {
  const int64_t files = net::RaiseFileLimit();
  const absl::StatusOr<int> fitting = FitConnections(settings, pool, files);
  if (!fitting.ok()) return fitting.status();
  const bool fewer = *fitting < settings.max_connections;
  Log(fewer ? LogLevel::kWarning : LogLevel::kInfo,
      fewer ? "fewer connections than --max-connections, for the limit of open files holds no more" : "connections",
      {{"max_connections", static_cast<int64_t>(*fitting)},
       {"max_connections_per_peer", static_cast<int64_t>(std::min(*fitting, settings.max_per_peer))},
       {"open_files", files}});
  options->connections.max_connections = *fitting;
  options->connections.max_connections_per_peer = settings.max_per_peer;
  options->connections.allowed_uids.assign(settings.allowed_uids.begin(), settings.allowed_uids.end());
  options->handshake_timeout = Milliseconds(settings.handshake_timeout_s);
  options->connection_idle_timeout = Milliseconds(settings.idle_timeout_s);
  options->connection_age = Milliseconds(settings.age_s);
  options->connection_age_grace = Milliseconds(settings.age_grace_s);
  return absl::OkStatus();
}

}  // namespace rowkeeper::app
