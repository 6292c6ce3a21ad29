#include "tests/bank/own_postgres.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <thread>
#include <vector>

#include "server/base/text.h"
#include "server/embedded/binaries.h"
#include "server/embedded/process.h"
#include "server/embedded/system_user.h"

namespace rowkeeper::testing {
namespace {

constexpr auto kReadyTimeout = std::chrono::seconds(60);

// Sequential scans would make serializable transactions conflict over whole tables. A checkpoint at the wrong moment
// would rightly leave a server in doubt about a commit, now and then.
const char* const kSettings[] = {
    "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=100",    "fsync=off",
    "full_page_writes=off",       "synchronous_commit=on",    "deadlock_timeout=100ms", "enable_seqscan=off",
    "checkpoint_timeout=1d"};

bool IsFree(int port) {
  const FileDescriptor probe(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  setsockopt(probe.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return bind(probe.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
}

absl::Status MakeCluster(const embedded::Binaries& binaries, const embedded::SystemUser& user,
                         const std::string& directory) {
  if (user.change && chown(directory.c_str(), user.uid, user.gid) != 0) {
    return absl::InternalError("the directory could not be given to PostgreSQL's system user");
  }
  embedded::Command initdb;
  initdb.program = binaries.directory + "/initdb";
  initdb.arguments = {"-D", directory + "/data", "-U",     "postgres", "-A", "trust", "-E", "UTF8",
                      "-N", "--locale",          "C.UTF-8"};
  initdb.user = user;
  const absl::StatusOr<embedded::CommandResult> result = embedded::Run(initdb, "");
  if (!result.ok()) return result.status();
  return result->exit_code == 0 ? absl::OkStatus() : absl::InternalError(result->output);
}

}  // namespace

int FreePort() {
  std::random_device random;
  for (;;) {
    const int port = 20000 + static_cast<int>(random() % 12000);
    if (IsFree(port)) return port;
  }
}

absl::StatusOr<std::unique_ptr<OwnPostgres>> OwnPostgres::Start(const std::string& directory) {
  const absl::StatusOr<std::vector<embedded::Binaries>> binaries = embedded::FindBinaries("");
  if (!binaries.ok()) return binaries.status();
  const absl::StatusOr<embedded::SystemUser> user = embedded::DatabaseUser();
  if (!user.ok()) return user.status();
  absl::Status status = MakeCluster(binaries->front(), *user, directory);
  if (!status.ok()) return status;
  std::unique_ptr<OwnPostgres> postgres(
      new OwnPostgres(binaries->front().directory + "/postgres", directory, FreePort()));
  status = postgres->Spawn();
  if (!status.ok()) return status;
  return postgres;
}

OwnPostgres::OwnPostgres(std::string program, std::string directory, int port)
    : program_(std::move(program)),
      directory_(std::move(directory)),
      port_(port),
      url_(Cat("postgresql://postgres@127.0.0.1:", port, "/postgres")) {}

OwnPostgres::~OwnPostgres() { Stop(Shutdown::kImmediate); }

absl::Status OwnPostgres::Spawn() {
  const FileDescriptor log(open((directory_ + ".log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  const absl::StatusOr<embedded::SystemUser> user = embedded::DatabaseUser();
  if (!user.ok()) return user.status();
  embedded::Command command;
  command.program = program_;
  command.arguments = {"-D", directory_ + "/data", "-p", std::to_string(port_)};
  for (const char* setting : kSettings) {
    command.arguments.insert(command.arguments.end(), {"-c", setting});
  }
  command.user = *user;
  command.output = log.get();
  command.death_signal = SIGQUIT;
  const absl::StatusOr<pid_t> pid = embedded::Spawn(command);
  if (!pid.ok()) return pid.status();
  pid_ = *pid;
  return WaitUntilReady();
}

absl::Status OwnPostgres::WaitUntilReady() {
  const auto give_up = std::chrono::steady_clock::now() + kReadyTimeout;
  for (;;) {
    const absl::StatusOr<db::Rows> rows = Execute("SELECT 1");
    if (rows.ok() || std::chrono::steady_clock::now() > give_up) return rows.status();
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = 0;
      return absl::InternalError(Cat("PostgreSQL ended instead of starting; see ", directory_, ".log"));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

void OwnPostgres::Stop(Shutdown shutdown) {
  connection_.reset();
  if (pid_ == 0) return;
  kill(pid_, shutdown == Shutdown::kFast ? SIGINT : SIGQUIT);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

absl::Status OwnPostgres::Restart(Shutdown shutdown) {
  Stop(shutdown);
  return Spawn();
}

absl::StatusOr<db::Rows> OwnPostgres::Execute(std::string_view sql) {
  if (connection_ == nullptr || connection_->broken()) {
    db::ConnectionOptions options;
    options.url = url_;
    options.application_name = "bank_test";
    absl::StatusOr<std::unique_ptr<db::Connection>> opened = db::Connection::Open(options);
    if (!opened.ok()) return opened.status();
    connection_ = *std::move(opened);
  }
  db::Query query;
  query.result = ResultShape::Any();
  query.text = sql;
  return connection_->Execute(query);
}

std::string OwnPostgres::Value(std::string_view sql) {
  const absl::StatusOr<db::Rows> rows = Execute(sql);
  return rows.ok() && rows->size() > 0 ? std::string(rows->cell(0, 0)) : "";
}

}  // namespace rowkeeper::testing
