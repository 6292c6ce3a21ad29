#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/base/clock.h"
#include "server/catalogue/catalogue.h"
#include "server/db/connection.h"
#include "server/db/describe.h"
#include "server/plan/method_plan.h"
#include "server/schema/fit.h"
#include "server/schema/query_fit.h"
#include "server/schema/schema_watch.h"
#include "server/sql/live_names.h"

namespace rowkeeper::schema {

/// What is known of whether the database fits. Immutable.
struct FitState {
  /// Of the tables that are known, each as it was when it could last be read.
  FitReport tables;
  /// Of the custom queries that are known, likewise: see CheckQueries.
  FitReport queries;
  /// Never read so far, and why. Nothing is said about them: what needs them can be neither served nor blamed.
  std::vector<SchemaWatch::Behind> unknown_tables;
  std::vector<UnknownQuery> unknown_queries;

  bool fits() const { return tables.fits() && queries.fits(); }
  bool complete() const { return unknown_tables.empty() && unknown_queries.empty(); }
};

/// What fits, kept up to date by probes: see SchemaWatch. What cannot be read now stays as it was known. Used by
/// one thread at a time.
class FitWatch {
 public:
  using Plans = std::vector<std::unique_ptr<const plan::MethodPlan>>;

  /// All outlive this object.
  FitWatch(const catalogue::Catalogue& catalogue, const Plans& plans, db::CurrentNames* names, const Clock& clock);

  /// Errors: those of db::Connection::Execute; then nothing is forgotten.
  absl::Status ProbeTables(db::Connection& connection);
  /// Asks about the queries; first about those that could be asked about the last time. Errors as above, and those of
  /// a describer that is broken.
  absl::Status ProbeQueries(db::Describer& describer, db::Connection& connection);
  bool has_queries() const { return !queries_.empty(); }

  /// Another object whenever there is something new to say.
  const std::shared_ptr<const FitState>& state() const { return state_; }
  /// What the last probe could not see: tables that have changed since they were read, and queries. One line; empty
  /// when it saw everything.
  std::string Behind() const;
  const SchemaWatch& tables() const { return watch_; }

 private:
  /// Takes over `next` if it says anything new.
  void Update(FitState next);

  const catalogue::Catalogue& catalogue_;
  const Plans& plans_;
  SchemaWatch watch_;
  /// Of SchemaWatch::revision, when the tables were last compared.
  uint64_t compared_ = 0;
  /// The names by which they were.
  std::shared_ptr<const sql::LiveNames> compared_names_;
  /// In the order in which they are asked about.
  std::vector<const plan::MethodPlan*> queries_;
  /// By the query: what did not fit when it could last be probed.
  std::map<const plan::MethodPlan*, std::vector<Mismatch>> known_queries_;
  std::vector<UnknownQuery> queries_behind_;
  std::shared_ptr<const FitState> state_;
};

}  // namespace rowkeeper::schema
