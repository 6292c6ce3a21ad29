#include "server/app/status_running.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/db/running_statements.h"
#include "server/observe/lock_waits.h"
#include "server/uow/units_of_work.h"

namespace rowkeeper::app {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using Stage = observe::CallProgress::Stage;
using CallPlace = status::CallNow::Place;

constexpr size_t kMostCalls = 200;
/// See status_sources.cc: whoever waits is looked at four times a second.
constexpr std::chrono::seconds kHolderSeenLately{3};

milliseconds NotNegative(Clock::wall_time_point::duration time) {
  return std::max(duration_cast<milliseconds>(time), milliseconds(0));
}

/// Whether `backend` is among "8123,8124".
bool IsAmong(int backend, std::string_view processes) {
  return Cat(",", processes, ",").find(Cat(",", backend, ",")) != std::string::npos;
}

/// What runs at PostgreSQL, and who waits for whom there.
class Joined {
 public:
  Joined() {
    std::map<int, Clock::duration> ran;
    for (const db::RunningStatements::Running& one :
         db::RunningStatements::Process().RunningFor(Clock::duration::zero())) {
      if (one.backend != 0) ran[one.backend] = one.ran;
      if (one.call != 0) statements_.emplace(one.call, one);
    }
    const Clock::wall_time_point now = Clock::System().WallNow();
    for (observe::LockWait& wait : observe::LockWaits::Process().Since(now - kHolderSeenLately)) {
      const auto running = ran.find(wait.pid);
      // Else it is that of an earlier statement.
      if (running != ran.end() && now - wait.seen <= running->second) waits_.emplace(wait.pid, std::move(wait));
    }
  }

  /// What is known of a process: "the unit of work …".
  void Name(int backend, std::string who) {
    if (backend != 0) names_.emplace(backend, std::move(who));
  }

  const db::RunningStatements::Running* StatementOf(const wire::RunningCall& call) const {
    const auto found = statements_.find(call.runs_as);
    return found == statements_.end() ? nullptr : &found->second;
  }

  std::optional<status::LockHolder> HolderFor(int backend) const {
    const auto found = waits_.find(backend);
    if (found == waits_.end()) return std::nullopt;
    return status::LockHolder{found->second.blocked_by, WhoIs(found->second)};
  }

  /// How many statements wait for `backend`.
  size_t CountBlockedBy(int backend) const {
    return static_cast<size_t>(std::count_if(waits_.begin(), waits_.end(), [backend](const auto& wait) {
      return backend != 0 && IsAmong(backend, wait.second.blocked_by);
    }));
  }

 private:
  std::string WhoIs(const observe::LockWait& wait) const {
    std::vector<std::string> known;
    for (const auto& [backend, who] : names_) {
      if (IsAmong(backend, wait.blocked_by)) known.push_back(who);
    }
    return known.empty() ? wait.blocker : absl::StrJoin(known, "; ");
  }

  /// By the number of the call.
  std::unordered_map<uint64_t, db::RunningStatements::Running> statements_;
  /// By the process that waits.
  std::map<int, observe::LockWait> waits_;
  std::map<int, std::string> names_;
};

CallPlace PlaceOf(const wire::RunningCall& call, bool at_postgres) {
  if (call.answered) return CallPlace::kAnswered;
  if (at_postgres) return CallPlace::kPostgres;
  switch (call.stage) {
    case Stage::kArriving:
    case Stage::kWaiting:
      return CallPlace::kWaiting;
    case Stage::kWaitingForCaller:
      return CallPlace::kCaller;
    case Stage::kRunning:
      break;
  }
  return CallPlace::kServer;
}

status::CallNow DescribeCall(wire::RunningCall call, const Joined& joined) {
  status::CallNow now;
  const db::RunningStatements::Running* const statement = joined.StatementOf(call);
  now.number = call.number;
  now.running = duration_cast<milliseconds>(call.elapsed);
  now.place = PlaceOf(call, statement != nullptr);
  now.with_others = call.runs_with_others;
  now.rows = call.rows;
  now.method = std::move(call.method);
  now.caller = std::move(call.caller);
  now.unit = std::move(call.unit_of_work);
  now.request_id = std::move(call.request_id);
  now.trace_id = std::move(call.trace_id);
  if (statement == nullptr) return now;
  now.statement = duration_cast<milliseconds>(statement->ran);
  now.backend = statement->backend;
  now.waits_for = joined.HolderFor(statement->backend);
  return now;
}

status::UnitNow DescribeUnit(const uow::UnitInfo& info, const Joined& joined, Clock::wall_time_point now) {
  status::UnitNow unit;
  unit.id = info.id;
  unit.label = info.label;
  unit.caller = info.caller;
  unit.age = NotNegative(now - info.begin_time);
  if (info.idle_since.has_value()) unit.idle = NotNegative(now - *info.idle_since);
  unit.left = NotNegative(info.expire_time - now);
  unit.calls = info.calls;
  unit.running = info.running;
  unit.backend = info.backend;
  unit.blocks = joined.CountBlockedBy(info.backend);
  return unit;
}

std::string NameOfUnit(const uow::UnitInfo& info) {
  const std::string label = info.label.empty() ? "" : Cat(" \"", info.label, "\"");
  return Cat("the unit of work ", info.id, label, info.idle_since.has_value() ? ", which waits for its caller" : "");
}

}  // namespace

status::RunningData ReadRunning(const StatusSources& sources) {
  status::RunningData data;
  data.now = sources.clock->WallNow();
  if (sources.operators->allowed()) data.ends = status::RunningData::Ends::kTokenHolders;
  const uow::UnitsOfWork* const units = sources.units->get();
  const std::vector<uow::UnitInfo> open = units == nullptr ? std::vector<uow::UnitInfo>() : units->List();
  wire::RunningCalls running = sources.service->LongestCalls(kMostCalls);
  Joined joined;
  for (const uow::UnitInfo& info : open) joined.Name(info.backend, NameOfUnit(info));
  for (const wire::RunningCall& call : running.calls) {
    const auto* const statement = joined.StatementOf(call);
    if (statement != nullptr) joined.Name(statement->backend, Cat("call ", call.number, ", ", call.method));
  }
  data.calls_left_out = running.left_out;
  for (wire::RunningCall& call : running.calls) data.calls.push_back(DescribeCall(std::move(call), joined));
  for (const uow::UnitInfo& info : open) {
    status::UnitNow unit = DescribeUnit(info, joined, data.now);
    const auto call = std::find_if(data.calls.begin(), data.calls.end(), [&unit](const status::CallNow& one) {
      return one.unit == unit.id && one.waits_for.has_value();
    });
    if (call != data.calls.end()) unit.waits_for = call->waits_for;
    data.units.push_back(std::move(unit));
  }
  return data;
}

}  // namespace rowkeeper::app
