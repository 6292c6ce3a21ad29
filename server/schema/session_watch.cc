#include "server/schema/session_watch.h"

#include <algorithm>
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
constexpr std::chrono::seconds kTellOfRunning{10};
constexpr std::chrono::minutes kLongestSilence{10};
constexpr size_t kQueryBytes = 200;

absl::StatusOr<db::Rows> AskWatch(db::Connection& connection, const std::string& text, int columns) {
  db::Query query;
  query.text = text;
  query.result = ResultShape::Columns(columns);
  query.effect = db::Query::Effect::kRead;
  return connection.Execute(query);
}

std::string Describe(const db::Rows& rows, int row) {
  const std::string pid(rows.cell(row, 0)), application(rows.cell(row, 1)), state(rows.cell(row, 2));
  if (pid == "0") return "a prepared transaction (see pg_prepared_xacts)";
  const std::string query = pgtext::WithoutConstants(std::string(rows.cell(row, 4)), kQueryBytes);
  return Cat("PostgreSQL process ", pid, application.empty() ? "" : ", ", application, state.empty() ? "" : ", ", state,
             ", transaction open for ", rows.cell(row, 3), " s: ", query);
}

}  // namespace

SessionWatch::SessionWatch(const MigratorOptions& options, std::string path, int pid)
    : options_(options), path_(std::move(path)), pid_(pid) {
  if (options_.observer.notice) thread_ = std::thread([this] { Run(); });
}

SessionWatch::~SessionWatch() {
  {
    const absl::MutexLock lock(&mutex_);
    end_ = true;
    ended_.SignalAll();
  }
  if (thread_.joinable()) thread_.join();
}

void SessionWatch::Notice(const std::string& line) {
  const absl::MutexLock lock(&telling_);
  if (options_.observer.notice) options_.observer.notice(line);
}

bool SessionWatch::Wait(Clock::duration time) {
  const Clock::time_point until = Later(options_.clock->Now(), time);
  const absl::MutexLock lock(&mutex_);
  while (!end_ && options_.clock->Now() < until) options_.clock->WaitUntil(&ended_, &mutex_, until);
  return !end_;
}

void SessionWatch::Run() {
  if (!Wait(kLookPeriod)) return;
  const auto connection = OpenMigrationSession(options_);
  if (!connection.ok()) return;
  do {
    LookForBlockers(**connection);
    LookAtProgress(**connection);
  } while (Wait(kLookPeriod));
}

void SessionWatch::Begin(int line) {
  const absl::MutexLock lock(&mutex_);
  line_ = line;
  began_ = options_.clock->Now();
  tell_after_ = kTellOfRunning;
}

void SessionWatch::End() {
  const absl::MutexLock lock(&mutex_);
  line_ = 0;
}

void SessionWatch::LookAtProgress(db::Connection& connection) {
  int line = 0;
  Clock::duration runs{};
  {
    const absl::MutexLock lock(&mutex_);
    runs = options_.clock->Now() - began_;
    if (line_ == 0 || runs < tell_after_) return;
    line = line_;
    tell_after_ = runs + std::min<Clock::duration>(runs / 2, kLongestSilence);
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(runs).count();
  const auto rows = AskWatch(connection, sql::SelectIndexProgress(pid_), 2);
  const bool builds = rows.ok() && rows->size() == 1;
  Notice(OneLine(Cat(path_, ":", line, ": still running after ", seconds, " s",
                     builds ? Cat("; ", rows->cell(0, 0), ", ", rows->cell(0, 1), " %") : "")));
}

void SessionWatch::LookForBlockers(db::Connection& connection) {
  const auto rows = AskWatch(connection, sql::SelectBlockers(pid_), 5);
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
