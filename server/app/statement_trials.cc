#include "server/app/statement_trials.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <unordered_map>
#include <utility>

#include "server/base/database_errors.h"
#include "server/base/text.h"
#include "server/sql/migration_sql.h"
#include "server/sql/variants.h"

namespace rowkeeper::app {
namespace {

using Plans = std::vector<std::unique_ptr<const plan::MethodPlan>>;

constexpr char kTrialName[] = "rowkeeper_check";
/// More would have PostgreSQL wait for this program.
constexpr unsigned kMostSessions = 4;
/// For the statements of a repository after one of them has waited for a lock in vain.
constexpr int kShortLockTimeoutMs = 10;

/// The plans of one repository: [first, end) of all.
struct Group {
  size_t first = 0;
  size_t end = 0;
  StatementTrials trials;
};

std::vector<Group> GroupByRepository(const Plans& plans) {
  std::vector<Group> groups;
  for (size_t i = 0; i < plans.size(); ++i) {
    const bool next = i == 0 || plans[i]->method->service() != plans[i - 1]->method->service();
    if (next) groups.push_back({i, i, {}});
    groups.back().end = i + 1;
  }
  return groups;
}

/// The statements of a repository. Methods share some of them.
struct Trials {
  struct Need {
    std::string what;
    /// Index into `statements`.
    size_t statement = 0;
  };
  std::vector<sql::Statement> statements;
  std::vector<Need> needs;
};

Trials TrialsOf(const Plans& plans, const Group& group) {
  Trials trials;
  std::unordered_map<std::string, size_t> place_of;
  for (size_t i = group.first; i < group.end; ++i) {
    const plan::MethodPlan& plan = *plans[i];
    if (plan.query != nullptr) continue;  // compared with the database by schema/query_fit.h
    for (sql::SampledStatement& sample : sql::SampleStatements(plan)) {
      const auto [found, is_new] = place_of.try_emplace(sample.statement.text, trials.statements.size());
      if (is_new) trials.statements.push_back(std::move(sample.statement));
      trials.needs.push_back(
          {sample.label.empty() ? plan.full_name : Cat(plan.full_name, ", ", sample.label), found->second});
    }
  }
  return trials;
}

/// Whether PostgreSQL takes all of them. One message to it is one transaction, which the first refusal ends.
bool TakesAll(const std::vector<sql::Statement>& statements, db::Connection& connection) {
  std::string script;
  const std::string deallocate = sql::DeallocateText(kTrialName);
  for (const sql::Statement& statement : statements) {
    script += Cat(sql::PrepareText(kTrialName, statement), ";\n", deallocate, ";\n");
  }
  return connection.ExecuteScript(script, nullptr).ok();
}

/// The session's lock timeout from the first lock on that was waited for in vain, until the object goes.
class ShortLockTimeout {
 public:
  ShortLockTimeout(db::Connection* connection, int timeout_ms) : connection_(*connection), timeout_ms_(timeout_ms) {}
  ~ShortLockTimeout() {
    if (began_) Set(timeout_ms_);
  }
  ShortLockTimeout(const ShortLockTimeout&) = delete;
  ShortLockTimeout& operator=(const ShortLockTimeout&) = delete;

  void Begin() {
    if (!std::exchange(began_, true)) Set(kShortLockTimeoutMs);
  }

 private:
  void Set(int milliseconds) { connection_.ExecuteScript(sql::SetLockTimeout(milliseconds), nullptr).IgnoreError(); }

  db::Connection& connection_;
  const int timeout_ms_;
  bool began_ = false;
};

/// Tries each by itself.
std::vector<absl::Status> TryEach(const std::vector<sql::Statement>& statements, int lock_timeout_ms,
                                  db::Connection& connection) {
  ShortLockTimeout short_timeout(&connection, lock_timeout_ms);
  std::vector<absl::Status> results;
  for (const sql::Statement& statement : statements) {
    results.push_back(connection.ExecuteScript(sql::PrepareText(kTrialName, statement), nullptr));
    if (results.back().ok()) connection.ExecuteScript(sql::DeallocateText(kTrialName), nullptr).IgnoreError();
    if (results.back().code() == absl::StatusCode::kAborted) short_timeout.Begin();
  }
  return results;
}

class Tester {
 public:
  Tester(const Plans& plans, const sql::LiveNames& names, int lock_timeout_ms)
      : plans_(plans), names_(names), lock_timeout_ms_(lock_timeout_ms), groups_(GroupByRepository(plans)) {}

  size_t groups() const { return groups_.size(); }

  /// Takes group after group, until there are no more or the connection is lost.
  void Work(db::Connection& connection) {
    const sql::NamesScope scope(names_);
    for (size_t next = next_++; next < groups_.size(); next = next_++) {
      Group& group = groups_[next];
      if (!Try(TrialsOf(plans_, group), connection, &group.trials)) {
        lost_ = true;
        return;
      }
    }
  }

  absl::StatusOr<StatementTrials> Take() {
    if (lost_) return DatabaseUnavailable();
    StatementTrials all;
    for (Group& group : groups_) {
      all.prepared += group.trials.prepared;
      std::move(group.trials.refused.begin(), group.trials.refused.end(), std::back_inserter(all.refused));
    }
    return all;
  }

 private:
  /// False when the connection is lost.
  bool Try(const Trials& trials, db::Connection& connection, StatementTrials* result) const {
    result->prepared = static_cast<int>(trials.needs.size());
    if (trials.statements.empty() || TakesAll(trials.statements, connection)) return true;
    const std::vector<absl::Status> results = TryEach(trials.statements, lock_timeout_ms_, connection);
    for (const Trials::Need& need : trials.needs) {
      const absl::Status& status = results[need.statement];
      if (!status.ok()) result->refused.push_back({need.what, status});
    }
    return !connection.broken();
  }

  const Plans& plans_;
  const sql::LiveNames& names_;
  const int lock_timeout_ms_;
  /// Each is of the thread that took it.
  std::vector<Group> groups_;
  std::atomic<size_t> next_{0};
  std::atomic<bool> lost_{false};
};

}  // namespace

absl::StatusOr<StatementTrials> TryStatements(const Plans& plans, const sql::LiveNames& names,
                                              db::Connection& connection, const db::ConnectionOptions& options) {
  Tester tester(plans, names, options.lock_timeout_ms);
  const size_t sessions = std::min<size_t>(std::clamp(std::thread::hardware_concurrency(), 1u, kMostSessions),
                                           std::max<size_t>(tester.groups(), 1));
  std::vector<std::thread> others;
  for (size_t i = 1; i < sessions; ++i) {
    others.emplace_back([&] {
      const auto own = db::Connection::Open(options);
      if (own.ok()) tester.Work(**own);
    });
  }
  tester.Work(connection);
  for (std::thread& other : others) other.join();
  return tester.Take();
}

}  // namespace rowkeeper::app
