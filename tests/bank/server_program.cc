#include "tests/bank/server_program.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <deque>
#include <fstream>
#include <string>
#include <thread>
#include <utility>

#include "server/base/text.h"
#include "server/embedded/process.h"
#include "tests/bank/own_postgres.h"

namespace rowkeeper::testing {
namespace {

constexpr auto kListenTimeout = std::chrono::seconds(60);

bool Connects(const std::string& address) {
  const FileDescriptor probe(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  peer.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(address.find(':') + 1))));
  return connect(probe.get(), reinterpret_cast<sockaddr*>(&peer), sizeof(peer)) == 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ServerProgram>> ServerProgram::Start(Options options) {
  std::unique_ptr<ServerProgram> server(new ServerProgram(std::move(options), FreePort()));
  const absl::Status status = server->Spawn();
  if (!status.ok()) return status;
  return server;
}

ServerProgram::ServerProgram(Options options, int port)
    : options_(std::move(options)), address_(Cat("127.0.0.1:", port)) {}

ServerProgram::~ServerProgram() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

absl::Status ServerProgram::Spawn() {
  const FileDescriptor log(open(options_.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  embedded::Command command;
  command.program = options_.program;
  command.arguments = {"serve", "--listen", address_, "--admin-listen", "none"};
  command.arguments.insert(command.arguments.end(), options_.arguments.begin(), options_.arguments.end());
  command.output = log.get();
  command.death_signal = SIGKILL;
  const absl::StatusOr<pid_t> pid = embedded::Spawn(command);
  if (!pid.ok()) return pid.status();
  pid_ = *pid;
  return WaitUntilListening();
}

absl::Status ServerProgram::WaitUntilListening() {
  const auto give_up = std::chrono::steady_clock::now() + kListenTimeout;
  while (!Connects(address_)) {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = 0;
      return absl::InternalError(Cat("the server ended instead of listening; see ", options_.log_file));
    }
    if (std::chrono::steady_clock::now() > give_up) return absl::DeadlineExceededError("the server does not listen");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return absl::OkStatus();
}

absl::Status ServerProgram::KillAndRestart() {
  // It must not have ended by itself before.
  if (waitpid(pid_, nullptr, WNOHANG) != 0) {
    pid_ = 0;
    return absl::InternalError(Cat("the server had ended by itself; see ", options_.log_file));
  }
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
  return Spawn();
}

absl::Status ServerProgram::Restart() {
  const int exit_code = Stop();
  if (exit_code != 0) return absl::InternalError(Cat("exit code ", exit_code, "; see ", options_.log_file));
  return Spawn();
}

int ServerProgram::Stop() {
  Terminate();
  return WaitForExit();
}

void ServerProgram::Terminate() { kill(pid_, SIGTERM); }

int ServerProgram::WaitForExit() {
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void ShowLogOfFailure(const std::string& log_file) {
  constexpr size_t kLines = 60;
  if (!::testing::UnitTest::GetInstance()->Failed()) return;
  std::deque<std::string> lines;
  std::ifstream file(log_file);
  for (std::string line; std::getline(file, line);) {
    lines.push_back(std::move(line));
    if (lines.size() > kLines) lines.pop_front();
  }
  std::printf("the end of %s:\n", log_file.c_str());
  for (const std::string& line : lines) std::printf("  %s\n", line.c_str());
  std::fflush(stdout);
}

}  // namespace rowkeeper::testing
