#include "server/embedded/process.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "server/base/text.h"
#include "server/embedded/errors.h"

namespace rowkeeper::embedded {
namespace {

// Descriptors the child gives a new number are kept above these, so that no dup2 overwrites another's source.
constexpr int kErrorFd = 3;
constexpr int kFirstFreeFd = 4;

/// Everything the child needs, made before fork(): between fork and exec only async-signal-safe calls are allowed.
struct ChildPlan {
  const char* program;
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const SystemUser* user;
  int input;
  int output;
  int error_pipe;
  int death_signal;
  pid_t parent;
};

bool BecomeUser(const SystemUser& user) {
  if (!user.change) return true;
  return setgroups(user.groups.size(), user.groups.data()) == 0 && setgid(user.gid) == 0 && setuid(user.uid) == 0;
}

void ResetSignals() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) sigaction(signal, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void RunChild(const ChildPlan& plan) {
  setsid();
  ResetSignals();
  bool ready = dup2(plan.input, 0) >= 0 && dup2(plan.output, 1) >= 0 && dup2(plan.output, 2) >= 0 &&
               dup2(plan.error_pipe, kErrorFd) >= 0 && fcntl(kErrorFd, F_SETFD, FD_CLOEXEC) == 0 && chdir("/") == 0 &&
               BecomeUser(*plan.user);
  close_range(kFirstFreeFd, UINT_MAX, 0);
  umask(077);
  // Only now: changing the user clears the signal. The parent may have died before it was set.
  ready = ready && prctl(PR_SET_PDEATHSIG, plan.death_signal) == 0;
  if (getppid() != plan.parent) _exit(127);
  if (ready) execve(plan.program, plan.arguments.data(), plan.environment.data());
  const int error = errno;
  [[maybe_unused]] const ssize_t written = write(kErrorFd, &error, sizeof(error));
  _exit(127);
}

std::vector<std::string> Environment() {
  std::vector<std::string> environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C"};
  if (const char* path = std::getenv("LD_LIBRARY_PATH")) environment.push_back(Cat("LD_LIBRARY_PATH=", path));
  return environment;
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

FileDescriptor DuplicateOrNull(int fd) {
  FileDescriptor null;
  if (fd < 0) {
    null = FileDescriptor(open("/dev/null", O_RDWR | O_CLOEXEC));
    fd = null.get();
  }
  return FileDescriptor(fcntl(fd, F_DUPFD_CLOEXEC, kFirstFreeFd));
}

std::string ReadAll(int fd) {
  std::string all;
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t count = read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return all;
    all.append(buffer.data(), count);
  }
}

int Reap(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

absl::StatusOr<pid_t> Spawn(const Command& command) {
  std::array<int, 2> ends;
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return SystemCallFailed("pipe2", errno);
  FileDescriptor error_read(ends[0]);
  FileDescriptor error_write(fcntl(ends[1], F_DUPFD_CLOEXEC, kFirstFreeFd));
  close(ends[1]);
  FileDescriptor input = DuplicateOrNull(command.input);
  FileDescriptor output = DuplicateOrNull(command.output);
  if (!error_write.valid() || !input.valid() || !output.valid()) return SystemCallFailed("fcntl", errno);

  std::vector<std::string> arguments = {command.program};
  arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
  std::vector<std::string> environment = Environment();
  const ChildPlan plan{command.program.c_str(), Pointers(arguments),  Pointers(environment),
                       &command.user,           input.get(),          output.get(),
                       error_write.get(),       command.death_signal, getpid()};
  const pid_t pid = fork();
  if (pid < 0) return SystemCallFailed("fork", errno);
  if (pid == 0) RunChild(plan);

  error_write = FileDescriptor();
  const std::string failure = ReadAll(error_read.get());
  if (failure.size() == sizeof(int)) {
    int error = 0;
    std::memcpy(&error, failure.data(), sizeof(error));
    Reap(pid);
    return SystemCallFailed(Cat("starting ", command.program, " as ", command.user.name), error);
  }
  return pid;
}

absl::StatusOr<CommandResult> Run(Command command, std::string_view input) {
  FileDescriptor text(memfd_create("rowkeeper-input", MFD_CLOEXEC));
  if (!text.valid() || write(text.get(), input.data(), input.size()) != static_cast<ssize_t>(input.size()) ||
      lseek(text.get(), 0, SEEK_SET) != 0) {
    return SystemCallFailed("memfd_create", errno);
  }
  std::array<int, 2> ends;
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return SystemCallFailed("pipe2", errno);
  FileDescriptor output(ends[0]);
  FileDescriptor child_output(ends[1]);
  command.input = text.get();
  command.output = child_output.get();
  absl::StatusOr<pid_t> pid = Spawn(command);
  if (!pid.ok()) return pid.status();
  child_output = FileDescriptor();
  CommandResult result;
  result.output = ReadAll(output.get());
  result.exit_code = Reap(*pid);
  return result;
}

bool CanEnter(const SystemUser& user, const std::string& directory) {
  const char* path = directory.c_str();
  if (!user.change) return access(path, X_OK) == 0;
  const pid_t pid = fork();
  if (pid == 0) _exit(BecomeUser(user) && access(path, X_OK) == 0 ? 0 : 1);
  return pid > 0 && Reap(pid) == 0;
}

}  // namespace rowkeeper::embedded
