#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "server/base/text.h"
#include "server/sql/render.h"
#include "server/sql/variants.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::sql {
namespace {

/// "argument 3", "cursor 0", "limit", "version": what each $n stands for.
std::string Describe(const plan::MethodPlan& plan, const Parameter& parameter) {
  switch (parameter.source) {
    case Parameter::Source::kArgument:
      return plan.inputs[parameter.index].name;
    case Parameter::Source::kCursor:
      return Cat("cursor ", parameter.index);
    case Parameter::Source::kLimit:
      return "limit";
    case Parameter::Source::kVersion:
      return "version";
    case Parameter::Source::kElements:
      return Cat("elements' ", plan.inputs[parameter.index].name);
    case Parameter::Source::kElementVersions:
      return "elements' version";
    case Parameter::Source::kElementKeys:
      return Cat("elements' stored ", plan.inputs[plan.filters[parameter.index].input].name);
    case Parameter::Source::kElementCount:
      return "number of elements";
    case Parameter::Source::kComputed:
      return Cat("computed ", parameter.index);
    case Parameter::Source::kSkip:
      return "skip";
    case Parameter::Source::kMaxAffected:
      return "max_affected + 1";
    case Parameter::Source::kOlderThan:
      return "older_than";
    case Parameter::Source::kParentKeys:
      return "parent keys";
    case Parameter::Source::kRoom:
      return "room for the response, outside a transaction";
    case Parameter::Source::kTenant:
      return "the caller's tenant";
    case Parameter::Source::kLargeRow:
      return "bytes of a large row";
  }
  return "?";
}

/// The text without what tells columns and their types apart: an INSERT of one column is like that of another.
std::string ShapeOf(const std::string& text) {
  static const std::regex names(R"re("(#[^"]*)"|"[^"]+")re");  // "#written" is no column
  static const std::regex types(R"re(::("n"|double precision|timestamp with time zone|[a-z]+)(\([0-9, ]+\))?)re");
  return std::regex_replace(std::regex_replace(text, names, "\"n$1\""), types, "::t");
}

/// What the plan does when all is given, and of its other statements those whose shape is not among `shapes` yet.
std::string Write(const plan::MethodPlan& plan, std::set<std::string>* shapes) {
  std::string text;
  for (const SampledStatement& sample : SampleStatements(plan)) {
    if (!shapes->insert(ShapeOf(sample.statement.text)).second && !sample.label.empty()) continue;
    text +=
        Cat("-- ", plan.full_name, sample.label.empty() ? "" : ", ", sample.label, "\n", sample.statement.text, "\n");
    int number = 0;
    for (const Parameter& parameter : sample.statement.parameters) {
      text += Cat("--   $", ++number, " ", Describe(plan, parameter), "\n");
    }
    text += "\n";
  }
  return text;
}

/// The statements of one repository, but for the lists in `like_others`. (That PostgreSQL can prepare
/// every one of them, of whatever shape, is what `rowkeeper check` proves in tests/cli.) With ROWKEEPER_UPDATE_GOLDEN
/// set the file is written instead, to be reviewed.
void CompareWithGolden(const std::string& example, const std::string& repository,
                       const std::set<std::string>& like_others, const std::string& path) {
  const auto catalogue = testing::CompileExample(example);
  ASSERT_NE(catalogue, nullptr);
  catalogue::Diagnostics diagnostics;
  std::string actual;
  std::set<std::string> shapes;
  for (const auto& plan : plan::CompilePlans(*catalogue, &diagnostics)) {
    if (plan->full_name.rfind(repository + ".", 0) != 0) continue;
    if (like_others.count(plan->full_name.substr(repository.size() + 1)) == 0) actual += Write(*plan, &shapes);
  }
  if (std::getenv("ROWKEEPER_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << actual;
  std::stringstream golden;
  golden << std::ifstream(path).rdbuf();
  EXPECT_EQ(actual, golden.str()) << "if this is wanted, run with ROWKEEPER_UPDATE_GOLDEN=1 and review " << path;
}

TEST(RenderGolden, EveryStatementOfAnEntityWithADeletedTime) {
  CompareWithGolden("planner/v1", "planner.v1.TodoRepository", {"ListByOwner"}, "tests/golden/sql/todo.sql");
}

TEST(RenderGolden, EveryStatementOfAnEntityWithADeletedFlag) {
  CompareWithGolden("tracker/v1", "tracker.v1.TaskRepository",
                    {"ListByProject", "ListByAssignee", "ListByBoardColumn", "ListByDateRange"},
                    "tests/golden/sql/task.sql");
}

TEST(RenderGolden, CustomQueries) {
  CompareWithGolden("planner/v1", "planner.v1.TodoReportRepository", {}, "tests/golden/sql/todo_report.sql");
  CompareWithGolden("tracker/v1", "tracker.v1.ProjectReportRepository", {}, "tests/golden/sql/project_report.sql");
}

}  // namespace
}  // namespace rowkeeper::sql
