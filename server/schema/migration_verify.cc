#include "server/schema/migration_verify.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include "server/base/ids.h"
#include "server/base/text.h"
#include "server/db/conninfo.h"
#include "server/schema/diff/schema_model.h"
#include "server/schema/migration_errors.h"
#include "server/schema/migration_file.h"
#include "server/schema/migration_runner.h"
#include "server/schema/migration_session.h"
#include "server/schema/squash.h"
#include "server/sql/migration_sql.h"

namespace rowkeeper::schema {
namespace {

namespace fs = std::filesystem;
using SchemaFacts = std::vector<std::string>;

absl::StatusOr<std::vector<std::string>> ReadNames(const std::string& text, db::Connection& connection) {
  db::Query query;
  query.text = text;
  query.result = ResultShape::Columns(1);
  query.effect = db::Query::Effect::kRead;
  const auto rows = connection.Execute(query);
  if (!rows.ok()) return rows.status();
  std::vector<std::string> names;
  for (int row = 0; row < rows->size(); ++row) names.emplace_back(rows->cell(row, 0));
  return names;
}

/// Databases of verifications that were killed. Those that cannot be dropped are left to the next one.
void DropStale(db::Connection& server) {
  const auto names = ReadNames(sql::SelectStaleTrialDatabases(), server);
  if (!names.ok()) return;
  for (const std::string& name : *names) (void)server.ExecuteScript(sql::DropDatabaseIfExists(name), nullptr);
}

/// A database that lives as long as this object.
class VerifyDatabase {
 public:
  static absl::StatusOr<std::unique_ptr<VerifyDatabase>> Make(const MigratorOptions& options) {
    auto info = db::ParseConnInfo(options.database_url);
    if (!info.ok()) return info.status();
    auto server = OpenMigrationSession(options);
    if (!server.ok()) return server.status();
    DropStale(**server);
    const auto names = ReadNames(sql::SelectTrialDatabaseName(RandomHex(6)), **server);
    if (!names.ok()) return ForOperator(**server, names.status());
    const std::string& name = names->front();
    const absl::Status made = (*server)->ExecuteScript(sql::CreateEmptyDatabase(name), nullptr);
    if (!made.ok()) return ForOperator(**server, made);
    (*info)["dbname"] = name;
    return std::unique_ptr<VerifyDatabase>(new VerifyDatabase(*std::move(server), name, db::ToUri(*info)));
  }

  ~VerifyDatabase() { (void)server_->ExecuteScript(sql::DropDatabaseAndSessions(name_), nullptr); }
  VerifyDatabase(const VerifyDatabase&) = delete;
  VerifyDatabase& operator=(const VerifyDatabase&) = delete;

  const std::string& url() const { return url_; }

 private:
  VerifyDatabase(std::unique_ptr<db::Connection> server, std::string name, std::string url)
      : server_(std::move(server)), name_(std::move(name)), url_(std::move(url)) {}

  const std::unique_ptr<db::Connection> server_;
  const std::string name_;
  const std::string url_;
};

SchemaFacts Minus(const SchemaFacts& from, const SchemaFacts& those) {
  SchemaFacts left;
  std::set_difference(from.begin(), from.end(), those.begin(), those.end(), std::back_inserter(left));
  return left;
}

/// Runs one file after another.
class Verification {
 public:
  Verification(const MigratorOptions& options, std::unique_ptr<db::Connection> connection)
      : migrator_(options), history_(options.history_table), connection_(std::move(connection)) {}

  absl::Status Run(const MigrationFile& file) {
    SchemaFacts before, after, undone, again;
    if (absl::Status status = Read(&before); !status.ok()) return status;
    if (absl::Status status = UpAndRead(&after); !status.ok()) return status;
    if (const auto steps = migrator_.Down(1); !steps.ok()) return steps.status();
    if (absl::Status status = Read(&undone); !status.ok()) return status;
    Compare(file, IrreversibleMigration::When::kDown, before, undone);
    if (absl::Status status = UpAndRead(&again); !status.ok()) return status;
    Compare(file, IrreversibleMigration::When::kSecondUp, after, again);
    ++verified_.files;
    return absl::OkStatus();
  }

  /// Its down block left something that may be in the way of what follows.
  bool IsIrreversible(const MigrationFile& file) const {
    return !verified_.irreversible.empty() && verified_.irreversible.back().path == file.path;
  }

  VerifiedMigrations Take() { return std::move(verified_); }

 private:
  absl::Status Read(SchemaFacts* facts) {
    auto read = ReadFingerprint(history_, *connection_);
    if (!read.ok()) return ForOperator(*connection_, read.status());
    *facts = *std::move(read);
    return absl::OkStatus();
  }

  absl::Status UpAndRead(SchemaFacts* facts) {
    const auto steps = migrator_.Up({1, ""});
    return steps.ok() ? Read(facts) : steps.status();
  }

  void Compare(const MigrationFile& file, IrreversibleMigration::When when, const SchemaFacts& wanted,
               const SchemaFacts& found) {
    if (wanted == found) return;
    verified_.irreversible.push_back({file.path, when, Minus(wanted, found), Minus(found, wanted)});
  }

  const Migrator migrator_;
  const std::string history_;
  const std::unique_ptr<db::Connection> connection_;
  VerifiedMigrations verified_;
};

/// A database of its own, and a runner of a directory's files there.
class TrialRun {
 public:
  static absl::StatusOr<std::unique_ptr<TrialRun>> Begin(MigratorOptions options, std::string directory) {
    auto database = VerifyDatabase::Make(options);
    if (!database.ok()) return database.status();
    options.database_url = (*database)->url();
    options.directory = std::move(directory);
    options.observer.step = nullptr;
    options.servers = MigratorOptions::Servers::kIgnore;
    auto connection = OpenMigrationSession(options);
    if (!connection.ok()) return connection.status();
    return std::unique_ptr<TrialRun>(new TrialRun(options, *std::move(database), *std::move(connection)));
  }

  const Migrator& migrator() const { return migrator_; }
  const MigratorOptions& options() const { return options_; }
  absl::StatusOr<SchemaFacts> Facts() const { return ReadFingerprint(history_, *connection_); }
  absl::StatusOr<SchemaFacts> FactsAfter(const absl::StatusOr<std::vector<MigrationStep>>& steps) const {
    return steps.ok() ? Facts() : steps.status();
  }

 private:
  TrialRun(const MigratorOptions& options, std::unique_ptr<VerifyDatabase> database,
           std::unique_ptr<db::Connection> connection)
      : database_(std::move(database)),
        options_(options),
        migrator_(options),
        history_(options.history_table),
        connection_(std::move(connection)) {}

  const std::unique_ptr<VerifyDatabase> database_;
  const MigratorOptions options_;
  const Migrator migrator_;
  const std::string history_;
  const std::unique_ptr<db::Connection> connection_;
};

absl::Status CompareSquash(const Squash& squash, const SchemaFacts& wanted, const SchemaFacts& found) {
  if (wanted == found) return absl::OkStatus();
  std::string differences;
  for (const std::string& fact : Minus(wanted, found)) differences += Cat("missing: ", fact, "\n");
  for (const std::string& fact : Minus(found, wanted)) differences += Cat("left over: ", fact, "\n");
  return SquashDiffers(squash.path, differences);
}

/// A directory that holds the file alone, for as long as this object lives.
class SquashDirectory {
 public:
  static absl::StatusOr<std::unique_ptr<SquashDirectory>> Make(const Squash& squash) {
    auto made = std::unique_ptr<SquashDirectory>(
        new SquashDirectory(fs::temp_directory_path() / Cat("rowkeeper_squash_", RandomHex(6))));
    std::error_code error;
    if (!fs::create_directory(made->path_, error)) return MigrationFileUnusable(made->path(), "make", error.value());
    const fs::path file = made->path_ / fs::path(squash.path).filename();
    std::ofstream stream(file, std::ios::binary);
    stream << squash.text;
    stream.close();
    if (!stream) return MigrationFileUnusable(file.string(), "write", errno);
    return made;
  }
  ~SquashDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  SquashDirectory(const SquashDirectory&) = delete;
  SquashDirectory& operator=(const SquashDirectory&) = delete;

  std::string path() const { return path_.string(); }

 private:
  explicit SquashDirectory(fs::path path) : path_(std::move(path)) {}

  const fs::path path_;
};

}  // namespace

absl::Status VerifySquash(const MigratorOptions& options, const Squash& squash) {
  const auto old = TrialRun::Begin(options, options.directory);
  if (!old.ok()) return old.status();
  const std::string last = fs::path(squash.replaced.back()).filename().string();
  const auto wanted = (*old)->FactsAfter((*old)->migrator().Up({0, last}));
  if (!wanted.ok()) return wanted.status();
  const auto directory = SquashDirectory::Make(squash);
  if (!directory.ok()) return directory.status();
  const auto whole = TrialRun::Begin(options, (*directory)->path());
  if (!whole.ok()) return whole.status();
  const auto before = (*whole)->Facts();
  if (!before.ok()) return before.status();
  const auto found = (*whole)->FactsAfter((*whole)->migrator().Up());
  if (!found.ok()) return found.status();
  if (absl::Status status = CompareSquash(squash, *wanted, *found); !status.ok()) return status;
  const auto undone = (*whole)->FactsAfter((*whole)->migrator().Down());
  return undone.ok() ? CompareSquash(squash, *before, *undone) : undone.status();
}

absl::Status ReplayMigrations(const MigratorOptions& options,
                              const std::function<absl::Status(const MigratorOptions& there)>& use) {
  const auto run = TrialRun::Begin(options, options.directory);
  if (!run.ok()) return run.status();
  const auto steps = (*run)->migrator().Up();
  return steps.ok() ? use((*run)->options()) : steps.status();
}

absl::StatusOr<VerifiedMigrations> VerifyMigrations(const MigratorOptions& options,
                                                    const std::function<void(const std::string&)>& verified) {
  const auto files = ReadMigrationDirectory(options.directory);
  if (!files.ok()) return files.status();
  const auto database = VerifyDatabase::Make(options);
  if (!database.ok()) return database.status();
  MigratorOptions there = options;
  there.database_url = (*database)->url();
  there.observer.step = nullptr;
  there.servers = MigratorOptions::Servers::kIgnore;
  auto connection = OpenMigrationSession(there);
  if (!connection.ok()) return connection.status();
  Verification verification(there, *std::move(connection));
  for (const MigrationFile& file : *files) {
    const absl::Status status = verification.Run(file);
    if (!status.ok() && verification.IsIrreversible(file)) break;
    if (!status.ok()) return status;
    if (verified) verified(file.path);
  }
  return verification.Take();
}

}  // namespace rowkeeper::schema
