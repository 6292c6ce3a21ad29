#include "tests/support/pgbouncer.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "server/base/text.h"
#include "server/db/connection.h"
#include "server/db/conninfo.h"
#include "server/embedded/process.h"
#include "server/embedded/system_user.h"
#include "tests/bank/own_postgres.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::testing {
namespace {

/// Debian's, unless ROWKEEPER_TEST_PGBOUNCER names another one.
std::string Program() {
  const char* const other = std::getenv("ROWKEEPER_TEST_PGBOUNCER");
  return other == nullptr ? "/usr/sbin/pgbouncer" : other;
}

constexpr auto kStartLimit = std::chrono::seconds(20);

std::string Part(const db::ConnInfo& info, const char* key, const char* otherwise) {
  const auto found = info.find(key);
  return found == info.end() ? otherwise : found->second;
}

/// "1.18.0" is 118.
int ReleaseNumber() {
  embedded::Command command;
  command.program = Program();
  command.arguments = {"--version"};
  const auto result = embedded::Run(command, "");
  int major = 0;
  int minor = 0;
  if (!result.ok() || std::sscanf(result->output.c_str(), "PgBouncer %d.%d", &major, &minor) != 2) return 0;
  return major * 100 + minor;
}

std::string Settings(const PgBouncer::Options& options, const db::ConnInfo& server, const std::string& directory,
                     int port) {
  std::string text =
      Cat("[databases]\n* = host=", Part(server, "host", "127.0.0.1"), " port=", Part(server, "port", "5432"),
          "\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ", port, "\nunix_socket_dir =\nauth_type = trust\n",
          "auth_file = ", directory,
          "/users\npool_mode = ", options.mode == PgBouncer::Mode::kSession ? "session" : "transaction",
          "\ndefault_pool_size = ", options.pool_size, "\nmax_client_conn = ", options.max_clients,
          "\nadmin_users = ", Part(server, "user", "postgres"), "\nquery_wait_timeout = ", options.query_wait_timeout_s,
          "\n");
  if (PgBouncer::KnowsPreparedStatements()) text += Cat("max_prepared_statements = ", options.max_prepared_statements);
  return text + "\n";
}

void Write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

}  // namespace

bool PgBouncer::Installed() { return access(Program().c_str(), X_OK) == 0; }

bool PgBouncer::KnowsPreparedStatements() {
  static const int release = ReleaseNumber();
  return release >= 121;
}

absl::StatusOr<std::unique_ptr<PgBouncer>> PgBouncer::Start(const Options& options) {
  std::string pattern = (std::filesystem::temp_directory_path() / "rowkeeper-pgbouncer-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return absl::InternalError("mkdtemp");
  std::unique_ptr<PgBouncer> pooler(new PgBouncer(pattern, FreePort(), options.mode));
  absl::Status status = pooler->WriteFiles(options);
  if (status.ok()) status = pooler->Spawn();
  if (!status.ok()) return status;
  return pooler;
}

absl::Status PgBouncer::WriteFiles(const Options& options) {
  const auto server = db::ParseConnInfo(TestServerUrl());
  if (!server.ok()) return server.status();
  const auto user = embedded::DatabaseUser();
  if (!user.ok()) return user.status();
  std::string users = Cat("\"", Part(*server, "user", "postgres"), "\" \"", Part(*server, "password", ""), "\"\n");
  for (const std::string& name : options.users) users += Cat("\"", name, "\" \"\"\n");
  Write(directory_ + "/users", users);
  Write(directory_ + "/pgbouncer.ini", Settings(options, *server, directory_, port_));
  for (const char* file : {"", "/users", "/pgbouncer.ini"}) {  // PgBouncer does not run as root
    if (user->change && chown((directory_ + file).c_str(), user->uid, user->gid) != 0) {
      return absl::InternalError("the pooler's files could not be given to the system user");
    }
  }
  return absl::OkStatus();
}

absl::Status PgBouncer::Spawn() {
  const auto user = embedded::DatabaseUser();
  if (!user.ok()) return user.status();
  const FileDescriptor log(open((directory_ + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  embedded::Command command;
  command.program = Program();
  command.arguments = {directory_ + "/pgbouncer.ini"};
  command.user = *user;
  command.output = log.get();
  command.death_signal = SIGKILL;
  const auto pid = embedded::Spawn(command);
  if (!pid.ok()) return pid.status();
  pid_ = *pid;
  return WaitUntilReady();
}

absl::Status PgBouncer::WaitUntilReady() {
  const auto give_up = std::chrono::steady_clock::now() + kStartLimit;
  for (;;) {
    db::ConnectionOptions options;
    options.url = Route(TestServerUrl());
    options.pooler = db::Pooler::kSession;  // whatever the database's settings are
    const absl::Status status = db::Connection::Open(options).status();
    if (status.ok() || std::chrono::steady_clock::now() > give_up) return status;
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = 0;
      std::ifstream log(directory_ + "/log");
      return absl::InternalError("PgBouncer ended instead of starting: " +
                                 std::string(std::istreambuf_iterator<char>(log), {}));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

void PgBouncer::Stop() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

absl::Status PgBouncer::Restart() {
  Stop();
  return Spawn();
}

PgBouncer::~PgBouncer() {
  Stop();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string PgBouncer::Route(const std::string& url) const {
  auto info = db::ParseConnInfo(url);
  if (!info.ok()) return {};
  info->erase("hostaddr");
  (*info)["host"] = "127.0.0.1";
  (*info)["port"] = Cat(port_);
  return db::ToUri(*info);
}

std::string Describe(const PgBouncer::Options& options) {
  if (options.mode == PgBouncer::Mode::kSession) return "Session";
  return options.max_prepared_statements == 0 ? "Transaction"
                                              : Cat("TransactionPrepared", options.max_prepared_statements);
}

std::vector<PgBouncer::Options> PoolerVariants() {
  std::vector<PgBouncer::Options> variants;
  if (!PgBouncer::Installed()) return variants;
  PgBouncer::Options options;
  variants.push_back(options);
  options.max_prepared_statements = 200;
  if (PgBouncer::KnowsPreparedStatements()) variants.push_back(options);
  options.max_prepared_statements = 0;
  options.mode = PgBouncer::Mode::kSession;
  options.pool_size = 40;  // each client keeps one
  variants.push_back(options);
  return variants;
}

}  // namespace rowkeeper::testing
