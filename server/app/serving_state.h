#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/app/fit_remedy.h"
#include "server/app/loaded_catalogue.h"
#include "server/schema/fit_watch.h"
#include "server/schema/method_fit.h"
#include "server/wire/health.h"
#include "server/wire/serving_gate.h"

namespace rowkeeper::app {

/// What can be served and what cannot, for people and programs that ask; plain data.
struct ServingReport {
  enum class State { kServed, kBroken, kUnknown };
  struct Problem {
    std::string entity;
    /// Empty when it is about the table.
    std::string field;
    /// A sentence.
    std::string what;
    /// What to do; empty when `what` says so.
    std::string remedy;
  };
  struct Method {
    /// "planner.v1.TodoRepository.GetById"
    std::string name;
    State state = State::kUnknown;
    /// Why it is broken.
    std::vector<Problem> why = {};
  };
  struct Repository {
    std::string name;
    /// What health says of it: that the database is reachable and that the repository's rows can be read, or, in one
    /// without reads of rows, that any method can be served.
    bool serving = false;
    std::vector<Method> methods = {};
  };
  struct Relation {
    /// "planner.v1.Todo.owner"
    std::string name;
    State state = State::kBroken;
    std::vector<Problem> why = {};
  };

  /// Whether the database answers.
  bool reachable = false;
  /// Why nothing is served, whatever the methods are; empty: it depends on the method.
  std::string refused;
  /// Without the custom services of the server, in the order of the catalogue.
  std::vector<Repository> repositories;
  /// Relations that no call may load.
  std::vector<Relation> relations;
  /// What is served but is worth knowing.
  std::vector<Problem> advice;

  /// Of methods.
  int CountOf(State state) const;
};

/// Turns what is seen of the database into what calls, health and operators are told. The setters are called one at a
/// time, report() by any thread.
class ServingState {
 public:
  /// What is told to do about a mismatch is asked for again with each report that has any.
  using MakeRemedies = std::function<Remedies()>;

  /// All outlive this object. Everything is refused until something was seen.
  ServingState(const LoadedCatalogue* loaded, wire::ServingGate* gate, MakeRemedies remedies);

  /// From now on `health`, which outlives this object, says what is known of the catalogue's services. Thread-safe.
  void Announce(wire::HealthService* health);
  /// It says nothing of them any more. Thread-safe.
  void Retire();

  /// The database does not answer. What was served before is not refused: calls find out for themselves, and notice
  /// first when it is back.
  void SetUnreachable(const absl::Status& reason);
  /// It answers, but nothing can be served over the connection.
  void SetRefused(const absl::Status& reason);
  /// It answers, and this is how it fits.
  void SetFit(const std::shared_ptr<const schema::FitState>& fit);

  /// OK when anything is served, or why nothing is. Thread-safe.
  absl::Status readiness() const {
    const absl::MutexLock lock(&mutex_);
    return readiness_;
  }
  ServingReport report() const;

  struct MethodCounts {
    int served = 0;
    int broken = 0;
    int unknown = 0;
  };
  /// The same in numbers, for metrics. Thread-safe.
  MethodCounts counts() const;

 private:
  void Show(const schema::FitReport& fit);
  void SetHealth() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  /// Whether it is told to the world, the log included.
  bool announced() const {
    const absl::MutexLock lock(&mutex_);
    return health_ != nullptr;
  }
  /// Gives the one before.
  absl::Status SetReadiness(absl::Status readiness);
  static void Log(const ServingReport& report, const std::vector<const schema::Mismatch*>& why,
                  const Remedies& remedies);
  ServingReport Describe(const schema::ServiceFit& fit, const schema::FitReport& differences,
                         const Remedies& remedies) const;

  const LoadedCatalogue& loaded_;
  wire::ServingGate& gate_;
  const MakeRemedies make_remedies_;
  /// What the gate was last told of; null before, and while everything is refused.
  std::shared_ptr<const schema::FitState> seen_;
  mutable absl::Mutex mutex_;
  absl::Status readiness_ ABSL_GUARDED_BY(mutex_);
  /// Null while others are served.
  wire::HealthService* health_ ABSL_GUARDED_BY(mutex_) = nullptr;
  ServingReport report_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::app
