#include "server/status/overview.h"

#include <algorithm>
#include <utility>

#include "server/base/text.h"
#include "server/status/cells.h"
#include "server/status/findings.h"

namespace rowkeeper::status {
namespace {

using observe::CallSample;

template <typename ValueOf>
Series MakeSeries(std::string key, std::string label, const std::vector<CallSample>& history, const ValueOf& value_of) {
  Series series{std::move(key), std::move(label), {}};
  for (const CallSample& sample : history) series.values.push_back(value_of(sample));
  return series;
}

/// Of a number of events in a stretch.
double PerSecond(uint32_t count, const CallSample& sample) {
  const double seconds = std::chrono::duration<double>(sample.length).count();
  return seconds > 0 ? count / seconds : kNoValue;
}

Series MakeRate(std::string key, std::string label, const std::vector<CallSample>& history,
                uint32_t CallSample::*count) {
  return MakeSeries(std::move(key), std::move(label), history,
                    [count](const CallSample& sample) { return PerSecond(sample.*count, sample); });
}

Series MakeQuantile(std::string key, std::string label, const std::vector<CallSample>& history, double share) {
  return MakeSeries(std::move(key), std::move(label), history, [share](const CallSample& sample) {
    if (sample.calls == 0) return kNoValue;
    return std::chrono::duration<double, std::milli>(observe::QuantileOf(sample.durations, share)).count();
  });
}

Section MakeCharts(const std::vector<CallSample>& history) {
  const auto chart = [](std::string key, std::string caption, Unit unit) {
    Chart made;
    made.key = std::move(key);
    made.caption = std::move(caption);
    made.unit = unit;
    made.step = observe::CallHistory::kPeriod;
    made.steps = observe::CallHistory::kKept;
    return made;
  };
  Chart calls = chart("calls_per_second", "Calls a second", Unit::kPerSecond);
  calls.series = {MakeRate("calls", "All calls", history, &CallSample::calls)};
  Chart times = chart("latency_ms", "Time of a call", Unit::kMilliseconds);
  times.series = {MakeQuantile("p50", "Half of the calls (p50)", history, 0.5),
                  MakeQuantile("p95", "95 of 100 (p95)", history, 0.95),
                  MakeQuantile("p99", "99 of 100 (p99)", history, 0.99)};
  Chart errors = chart("errors_per_second", "Errors a second", Unit::kPerSecond);
  errors.series = {MakeRate("caller", "Of the request", history, &CallSample::caller_errors),
                   MakeRate("refused", "Refused by a limit", history, &CallSample::refused),
                   MakeRate("server", "Of the server", history, &CallSample::failed)};
  Chart load = chart("load", "Connections and queue", Unit::kCount);
  load.series = {
      MakeSeries("connections_used", "Connections in use", history,
                 [](const CallSample& sample) -> double { return sample.load.connections_used; }),
      MakeSeries("calls_waiting", "Calls that wait", history,
                 [](const CallSample& sample) -> double { return sample.load.calls_waiting; }),
  };
  return {"last_hour", "The last hour", {std::move(calls), std::move(times), std::move(errors), std::move(load)}};
}

Section MakeNow(const OverviewData& data) {
  Facts facts{"values", {}};
  const auto add = [&facts](std::string key, std::string label, Cell cell) {
    facts.list.push_back({std::move(key), std::move(label), std::move(cell)});
  };
  const PoolState& pool = data.pool;
  const bool full = pool.max_open > 0 && pool.used >= pool.max_open;
  add("calls_in_flight", "Calls in flight", CountCell(data.calls_in_flight));
  add("connections_used", Cat("Connections in use, of ", pool.max_open),
      {Number{static_cast<double>(pool.used)}, full ? Tone::kWarning : Tone::kPlain});
  add("connections_open", "Connections open", CountCell(pool.open));
  add("connections_max", "Connections at most", CountCell(pool.max_open));
  add("calls_running", "Calls and jobs that run", CountCell(data.queue.running));
  add("calls_waiting", "Calls that wait in the queue",
      {Number{static_cast<double>(data.queue.waiting)}, data.queue.waiting > 0 && full ? Tone::kBad : Tone::kPlain});
  add("connection_waiters", "Waiting for a connection", CountCell(pool.waiting));
  add("queue_refused", "Refused by the queue since start", CountCell(data.queue.refused_total));
  add("pool_timeouts", "Connection timeouts since start", CountCell(pool.timeouts_total));
  add("units_open", Cat("Units of work open, of ", data.units.capacity), CountCell(data.units.open.size()));
  add("units_waiting", "Begins that wait", CountCell(data.units.waiting_begins));
  add("unread_responses", "Responses that callers left unread", CountCell(data.unread_responses));
  return {"now", "Now", {std::move(facts)}};
}

Section MakeErrors(const OverviewData& data) {
  Table reasons{"by_reason",
                "Errors by reason",
                {{"reason", "Reason"}, {"count", "Since start"}, {"last", "Last"}, {"method", "Method of the last"}},
                {},
                "No call has failed since the server started.",
                0};
  for (const auto& refusal : data.counters.refusals) {
    const auto& reason = refusal.first;
    const auto last =
        std::find_if(data.errors.begin(), data.errors.end(), [&reason](const observe::RecentError& error) {
          return (error.reason.empty() ? error.code : error.reason) == reason;
        });
    const bool known = last != data.errors.end();
    reasons.rows.push_back({CodeCell(reason), CountCell(refusal.second), known ? Cell{Moment{last->time}} : Cell{},
                            known ? CodeCell(last->method) : Cell{}});
  }
  std::stable_sort(reasons.rows.begin(), reasons.rows.end(), [](const auto& a, const auto& b) {
    return std::get<Number>(a[1].value).value > std::get<Number>(b[1].value).value;
  });
  Table limits{"by_limit", "Calls that limits refused",    {{"limit", "Limit"}, {"count", "Since start"}},
               {},         "No limit has refused a call.", 0};
  for (const auto& [limit, count] : data.counters.limits) {
    limits.rows.push_back({CodeCell(limit), CountCell(count)});
  }
  Table latest{"latest",
               "The last errors",
               {{"time", "Time"}, {"method", "Method"}, {"code", "Code"}, {"reason", "Reason"}, {"limit", "Limit"}},
               {},
               "",
               0};
  constexpr size_t kShown = 20;
  for (const observe::RecentError& error : data.errors) {
    if (latest.rows.size() == kShown) break;
    latest.rows.push_back({Cell{Moment{error.time}}, CodeCell(error.method), CodeCell(error.code),
                           CodeCell(error.reason), CodeCell(error.limit)});
  }
  return {"errors", "Errors", {std::move(reasons), std::move(limits), std::move(latest)}};
}

Table ProblemTable(std::string key, std::string caption, std::string none, const std::vector<SchemaProblem>& problems) {
  Table table{std::move(key),
              std::move(caption),
              {{"where", "Where"}, {"what", "What"}, {"remedy", "What to do"}},
              {},
              std::move(none),
              0};
  for (const SchemaProblem& problem : problems) {
    table.rows.push_back({CodeCell(problem.where), TextCell(problem.what), TextCell(problem.remedy)});
  }
  return table;
}

Section MakeSchema(const SchemaState& schema) {
  Facts facts{"values", {}};
  facts.list.push_back({"reachable", "The database", TextCell(schema.reachable ? "answers" : "does not answer")});
  facts.list.push_back({"served", "Methods served", CountCell(schema.served)});
  facts.list.push_back({"broken",
                        "Methods not served",
                        {Number{static_cast<double>(schema.broken)}, schema.broken > 0 ? Tone::kBad : Tone::kPlain}});
  facts.list.push_back({"unknown", "Methods not looked at yet", CountCell(schema.unknown)});
  facts.list.push_back(
      {"generation", "Catalogues served since the start", CountCell(static_cast<int64_t>(schema.generation))});
  const auto& pending = schema.pending_migrations;
  facts.list.push_back(
      {"pending_migrations", "Migrations that the database lacks", pending.has_value() ? CountCell(*pending) : Cell{}});
  return {"schema",
          "Schema",
          {std::move(facts), ProblemTable("problems", "What does not fit", "", schema.problems),
           ProblemTable("advice", "Worth knowing", "", schema.advice)}};
}

Section MakeWaits(const std::vector<WaitingStatement>& waiting) {
  Table table{"statements",
              "Statements that wait for a lock",
              {{"statement", "Statement"},
               {"pid", "Process"},
               {"ran_ms", "Running for"},
               {"lock", "Lock"},
               {"blocked_by", "Held by process"},
               {"blocker", "Who that is"}},
              {},
              "No statement that takes long waits for a lock.",
              0};
  for (const WaitingStatement& wait : waiting) {
    table.rows.push_back({CodeCell(wait.statement), CodeCell(Cat(wait.pid)), TimeCell(wait.ran), CodeCell(wait.lock),
                          CodeCell(wait.blocked_by), TextCell(wait.blocker)});
  }
  return {"locks", "Locks", {std::move(table)}};
}

Section MakeUnits(const UnitsState& units) {
  Table table{"open",
              "Open units of work, oldest first",
              {{"label", "Label"},
               {"id", "Id"},
               {"caller", "Caller"},
               {"age_ms", "Open for"},
               {"calls", "Calls"},
               {"running", "Runs"},
               {"idle_ms", "Waits for its caller"}},
              {},
              "No unit of work is open.",
              0};
  for (const OpenUnit& unit : units.open) {
    table.rows.push_back({TextCell(unit.label), CodeCell(unit.id), TextCell(unit.caller), TimeCell(unit.age),
                          CountCell(unit.calls), unit.running.empty() ? Cell{} : CodeCell(unit.running),
                          unit.running.empty() ? TimeCell(unit.idle) : Cell{}});
  }
  return {"units", "Units of work", {std::move(table)}};
}

}  // namespace

View MakeOverview(const OverviewData& data) {
  View view;
  view.path = "/status";
  view.title = "Status";
  view.made = data.now;
  const std::vector<Finding> findings = FindProblems(data);
  view.verdict = Summarise(findings, data);
  view.sections.push_back({"findings", "What to look at", {Findings{"list", findings, "Nothing.", 0}}});
  view.sections.push_back(MakeNow(data));
  view.sections.push_back(MakeCharts(data.history));
  view.sections.push_back(MakeWaits(data.waiting));
  view.sections.push_back(MakeUnits(data.units));
  view.sections.push_back(MakeErrors(data));
  view.sections.push_back(MakeSchema(data.schema));
  Facts about{"values", {}};
  about.list.push_back({"version", "Version", TextCell(data.version)});
  about.list.push_back({"addresses", "Listens on", TextCell(data.addresses)});
  view.sections.push_back({"about", "This server", {std::move(about)}});
  return view;
}

}  // namespace rowkeeper::status
