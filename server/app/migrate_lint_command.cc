#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "server/app/command_line.h"
#include "server/app/migrate_subcommand.h"
#include "server/base/one_line.h"
#include "server/base/text.h"
#include "server/schema/lint/lint.h"

namespace rowkeeper::app {
namespace {

using schema::LintFinding;
using schema::LintReport;
using schema::NotLinted;

std::string LintLine(const LintFinding& finding) {
  const std::string subject = finding.subject.empty() ? "" : Cat(finding.subject, ": ");
  return OneLine(Cat(finding.path, ":", finding.line, ": ", finding.rule->name, ": ", subject, finding.rule->reason,
                     "; safe: ", finding.rule->safe_form));
}

void PrintLintText(const LintReport& report) {
  for (const LintFinding& finding : report.findings) std::printf("%s\n", LintLine(finding).c_str());
  for (const NotLinted& statement : report.not_linted) {
    std::printf("%s\n", OneLine(Cat(statement.path, ":", statement.line, ": not linted: ", statement.why)).c_str());
  }
  std::printf("%d files, %zu findings, %zu statements not linted\n", report.files, report.findings.size(),
              report.not_linted.size());
}

void PrintLintJson(const LintReport& report) {
  using Json = nlohmann::ordered_json;
  Json findings = Json::array(), not_linted = Json::array();
  for (const LintFinding& finding : report.findings) {
    findings.push_back({{"file", finding.path},
                        {"line", finding.line},
                        {"rule", finding.rule->name},
                        {"subject", finding.subject},
                        {"reason", finding.rule->reason},
                        {"safe_form", finding.rule->safe_form}});
  }
  for (const NotLinted& statement : report.not_linted) {
    not_linted.push_back({{"file", statement.path}, {"line", statement.line}, {"why", statement.why}});
  }
  const Json all = {{"files", report.files}, {"findings", findings}, {"not_linted", not_linted}};
  std::printf("%s\n", all.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
}

int Lint(const MigrateOptions& options) {
  const auto files = schema::ReadMigrationDirectory(options.directory);
  if (!files.ok()) return Fail(files.status());
  const LintReport report = schema::LintMigrations(*files, {options.after_version});
  options.json ? PrintLintJson(report) : PrintLintText(report);
  return report.findings.empty() ? kExitOk : kExitDifferent;
}

}  // namespace

void AddMigrateLint(CLI::App* migrate, Command* command) {
  const auto options = std::make_shared<MigrateOptions>();
  CLI::App* lint = AddMigrateSubcommand(
      migrate, "lint",
      "Find what is unsafe in the up blocks of migration files, without a database: exit code 0, or 3 if there is any",
      "migrate lint --migrations migrations/planner --after 20260401000000", options, command, Lint);
  lint->add_option("--after", options->after_version, "Only files that are newer than this version")
      ->type_name("VERSION");
  AddSwitch(lint, "--json", &options->json, "For programs: a JSON object");
}

}  // namespace rowkeeper::app
