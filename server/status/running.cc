#include "server/status/running.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "server/base/text.h"
#include "server/status/cells.h"

namespace rowkeeper::status {
namespace {

/// Longer waits for a lock are bad, shorter ones worth knowing.
constexpr std::chrono::seconds kLongWait{3};

constexpr char kHint[] =
    "The word of --admin-token. Then press End beside a call, which is cancelled, or a unit of work, which is rolled "
    "back. Its caller gets an error that says so.";

std::string PlaceText(const CallNow& call) {
  switch (call.place) {
    case CallNow::Place::kWaiting:
      return "waits for its turn";
    case CallNow::Place::kServer:
      return "in the server";
    case CallNow::Place::kPostgres:
      return call.with_others ? "at PostgreSQL, with other calls" : "at PostgreSQL";
    case CallNow::Place::kCaller:
      return "waits for its caller";
    case CallNow::Place::kAnswered:
      return "answered; its caller has not taken all of it";
  }
  return "";
}

Cell MaybeTime(const std::optional<std::chrono::milliseconds>& time) { return time ? TimeCell(*time) : Cell{}; }
Cell MaybeCode(const std::string& text) { return text.empty() ? Cell{} : CodeCell(text); }
Cell MaybeProcess(int backend) { return backend == 0 ? Cell{} : CodeCell(Cat(backend)); }

Cell HolderCell(const std::optional<LockHolder>& holder) {
  if (!holder) return {};
  const std::string who = holder->who.empty() ? "" : Cat(": ", holder->who);
  return {Cat("process ", holder->processes, who), Tone::kWarning};
}

/// A column of buttons, for those who may press them. Programs need none.
void AddButton(const RunningData& data, Cell button, std::vector<Cell>* row) {
  if (data.ends == RunningData::Ends::kTokenHolders) row->insert(row->begin(), std::move(button));
}
void AddButtonColumn(const RunningData& data, Table* table) {
  if (data.ends == RunningData::Ends::kTokenHolders) table->columns.insert(table->columns.begin(), {"", "End it"});
}

/// Nothing is left to end of what is answered.
Cell EndButton(const CallNow& call) {
  if (call.place == CallNow::Place::kAnswered) return {};
  return {Button{kCallField, Cat(call.number), "End", Cat("End call ", call.number, ", ", call.method)}};
}

Table CallTable(const RunningData& data) {
  Table table{"list",
              "Calls that run now, longest first",
              {{"running_ms", "For"},
               {"method", "Method"},
               {"place", "Where it is"},
               {"waits_for", "Waits for a lock of"},
               {"caller", "Caller"},
               {"statement_ms", "Statement for"},
               {"process", "Process"},
               {"rows", "Rows so far"},
               {"unit", "Unit of work"},
               {"request_id", "Request id"},
               {"trace_id", "Trace"},
               {"call", "Number"}},
              {},
              "No call runs.",
              data.calls_left_out};
  AddButtonColumn(data, &table);
  for (const CallNow& call : data.calls) {
    table.rows.push_back({TimeCell(call.running), CodeCell(call.method), TextCell(PlaceText(call)),
                          HolderCell(call.waits_for), MaybeCode(call.caller), MaybeTime(call.statement),
                          MaybeProcess(call.backend), call.rows < 0 ? Cell{} : CountCell(call.rows),
                          MaybeCode(call.unit), MaybeCode(call.request_id), MaybeCode(call.trace_id),
                          CodeCell(Cat(call.number))});
    AddButton(data, EndButton(call), &table.rows.back());
  }
  return table;
}

Table UnitTable(const RunningData& data) {
  Table table{"list",
              "Open units of work, oldest first",
              {{"age_ms", "Open for"},
               {"label", "Label"},
               {"idle_ms", "Waits for its caller"},
               {"running", "Runs"},
               {"waits_for", "Waits for a lock of"},
               {"blocks", "Statements that wait for it"},
               {"left_ms", "Ends in"},
               {"caller", "Caller"},
               {"calls", "Calls"},
               {"process", "Process"},
               {"unit", "Id"}},
              {},
              "No unit of work is open.",
              0};
  AddButtonColumn(data, &table);
  for (const UnitNow& unit : data.units) {
    Cell blocks = CountCell(unit.blocks);
    if (unit.blocks > 0) blocks.tone = Tone::kBad;
    table.rows.push_back({TimeCell(unit.age), TextCell(unit.label), MaybeTime(unit.idle), MaybeCode(unit.running),
                          HolderCell(unit.waits_for), std::move(blocks), TimeCell(unit.left), MaybeCode(unit.caller),
                          CountCell(unit.calls), MaybeProcess(unit.backend), CodeCell(unit.id)});
    const std::string label = unit.label.empty() ? "" : Cat(", ", unit.label);
    AddButton(data, {Button{kUnitField, unit.id, "End", Cat("End unit of work ", unit.id, label)}}, &table.rows.back());
  }
  return table;
}

std::string CountText(size_t count, std::string_view one, std::string_view many) {
  return Cat(count, " ", count == 1 ? one : many);
}

Finding JudgeRunning(const RunningData& data) {
  const std::string what = Cat(CountText(data.calls.size() + data.calls_left_out, "call runs", "calls run"), ", ",
                               CountText(data.units.size(), "unit of work is open", "units of work are open"));
  const auto waits = [](const CallNow& call) { return call.waits_for.has_value(); };
  const auto waiting = std::count_if(data.calls.begin(), data.calls.end(), waits);
  if (waiting == 0) return {Tone::kGood, Cat(what, "; none waits for a lock."), ""};
  const bool for_long = std::any_of(data.calls.begin(), data.calls.end(), [&](const CallNow& call) {
    return waits(call) && call.statement.value_or(std::chrono::milliseconds(0)) >= kLongWait;
  });
  return {for_long ? Tone::kBad : Tone::kWarning,
          Cat(what, "; ", CountText(static_cast<size_t>(waiting), "call waits", "calls wait"), " for a lock."),
          "Look at whom it waits for; a lock is free once that transaction ends."};
}

}  // namespace

View MakeRunningView(const RunningData& data) {
  View view;
  view.path = kRunningPath;
  view.title = "Running";
  view.made = data.now;
  view.verdict = data.outcome.value_or(JudgeRunning(data));
  if (data.ends == RunningData::Ends::kTokenHolders) {
    view.sections.push_back({"end", "End a call or a unit", {Form{kRunningPath, kTokenField, "Admin token", kHint}}});
  }
  view.sections.push_back({"calls", "Calls", {CallTable(data)}});
  view.sections.push_back({"units", "Units of work", {UnitTable(data)}});
  return view;
}

}  // namespace rowkeeper::status
