#include "server/embedded/embedded_postgres.h"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "server/base/clock.h"
#include "server/base/text.h"
#include "server/embedded/binaries.h"
#include "server/embedded/data_directory.h"
#include "server/embedded/errors.h"
#include "server/embedded/initialise.h"
#include "server/embedded/leftovers.h"
#include "server/embedded/postmaster_file.h"
#include "server/embedded/supervisor.h"

namespace rowkeeper::embedded {
namespace {

using Result = absl::StatusOr<std::unique_ptr<EmbeddedPostgres>>;

constexpr std::chrono::milliseconds kLockPoll{50};
/// Another process may hold the lock for a moment only to see whether it is free.
constexpr std::chrono::milliseconds kLockWait{500};
constexpr off_t kLogRotateBytes = 16 << 20;
constexpr size_t kLogExcerptLines = 4;

void Log(const EmbeddedOptions& options, const std::string& line) {
  if (options.log) options.log(line);
}

std::string Url(const std::string& socket_directory) {
  std::string escaped;
  for (const char c : socket_directory) {
    const bool plain =
        std::isalnum(static_cast<unsigned char>(c)) != 0 || absl::StrContains("/-_.~", std::string(1, c));
    char code[4];
    std::snprintf(code, sizeof(code), "%%%02X", static_cast<unsigned char>(c));
    escaped += plain ? std::string(1, c) : std::string(code);
  }
  return Cat("postgresql://", kDatabaseUser, "@/", kDatabaseName, "?host=", escaped);
}

/// What PostgreSQL wrote since `offset` that explains a failure.
std::string LogExcerpt(const std::string& log_file, std::streamoff offset) {
  std::ifstream file(log_file);
  file.seekg(offset);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line) && lines.size() < kLogExcerptLines;) {
    for (const char* level : {"FATAL:  ", "PANIC:  ", "HINT:  ", "postgres: "}) {
      const size_t at = line.find(level);
      if (at == std::string::npos) continue;
      lines.push_back(line.substr(at));
      break;
    }
  }
  return absl::StrJoin(lines, " ");
}

/// An element of a comma-separated list setting.
std::string ListElement(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::vector<std::string> ServerArguments(const DataDirectory& directory, const std::string& socket_directory) {
  std::vector<std::string> arguments = {"-D", directory.database};
  for (const std::string& setting :
       {std::string("listen_addresses="), Cat("unix_socket_directories=", ListElement(socket_directory)),
        std::string("unix_socket_permissions=0700"), std::string("port=5432"),
        Cat("cluster_name=", directory.cluster_name), std::string("update_process_title=on"),
        std::string("logging_collector=off"), std::string("log_destination=stderr"),
        // No row values in the log: they are in the details of errors, in statements and in parameters.
        std::string("log_error_verbosity=terse"), std::string("log_min_error_statement=panic"),
        std::string("log_parameter_max_length_on_error=0")}) {
    arguments.insert(arguments.end(), {"-c", setting});
  }
  return arguments;
}

/// Opens the log for appending; one that has grown large becomes postgres.log.1 first.
absl::StatusOr<FileDescriptor> OpenLog(const DataDirectory& directory) {
  struct stat info {};
  if (stat(directory.log_file.c_str(), &info) == 0 && info.st_size > kLogRotateBytes) {
    std::rename(directory.log_file.c_str(), (directory.log_file + ".1").c_str());
  }
  FileDescriptor file(open(directory.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.valid()) return DataDirectoryUnusable(directory.path, "write the log postgres.log in", errno);
  return file;
}

class Attached final : public EmbeddedPostgres {
 public:
  Attached(const DataDirectory& directory, const std::string& socket_directory)
      : data_dir_(directory.path), url_(Url(socket_directory)) {}

  const std::string& url() const override { return url_; }
  const std::string& data_dir() const override { return data_dir_; }
  bool owns() const override { return false; }
  void Stop() override {}

 private:
  const std::string data_dir_;
  const std::string url_;
};

class Owned final : public EmbeddedPostgres {
 public:
  Owned(EmbeddedOptions options, DataDirectory directory, DirectoryLock lock)
      : options_(std::move(options)), directory_(std::move(directory)), lock_(std::move(lock)) {}
  ~Owned() override { Stop(); }

  absl::Status Start(const std::vector<Binaries>& installed);

  const std::string& url() const override { return url_; }
  const std::string& data_dir() const override { return directory_.path; }
  bool owns() const override { return true; }
  void Stop() override {
    absl::MutexLock lock(&stop_mutex_);
    if (supervisor_ == nullptr) return;
    supervisor_->Stop(options_.stop_timeout);
    // One outside the data directory would be litter; it is only removed when it is empty.
    if (!absl::StartsWith(socket_directory_, directory_.path)) rmdir(socket_directory_.c_str());
  }

 private:
  absl::Status PrepareDatabase(const std::vector<Binaries>& installed);
  absl::StatusOr<pid_t> Spawn();

  const EmbeddedOptions options_;
  const DataDirectory directory_;
  DirectoryLock lock_;
  Binaries binaries_;
  SystemUser user_;
  /// Written by the supervisor's thread, read when that has ended.
  std::string socket_directory_;
  std::string url_;
  absl::Mutex stop_mutex_;
  std::unique_ptr<Supervisor> supervisor_;
};

absl::Status Owned::PrepareDatabase(const std::vector<Binaries>& installed) {
  absl::StatusOr<ExistingDatabase> existing = InspectDatabase(directory_);
  if (!existing.ok()) return existing.status();
  absl::StatusOr<SystemUser> user =
      existing->major == 0 ? DatabaseUser() : DatabaseUserFor(existing->owner, directory_.database);
  if (!user.ok()) return user.status();
  user_ = *std::move(user);
  if (!CanEnter(user_, directory_.path)) return DataDirectoryClosedTo(directory_.path, user_.name);
  absl::StatusOr<Binaries> binaries = ChooseBinaries(installed, existing->major, directory_.database);
  if (!binaries.ok()) return binaries.status();
  binaries_ = *std::move(binaries);
  if (existing->major != 0) return absl::OkStatus();
  Log(options_, Cat("making a new PostgreSQL ", binaries_.major, " database in ", directory_.path));
  return InitialiseDatabase(directory_, binaries_, user_);
}

absl::StatusOr<pid_t> Owned::Spawn() {
  if (absl::Status status = ClearLeftovers(directory_, options_.stop_timeout); !status.ok()) return status;
  absl::StatusOr<std::string> socket_directory = MakeSocketDirectory(directory_, user_);
  if (!socket_directory.ok()) return socket_directory.status();
  socket_directory_ = *socket_directory;
  // A lock file whose process number has been given to somebody else would stop PostgreSQL from starting.
  std::remove((*socket_directory + "/.s.PGSQL.5432.lock").c_str());
  absl::StatusOr<FileDescriptor> log = OpenLog(directory_);
  if (!log.ok()) return log.status();
  Command command;
  command.program = binaries_.directory + "/postgres";
  command.arguments = ServerArguments(directory_, *socket_directory);
  command.user = user_;
  command.output = log->get();
  command.death_signal = SIGINT;
  return embedded::Spawn(command);
}

absl::Status Owned::Start(const std::vector<Binaries>& installed) {
  if (absl::Status status = PrepareDatabase(installed); !status.ok()) return status;
  std::ifstream log(directory_.log_file, std::ios::ate);
  const std::streamoff log_start = log ? static_cast<std::streamoff>(log.tellg()) : 0;

  Supervisor::Options supervise;
  supervise.spawn = [this] { return Spawn(); };
  supervise.ready = [this](pid_t pid) {
    const std::optional<PostmasterFile> file = ReadPostmasterFile(directory_.database);
    if (!file.has_value() || file->pid != pid || !file->ready) return false;
    url_ = Url(file->socket_directory);
    return true;
  };
  supervise.log = [this](const std::string& line) { Log(options_, line); };
  supervisor_ = std::make_unique<Supervisor>(std::move(supervise));
  absl::StatusOr<Supervisor::StartResult> started = supervisor_->Start(options_.start_timeout);
  if (!started.ok()) return started.status();
  switch (*started) {
    case Supervisor::StartResult::kReady:
      return absl::OkStatus();
    case Supervisor::StartResult::kEnded:
      return DidNotStart(LogExcerpt(directory_.log_file, log_start), directory_.log_file);
    case Supervisor::StartResult::kTimedOut:
      return StartTimedOut(static_cast<int>(options_.start_timeout.count()), directory_.log_file);
  }
  return absl::OkStatus();
}

Result StartLocked(const EmbeddedOptions& options, const DataDirectory& directory, DirectoryLock lock,
                   const std::vector<Binaries>& installed) {
  auto owned = std::make_unique<Owned>(options, directory, std::move(lock));
  if (absl::Status status = owned->Start(installed); !status.ok()) return status;
  return owned;
}

/// Attached when the holder's PostgreSQL is ready, null when it is not (yet).
Result AttachIfReady(const DataDirectory& directory) {
  const std::optional<PostmasterFile> file = ReadPostmasterFile(directory.database);
  if (!file.has_value()) {
    if (access(directory.database.c_str(), R_OK | X_OK) != 0 && errno == EACCES) {
      return DataDirectoryUnusable(directory.path, "read the database in", EACCES);
    }
    return nullptr;
  }
  const bool alive = kill(file->pid, 0) == 0 || errno == EPERM;
  if (!file->ready || !alive) return nullptr;
  if (access(file->socket_directory.c_str(), X_OK) != 0) {
    return DataDirectoryUnusable(directory.path, "reach the socket of", errno);
  }
  return std::make_unique<Attached>(directory, file->socket_directory);
}

std::string DataDirOf(const EmbeddedOptions& options) {
  return options.data_dir.empty() ? DefaultDataDir() : options.data_dir;
}

}  // namespace

std::string DefaultDataDir() {
  if (geteuid() == 0) return "/var/lib/rowkeeper";
  const char* data_home = std::getenv("XDG_DATA_HOME");
  if (data_home != nullptr && data_home[0] == '/') return Cat(data_home, "/rowkeeper");
  const char* home = std::getenv("HOME");
  const passwd* entry = home == nullptr ? getpwuid(geteuid()) : nullptr;
  return Cat(home != nullptr ? home : entry != nullptr ? entry->pw_dir : "/nonexistent", "/.local/share/rowkeeper");
}

Result EmbeddedPostgres::Start(const EmbeddedOptions& options) {
  absl::StatusOr<std::vector<Binaries>> installed = FindBinaries(options.binaries_dir);
  if (!installed.ok()) return installed.status();
  absl::StatusOr<DataDirectory> directory = PrepareDataDirectory(DataDirOf(options));
  if (!directory.ok()) return directory.status();
  const Clock::time_point deadline = Clock::System().Now() + kLockWait;
  for (;;) {
    absl::StatusOr<DirectoryLock::Attempt> attempt = DirectoryLock::Try(*directory);
    if (!attempt.ok()) return attempt.status();
    if (attempt->lock.has_value()) return StartLocked(options, *directory, *std::move(attempt->lock), *installed);
    if (Clock::System().Now() >= deadline) return DataDirectoryInUse(directory->path, attempt->holder);
    Clock::System().SleepFor(kLockPoll);
  }
}

Result EmbeddedPostgres::Attach(const EmbeddedOptions& options) {
  absl::StatusOr<DataDirectory> directory = ExistingDataDirectory(DataDirOf(options));
  if (!directory.ok()) return directory.status();
  const Clock::time_point deadline = Clock::System().Now() + options.start_timeout;
  for (;;) {
    absl::StatusOr<DirectoryLock::Attempt> attempt = DirectoryLock::Try(*directory);
    if (!attempt.ok()) return attempt.status();
    if (attempt->lock.has_value()) return NothingToAttachTo(directory->path);
    Result attached = AttachIfReady(*directory);
    if (!attached.ok() || *attached != nullptr) return attached;
    if (Clock::System().Now() >= deadline) {
      return StartTimedOut(static_cast<int>(options.start_timeout.count()), directory->log_file);
    }
    Clock::System().SleepFor(kLockPoll);
  }
}

Result EmbeddedPostgres::OpenOrAttach(const EmbeddedOptions& options) {
  Result attached = Attach(options);
  if (attached.ok() || !absl::IsUnavailable(attached.status())) return attached;
  Result started = Start(options);
  // Somebody else may have been quicker.
  if (!started.ok() && absl::IsFailedPrecondition(started.status())) {
    Result second = Attach(options);
    if (second.ok()) return second;
  }
  return started;
}

}  // namespace rowkeeper::embedded
