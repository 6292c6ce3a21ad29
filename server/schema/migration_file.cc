#include "server/schema/migration_file.h"
#include "server/base/clock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/base/text.h"
#include "server/base/whole_file.h"
#include "server/schema/migration_errors.h"
#include "server/schema/migration_text.h"

namespace rowkeeper::schema {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDigits = "0123456789";

bool Consume(std::string_view* text, std::string_view prefix) {
  if (text->substr(0, prefix.size()) != prefix) return false;
  text->remove_prefix(prefix.size());
  return true;
}

void SkipBlanks(std::string_view* text) { text->remove_prefix(std::min(text->find_first_not_of(" \t"), text->size())); }

/// A line that starts with `--` and names a block.
struct Directive {
  enum class Kind { kUp, kDown } kind = Kind::kUp;
  bool transaction = true;
};

/// Nothing when the line is no directive; `*problem` is set when it tries to be one.
std::optional<Directive> ReadDirective(std::string_view line, std::string* problem) {
  if (!Consume(&line, "--")) return std::nullopt;
  SkipBlanks(&line);
  if (!Consume(&line, "migrate:")) return std::nullopt;
  const size_t end = std::min(line.find_first_of(" \t\r"), line.size());
  const std::string_view word = line.substr(0, end);
  Directive directive;
  if (word == "down") directive.kind = Directive::Kind::kDown;
  if (word != "up" && word != "down") {
    *problem = Cat("\"-- migrate:", word, "\" is unknown; write -- migrate:up or -- migrate:down");
    return std::nullopt;
  }
  const std::vector<std::string> options =
      absl::StrSplit(ToAbsl(line.substr(end)), absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
  for (const std::string& option : options) {
    if (option != "transaction:false" && option != "transaction:true") {
      *problem = Cat("\"", option, "\" is no option; write transaction:false, transaction:true or nothing");
      return std::nullopt;
    }
    directive.transaction = option == "transaction:true";
  }
  return directive;
}

bool IsBlankOrComment(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t\r\f\v"), line.size()));
  return line.empty() || line.substr(0, 2) == "--";
}

/// A directive found in the text.
struct Mark {
  Directive directive;
  int line = 0;
  /// Where its block's text starts, and where the directive's own line does.
  size_t block = 0;
  size_t start = 0;
};

/// Finds the marks, and what is wrong with them one by one.
class MarkReader {
 public:
  explicit MarkReader(std::string_view path) : path_(path) {}

  absl::Status Read(std::string_view text) {
    int number = 0;
    for (size_t start = 0; start < text.size();) {
      const size_t end = std::min(text.find('\n', start), text.size());
      if (absl::Status status = ReadLine(text.substr(start, end - start), ++number, start, end + 1); !status.ok()) {
        return status;
      }
      start = end + 1;
    }
    return absl::OkStatus();
  }

  const std::optional<Mark>& up() const { return up_; }
  const std::optional<Mark>& down() const { return down_; }

 private:
  absl::Status ReadLine(std::string_view line, int number, size_t start, size_t next) {
    std::string problem;
    const std::optional<Directive> directive = ReadDirective(line, &problem);
    if (!problem.empty()) return MigrationFileMalformed(path_, number, problem);
    if (!directive.has_value()) {
      if (up_.has_value() || down_.has_value() || IsBlankOrComment(line)) return absl::OkStatus();
      return MigrationFileMalformed(path_, number, "there is text before \"-- migrate:up\"; move it below that line");
    }
    const bool is_up = directive->kind == Directive::Kind::kUp;
    if (!is_up && !up_.has_value()) {
      return MigrationFileMalformed(path_, number, "\"-- migrate:down\" comes before \"-- migrate:up\"; change places");
    }
    std::optional<Mark>& mark = is_up ? up_ : down_;
    if (mark.has_value()) {
      return MigrationFileMalformed(path_, number,
                                    Cat("a second \"-- migrate:", is_up ? "up" : "down", "\" (the first is on line ",
                                        mark->line, "); put each pair into a file of its own"));
    }
    mark = Mark{*directive, number, next, start};
    return absl::OkStatus();
  }

  const std::string_view path_;
  std::optional<Mark> up_;
  std::optional<Mark> down_;
};

MigrationBlock MakeBlock(const Mark& mark, std::string_view text) {
  MigrationBlock block;
  block.script = ReadSqlScript(text);
  block.first_line = mark.line + 1;
  block.transaction = mark.directive.transaction;
  return block;
}

absl::Status CheckBlock(std::string_view path, const MigrationBlock& block) {
  const SqlScript& script = block.script;
  if (script.problem.empty()) return absl::OkStatus();
  return MigrationFileMalformed(path, block.first_line + script.problem_line - 1, script.problem);
}

/// The version and checksum in the rest of a line.
SquashedFile ReadSquashedFile(std::string_view rest) {
  const size_t blank = std::min(rest.find(' '), rest.size());
  const std::string_view checksum = rest.substr(std::min(blank + 1, rest.size()));
  return {std::string(rest.substr(0, blank)), std::string(checksum.substr(0, checksum.find('\r')))};
}

/// From the lines above the first block.
void ReadSquashed(std::string_view head, MigrationFile* file) {
  SquashedGroup group;
  for (const absl::string_view part : absl::StrSplit(ToAbsl(head), '\n')) {
    std::string_view line(part.data(), part.size());
    if (Consume(&line, kSquashedMark)) group.parts.push_back(ReadSquashedFile(line));
    if (!Consume(&line, kSquashedAsMark)) continue;
    group.whole = ReadSquashedFile(line);
    file->squashed.push_back(std::move(group));
    group = {};
  }
  if (group.parts.empty()) return;
  group.whole = {file->version, file->checksum()};
  file->squashed.push_back(std::move(group));
}

std::string_view FileNameOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

void SetVersionAndName(std::string_view path, MigrationFile* file) {
  std::string_view rest = FileNameOf(path);
  const size_t digits = std::min(rest.find_first_not_of(kDigits), rest.size());
  file->version = std::string(rest.substr(0, digits));
  rest.remove_prefix(digits);
  Consume(&rest, "_");
  file->name = std::string(rest.substr(0, rest.rfind(".sql")));
}

bool IsMigrationName(const std::string& name) {
  return !name.empty() && absl::ascii_isdigit(name[0]) && absl::EndsWith(name, ".sql");
}

std::string NewVersion(const std::vector<std::string>& taken) {
  std::string version =
      absl::FormatTime("%Y%m%d%H%M%S", absl::FromChrono(Clock::System().WallNow()), absl::UTCTimeZone());
  const auto newest = std::max_element(taken.begin(), taken.end());
  int64_t number = 0;
  if (newest == taken.end() || *newest < version || !absl::SimpleAtoi(*newest, &number)) return version;
  return std::to_string(number + 1);
}

std::vector<std::string> VersionsIn(const std::string& directory) {
  std::vector<std::string> versions;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error); entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (IsMigrationName(name)) versions.push_back(name.substr(0, name.find_first_not_of(kDigits)));
  }
  return versions;
}

/// Versions are seconds: those who make a file at the same time take turns, and the later one counts on from what is
/// there. Where the file system has no locks, nobody waits.
class DirectoryLock {
 public:
  explicit DirectoryLock(const std::string& directory)
      : fd_(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    while (fd_ >= 0 && flock(fd_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~DirectoryLock() {
    if (fd_ >= 0) close(fd_);
  }
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  const int fd_;
};

}  // namespace

const MigrationBlock& BlockOf(const MigrationFile& file, Direction direction) {
  return direction == Direction::kUp ? file.up : file.down;
}

absl::StatusOr<MigrationFile> ParseMigrationFile(std::string_view path, std::string_view contents) {
  if (contents.substr(0, 3) == "\xEF\xBB\xBF") {
    return MigrationFileMalformed(path, 1, "the file starts with a byte order mark; save it as UTF-8 without one");
  }
  MarkReader marks(path);
  if (absl::Status status = marks.Read(contents); !status.ok()) return status;
  const int last_line = 1 + static_cast<int>(std::count(contents.begin(), contents.end(), '\n'));
  if (!marks.up().has_value()) {
    return MigrationFileMalformed(path, 1, "there is no line \"-- migrate:up\" (at the start of a line); add it");
  }
  if (!marks.down().has_value()) {
    return MigrationFileMalformed(
        path, last_line, "there is no line \"-- migrate:down\"; add it, and below it what undoes the up block");
  }
  const auto text = [&](size_t begin, size_t end) {
    begin = std::min(begin, contents.size());
    return contents.substr(begin, std::max(begin, end) - begin);
  };
  MigrationFile file;
  SetVersionAndName(path, &file);
  file.path = std::string(path);
  file.up = MakeBlock(*marks.up(), text(marks.up()->block, marks.down()->start));
  file.down = MakeBlock(*marks.down(), text(marks.down()->block, contents.size()));
  for (const MigrationBlock* block : {&file.up, &file.down}) {
    if (absl::Status status = CheckBlock(path, *block); !status.ok()) return status;
  }
  ReadSquashed(text(0, marks.up()->start), &file);
  return file;
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream.is_open() || stream.bad()) return MigrationFileUnusable(path, "read", errno);
  return text.str();
}

absl::StatusOr<std::vector<MigrationFile>> ReadMigrationDirectory(const std::string& directory) {
  std::error_code error;
  if (!fs::is_directory(directory, error)) return MigrationDirectoryMissing(directory);
  std::vector<MigrationFile> files;
  for (fs::directory_iterator entry(directory, error); entry != fs::directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_directory(ignored) || !IsMigrationName(entry->path().filename().string())) continue;
    absl::StatusOr<std::string> contents = ReadFile(entry->path().string());
    if (!contents.ok()) return contents.status();
    absl::StatusOr<MigrationFile> file = ParseMigrationFile(entry->path().string(), *contents);
    if (!file.ok()) return file.status();
    files.push_back(*std::move(file));
  }
  if (error) return MigrationFileUnusable(directory, "read", error.value());
  std::sort(files.begin(), files.end(), [](const MigrationFile& a, const MigrationFile& b) {
    return std::tie(a.version, a.path) < std::tie(b.version, b.path);
  });
  for (size_t i = 1; i < files.size(); ++i) {
    if (files[i].version == files[i - 1].version) {
      return DuplicateVersion(files[i].version, files[i - 1].path, files[i].path);
    }
  }
  return files;
}

absl::StatusOr<NewMigration> PrepareMigration(std::string_view name, const MigrationBody& body) {
  NewMigration migration;
  migration.name = std::string(name);
  for (char& c : migration.name) {
    if (c == ' ' || c == '-') c = '_';
    if (c != '_' && !absl::ascii_isalnum(c)) return InvalidMigrationName(name);
  }
  if (migration.name.empty() || migration.name.size() > 200) return InvalidMigrationName(name);
  auto text = MigrationText(migration.name, body);
  if (!text.ok()) return text.status();
  migration.text = *std::move(text);
  return migration;
}

absl::StatusOr<std::string> WriteMigration(const std::string& directory, const NewMigration& migration) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return MigrationFileUnusable(directory, "make", error.value());
  const DirectoryLock lock(directory);
  const std::string path = Cat(directory, "/", NewVersion(VersionsIn(directory)), "_", migration.name, ".sql");
  if (absl::Status status = CreateFile(path, migration.text); !status.ok()) return status;
  return path;
}

absl::StatusOr<std::string> NewMigrationFile(const std::string& directory, std::string_view name,
                                             const MigrationBody& body) {
  const auto migration = PrepareMigration(name, body);
  return migration.ok() ? WriteMigration(directory, *migration) : migration.status();
}

}  // namespace rowkeeper::schema
