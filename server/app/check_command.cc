#include <google/protobuf/descriptor.h>

#include <cstdio>
#include <memory>
#include <utility>

#include "server/app/check_report.h"
#include "server/app/command_line.h"
#include "server/app/commands.h"
#include "server/app/database.h"
#include "server/app/delete_advice.h"
#include "server/app/index_advice.h"
#include "server/app/loaded_catalogue.h"
#include "server/app/migrate_subcommand.h"
#include "server/app/policy_settings.h"
#include "server/app/previous_protos.h"
#include "server/app/relation_advice.h"
#include "server/app/repeated_flags.h"
#include "server/app/statement_trials.h"
#include "server/app/trigger_advice.h"
#include "server/exec/idempotency_keys.h"
#include "server/schema/compatibility/compatibility.h"
#include "server/schema/default_fit.h"
#include "server/schema/fit.h"
#include "server/schema/query_fit.h"
#include "server/schema/version_fit.h"
#include "server/sql/idempotency_sql.h"
#include "server/sql/variants.h"

namespace rowkeeper::app {
namespace {

struct CheckOptions {
  CatalogueSettings catalogue;
  DatabaseSettings database;
  std::string migrations;
  std::string policy_file;
  std::vector<std::string> against;
  bool offline = false;
  bool verbose = false;
};

void PrintServices(const LoadedCatalogue& loaded) {
  for (const catalogue::Repository& repository : loaded.catalogue->repositories()) {
    std::printf("%s  (%s, table %s)\n", repository.service->full_name().c_str(), repository.entity->full_name.c_str(),
                repository.entity->table.c_str());
    for (const catalogue::Method& method : repository.methods) {
      const auto& rpc = *method.descriptor;
      std::printf("  %s(%s%s) returns %s%s\n", rpc.name().c_str(), rpc.client_streaming() ? "stream " : "",
                  rpc.input_type()->name().c_str(), rpc.server_streaming() ? "stream " : "",
                  rpc.output_type()->name().c_str());
    }
  }
}

void PrintWarnings(const catalogue::Diagnostics& diagnostics) {
  for (const catalogue::Diagnostic& diagnostic : diagnostics.Sorted()) {
    if (diagnostic.severity == catalogue::Diagnostic::Severity::kWarning) {
      std::printf("warning: %s\n", diagnostic.ToString().c_str());
    }
  }
}

/// The table of idempotency keys is needed only by calls that send one.
void PrepareIdempotencyKeys(db::Connection& connection, StatementTrials* trials) {
  const std::string question = sql::SelectHasIdempotencyKeys();
  db::Query query;
  query.text = question;
  query.result = ResultShape::Columns(1);
  const absl::StatusOr<db::Rows> there = connection.Execute(query);
  if (!there.ok() || there->size() == 0 || there->cell(0, 0) != "t") {
    std::printf(
        "advice: there is no table rowkeeper_idempotency_keys, so calls with the header idempotency-key are "
        "refused; to serve them, %s\n",
        exec::IdempotencyKeys::Remedy("").c_str());
    return;
  }
  for (const std::string& text : sql::IdempotencyStatements()) {
    sql::Statement statement;
    statement.text = text;
    absl::Status status = connection.ExecuteScript(sql::PrepareText("rowkeeper_check", statement), nullptr);
    ++trials->prepared;
    if (status.ok()) status = connection.ExecuteScript(sql::DeallocateText("rowkeeper_check"), nullptr);
    if (!status.ok()) trials->refused.push_back({"table rowkeeper_idempotency_keys", std::move(status)});
  }
}

/// Adds what does not fit of the custom queries.
absl::Status CheckQueries(const LoadedCatalogue& loaded, const ConnectedDatabase& database, schema::FitReport* report) {
  const std::vector<const plan::MethodPlan*> queries = schema::QueriesOf(loaded.plans);
  if (queries.empty()) return absl::OkStatus();
  const auto describer = db::Describer::Open(database.database.connection);
  if (!describer.ok()) return describer.status();
  const auto unknown = schema::CheckQueries(queries, **describer, *database.connection, report);
  if (!unknown.ok()) return unknown.status();
  for (const schema::UnknownQuery& query : *unknown) {
    std::printf("not checked: %s: %s\n", query.plan->full_name.c_str(), query.why.c_str());
  }
  return absl::OkStatus();
}

/// Where the check itself has a direct connection: whether the server could work over the one that it is to use.
bool CheckServersConnection(const DatabaseSettings& settings) {
  if (settings.migrations_url.empty()) return true;
  const auto database = OpenDatabase(settings, EmbeddedUse::kJoin, [](const std::string&) {});
  const absl::Status status = database.ok() ? db::Connection::Open(database->connection).status() : database.status();
  if (!status.ok()) {
    std::printf("error: the server cannot use %s: %s\n", database.ok() ? database->description.c_str() : "its database",
                std::string(status.message()).c_str());
  }
  return status.ok();
}

/// What to do, with the flags of this command.
Remedies RemediesFor(const CheckOptions& options, const schema::FitReport& fit, const ConnectedDatabase& database) {
  RemedyFlags flags{options.migrations, DatabaseFlags(options.database), CatalogueFlags(options.catalogue)};
  if (fit.mismatches.empty()) return Remedies(std::move(flags), std::nullopt);
  auto pending = FindPending(options.migrations, database.database.connection);
  return Remedies(std::move(flags), std::move(pending));
}

int CheckDatabase(const CheckOptions& options, const LoadedCatalogue& loaded, const ConnectedDatabase& database) {
  db::Connection& connection = *database.connection;
  const auto live = schema::LiveSchema::Read(*loaded.catalogue, connection);
  auto fit = live.ok() ? schema::CheckFit(*loaded.catalogue, *live, connection) : live.status();
  if (const absl::Status queries = fit.ok() ? CheckQueries(loaded, database, &*fit) : fit.status(); !queries.ok()) {
    fit = queries;
  }
  if (!fit.ok()) {
    std::fprintf(stderr, "rowkeeper: cannot read the database's schema: %s\n",
                 std::string(fit.status().message()).c_str());
    return kExitFailure;
  }
  const sql::NamesScope names(live->names());
  schema::CheckDefaults(loaded.plans, *live, &*fit);
  schema::CheckVersions(*loaded.catalogue, *live, connection, &*fit);
  absl::StatusOr<StatementTrials> trials =
      TryStatements(loaded.plans, live->names(), connection, database.database.connection);
  if (!trials.ok()) return Fail(trials.status());
  PrepareIdempotencyKeys(connection, &*trials);
  const Remedies remedies = RemediesFor(options, *fit, database);
  const std::string text =
      FitText(loaded, *fit, trials->refused, remedies, options.verbose ? Detail::kEverything : Detail::kCauses);
  std::fwrite(text.data(), 1, text.size(), stdout);
  for (const std::string& advice : AdviseIndexes(loaded.plans, *live)) std::printf("advice: %s\n", advice.c_str());
  for (const std::string& advice : AdviseDeleteIndexes(loaded.plans, *live)) {
    std::printf("advice: %s\n", advice.c_str());
  }
  for (const std::string& advice : AdviseRelationIndexes(*loaded.catalogue, *live)) {
    std::printf("advice: %s\n", advice.c_str());
  }
  if (const auto triggers = AdviseTriggers(*loaded.catalogue, connection); triggers.ok()) {
    for (const std::string& advice : *triggers) std::printf("advice: %s\n", advice.c_str());
  }
  std::printf("%d statements prepared, %zu refused\n", trials->prepared, trials->refused.size());
  return fit->fits() && trials->refused.empty() ? kExitOk : kExitFailure;
}

/// Whether clients and rows of older protos fit the present ones. No database is needed.
int CheckAgainst(const CheckOptions& options, const LoadedCatalogue& loaded) {
  const auto previous = PreviousProtos::Open(options.against, options.catalogue);
  if (!previous.ok()) return Fail(previous.status());
  catalogue::Diagnostics mistakes;
  auto source = catalogue::Source::Load((*previous)->source(), &mistakes);
  const auto before = source == nullptr ? nullptr : catalogue::Catalogue::Compile(std::move(source), &mistakes);
  if (before == nullptr) {
    std::fprintf(stderr, "%s", mistakes.ToString().c_str());
    return Fail(absl::FailedPreconditionError("the older protos have the mistakes above, so nothing can be compared"));
  }
  catalogue::Diagnostics found;
  schema::CompareCatalogues(*before, *loaded.catalogue, &found);
  const auto lines = found.Sorted();
  for (const catalogue::Diagnostic& line : lines) std::printf("%s\n", line.ToString().c_str());
  std::printf("%zu entities and %zu repositories compared, %zu findings\n", before->entities().size(),
              before->repositories().size(), lines.size());
  return lines.empty() ? kExitOk : kExitDifferent;
}

/// What nobody and what everyone may do.
absl::Status PrintPolicies(const CheckOptions& options, const LoadedCatalogue& loaded) {
  const auto policies = ReadPolicies(*loaded.catalogue, options.policy_file);
  if (!policies.ok() || *policies == nullptr) return policies.status();
  for (const std::string& line : ReachLines(**policies)) std::printf("policy: %s\n", line.c_str());
  return absl::OkStatus();
}

int CheckCatalogue(const CheckOptions& options) {
  catalogue::Diagnostics diagnostics;
  const auto loaded = LoadCatalogueOrExplain(options.catalogue, &diagnostics);
  if (loaded == nullptr) return kExitFailure;
  if (!options.against.empty()) return CheckAgainst(options, *loaded);
  PrintServices(*loaded);
  PrintWarnings(diagnostics);
  std::printf("catalogue: %zu entities, %zu repositories, %zu methods\n", loaded->catalogue->entities().size(),
              loaded->catalogue->repositories().size(), loaded->plans.size());
  if (const absl::Status status = PrintPolicies(options, *loaded); !status.ok()) return Fail(status);
  if (options.offline) return kExitOk;
  const auto connected = ConnectOrExplain(options.database);
  if (connected == nullptr) return kExitFailure;
  const bool usable = CheckServersConnection(options.database);
  const int code = CheckDatabase(options, *loaded, *connected);
  return usable ? code : kExitFailure;
}

}  // namespace

void AddCheckCommand(CLI::App* root, Command* command) {
  CLI::App* check = root->add_subcommand(
      "check", "Compile the catalogue and try every statement that it can produce against the database");
  auto options = std::make_shared<CheckOptions>();
  AddCatalogueOptions(check, &options->catalogue);
  AddSessionDatabaseOptions(check, &options->database);
  AddOption(check, "--migrations", &options->migrations,
            "Directory of migrations: with it, check tells whether pending migrations mend a difference")
      ->type_name("DIR");
  AddPolicyOption(check, &options->policy_file);
  AddSwitch(check, "--verbose", &options->verbose, "Name every method and show each refused statement");
  AddSwitch(check, "--offline", &options->offline, "Check the catalogue only; no database is needed");
  AddOption(check, "--against", &options->against,
            "Only tell whether clients and rows of these older protos fit: a directory, a descriptor set, or "
            "git:REVISION[:PATH]; may be repeated. Exit code 3 if they do not")
      ->type_name("OLD");
  AddConfigOption(check);
  check->footer(
      "Examples:\n"
      "  rowkeeper check --proto-path proto --offline\n"
      "  rowkeeper check --proto-path proto --against git:origin/main\n"
      "  rowkeeper check --proto-path proto --migrations migrations --database-url postgresql://me@db/shop");
  check->callback([command, options] { *command = [options] { return CheckCatalogue(*options); }; });
}

}  // namespace rowkeeper::app
