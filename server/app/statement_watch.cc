#include "server/app/statement_watch.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "server/base/statement_text.h"
#include "server/base/text.h"
#include "server/observe/lock_waits.h"
#include "server/observe/log.h"
#include "server/sql/activity.h"

namespace rowkeeper::app {
namespace {

using std::chrono::milliseconds;

/// Between two polls of what runs.
constexpr milliseconds kRunningPeriod{100};
/// After PostgreSQL was asked who waits for whom.
constexpr milliseconds kLocksPeriod{250};
constexpr milliseconds kPlanPeriod{2000};
constexpr size_t kMostPlanBytes = 2000;
constexpr milliseconds kConnectPause{5000};
constexpr milliseconds kIdleLimit{30000};
constexpr int kAnswerLimitMs = 3000;
constexpr size_t kPlansAtATime = 4;

db::ConnectionOptions OwnOptions(db::ConnectionOptions options) {
  options.application_name = "rowkeeper watch";
  options.connect_limit_s = 2;
  options.answer_limit_ms = kAnswerLimitMs;
  options.prove_session = false;
  options.echo = false;
  return options;
}

int ToNumber(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// PostgreSQL is asked whom a statement waits for when half the time is over after which its call is slow; max: never.
milliseconds LongTime() {
  const milliseconds slow = observe::SlowCallLimit();
  return slow.count() == 0 ? milliseconds::max() : std::max(slow / 2, milliseconds(50));
}

void NoteAnswer(const db::Rows& lines, observe::StatementUse* use) {
  std::string plan;
  for (int line = 0; line < lines.size(); ++line) {
    if (const int64_t id = sql::FindQueryId(lines.cell(line, 0)); id != 0) use->SetQueryId(id);
    const std::string_view node = sql::FindPlanNode(lines.cell(line, 0));
    if (node.empty() || plan.size() > kMostPlanBytes) continue;
    if (!plan.empty()) plan.append(" > ");
    plan.append(node);
  }
  use->SetPlan(std::move(plan));
}

}  // namespace

StatementWatch::StatementWatch(Options options, Statements statements)
    : options_(OwnOptions(std::move(options.connection))),
      clock_(*options.clock),
      statements_(std::move(statements)),
      used_(clock_.Now()),
      connect_after_(used_),
      locks_after_(used_ + kRunningPeriod),
      plans_after_(used_ + options.plan_delay),
      thread_([this] { Loop(); }) {}

StatementWatch::~StatementWatch() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
    stop_requested_.Signal();
  }
  cancellation_.Cancel(db::Cancellation::Cause::kCaller);
  thread_.join();
}

StatementWatch::time_point StatementWatch::Due() const {
  time_point due = plans_after_;
  if (LongTime() != milliseconds::max()) due = std::min(due, locks_after_);
  if (connection_ != nullptr) due = std::min(due, used_ + kIdleLimit);
  return due;
}

bool StatementWatch::PauseUntil(time_point due) {
  const absl::MutexLock lock(&mutex_);
  while (!stopping_ && clock_.Now() < due) clock_.WaitUntil(&stop_requested_, &mutex_, due);
  return !stopping_;
}

void StatementWatch::Loop() {
  while (PauseUntil(Due())) {
    const time_point now = clock_.Now();
    WatchLocks(now);
    AskForPlans(now);
    CloseUnused(now);
  }
}

void StatementWatch::WatchLocks(time_point now) {
  const milliseconds long_time = LongTime();
  if (now < locks_after_ || long_time == milliseconds::max()) return;
  locks_after_ = now + kRunningPeriod;
  const auto running = db::RunningStatements::Process().RunningFor(long_time);
  std::map<int, db::RunningStatements::Running> by_backend;
  for (const auto& statement : running) {
    if (statement.backend != 0) by_backend[statement.backend] = statement;  // else nobody can look for it
  }
  for (auto told = told_.begin(); told != told_.end();) {  // of statements that have ended
    const auto found = by_backend.find(told->first);
    told = found == by_backend.end() || found->second.since != told->second ? told_.erase(told) : std::next(told);
  }
  if (by_backend.empty() || Connect(now) == nullptr) return;
  locks_after_ = now + kLocksPeriod;
  const std::string pids = absl::StrJoin(
      by_backend, ",", [](std::string* out, const auto& statement) { out->append(Cat(statement.first)); });
  const auto rows = Execute(sql::SelectLockWaits(), {Cat("{", pids, "}")}, 5);
  if (!rows.ok()) return;
  for (int row = 0; row < rows->size(); ++row) {
    observe::LockWait wait;
    wait.pid = ToNumber(rows->cell(row, 0));
    wait.blocked_by = rows->cell(row, 1);
    wait.lock = rows->cell(row, 2);
    wait.seen = Clock::System().WallNow();  // as the lines of calls have it
    wait.statement = PurposeOf(rows->cell(row, 3));
    wait.blocker = rows->is_null(row, 4) ? "" : std::string(rows->cell(row, 4));
    const db::RunningStatements::Running& statement = by_backend[wait.pid];
    wait.ran = std::chrono::duration_cast<milliseconds>(statement.ran);
    observe::LockWaits::Process().Note(wait);
    if (!told_.emplace(wait.pid, statement.since).second) continue;
    observe::Log(observe::LogLevel::kWarning, "a statement waits for a lock",
                 {{"statement", wait.statement},
                  {"backend", wait.pid},
                  {"blocked_by", wait.blocked_by},
                  {"lock", wait.lock},
                  {"waited_ms", int64_t{wait.ran.count()}}});
  }
}

void StatementWatch::AskForPlans(time_point now) {
  if (now < plans_after_) return;
  plans_after_ = now + kPlanPeriod;
  const PlanTurns::Statements kept = statements_();
  turns_.Keep(kept);
  for (const auto& statement : turns_.Next(kept, kPlansAtATime, now)) {
    if (Connect(now) == nullptr) return;
    turns_.Note(*statement, AskForPlan(*statement), now);
  }
}

absl::Status StatementWatch::AskForPlan(const sql::Statement& statement) {
  const sql::PlanQuestion question = sql::AskForPlan(statement);
  absl::Status status = Execute(question.begin, {}, 0).status();
  if (status.ok()) status = Execute(question.prepare, {}, 0).status();
  const bool prepared = status.ok();
  if (prepared) {
    const auto lines = Execute(question.explain, {}, 1);
    status = lines.status();
    if (status.ok()) NoteAnswer(*lines, statement.use.get());
  }
  const absl::Status end = Execute(prepared ? question.end : question.give_up, {}, 0).status();
  if (!end.ok()) connection_.reset();  // nobody knows what is prepared there
  return status.ok() ? end : status;
}

db::Connection* StatementWatch::Connect(time_point now) {
  used_ = now;
  if (connection_ != nullptr && !connection_->broken()) return connection_.get();
  connection_.reset();
  if (now < connect_after_) return nullptr;
  auto connection = db::Connection::Open(options_);
  if (!connection.ok()) {
    connect_after_ = now + kConnectPause;
    return nullptr;
  }
  connection_ = *std::move(connection);
  return connection_.get();
}

absl::StatusOr<db::Rows> StatementWatch::Execute(const std::string& text, const std::vector<db::Param>& params,
                                                 int columns) {
  db::Query query;
  query.text = text;
  query.params = &params;
  query.result = ResultShape::Columns(columns);
  query.effect = db::Query::Effect::kRead;
  query.cancellation = &cancellation_;
  return connection_->Execute(query);
}

void StatementWatch::CloseUnused(time_point now) {
  if (connection_ == nullptr) return;
  if (connection_->broken() || now - used_ >= kIdleLimit) connection_.reset();
}

}  // namespace rowkeeper::app
