#include "server/app/database_monitor.h"

#include <utility>

#include "absl/time/time.h"
#include "server/base/errors.h"
#include "server/schema/fit.h"

namespace rowkeeper::app {
namespace {

constexpr int kStatementTimeoutMs = 5000;

db::ConnectionOptions MonitorOptions(db::ConnectionOptions options) {
  options.application_name = "rowkeeper monitor";
  options.statement_timeout_ms = kStatementTimeoutMs;
  return options;
}

}  // namespace

DatabaseMonitor::DatabaseMonitor(const catalogue::Catalogue& catalogue, db::ConnectionOptions connection,
                                 std::string remedy, OnChange on_change)
    : catalogue_(catalogue),
      options_(MonitorOptions(std::move(connection))),
      remedy_(std::move(remedy)),
      on_change_(std::move(on_change)),
      thread_([this] { Loop(); }) {}

DatabaseMonitor::~DatabaseMonitor() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    stop_requested_.SignalAll();
  }
  thread_.join();
}

void DatabaseMonitor::Loop() {
  absl::Status reason;
  State state = Look(&reason);
  on_change_(state, reason);
  while (Pause(state)) {
    absl::Status next_reason;
    const State next = Look(&next_reason);
    if (next == state && next_reason.message() == reason.message()) continue;
    state = next;
    reason = next_reason;
    on_change_(state, reason);
  }
}

bool DatabaseMonitor::Pause(State state) {
  const absl::Duration pause = state == State::kUnreachable ? absl::Milliseconds(250) : absl::Seconds(1);
  absl::MutexLock lock(&mutex_);
  if (!stopping_) stop_requested_.WaitWithTimeout(&mutex_, pause);
  return !stopping_;
}

DatabaseMonitor::State DatabaseMonitor::Look(absl::Status* reason) {
  if (connection_ == nullptr) {
    auto opened = db::Connection::Open(options_);
    if (!opened.ok()) {
      *reason = opened.status();
      return State::kUnreachable;
    }
    connection_ = *std::move(opened);
    schema_fits_ = false;  // it may be another database than the one that was checked
  }
  *reason = schema_fits_ ? connection_->Ping() : CheckSchema(*connection_);
  if (connection_->broken()) {
    connection_ = nullptr;
    return State::kUnreachable;
  }
  schema_fits_ = reason->ok();
  return schema_fits_ ? State::kReady : State::kMismatch;
}

absl::Status DatabaseMonitor::CheckSchema(db::Connection& connection) {
  absl::StatusOr<schema::FitReport> report = schema::CheckFit(catalogue_, connection);
  if (!report.ok()) return report.status();
  if (report->fits()) return absl::OkStatus();
  return SchemaMismatch(report->ToString(), remedy_);
}

}  // namespace rowkeeper::app
