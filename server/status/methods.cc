#include "server/status/methods.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "server/base/text.h"
#include "server/status/cells.h"
#include "server/status/number_text.h"

namespace rowkeeper::status {
namespace {

/// A statement without an index is worth a word when it takes this long on average.
constexpr std::chrono::milliseconds kSlowMean{10};
constexpr int64_t kFewUses = 3;

std::chrono::nanoseconds MeanOf(std::chrono::nanoseconds total, int64_t count) {
  return count == 0 ? std::chrono::nanoseconds(0) : total / count;
}

Table MakeMethodTable(std::vector<MethodUse> methods) {
  std::stable_sort(methods.begin(), methods.end(),
                   [](const MethodUse& a, const MethodUse& b) { return a.total > b.total; });
  const auto all = std::accumulate(methods.begin(), methods.end(), std::chrono::duration<double>(0),
                                   [](auto sum, const MethodUse& use) { return sum + use.total; });
  Table table{"list",
              "Methods by the time of their calls",
              {{"method", "Method"},
               {"share_percent", "Share of all time"},
               {"total_ms", "Time in all"},
               {"calls", "Calls"},
               {"errors", "Errors"},
               {"mean_ms", "Mean"},
               {"p95_ms", "p95"}},
              {},
              "No method has been called since the server started.",
              0};
  for (const MethodUse& use : methods) {
    const double share = all.count() > 0 ? std::chrono::duration<double>(use.total) / all * 100 : 0;
    table.rows.push_back({CodeCell(use.method),
                          {Number{share, Unit::kPercent}},
                          TimeCell(use.total),
                          CountCell(use.calls),
                          CountCell(use.errors),
                          TimeCell(MeanOf(use.total, static_cast<int64_t>(use.calls))),
                          TimeCell(observe::QuantileOf(use.durations, 0.95))});
  }
  return table;
}

Cell IndexCell(const StatementState& statement) {
  if (statement.plan.empty()) return {};
  if (LacksIndex(statement)) return {std::string("no index"), Tone::kWarning};
  const bool scans = statement.plan.find("Seq Scan") != std::string::npos;
  return TextCell(scans ? "reads the whole table, quickly" : "by index");
}

Table MakeStatementTable(const std::vector<StatementState>& statements) {
  Table table{"list",
              "Statements by their time in PostgreSQL",
              {{"statement", "Statement"},
               {"total_ms", "Time in all"},
               {"uses", "Uses"},
               {"mean_ms", "Mean"},
               {"longest_ms", "Longest"},
               {"rows", "Rows"},
               {"index", "Index"},
               {"query_id", "Query id"},
               {"plan", "Plan"}},
              {},
              "No statement has been executed since the server started.",
              0};
  for (const StatementState& one : statements) {
    table.rows.push_back({CodeCell(one.statement), TimeCell(one.total), CountCell(one.uses),
                          TimeCell(MeanOf(one.total, one.uses)), TimeCell(one.longest), CountCell(one.rows),
                          IndexCell(one), one.query_id == 0 ? Cell{} : CodeCell(Cat(one.query_id)),
                          one.plan.empty() ? Cell{} : CodeCell(one.plan)});
  }
  return table;
}

Finding JudgeStatements(const std::vector<StatementState>& statements) {
  const auto lacking = std::count_if(statements.begin(), statements.end(), LacksIndex);
  if (lacking == 0) return {Tone::kGood, "No slow statement lacks an index.", ""};
  return {Tone::kWarning,
          lacking == 1 ? "1 statement is slow because an index is missing."
                       : Cat(lacking, " statements are slow because indexes are missing."),
          "`rowkeeper check` with --database-url names the indexes to create."};
}

}  // namespace

bool LacksIndex(const StatementState& statement) {
  return statement.plan.find("Seq Scan") != std::string::npos && statement.uses >= kFewUses &&
         MeanOf(statement.total, statement.uses) >= kSlowMean;
}

std::vector<MethodUse> ReadMethodUses(const observe::Counters& counters) {
  std::map<std::string, MethodUse> methods;
  counters.VisitCalls(
      [&](const std::string& method, absl::StatusCode code, const observe::DurationHistogram& durations) {
        const observe::DurationHistogram::Snapshot taken = durations.Take();
        MethodUse& use = methods[method];
        use.method = method;
        use.calls += taken.count();
        if (code != absl::StatusCode::kOk) use.errors += taken.count();
        use.total += taken.sum;
        for (size_t i = 0; i < taken.counts.size(); ++i) use.durations[i] += static_cast<uint32_t>(taken.counts[i]);
      });
  std::vector<MethodUse> uses;
  for (auto& [method, use] : methods) uses.push_back(std::move(use));
  return uses;
}

View MakeMethodsView(const MethodsData& data) {
  View view;
  view.path = "/status/methods";
  view.title = "Methods";
  view.made = data.now;
  view.verdict = JudgeStatements(data.statements);
  view.sections.push_back({"methods", "Methods", {MakeMethodTable(data.methods)}});
  view.sections.push_back({"statements", "Statements", {MakeStatementTable(data.statements)}});
  return view;
}

}  // namespace rowkeeper::status
