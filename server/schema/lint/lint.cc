#include "server/schema/lint/lint.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "server/pgtext/parser.h"
#include "server/schema/lint/block_linter.h"
#include "server/schema/lint/statement_effects.h"

namespace rowkeeper::schema {
namespace {

bool ByLine(const LintFinding& a, const LintFinding& b) { return a.line < b.line; }

}  // namespace

LintReport LintMigrations(const std::vector<MigrationFile>& files, const LintOptions& options) {
  LintReport report;
  KnownSchema known;
  for (const MigrationFile& file : files) {
    LintReport of_file;
    known.BeginFile();
    BlockLinter(file.path, file.up, &known, &of_file).Run();
    if (!options.after.empty() && file.version <= options.after) continue;
    ++report.files;
    std::stable_sort(of_file.findings.begin(), of_file.findings.end(), ByLine);
    report.findings.insert(report.findings.end(), of_file.findings.begin(), of_file.findings.end());
    report.not_linted.insert(report.not_linted.end(), of_file.not_linted.begin(), of_file.not_linted.end());
  }
  return report;
}

std::vector<const LintRule*> LintStatement(const std::string& statement) {
  std::vector<const LintRule*> broken;
  nlohmann::json trees;
  if (!pgtext::Parse(statement, &trees).message.empty()) return broken;
  for (const nlohmann::json& tree : trees) {
    for (const Effect& effect : EffectsOf(tree, KnownSchema())) {
      if (const LintRule* rule = RuleBrokenBy(effect); rule != nullptr) broken.push_back(rule);
    }
  }
  return broken;
}

}  // namespace rowkeeper::schema
