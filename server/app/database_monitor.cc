#include "server/app/database_monitor.h"

#include <algorithm>
#include <utility>

#include "server/base/database_errors.h"
#include "server/base/reason.h"
#include "server/base/text.h"
#include "server/schema/default_fit.h"
#include "server/schema/fit.h"
#include "server/schema/query_fit.h"

namespace rowkeeper::app {
namespace {

constexpr int kStatementTimeoutMs = 5000;
constexpr std::chrono::milliseconds kUnreachablePause{250};
constexpr std::chrono::milliseconds kPause{1000};
constexpr std::chrono::milliseconds kSchemaPeriod{5000};
/// A poll that takes longer means that the database does not answer.
constexpr std::chrono::milliseconds kPollLimit{3000};
/// Every refused call carries them, so it is a few.
constexpr size_t kShownMismatches = 3;

db::ConnectionOptions MonitorOptions(db::ConnectionOptions options) {
  options.application_name = "rowkeeper monitor";
  options.statement_timeout_ms = kStatementTimeoutMs;
  options.prove_session = true;  // it is the first to connect, and nothing is served before it has
  return options;
}

std::string Summary(const schema::FitReport& report) {
  std::string text;
  for (size_t i = 0; i < std::min(report.mismatches.size(), kShownMismatches); ++i) {
    text += Cat(i == 0 ? "" : "; ", report.mismatches[i].ToString());
  }
  if (report.mismatches.size() > kShownMismatches) {
    text += Cat("; and ", report.mismatches.size() - kShownMismatches, " more (rowkeeper check lists them)");
  }
  return text;
}

}  // namespace

DatabaseMonitor::DatabaseMonitor(const LoadedCatalogue& loaded, db::ConnectionOptions connection, std::string remedy,
                                 OnChange on_change, Timers* timers)
    : loaded_(loaded),
      options_(MonitorOptions(std::move(connection))),
      remedy_(std::move(remedy)),
      on_change_(std::move(on_change)),
      clock_(timers->clock()),
      hang_(timers, [this](Clock::time_point now) { return ReportHang(now); }),
      poller_([this] { Loop(); }) {}

DatabaseMonitor::~DatabaseMonitor() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    stop_requested_.SignalAll();
  }
  poller_.join();
}

void DatabaseMonitor::Loop() {
  State state = State::kUnreachable;
  do {
    {
      absl::MutexLock lock(&mutex_);
      polling_since_ = clock_.Now();
    }
    hang_.RingIn(kPollLimit);
    absl::Status reason;
    state = Poll(&reason);
    {
      absl::MutexLock lock(&mutex_);
      polling_since_.reset();
      if (stopping_) return;
    }
    Report(state, reason);
  } while (Pause(state));
}

Clock::time_point DatabaseMonitor::ReportHang(Clock::time_point now) {
  absl::MutexLock lock(&mutex_);
  if (stopping_ || !polling_since_.has_value()) return Clock::time_point::max();
  if (now < *polling_since_ + kPollLimit) return *polling_since_ + kPollLimit;
  Report(State::kUnreachable, DatabaseUnavailable());
  return Clock::time_point::max();
}

void DatabaseMonitor::Report(State state, const absl::Status& reason) {
  absl::MutexLock lock(&report_mutex_);
  const std::string words(reason.message());
  if (reported_ == state && reported_reason_ == words) return;
  reported_ = state;
  reported_reason_ = words;
  on_change_(state, reason);
}

bool DatabaseMonitor::Pause(State state) {
  absl::MutexLock lock(&mutex_);
  const Clock::time_point until = clock_.Now() + (state == State::kUnreachable ? kUnreachablePause : kPause);
  while (!stopping_ && clock_.Now() < until) clock_.WaitUntil(&stop_requested_, &mutex_, until);
  return !stopping_;
}

DatabaseMonitor::State DatabaseMonitor::Poll(absl::Status* reason) {
  if (connection_ == nullptr) {
    auto opened = db::Connection::Open(options_);
    if (!opened.ok()) {
      *reason = opened.status();
      return ReasonOf(*reason) == Reason::kPoolerUnfit ? State::kMismatch : State::kUnreachable;
    }
    connection_ = *std::move(opened);
    schema_fits_ = false;  // it may be another database than the one that was checked
  }
  const bool compare = !schema_fits_ || clock_.Now() - schema_checked_ >= kSchemaPeriod;
  *reason = compare ? CheckSchema(*connection_) : connection_->Ping();
  if (compare) schema_checked_ = clock_.Now();
  if (connection_->broken()) {
    connection_ = nullptr;
    return State::kUnreachable;
  }
  schema_fits_ = reason->ok();
  return schema_fits_ ? State::kReady : State::kMismatch;
}

absl::Status DatabaseMonitor::CheckSchema(db::Connection& connection) {
  const auto live = schema::LiveSchema::Read(*loaded_.catalogue, connection);
  if (!live.ok()) return live.status();
  absl::StatusOr<schema::FitReport> report = schema::CheckFit(*loaded_.catalogue, *live, connection);
  if (!report.ok()) return report.status();
  schema::CheckDefaults(loaded_.plans, *live, &*report);
  if (absl::Status status = CheckQueries(connection, &*report); !status.ok()) return status;
  if (report->fits()) return absl::OkStatus();
  return SchemaMismatch(Summary(*report), remedy_);
}

absl::Status DatabaseMonitor::CheckQueries(db::Connection& connection, schema::FitReport* report) {
  // Where the tables do not fit, the queries over them would only say so again.
  if (!schema::HasQueries(loaded_.plans) || !report->fits()) return absl::OkStatus();
  const schema::FitReport of_tables = *report;
  const bool kept = describer_ != nullptr && !describer_->broken();
  if (!kept) {
    auto opened = db::Describer::Open(options_);
    if (!opened.ok()) return opened.status();
    describer_ = *std::move(opened);
  }
  absl::Status status = schema::CheckQueries(loaded_.plans, *describer_, connection, report);
  if (status.ok() || !kept || !describer_->broken()) return status;
  // The database was restarted since the last poll, and is there: that is no reason to stop serving.
  *report = of_tables;
  return CheckQueries(connection, report);
}

}  // namespace rowkeeper::app
