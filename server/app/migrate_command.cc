#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "server/app/command_line.h"
#include "server/app/commands.h"
#include "server/app/database.h"
#include "server/app/loaded_catalogue.h"
#include "server/app/migrate_steps.h"
#include "server/app/migrate_subcommand.h"
#include "server/base/text.h"
#include "server/schema/index_need.h"
#include "server/schema/init_data.h"
#include "server/schema/migration_runner.h"
#include "server/sql/backfill_sql.h"
#include "server/sql/ddl.h"
#include "server/sql/idempotency_sql.h"
#include "server/sql/servers_sql.h"

namespace rowkeeper::app {
namespace {

using schema::MigrationState;

const char* DescribeState(const MigrationState& state) {
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

/// "out of order", as programs read it.
const char* StateWord(MigrationState::Kind kind) {
  switch (kind) {
    case MigrationState::Kind::kApplied:
      return "applied";
    case MigrationState::Kind::kPending:
      return "pending";
    case MigrationState::Kind::kEdited:
      return "edited";
    case MigrationState::Kind::kOutOfOrder:
      return "out of order";
    case MigrationState::Kind::kMissing:
      return "missing";
  }
  return "";
}

const char* DirectionWord(const schema::UnfinishedBlock& block) {
  return block.direction == schema::Direction::kUp ? "up" : "down";
}

/// ", INTERRUPTED (up): 3 statements are in effect", behind what else is said of the file.
std::string UnfinishedWords(const MigrationState& state) {
  if (!state.unfinished) return "";
  const schema::UnfinishedBlock& block = *state.unfinished;
  return Cat(block.running ? ", at work (" : ", INTERRUPTED (", DirectionWord(block), "): ", block.in_effect,
             " statements are in effect", block.running ? "" : "; see: rowkeeper migrate repair --dry-run");
}

void PrintJson(const std::vector<MigrationState>& states) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const MigrationState& state : states) {
    nlohmann::ordered_json entry = {{"version", state.version}, {"name", state.name}, {"state", StateWord(state.kind)}};
    if (!state.applied_at.empty()) entry["applied_at"] = state.applied_at;
    if (state.by_dbmate) entry["by_dbmate"] = true;
    if (state.unfinished) {
      entry["unfinished"] = {{"direction", DirectionWord(*state.unfinished)},
                             {"statements_in_effect", state.unfinished->in_effect},
                             {"running", state.unfinished->running}};
    }
    list.push_back(std::move(entry));
  }
  std::printf("%s\n", list.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
}

void PrintTable(const std::vector<MigrationState>& states) {
  int pending = 0;
  for (const MigrationState& state : states) {
    pending += state.kind == MigrationState::Kind::kPending ? 1 : 0;
    std::printf("%s_%s  %s%s%s%s\n", state.version.c_str(), state.name.c_str(), DescribeState(state),
                state.applied_at.empty() ? "" : " ", state.applied_at.c_str(), UnfinishedWords(state).c_str());
  }
  std::printf("%zu migrations, %d pending\n", states.size(), pending);
}

bool IsInOrder(const MigrationState& state) {
  const bool in_order = state.kind == MigrationState::Kind::kApplied || state.kind == MigrationState::Kind::kPending;
  return in_order && (!state.unfinished || state.unfinished->running);
}

int PrintStatus(const MigrateOptions& options) {
  const auto migrator = OpenMigratorDatabase(options);
  if (!migrator.ok()) return Fail(migrator.status());
  const auto states = schema::Migrator(migrator->options).Status();
  if (!states.ok()) return Fail(states.status());
  options.json ? PrintJson(*states) : PrintTable(*states);
  return std::all_of(states->begin(), states->end(), IsInOrder) ? kExitOk : kExitFailure;
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
  if (options.servers) {
    body.up = sql::CreateServers();
    body.down = sql::DropServers();
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
  const schema::MethodIndexes indexes = schema::IndexesForMethods(loaded->plans);
  for (const catalogue::Entity* entity : entities) {
    const auto needed = indexes.find(entity);
    if (needed == indexes.end()) continue;
    for (std::string& statement : sql::CreateUndeclaredIndexes(*entity, needed->second)) {
      body.up.push_back(std::move(statement));
    }
  }
  body.down = sql::DropTables(entities);
  return body;
}

int New(const MigrateOptions& options) {
  const auto body = options.backfill.empty() ? DeclareEntities(options) : DeclareBackfill(options);
  if (!body.has_value()) return kExitFailure;
  if (options.dry_run) {
    const auto prepared = schema::PrepareMigration(options.name, *body);
    if (!prepared.ok()) return Fail(prepared.status());
    std::printf("%s", prepared->text.c_str());
    return kExitDifferent;
  }
  schema::MigratorOptions migrator;
  migrator.directory = options.directory;
  const auto path = schema::Migrator(migrator).New(options.name, *body);
  if (!path.ok()) return Fail(path.status());
  std::printf("%s\n", path->c_str());
  return kExitOk;
}

void AddUp(CLI::App* migrate, Command* command) {
  const auto options = std::make_shared<MigrateOptions>();
  CLI::App* up = AddMigrateSubcommand(
      migrate, "up", "Apply pending migrations", "migrate up --migrations migrations/planner", options, command,
      [](const MigrateOptions& o) {
        const schema::UpLimit limit = {o.up_count, o.up_to};
        return RunSteps(o, {[limit](const schema::MigratorOptions& m) { return schema::Migrator(m).Up(limit); },
                            [limit](const schema::MigratorOptions& m) { return schema::Migrator(m).PlanUp(limit); }});
      });
  up->add_option("count", options->up_count, "At most so many")->check(CLI::Range(1, 1000000));
  up->add_option("--to", options->up_to, "Up to and including this version")->type_name("VERSION");
  AddDryRunOption(up, options.get());
  AddWaitOption(up, options.get());
  AddServersOptions(up, options.get());
}

void AddDown(CLI::App* migrate, Command* command) {
  const auto options = std::make_shared<MigrateOptions>();
  CLI::App* down = AddMigrateSubcommand(
      migrate, "down", "Take the newest migrations back", "migrate down 1 --migrations migrations/planner", options,
      command, [](const MigrateOptions& o) {
        const int count = o.down_count;
        return RunSteps(o, {[count](const schema::MigratorOptions& m) { return schema::Migrator(m).Down(count); },
                            [count](const schema::MigratorOptions& m) { return schema::Migrator(m).PlanDown(count); }});
      });
  down->add_option("count", options->down_count, "How many")->check(CLI::Range(1, 1000000))->capture_default_str();
  AddDryRunOption(down, options.get());
  AddServersOptions(down, options.get());
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
  AddSwitch(create, "--servers", &options->servers, "Fill it with the table in which servers say what they use")
      ->excludes("--entity")
      ->excludes("--idempotency-keys");
  AddBackfillOptions(create, options.get());
  AddDryRunOption(create, options.get());
  AddCatalogueOptions(create, &options->catalogue);
}

void AddStamp(CLI::App* migrate, Command* command) {
  const auto options = std::make_shared<MigrateOptions>();
  CLI::App* stamp = AddMigrateSubcommand(
      migrate, "stamp", "Record migrations as applied without running them",
      "migrate stamp head --migrations migrations/planner", options, command, [](const MigrateOptions& o) {
        const std::string to = o.stamp_version;
        return RunSteps(o, {[to](const schema::MigratorOptions& m) { return schema::Migrator(m).Stamp(to); },
                            [to](const schema::MigratorOptions& m) { return schema::Migrator(m).PlanStamp(to); }});
      });
  stamp->add_option("version", options->stamp_version, "A version, head or base")->capture_default_str();
  AddDryRunOption(stamp, options.get());
}

void AddStatus(CLI::App* migrate, Command* command) {
  const auto options = std::make_shared<MigrateOptions>();
  CLI::App* status =
      AddMigrateSubcommand(migrate, "status", "Show which migrations are applied",
                           "migrate status --migrations migrations/planner", options, command, PrintStatus);
  AddSwitch(status, "--json", &options->json, "For programs: a JSON array");
}

/// init-data and bootstrap, which stand beside `migrate` as well as under it.
void AddDataCommands(CLI::App* parent, const std::string& prefix, Command* command) {
  const auto add = [&](const std::string& name, const std::string& help, const SteppedCommand& steps) {
    const auto options = std::make_shared<MigrateOptions>();
    CLI::App* added =
        AddMigrateSubcommand(parent, name, help, prefix + name + " --migrations migrations/planner", options, command,
                             [steps](const MigrateOptions& o) { return RunSteps(o, steps); });
    AddDryRunOption(added, options.get());
    AddWaitOption(added, options.get());
    if (name == "bootstrap") AddServersOptions(added, options.get());
  };
  add("init-data", "Load init_data/*.sql, which must be repeatable", {schema::ApplyInitData, schema::PlanInitData});
  add("bootstrap", "Apply pending migrations, then load init_data/*.sql", {schema::Bootstrap, schema::PlanBootstrap});
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
  AddMigrateDiff(migrate, command);
  AddMigrateCheck(migrate, command);
  AddStatus(migrate, command);
  AddMigrateRepair(migrate, command);
  AddMigrateLint(migrate, command);
  AddMigrateSql(migrate, command);
  AddMigrateVerify(migrate, command);
  AddMigrateSquash(migrate, command);
  AddDataCommands(migrate, "migrate ", command);
  AddDataCommands(root, "", command);
}

}  // namespace rowkeeper::app
