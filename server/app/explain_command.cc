#include <google/protobuf/descriptor.h>

#include <cstdio>
#include <memory>

#include "server/app/command_line.h"
#include "server/app/commands.h"
#include "server/app/database.h"
#include "server/app/loaded_catalogue.h"
#include "server/db/current_names.h"
#include "server/sql/live_names.h"
#include "server/sql/variants.h"

namespace rowkeeper::app {
namespace {

constexpr char kStatementName[] = "rowkeeper_explain";

struct ExplainOptions {
  CatalogueSettings catalogue;
  DatabaseSettings database;
  std::string method;
  bool offline = false;
  bool all = false;
};

std::string ElementField(const plan::MethodPlan& plan, int input) {
  const std::string& name = plan.inputs[input].name;
  return name.empty() ? plan.inputs[input].path.front()->name() : name;
}

std::string DescribeParameter(const plan::MethodPlan& plan, const sql::Parameter& parameter) {
  switch (parameter.source) {
    case sql::Parameter::Source::kArgument:
      return "request field " + plan.inputs[parameter.index].name;
    case sql::Parameter::Source::kCursor:
      return "cell " + std::to_string(parameter.index + 1) + " of the page token";
    case sql::Parameter::Source::kLimit:
      return plan.query != nullptr ? "most rows of a query + 1" : "page size + 1";
    case sql::Parameter::Source::kVersion:
      return "the request's version";
    case sql::Parameter::Source::kElements:
      return "of all elements: " + ElementField(plan, parameter.index);
    case sql::Parameter::Source::kElementVersions:
      return "of all elements: the version";
    case sql::Parameter::Source::kElementKeys:
      return "of all elements: " + ElementField(plan, plan.filters[parameter.index].input) + ", as triggers make it";
    case sql::Parameter::Source::kElementCount:
      return "number of elements";
    case sql::Parameter::Source::kComputed:
      return "operand " + std::to_string(parameter.index + 1) + " that the request's texts make";
    case sql::Parameter::Source::kSkip:
      return "rows to skip";
    case sql::Parameter::Source::kMaxAffected:
      return "max_affected + 1";
    case sql::Parameter::Source::kOlderThan:
      return "the least age";
    case sql::Parameter::Source::kParentKeys:
      return "keys of the parent rows";
    case sql::Parameter::Source::kRoom:
      return "bytes that the response may have; NULL in a transaction";
    case sql::Parameter::Source::kTenant:
      return "the caller's tenant";
    case sql::Parameter::Source::kLargeRow:
      return "bytes beyond which a row is read by itself";
  }
  return "";
}

void PrintStatement(const plan::MethodPlan& plan, const sql::SampledStatement& sample) {
  if (!sample.label.empty()) std::printf("-- %s\n", sample.label.c_str());
  std::printf("%s\n", sample.statement.text.c_str());
  for (size_t i = 0; i < sample.statement.parameters.size(); ++i) {
    std::printf("  $%zu = %s\n", i + 1, DescribeParameter(plan, sample.statement.parameters[i]).c_str());
  }
}

/// PostgreSQL's plan of a statement, whatever its parameters will be.
absl::Status PrintPlan(const sql::Statement& statement, db::Connection& connection) {
  absl::Status status = connection.ExecuteScript(sql::PrepareText(kStatementName, statement), nullptr);
  if (!status.ok()) return status;
  const std::string text = sql::ExplainText(kStatementName, statement);
  const std::vector<db::Param> none;
  db::Query query;
  query.text = text;
  query.params = &none;
  query.result = ResultShape::Columns(1);
  const absl::StatusOr<db::Rows> rows = connection.Execute(query);
  if (!rows.ok()) return rows.status();
  for (int row = 0; row < rows->size(); ++row) std::printf("  | %s\n", std::string(rows->cell(row, 0)).c_str());
  return connection.ExecuteScript(sql::DeallocateText(kStatementName), nullptr);
}

int Explain(const ExplainOptions& options) {
  const auto loaded = LoadCatalogueOrExplain(options.catalogue);
  if (loaded == nullptr) return kExitFailure;
  const plan::MethodPlan* plan = FindPlanOrExplain(*loaded, options.method);
  if (plan == nullptr) return kExitFailure;
  const auto connected = options.offline ? nullptr : ConnectOrExplain(options.database);
  if (!options.offline && connected == nullptr) return kExitFailure;
  db::CurrentNames current(*loaded->catalogue);
  if (connected != nullptr) (void)current.Read(*connected->connection);  // where that fails, the declared names do
  const db::CurrentNames::Snapshot now = current.Get();
  const sql::NamesScope names(*now.names);
  std::printf("%s  (%s, table %s)\n", plan->full_name.c_str(), plan->entity->full_name.c_str(),
              now.names->Of(*plan->entity).c_str());
  std::vector<sql::SampledStatement> samples = sql::SampleStatements(*plan);
  if (!options.all) samples.resize(1);
  if (connected != nullptr) connected->connection->ExecuteScript(sql::GenericPlansText(), nullptr).IgnoreError();
  for (const sql::SampledStatement& sample : samples) {
    PrintStatement(*plan, sample);
    if (connected == nullptr) continue;
    const absl::Status status = PrintPlan(sample.statement, *connected->connection);
    if (status.ok()) continue;
    std::fprintf(stderr, "rowkeeper: PostgreSQL refuses it: %s\n", std::string(status.message()).c_str());
    return kExitFailure;
  }
  return kExitOk;
}

}  // namespace

void AddExplainCommand(CLI::App* root, Command* command) {
  CLI::App* explain = root->add_subcommand("explain", "Show the SQL, parameters and query plan of a method");
  auto options = std::make_shared<ExplainOptions>();
  explain->add_option("method", options->method, "For example planner.v1.TodoRepository.GetById, or an ending of it")
      ->required();
  AddCatalogueOptions(explain, &options->catalogue);
  AddSessionDatabaseOptions(explain, &options->database);
  AddSwitch(explain, "--offline", &options->offline, "Show SQL and parameters only; no database is needed");
  AddSwitch(explain, "--all", &options->all, "Show every variant: pages, orders, filters left out, deleted rows");
  AddConfigOption(explain);
  explain->footer(
      "Examples:\n"
      "  rowkeeper explain TodoRepository.ListByOwner --proto-path proto\n"
      "  rowkeeper explain TodoRepository.Update --proto-path proto --offline --all");
  explain->callback([command, options] { *command = [options] { return Explain(*options); }; });
}

}  // namespace rowkeeper::app
