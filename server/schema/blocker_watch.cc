#include "server/schema/blocker_watch.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "server/base/one_line.h"
#include "server/base/text.h"
#include "server/pgtext/without_constants.h"
#include "server/schema/migration_session.h"
#include "server/sql/migration_sql.h"

namespace rowkeeper::schema {
namespace {

/// Short enough for a few looks within the second that a statement waits for a lock.
constexpr std::chrono::milliseconds kLookPeriod{250};
constexpr std::chrono::seconds kTellAgain{10};
constexpr size_t kQueryBytes = 200;

std::string Describe(const db::Rows& rows, int row) {
  const std::string pid(rows.cell(row, 0)), application(rows.cell(row, 1)), state(rows.cell(row, 2));
  if (pid == "0") return "a prepared transaction (see pg_prepared_xacts)";
  const std::string query = pgtext::WithoutConstants(std::string(rows.cell(row, 4)), kQueryBytes);
  return Cat("PostgreSQL process ", pid, application.empty() ? "" : ", ", application, state.empty() ? "" : ", ", state,
             ", transaction open for ", rows.cell(row, 3), " s: ", query);
}

}  // namespace

BlockerWatch::BlockerWatch(const MigratorOptions& options, std::string path, int pid)
    : options_(options), path_(std::move(path)), pid_(pid) {
  if (options_.observer.notice) thread_ = std::thread([this] { Run(); });
}

BlockerWatch::~BlockerWatch() {
  {
    const absl::MutexLock lock(&mutex_);
    end_ = true;
    ended_.SignalAll();
  }
  if (thread_.joinable()) thread_.join();
}

void BlockerWatch::Notice(const std::string& line) {
  const absl::MutexLock lock(&telling_);
  if (options_.observer.notice) options_.observer.notice(line);
}

bool BlockerWatch::Wait(Clock::duration time) {
  const Clock::time_point until = Later(options_.clock->Now(), time);
  const absl::MutexLock lock(&mutex_);
  while (!end_ && options_.clock->Now() < until) options_.clock->WaitUntil(&ended_, &mutex_, until);
  return !end_;
}

void BlockerWatch::Run() {
  if (!Wait(kLookPeriod)) return;
  const auto connection = OpenMigrationSession(options_);
  if (!connection.ok()) return;
  do Look(**connection);
  while (Wait(kLookPeriod));
}

void BlockerWatch::Look(db::Connection& connection) {
  const std::string text = sql::SelectBlockers(pid_);
  db::Query query;
  query.text = text;
  query.result = ResultShape::Columns(5);
  query.effect = db::Query::Effect::kRead;
  const auto rows = connection.Execute(query);
  if (!rows.ok() || rows->size() == 0) return;
  std::string processes;
  std::vector<std::string> blockers;
  for (int row = 0; row < rows->size(); ++row) {
    processes += Cat(rows->cell(row, 0), " ");
    blockers.push_back(Describe(*rows, row));
  }
  const Clock::time_point now = options_.clock->Now();
  if (processes == told_ && now < told_at_ + kTellAgain) return;
  told_ = processes;
  told_at_ = now;
  Notice(OneLine(Cat(path_, ": waiting for a lock; in the way: ", absl::StrJoin(blockers, "; "))));
}

}  // namespace rowkeeper::schema
