#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_join.h"
#include "server/app/build_info.h"
#include "server/app/catalogue_generation.h"
#include "server/app/status_pages.h"
#include "server/base/statement_text.h"
#include "server/base/text.h"
#include "server/observe/lock_waits.h"
#include "server/observe/log.h"
#include "server/uow/units_of_work.h"

namespace rowkeeper::app {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

/// A wait that was seen longer ago is over: whoever waits is looked at four times a second, if the database answers.
constexpr std::chrono::seconds kSeenLately{3};
constexpr size_t kMostStatements = 100;

milliseconds Between(Clock::wall_time_point begin, Clock::wall_time_point end) {
  return std::max(duration_cast<milliseconds>(end - begin), milliseconds(0));
}

status::UnitsState ReadUnits(const wire::UnitsSlot& slot, Clock::wall_time_point now) {
  status::UnitsState state;
  const uow::UnitsOfWork* const units = slot.get();
  if (units == nullptr) return state;
  const uow::UnitStats stats = units->stats();
  state.capacity = stats.capacity;
  state.waiting_begins = stats.waiting_begins;
  for (uow::UnitInfo& info : units->List()) {
    status::OpenUnit unit;
    unit.age = Between(info.begin_time, now);
    if (info.idle_since.has_value()) unit.idle = Between(*info.idle_since, now);
    unit.calls = info.calls;
    unit.id = std::move(info.id);
    unit.label = std::move(info.label);
    unit.caller = std::move(info.caller);
    unit.running = std::move(info.running);
    state.open.push_back(std::move(unit));
  }
  std::stable_sort(state.open.begin(), state.open.end(),
                   [](const status::OpenUnit& a, const status::OpenUnit& b) { return a.age > b.age; });
  return state;
}

/// On the clock of the machine, as they were seen.
std::vector<status::WaitingStatement> ReadLockWaits() {
  std::vector<status::WaitingStatement> waiting;
  for (observe::LockWait& wait : observe::LockWaits::Process().Since(Clock::System().WallNow() - kSeenLately)) {
    status::WaitingStatement statement;
    statement.statement = std::move(wait.statement);
    statement.pid = wait.pid;
    statement.blocked_by = std::move(wait.blocked_by);
    statement.blocker = std::move(wait.blocker);
    statement.lock = std::move(wait.lock);
    statement.ran = wait.ran;
    waiting.push_back(std::move(statement));
  }
  return waiting;
}

std::vector<status::StatementState> ReadStatements(const exec::StatementCache& cache) {
  const auto kept = cache.Kept();
  std::vector<std::pair<std::chrono::nanoseconds, size_t>> order;  // times go on changing while they are sorted
  for (size_t i = 0; i < kept.size(); ++i) order.emplace_back(kept[i]->use->total(), i);
  const size_t listed = std::min(order.size(), kMostStatements);
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(listed), order.end(),
                    [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<status::StatementState> statements;
  for (size_t i = 0; i < listed; ++i) {
    const sql::Statement& one = *kept[order[i].second];
    status::StatementState state;
    state.statement = PurposeOf(one.text);
    if (const auto plan = one.use->plan(); plan != nullptr) state.plan = *plan;
    state.uses = one.use->uses();
    state.rows = one.use->rows();
    state.total = order[i].first;
    state.longest = one.use->longest();
    state.query_id = one.use->query_id();
    statements.push_back(std::move(state));
  }
  return statements;
}

status::SchemaProblem ToProblem(const ServingReport::Problem& problem) {
  const std::string where = problem.field.empty() ? problem.entity : Cat(problem.entity, ".", problem.field);
  return {where, problem.what, problem.remedy};
}

/// The same problem keeps several methods from being served.
void AddProblem(const ServingReport::Problem& problem, std::vector<status::SchemaProblem>* problems) {
  status::SchemaProblem added = ToProblem(problem);
  const bool known = std::any_of(problems->begin(), problems->end(), [&](const status::SchemaProblem& other) {
    return other.where == added.where && other.what == added.what;
  });
  if (!known) problems->push_back(std::move(added));
}

status::SchemaState ReadSchema(const ServingReport& report) {
  status::SchemaState state;
  state.reachable = report.reachable;
  state.served = report.CountOf(ServingReport::State::kServed);
  state.broken = report.CountOf(ServingReport::State::kBroken);
  state.unknown = report.CountOf(ServingReport::State::kUnknown);
  for (const ServingReport::Repository& repository : report.repositories) {
    for (const ServingReport::Method& method : repository.methods) {
      for (const ServingReport::Problem& problem : method.why) AddProblem(problem, &state.problems);
    }
  }
  for (const ServingReport::Relation& relation : report.relations) {
    for (const ServingReport::Problem& problem : relation.why) AddProblem(problem, &state.problems);
  }
  for (const ServingReport::Problem& problem : report.advice) AddProblem(problem, &state.advice);
  return state;
}

}  // namespace

status::OverviewData ReadOverview(const StatusSources& sources) {
  status::OverviewData data;
  data.now = sources.clock->WallNow();
  data.version = BuildVersion();
  data.addresses = absl::StrJoin(sources.addresses, ", ");
  for (const Readiness::Obstacle& obstacle : sources.readiness->Obstacles()) {
    data.obstacles.push_back({obstacle.reason, obstacle.message});
  }
  const db::PoolStats pool = sources.pool->stats();
  data.pool = {pool.leased, pool.open, pool.max_open, pool.waiting, pool.timeouts_total};
  const exec::ExecutorStats queue = sources.executor->stats();
  data.queue = {queue.running, queue.queued, queue.refused_total};
  data.units = ReadUnits(*sources.units, data.now);
  data.calls_in_flight = sources.service->calls();
  data.unread_responses = sources.service->unread();
  data.log_lines_dropped = observe::DroppedLogLines();
  data.waiting = ReadLockWaits();
  const SharedGeneration generation = sources.catalogue->Get();
  data.statements = ReadStatements(generation->statements());
  data.schema = ReadSchema(generation->serving().report());
  data.schema.generation = generation->number();
  data.schema.reload_problem = sources.catalogue->problem();
  data.schema.pending_migrations = sources.migrations->count();
  data.counters = observe::Counters::Process().Snapshot();
  data.errors = observe::Counters::Process().LatestErrors();
  data.history = sources.history->Samples();
  return data;
}

status::MethodsData ReadMethods(const StatusSources& sources) {
  status::MethodsData data;
  data.now = sources.clock->WallNow();
  data.methods = status::ReadMethodUses(observe::Counters::Process());
  data.statements = ReadStatements(sources.catalogue->Get()->statements());
  return data;
}

}  // namespace rowkeeper::app
