#include <fcntl.h>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/app/backup_input.h"
#include "server/app/command_line.h"
#include "server/app/commands.h"
#include "server/app/complete_file.h"
#include "server/app/database.h"
#include "server/app/foreground_program.h"
#include "server/base/file_descriptor.h"
#include "server/base/text.h"
#include "server/db/connection.h"
#include "server/embedded/client_programs.h"
#include "server/embedded/embedded_postgres.h"
#include "server/embedded/initialise.h"
#include "server/sql/migration_sql.h"

namespace rowkeeper::app {
namespace {

using Postgres = std::unique_ptr<embedded::EmbeddedPostgres>;

/// Stands for standard input and output.
constexpr char kStandardStream[] = "-";
/// The database that a backup is loaded into before it takes the place of the one in use, and that one afterwards.
constexpr char kRestored[] = "rowkeeper_restored";
constexpr char kReplaced[] = "rowkeeper_replaced";
/// Where the others are made and renamed from.
constexpr char kMaintenanceDatabase[] = "postgres";

struct PrivateDatabaseOptions {
  DatabaseSettings database;
  std::string file;
  std::vector<std::string> psql_arguments;
};

void ReportProgress(const std::string& line) { std::fprintf(stderr, "rowkeeper: %s\n", line.c_str()); }

/// A program that says itself why it failed.
absl::Status RunOrFail(ForegroundSession& session, const ForegroundProgram& program, const std::string& consequence) {
  const absl::StatusOr<int> code = session.Run(program);
  if (!code.ok()) return code.status();
  if (*code == 0) return absl::OkStatus();
  const std::string name = std::filesystem::path(program.path).filename().string();
  if (const int signal = session.signal(); signal != 0) {
    return absl::CancelledError(Cat(name, " was stopped by signal ", signal, ". ", consequence));
  }
  return absl::InternalError(Cat(name, " ended with exit code ", *code, "; the lines above say why. ", consequence));
}

absl::Status DumpDatabase(const PrivateDatabaseOptions& options) {
  // First, for the next step would make a database where there is none.
  const absl::StatusOr<std::string> pg_dump =
      embedded::FindClientProgram(ToEmbeddedOptions(options.database, ReportProgress), "pg_dump");
  if (!pg_dump.ok()) return pg_dump.status();
  const absl::StatusOr<Postgres> postgres = OpenPrivatePostgres(options.database, EmbeddedUse::kJoin, ReportProgress);
  if (!postgres.ok()) return postgres.status();
  ForegroundSession session;
  ForegroundProgram program{*pg_dump, {"--format=custom", "--dbname=" + (*postgres)->url()}};
  if (options.file == kStandardStream) return RunOrFail(session, program, "The output is no backup.");
  CompleteFile file(options.file);
  if (absl::Status status = file.Open(); !status.ok()) return status;
  program.output = file.descriptor();
  const std::string consequence = Cat("There is no new ", options.file, ".");
  if (absl::Status status = RunOrFail(session, program, consequence); !status.ok()) return status;
  return file.Complete();
}

/// Runs scripts, each in a session of its own database without a limit of time.
absl::Status RunScripts(const embedded::EmbeddedPostgres& postgres, const std::string& database,
                        const std::vector<std::string>& scripts) {
  db::ConnectionOptions options;
  options.url = embedded::UrlOfDatabase(postgres, database);
  options.statement_timeout_ms = 0;
  const absl::StatusOr<std::unique_ptr<db::Connection>> connection = db::Connection::Open(options);
  if (!connection.ok()) return connection.status();
  for (const std::string& script : scripts) {
    if (absl::Status status = (*connection)->ExecuteScript(script, nullptr); !status.ok()) return status;
  }
  return absl::OkStatus();
}

/// Loads the backup on `input` into kRestored.
absl::Status LoadBackup(const embedded::EmbeddedPostgres& postgres, const std::string& pg_restore, int input) {
  absl::Status status = RunScripts(postgres, kMaintenanceDatabase,
                                   {sql::DropDatabaseIfExists(kRestored), sql::CreateEmptyDatabase(kRestored)});
  if (!status.ok()) return status;
  ForegroundProgram program{
      pg_restore,
      {"--exit-on-error", "--single-transaction", "--dbname=" + embedded::UrlOfDatabase(postgres, kRestored)}};
  program.input = input;
  {
    ForegroundSession session;
    status = RunOrFail(session, program, "The database is as it was.");
  }
  if (status.ok()) status = RunScripts(postgres, kRestored, {sql::AnalyzeAll()});
  if (!status.ok()) {
    // What is left of it would be dropped by the next restore too, so the first error is the one to tell.
    RunScripts(postgres, kMaintenanceDatabase, {sql::DropDatabaseIfExists(kRestored)}).IgnoreError();
  }
  return status;
}

/// Of a pipe only its beginning can be looked at.
absl::Status CheckBackup(const BackupInput& input, const std::string& pg_restore) {
  if (absl::Status status = input.CheckBeginning(); !status.ok() || !input.is_file()) return status;
  const FileDescriptor null(open("/dev/null", O_WRONLY | O_CLOEXEC));
  const ForegroundProgram program{pg_restore, {"--list"}, input.descriptor(), null.get()};
  ForegroundSession session;
  absl::Status status = RunOrFail(session, program, "Nothing was changed.");
  return status.ok() ? input.Rewind() : status;
}

absl::Status RestoreDatabase(const PrivateDatabaseOptions& options) {
  const absl::StatusOr<BackupInput> input =
      options.file == kStandardStream ? BackupInput::StandardInput() : BackupInput::Open(options.file);
  if (!input.ok()) return input.status();
  const absl::StatusOr<std::string> pg_restore =
      embedded::FindClientProgramForStart(ToEmbeddedOptions(options.database, ReportProgress), "pg_restore");
  if (!pg_restore.ok()) return pg_restore.status();
  // First, for the next step would make a database where there is none.
  if (absl::Status status = CheckBackup(*input, *pg_restore); !status.ok()) return status;
  // Not that of a running server, whose units of work and caches are of the database that goes.
  const absl::StatusOr<Postgres> postgres = OpenPrivatePostgres(options.database, EmbeddedUse::kOwn, ReportProgress);
  if (!postgres.ok()) return postgres.status();
  if (absl::Status status = LoadBackup(**postgres, *pg_restore, input->descriptor()); !status.ok()) return status;
  return RunScripts(
      **postgres, kMaintenanceDatabase,
      {sql::DropDatabaseIfExists(kReplaced), sql::ReplaceDatabase(embedded::kDatabaseName, kRestored, kReplaced),
       sql::DropDatabaseIfExists(kReplaced)});
}

int RunPsql(const PrivateDatabaseOptions& options) {
  const absl::StatusOr<std::string> psql =
      embedded::FindClientProgram(ToEmbeddedOptions(options.database, ReportProgress), "psql");
  if (!psql.ok()) return Fail(psql.status());
  const absl::StatusOr<Postgres> postgres = OpenPrivatePostgres(options.database, EmbeddedUse::kJoin, ReportProgress);
  if (!postgres.ok()) return Fail(postgres.status());
  ForegroundProgram program{*psql, {"--dbname=" + (*postgres)->url()}};
  program.arguments.insert(program.arguments.end(), options.psql_arguments.begin(), options.psql_arguments.end());
  ForegroundSession session;
  const absl::StatusOr<int> code = session.Run(program);
  return code.ok() ? *code : Fail(code.status());
}

int ExitCodeOf(const absl::Status& status) { return status.ok() ? kExitOk : Fail(status); }

/// What one of these commands does with its options.
using Action = std::function<int(const PrivateDatabaseOptions&)>;

CLI::App* AddDatabaseSubcommand(CLI::App* database, const std::string& name, const std::string& help,
                                const std::shared_ptr<PrivateDatabaseOptions>& options, Command* command,
                                const Action& action) {
  CLI::App* added = database->add_subcommand(name, help);
  AddConfigOption(added);
  AddPrivateDatabaseOptions(added, &options->database);
  added->callback([=] { *command = [=] { return action(*options); }; });
  return added;
}

}  // namespace

void AddDatabaseCommand(CLI::App* root, Command* command) {
  CLI::App* database = root->add_subcommand("database", "Back up, restore or look into the private PostgreSQL");
  database->require_subcommand(1);
  database->footer("Run `rowkeeper database COMMAND --help` for the options and an example of each.");

  const auto dumped = std::make_shared<PrivateDatabaseOptions>();
  CLI::App* dump = AddDatabaseSubcommand(database, "dump", "Write a backup, also while a server runs", dumped, command,
                                         [](const PrivateDatabaseOptions& o) { return ExitCodeOf(DumpDatabase(o)); });
  dump->add_option("file", dumped->file, "File to write, in pg_dump's custom format; -: standard output")->required();
  dump->footer("Example:\n  rowkeeper database dump backup.dump --data-dir /tmp/shop-data");

  const auto restored = std::make_shared<PrivateDatabaseOptions>();
  CLI::App* restore = AddDatabaseSubcommand(
      database, "restore", "Replace the database by what a backup holds; no server may run on it", restored, command,
      [](const PrivateDatabaseOptions& o) { return ExitCodeOf(RestoreDatabase(o)); });
  restore->add_option("file", restored->file, "File that `dump` has written; -: standard input")->required();
  restore->footer("Example:\n  rowkeeper database restore backup.dump --data-dir /tmp/shop-data");

  const auto looked = std::make_shared<PrivateDatabaseOptions>();
  CLI::App* psql =
      AddDatabaseSubcommand(database, "psql", "Run psql, also while a server runs", looked, command, RunPsql);
  psql->add_option("arguments", looked->psql_arguments, "Arguments of psql, behind --");
  psql->footer("Example:\n  rowkeeper database psql --data-dir /tmp/shop-data -- -c 'SELECT count(*) FROM products'");
}

}  // namespace rowkeeper::app
