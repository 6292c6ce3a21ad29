#include <cstdio>
#include <memory>
#include <optional>

#include "server/app/command_line.h"
#include "server/app/commands.h"
#include "server/app/database.h"
#include "server/app/loaded_catalogue.h"
#include "server/schema/init_data.h"
#include "server/schema/migration_runner.h"
#include "server/sql/backfill_sql.h"
#include "server/sql/ddl.h"
#include "server/sql/idempotency_sql.h"

namespace rowkeeper::app {
namespace {

using schema::MigrationState;
using schema::MigrationStep;
using Steps = absl::StatusOr<std::vector<MigrationStep>>;

struct MigrateOptions {
  std::string directory = "migrations";
  DatabaseSettings database;
  CatalogueSettings catalogue;
  int up_count = 0;
  std::string up_to;
  int down_count = 1;
  std::string name;
  std::string stamp_version = "head";
  std::vector<std::string> entities;
  bool idempotency_keys = false;
  std::string backfill;
  std::string set;
  std::string where;
  int batch_rows = 1000;
};

const char* Verb(MigrationStep::Action action) {
  switch (action) {
    case MigrationStep::Action::kApplied:
      return "applied";
    case MigrationStep::Action::kTakenDown:
      return "taken down";
    case MigrationStep::Action::kStamped:
      return "recorded";
    case MigrationStep::Action::kUnstamped:
      return "forgot";
    case MigrationStep::Action::kInitData:
      return "loaded";
  }
  return "";
}

void PrintStep(const MigrationStep& step) {
  std::printf("%s %s (%lld ms)\n", Verb(step.action), step.path.empty() ? step.version.c_str() : step.path.c_str(),
              static_cast<long long>(step.duration_ms));
  std::fflush(stdout);
}

/// Runs `work` on the database that the options name, printing each step as it is done.
template <typename Work>
int OnDatabase(const MigrateOptions& options, Work work) {
  const auto progress = [](const std::string& line) { std::fprintf(stderr, "rowkeeper: %s\n", line.c_str()); };
  const auto database = OpenSessionDatabase(options.database, progress);
  if (!database.ok()) return Fail(database.status());
  schema::MigratorOptions migrator;
  migrator.database_url = database->connection.url;
  migrator.pooler = database->connection.pooler;
  migrator.directory = options.directory;
  migrator.lock_timeout_ms = database->connection.lock_timeout_ms;
  migrator.observer.step = PrintStep;
  migrator.observer.notice = progress;
  return work(migrator);
}

int Finish(const Steps& steps) {
  if (!steps.ok()) return Fail(steps.status());
  if (steps->empty()) std::printf("nothing to do\n");
  return kExitOk;
}

const char* Describe(const MigrationState& state) {
  switch (state.kind) {
    case MigrationState::Kind::kApplied:
      return state.by_dbmate ? "applied by dbmate" : "applied";
    case MigrationState::Kind::kPending:
      return "pending";
    case MigrationState::Kind::kEdited:
      return "EDITED AFTER IT WAS APPLIED";
    case MigrationState::Kind::kOutOfOrder:
      return "OUT OF ORDER: a newer one is applied";
    case MigrationState::Kind::kMissing:
      return "APPLIED, BUT THE FILE IS MISSING";
  }
  return "";
}

int PrintStatus(const schema::MigratorOptions& options) {
  const auto states = schema::Migrator(options).Status();
  if (!states.ok()) return Fail(states.status());
  int pending = 0;
  int wrong = 0;
  for (const MigrationState& state : *states) {
    const bool applied = state.kind == MigrationState::Kind::kApplied;
    pending += state.kind == MigrationState::Kind::kPending ? 1 : 0;
    wrong += applied || state.kind == MigrationState::Kind::kPending ? 0 : 1;
    std::printf("%s_%s  %s%s%s\n", state.version.c_str(), state.name.c_str(), Describe(state),
                state.applied_at.empty() ? "" : " ", state.applied_at.c_str());
  }
  std::printf("%zu migrations, %d pending\n", states->size(), pending);
  return wrong == 0 ? kExitOk : kExitFailure;
}

const catalogue::Entity* FindEntityOrExplain(const catalogue::Catalogue& catalogue, const std::string& name) {
  const catalogue::Entity* entity = catalogue.FindEntity(name);
  if (entity != nullptr) return entity;
  std::fprintf(stderr, "rowkeeper: there is no entity \"%s\"; the entities are:\n", name.c_str());
  for (const auto& known : catalogue.entities()) std::fprintf(stderr, "  %s\n", known->full_name.c_str());
  return nullptr;
}

/// The SQL that changes rows batch by batch, or nullopt after an explanation.
std::optional<schema::MigrationBody> DeclareBackfill(const MigrateOptions& options) {
  const auto loaded = LoadCatalogueOrExplain(options.catalogue);
  if (loaded == nullptr) return std::nullopt;
  sql::Backfill backfill;
  backfill.entity = FindEntityOrExplain(*loaded->catalogue, options.backfill);
  if (backfill.entity == nullptr) return std::nullopt;
  backfill.assignments = options.set;
  backfill.condition = options.where;
  backfill.batch_rows = options.batch_rows;
  schema::MigrationBody body;
  body.up = {sql::BackfillStatement(backfill)};
  body.down = {"-- The old values are gone: there is nothing to take back.\nSELECT 1"};
  body.transaction = schema::MigrationBody::Transaction::kNone;
  return body;
}

/// The SQL that makes and unmakes the tables of the entities, or nullopt after an explanation.
std::optional<schema::MigrationBody> DeclareEntities(const MigrateOptions& options) {
  schema::MigrationBody body;
  if (options.idempotency_keys) {
    body.up = sql::CreateIdempotencyKeys();
    body.down = sql::DropIdempotencyKeys();
    return body;
  }
  if (options.entities.empty()) return body;
  const auto loaded = LoadCatalogueOrExplain(options.catalogue);
  if (loaded == nullptr) return std::nullopt;
  std::vector<const catalogue::Entity*> entities;
  for (const std::string& name : options.entities) {
    const catalogue::Entity* entity = FindEntityOrExplain(*loaded->catalogue, name);
    if (entity == nullptr) return std::nullopt;
    entities.push_back(entity);
  }
  body.up = sql::CreateTables(entities);
  body.down = sql::DropTables(entities);
  return body;
}

int New(const MigrateOptions& options) {
  const auto body = options.backfill.empty() ? DeclareEntities(options) : DeclareBackfill(options);
  if (!body.has_value()) return kExitFailure;
  schema::MigratorOptions migrator;
  migrator.directory = options.directory;
  const auto path = schema::Migrator(migrator).New(options.name, *body);
  if (!path.ok()) return Fail(path.status());
  std::printf("%s\n", path->c_str());
  return kExitOk;
}

/// A command under `migrate`; `run` is what it does. Each needs options of its own: the environment fills those of all
/// commands, also of those that were not asked for.
CLI::App* AddMigrateSubcommand(CLI::App* migrate, const std::string& name, const std::string& help,
                               const std::string& example, const std::shared_ptr<MigrateOptions>& options,
                               Command* command, std::function<int(const MigrateOptions&)> run) {
  CLI::App* subcommand = migrate->add_subcommand(name, help);
  AddOption(subcommand, "--migrations", &options->directory, "Directory of the migration files")->type_name("DIR");
  AddSessionDatabaseOptions(subcommand, &options->database);
  AddConfigOption(subcommand);
  subcommand->footer("Example:\n  rowkeeper " + example);
  subcommand->callback([command, options, run] { *command = [options, run] { return run(*options); }; });
  return subcommand;
}

void AddUp(CLI::App* migrate, Command* command) {
  const auto options = std::make_shared<MigrateOptions>();
  CLI::App* up =
      AddMigrateSubcommand(migrate, "up", "Apply pending migrations", "migrate up --migrations migrations/planner",
                           options, command, [](const MigrateOptions& o) {
                             return OnDatabase(o, [&o](const schema::MigratorOptions& m) {
                               return Finish(schema::Migrator(m).Up({o.up_count, o.up_to}));
                             });
                           });
  up->add_option("count", options->up_count, "At most so many")->check(CLI::Range(1, 1000000));
  up->add_option("--to", options->up_to, "Up to and including this version")->type_name("VERSION");
}

void AddDown(CLI::App* migrate, Command* command) {
  const auto options = std::make_shared<MigrateOptions>();
  CLI::App* down = AddMigrateSubcommand(
      migrate, "down", "Take the newest migrations back", "migrate down 1 --migrations migrations/planner", options,
      command, [](const MigrateOptions& o) {
        return OnDatabase(
            o, [&o](const schema::MigratorOptions& m) { return Finish(schema::Migrator(m).Down(o.down_count)); });
      });
  down->add_option("count", options->down_count, "How many")->check(CLI::Range(1, 1000000))->capture_default_str();
}

/// A data migration: a change of the rows of one entity, in batches.
void AddBackfillOptions(CLI::App* create, MigrateOptions* options) {
  CLI::Option* backfill =
      create
          ->add_option("--backfill", options->backfill, "Fill it with a change of this entity's rows, made in batches")
          ->type_name("NAME")
          ->excludes("--entity");
  CLI::Option* set = create->add_option("--set", options->set, "What to write, for example \"status = 'OPEN'\"")
                         ->type_name("SQL")
                         ->needs(backfill);
  backfill->needs(set);
  create->add_option("--where", options->where, "Which rows, for example \"status IS NULL\"; default: all")
      ->type_name("SQL")
      ->needs(backfill);
  create->add_option("--batch-rows", options->batch_rows, "Rows of one batch, each a transaction of its own")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str()
      ->needs(backfill);
}

void AddNew(CLI::App* migrate, Command* command) {
  const auto options = std::make_shared<MigrateOptions>();
  CLI::App* create = AddMigrateSubcommand(
      migrate, "new", "Write a new migration file",
      "migrate new add_products --migrations migrations --entity shop.v1.Product --proto-path proto", options, command,
      New);
  create->add_option("name", options->name, "What it does, for example add_due_at_to_todos")->required();
  create->add_option("--entity", options->entities, "Fill it with the table of this entity; may be repeated")
      ->type_name("NAME");
  AddSwitch(create, "--idempotency-keys", &options->idempotency_keys,
            "Fill it with the table that the header idempotency-key needs")
      ->excludes("--entity");
  AddBackfillOptions(create, options.get());
  AddCatalogueOptions(create, &options->catalogue);
}

void AddStamp(CLI::App* migrate, Command* command) {
  const auto options = std::make_shared<MigrateOptions>();
  CLI::App* stamp = AddMigrateSubcommand(
      migrate, "stamp", "Record migrations as applied without running them",
      "migrate stamp head --migrations migrations/planner", options, command, [](const MigrateOptions& o) {
        return OnDatabase(
            o, [&o](const schema::MigratorOptions& m) { return Finish(schema::Migrator(m).Stamp(o.stamp_version)); });
      });
  stamp->add_option("version", options->stamp_version, "A version, head or base")->capture_default_str();
}

/// init-data and bootstrap, which stand beside `migrate` as well as under it.
void AddDataCommands(CLI::App* parent, const std::string& prefix, Command* command) {
  AddMigrateSubcommand(parent, "init-data", "Load init_data/*.sql, which must be repeatable",
                       prefix + "init-data --migrations migrations/planner", std::make_shared<MigrateOptions>(),
                       command, [](const MigrateOptions& o) {
                         return OnDatabase(
                             o, [](const schema::MigratorOptions& m) { return Finish(schema::ApplyInitData(m)); });
                       });
  AddMigrateSubcommand(parent, "bootstrap", "Apply pending migrations, then load init_data/*.sql",
                       prefix + "bootstrap --migrations migrations/planner", std::make_shared<MigrateOptions>(),
                       command, [](const MigrateOptions& o) {
                         return OnDatabase(
                             o, [](const schema::MigratorOptions& m) { return Finish(schema::Bootstrap(m)); });
                       });
}

}  // namespace

void AddMigrateCommand(CLI::App* root, Command* command) {
  CLI::App* migrate =
      root->add_subcommand("migrate", "Bring a database's schema to where it should be, and its first data");
  migrate->require_subcommand(1);
  migrate->footer("Run `rowkeeper migrate COMMAND --help` for the options and an example of each.");
  AddUp(migrate, command);
  AddDown(migrate, command);
  AddNew(migrate, command);
  AddStamp(migrate, command);
  AddMigrateSubcommand(migrate, "status", "Show which migrations are applied",
                       "migrate status --migrations migrations/planner", std::make_shared<MigrateOptions>(), command,
                       [](const MigrateOptions& o) { return OnDatabase(o, PrintStatus); });
  AddDataCommands(migrate, "migrate ", command);
  AddDataCommands(root, "", command);
}

}  // namespace rowkeeper::app
