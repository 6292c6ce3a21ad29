#include "server/app/database_look.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "server/base/database_errors.h"
#include "server/base/reason.h"
#include "server/base/text.h"

namespace rowkeeper::app {
namespace {

/// What is locked for longer is looked at again the next time.
constexpr int kLockTimeoutMs = 100;
constexpr int kStatementTimeoutMs = 5000;
/// Preparing a query costs the database more than comparing versions does. What has changed in a table of the catalogue
/// is noticed sooner.
constexpr std::chrono::milliseconds kQueryPeriod{1500};

db::ConnectionOptions LookOptions(db::ConnectionOptions options) {
  options.application_name = "rowkeeper monitor";
  options.statement_timeout_ms = kStatementTimeoutMs;
  options.lock_timeout_ms = kLockTimeoutMs;
  options.prove_session = true;  // it is the first to connect, and nothing is served before it has
  return options;
}

class ConnectedLook : public DatabaseLook {
 public:
  ConnectedLook(const LoadedCatalogue& loaded, db::ConnectionOptions options, const Clock& clock)
      : options_(LookOptions(std::move(options))), clock_(clock), fit_(*loaded.catalogue, loaded.plans, clock) {}

  DatabaseView Look(const std::function<void()>& answered) override {
    const bool kept = connection_ != nullptr;
    DatabaseView view = LookOnce(answered);
    // A session that was ended since the last look says nothing of the database: another may be had.
    if (kept && view.reach == DatabaseView::Reach::kUnreachable) view = LookOnce(answered);
    return view;
  }

 private:
  DatabaseView LookOnce(const std::function<void()>& answered) {
    DatabaseView view;
    view.reason = Connect();
    if (view.reason.ok()) {
      answered();
      const std::string trouble = LookAtFit(answered);
      if (connection_->broken()) {
        connection_ = nullptr;
        view.reason = DatabaseUnavailable();
      }
      view.behind = Cat(trouble, trouble.empty() || fit_.Behind().empty() ? "" : "; ", fit_.Behind());
    }
    view.reach = ReachOf(view.reason);
    if (connected_once_) view.fit = fit_.state();
    view.has_more = view.reason.ok() && fit_.tables().has_more();
    return view;
  }

  static DatabaseView::Reach ReachOf(const absl::Status& reason) {
    if (reason.ok()) return DatabaseView::Reach::kReachable;
    return ReasonOf(reason) == Reason::kPoolerUnfit ? DatabaseView::Reach::kPoolerUnfit
                                                    : DatabaseView::Reach::kUnreachable;
  }

  absl::Status Connect() {
    if (connection_ != nullptr) return absl::OkStatus();
    auto opened = db::Connection::Open(options_);
    if (!opened.ok()) return opened.status();
    connection_ = *std::move(opened);
    connected_once_ = true;
    return absl::OkStatus();
  }

  /// What went wrong, in one line; no misfit. Empty: nothing.
  std::string LookAtFit(const std::function<void()>& answered) {
    const auto known = fit_.tables().revision();
    if (absl::Status status = fit_.LookAtTables(*connection_); !status.ok()) {
      return Cat("tables: ", std::string(status.message()));
    }
    answered();
    const bool changed = fit_.tables().revision() != known;
    const bool due = !queries_seen_ || clock_.Now() - *queries_seen_ >= kQueryPeriod;
    if (!fit_.has_queries() || !(changed || due)) return {};
    absl::Status status = LookAtQueries();
    // The database may have been restarted since the last look: the session is lost then, and another is not.
    if (!status.ok() && describer_ != nullptr && describer_->broken()) status = LookAtQueries();
    if (!status.ok()) return Cat("queries: ", std::string(status.message()));
    queries_seen_ = clock_.Now();
    return {};
  }

  absl::Status LookAtQueries() {
    if (describer_ == nullptr || describer_->broken()) {
      describer_ = nullptr;
      auto opened = db::Describer::Open(options_);
      if (!opened.ok()) return opened.status();
      describer_ = *std::move(opened);
    }
    return fit_.LookAtQueries(*describer_, *connection_);
  }

  const db::ConnectionOptions options_;
  const Clock& clock_;
  schema::FitWatch fit_;
  std::unique_ptr<db::Connection> connection_;
  std::unique_ptr<db::Describer> describer_;
  bool connected_once_ = false;
  std::optional<Clock::time_point> queries_seen_;
};

}  // namespace

std::unique_ptr<DatabaseLook> MakeDatabaseLook(const LoadedCatalogue& loaded, db::ConnectionOptions connection,
                                               const Clock& clock) {
  return std::make_unique<ConnectedLook>(loaded, std::move(connection), clock);
}

}  // namespace rowkeeper::app
