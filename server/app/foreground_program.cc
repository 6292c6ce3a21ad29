#include "server/app/foreground_program.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "server/base/file_descriptor.h"
#include "server/base/text.h"

namespace rowkeeper::app {
namespace {

constexpr std::array<int, 4> kPassedOn = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};

// Of the one session, for its handler.
std::array<struct sigaction, kPassedOn.size()> former_actions;
std::atomic<int> last_signal{0};
std::atomic<pid_t> running_program{0};
static_assert(std::atomic<int>::is_always_lock_free, "handlers of signals take no locks");

/// What the terminal sends, it has sent to the program too.
void PassOn(int number, siginfo_t* info, void*) {
  const int error = errno;
  last_signal = number;
  const pid_t program = running_program;
  const bool from_terminal = info->si_code > 0;
  if (program > 0 && !from_terminal) kill(program, number);
  errno = error;
}

/// All that the child needs, made before fork(): between fork and exec only async-signal-safe calls are allowed.
struct ProgramPlan {
  std::vector<char*> arguments;
  int input;
  int output;
  int error_pipe;
  pid_t parent;
};

bool TakeStream(int source, int stream) {
  if (source < 0) return true;
  return source == stream ? fcntl(stream, F_SETFD, 0) == 0 : dup2(source, stream) >= 0;
}

[[noreturn]] void BecomeProgram(const ProgramPlan& plan) {
  for (const int number : {SIGINT, SIGQUIT, SIGTERM, SIGPIPE}) std::signal(number, SIG_DFL);
  if (former_actions.back().sa_handler != SIG_IGN) std::signal(SIGHUP, SIG_DFL);
  // The parent may have died before it was set.
  bool ready = prctl(PR_SET_PDEATHSIG, SIGTERM) == 0;
  if (getppid() != plan.parent) _exit(127);
  ready = ready && TakeStream(plan.input, STDIN_FILENO) && TakeStream(plan.output, STDOUT_FILENO);
  if (ready) execv(plan.arguments.front(), plan.arguments.data());
  const int error = errno;
  [[maybe_unused]] const ssize_t written = write(plan.error_pipe, &error, sizeof(error));
  _exit(127);
}

/// Until somebody reaps it, its number is no other process's.
void AwaitEnd(pid_t pid) {
  siginfo_t info;
  while (waitid(P_PID, pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
}

int ReapProgram(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// The errno of a child that could not become the program, 0 when it did.
int StartError(int pipe) {
  int error = 0;
  ssize_t count = 0;
  do count = read(pipe, &error, sizeof(error));
  while (count < 0 && errno == EINTR);
  return count == sizeof(error) ? error : 0;
}

}  // namespace

ForegroundSession::ForegroundSession() {
  last_signal = 0;
  struct sigaction action {};
  action.sa_sigaction = PassOn;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  for (size_t i = 0; i < kPassedOn.size(); ++i) {
    sigaction(kPassedOn[i], &action, &former_actions[i]);
    // As nohup wants it.
    const bool keep = kPassedOn[i] == SIGHUP && former_actions[i].sa_handler == SIG_IGN;
    if (keep) sigaction(kPassedOn[i], &former_actions[i], nullptr);
  }
}

ForegroundSession::~ForegroundSession() {
  for (size_t i = 0; i < kPassedOn.size(); ++i) sigaction(kPassedOn[i], &former_actions[i], nullptr);
}

int ForegroundSession::signal() const { return last_signal; }

absl::StatusOr<int> ForegroundSession::Run(const ForegroundProgram& program) {
  if (const int number = signal(); number != 0) return 128 + number;
  std::vector<std::string> arguments = {program.path};
  arguments.insert(arguments.end(), program.arguments.begin(), program.arguments.end());
  std::array<int, 2> ends;
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return absl::InternalError(Cat("pipe2: ", std::strerror(errno)));
  const FileDescriptor error_read(ends[0]);
  FileDescriptor error_write(ends[1]);
  ProgramPlan plan{{}, program.input, program.output, error_write.get(), getpid()};
  for (std::string& argument : arguments) plan.arguments.push_back(argument.data());
  plan.arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid < 0) return absl::InternalError(Cat("cannot start ", program.path, ": ", std::strerror(errno)));
  if (pid == 0) BecomeProgram(plan);
  error_write = FileDescriptor();
  const int error = StartError(error_read.get());
  running_program = pid;
  // One that came before the handler knew the program.
  if (const int number = signal(); number != 0) kill(pid, number);
  AwaitEnd(pid);
  running_program = 0;
  const int code = ReapProgram(pid);
  if (error != 0) return absl::InternalError(Cat("cannot start ", program.path, ": ", std::strerror(error)));
  return code;
}

}  // namespace rowkeeper::app
