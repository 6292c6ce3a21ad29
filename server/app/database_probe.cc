#include "server/app/database_probe.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "server/base/database_errors.h"
#include "server/base/reason.h"
#include "server/base/text.h"
#include "server/observe/log.h"

namespace rowkeeper::app {
namespace {

/// What is locked for longer is probed again the next time.
constexpr int kLockTimeoutMs = 100;
constexpr int kStatementTimeoutMs = 5000;
/// Preparing a query costs the database more than comparing versions does. What has changed in a table of the catalogue
/// is noticed sooner.
constexpr std::chrono::milliseconds kQueryPeriod{1500};

constexpr size_t kMostNamesLogged = 10;

db::ConnectionOptions ProbeOptions(db::ConnectionOptions options) {
  options.application_name = "rowkeeper monitor";
  options.statement_timeout_ms = kStatementTimeoutMs;
  options.lock_timeout_ms = kLockTimeoutMs;
  options.prove_session = true;  // it is the first to connect, and nothing is served before it has
  return options;
}

class ConnectedProbe : public DatabaseProbe {
 public:
  ConnectedProbe(const LoadedCatalogue& loaded, db::ConnectionOptions options, db::CurrentNames* names,
                 const Clock& clock, BesideProbe beside)
      : options_(ProbeOptions(std::move(options))),
        clock_(clock),
        beside_(std::move(beside)),
        names_(*names),
        fit_(*loaded.catalogue, loaded.plans, names, clock) {}

  DatabaseState Probe(const std::function<void()>& answered) override {
    const bool kept = connection_ != nullptr;
    DatabaseState state = ProbeOnce(answered);
    // A session that was ended since the last probe says nothing of the database: another may be had.
    if (kept && state.reach == DatabaseState::Reach::kUnreachable) state = ProbeOnce(answered);
    return state;
  }

 private:
  DatabaseState ProbeOnce(const std::function<void()>& answered) {
    DatabaseState state;
    names_are_seen_ = false;
    state.reason = Connect();
    if (state.reason.ok()) {
      answered();
      beside_(*connection_, answered);
      answered();
      const std::string trouble = ProbeFit(answered);
      if (connection_->broken()) {
        connection_ = nullptr;
        state.reason = DatabaseUnavailable();
      }
      state.behind = Cat(trouble, trouble.empty() || fit_.Behind().empty() ? "" : "; ", fit_.Behind());
    }
    if (!state.reason.ok() || !names_are_seen_) names_.Doubt();
    state.reach = ReachOf(state.reason);
    if (connected_once_) state.fit = fit_.state();
    state.has_more = state.reason.ok() && fit_.tables().has_more();
    return state;
  }

  static DatabaseState::Reach ReachOf(const absl::Status& reason) {
    if (reason.ok()) return DatabaseState::Reach::kReachable;
    return ReasonOf(reason) == Reason::kPoolerUnfit ? DatabaseState::Reach::kPoolerUnfit
                                                    : DatabaseState::Reach::kUnreachable;
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
  std::string ProbeFit(const std::function<void()>& answered) {
    const auto known = fit_.tables().revision();
    if (absl::Status status = fit_.ProbeTables(*connection_); !status.ok()) {
      return Cat("tables: ", std::string(status.message()));
    }
    names_are_seen_ = true;
    LogNames();
    answered();
    const bool changed = fit_.tables().revision() != known;
    const bool due = !queries_seen_ || clock_.Now() - *queries_seen_ >= kQueryPeriod;
    if (!fit_.has_queries() || !(changed || due)) return {};
    absl::Status status = ProbeQueries();
    // The database may have been restarted since the last probe: the session is lost then, and another is not.
    if (!status.ok() && describer_ != nullptr && describer_->broken()) status = ProbeQueries();
    if (!status.ok()) return Cat("queries: ", std::string(status.message()));
    queries_seen_ = clock_.Now();
    return {};
  }

  void LogNames() {
    const db::CurrentNames::Snapshot now = names_.Get();
    if (now.revision == names_logged_) return;
    names_logged_ = now.revision;
    if (now.names->empty()) {
      observe::Log(observe::LogLevel::kInfo, "tables and columns are called as declared again");
      return;
    }
    const std::string remedies = now.names->RemediesIfMovedAside(kMostNamesLogged);
    if (remedies.empty()) {
      observe::Log(observe::LogLevel::kInfo, "columns are called otherwise than declared",
                   {{"names", now.names->ToString(kMostNamesLogged)}});
      return;
    }
    observe::Log(observe::LogLevel::kWarning, "tables are called otherwise than declared, and are read and written",
                 {{"names", now.names->ToString(kMostNamesLogged)}, {"if_moved_aside", remedies}});
  }

  absl::Status ProbeQueries() {
    if (describer_ == nullptr || describer_->broken()) {
      describer_ = nullptr;
      auto opened = db::Describer::Open(options_);
      if (!opened.ok()) return opened.status();
      describer_ = *std::move(opened);
    }
    return fit_.ProbeQueries(*describer_, *connection_);
  }

  const db::ConnectionOptions options_;
  const Clock& clock_;
  const BesideProbe beside_;
  db::CurrentNames& names_;
  /// By the last probe.
  bool names_are_seen_ = false;
  uint64_t names_logged_ = 0;
  schema::FitWatch fit_;
  std::unique_ptr<db::Connection> connection_;
  std::unique_ptr<db::Describer> describer_;
  bool connected_once_ = false;
  std::optional<Clock::time_point> queries_seen_;
};

}  // namespace

std::unique_ptr<DatabaseProbe> MakeDatabaseProbe(const LoadedCatalogue& loaded, db::ConnectionOptions connection,
                                                 db::CurrentNames* names, const Clock& clock, BesideProbe beside) {
  return std::make_unique<ConnectedProbe>(loaded, std::move(connection), names, clock, std::move(beside));
}

}  // namespace rowkeeper::app
