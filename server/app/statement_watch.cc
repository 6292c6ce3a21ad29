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

constexpr milliseconds kPeriod{100};
/// Between two looks at who waits for whom.
constexpr milliseconds kLookPeriod{250};
constexpr milliseconds kPlanPeriod{2000};
/// A plan changes as tables grow.
constexpr std::chrono::minutes kPlanAge{10};
constexpr size_t kMostPlanBytes = 2000;
constexpr milliseconds kConnectPause{5000};
constexpr milliseconds kIdleLimit{30000};
constexpr int kAnswerLimitMs = 3000;
constexpr int kPlansAtATime = 4;
constexpr int kMostFailures = 5;

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

/// A statement is worth a look when half the time is over after which its call is slow; max: never.
milliseconds WorthALook() {
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

StatementWatch::StatementWatch(Options options, const exec::StatementCache* statements)
    : options_(OwnOptions(std::move(options.connection))),
      statements_(*statements),
      plans_after_(std::chrono::steady_clock::now() + options.plan_delay),
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

bool StatementWatch::Pause() {
  const absl::MutexLock lock(&mutex_);
  if (!stopping_) stop_requested_.WaitWithTimeout(&mutex_, absl::FromChrono(kPeriod));
  return !stopping_;
}

void StatementWatch::Loop() {
  while (Pause()) {
    const time_point now = std::chrono::steady_clock::now();
    LookAtLocks(now);
    AskForPlans(now);
    CloseUnused(now);
  }
}

void StatementWatch::LookAtLocks(time_point now) {
  const milliseconds long_time = WorthALook();
  if (now < look_after_ || long_time == milliseconds::max()) return;
  const auto running = db::RunningStatements::Process().BegunBy(now - long_time);
  std::map<int, time_point> since;
  for (const auto& statement : running) since[statement.backend] = statement.since;
  for (auto told = told_.begin(); told != told_.end();) {  // of statements that have ended
    const auto found = since.find(told->first);
    told = found == since.end() || found->second != told->second ? told_.erase(told) : std::next(told);
  }
  if (since.empty() || Connect(now) == nullptr) return;
  look_after_ = now + kLookPeriod;
  const std::string pids = absl::StrJoin(
      since, ",", [](std::string* out, const std::pair<const int, time_point>& one) { out->append(Cat(one.first)); });
  const auto rows = Execute(sql::SelectLockWaits(), {Cat("{", pids, "}")}, 4);
  if (!rows.ok()) return;
  for (int row = 0; row < rows->size(); ++row) {
    observe::LockWait wait;
    wait.pid = ToNumber(rows->cell(row, 0));
    wait.blocked_by = rows->cell(row, 1);
    wait.lock = rows->cell(row, 2);
    wait.seen = std::chrono::system_clock::now();
    observe::LockWaits::Process().Note(wait);
    if (!told_.emplace(wait.pid, since[wait.pid]).second) continue;
    const auto waited = std::chrono::duration_cast<milliseconds>(now - since[wait.pid]);
    observe::Log(observe::LogLevel::kWarning, "a statement waits for a lock",
                 {{"statement", PurposeOf(rows->cell(row, 3))},
                  {"backend", wait.pid},
                  {"blocked_by", wait.blocked_by},
                  {"lock", wait.lock},
                  {"waited_ms", static_cast<int64_t>(waited.count())}});
  }
}

void StatementWatch::AskForPlans(time_point now) {
  if (now < plans_after_) return;
  plans_after_ = now + kPlanPeriod;
  int count = 0;
  for (const auto& statement : statements_.Kept()) {
    const int64_t uses = statement->use->uses();
    Asked& asked = asked_[statement->id];
    if (uses == asked.uses || now < asked.again) continue;
    if (count++ == kPlansAtATime || Connect(now) == nullptr) return;
    asked.failures = AskForPlan(*statement).ok() ? 0 : asked.failures + 1;
    const bool enough = asked.failures == 0 || asked.failures >= kMostFailures;
    asked.again = now + (enough ? kPlanAge : kPlanPeriod);
    if (enough) asked.uses = uses;
  }
}

absl::Status StatementWatch::AskForPlan(const sql::Statement& statement) {
  const sql::PlanQuestion question = sql::AskForPlan(statement);
  absl::Status status = Execute(question.begin, {}, 0).status();
  if (status.ok()) status = Execute(question.prepare, {}, 0).status();
  if (status.ok()) {
    const auto lines = Execute(question.explain, {}, 1);
    status = lines.status();
    if (status.ok()) NoteAnswer(*lines, statement.use.get());
  }
  const absl::Status end = Execute(question.end, {}, 0).status();
  if (!status.ok()) connection_.reset();  // nobody knows what is prepared there
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
  if (connection_->broken() || now - used_ > kIdleLimit) connection_.reset();
}

}  // namespace rowkeeper::app
