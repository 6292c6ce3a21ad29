#include "server/schema/fit_watch.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/schema/default_fit.h"
#include "server/sql/identifier.h"
#include "server/sql/live_names.h"

namespace rowkeeper::schema {
namespace {

using plan::MethodPlan;

/// Of a line for the log.
constexpr size_t kMostNamed = 5;

std::string ToText(const std::vector<Mismatch>& mismatches) {
  std::string text;
  for (const Mismatch& mismatch : mismatches) absl::StrAppend(&text, mismatch.ToString(), "\n");
  return text;
}

/// All that it says. Why something is unknown changes from probe to probe without being news.
std::string ToText(const FitState& state) {
  std::string text = absl::StrCat(ToText(state.tables.mismatches), "\n", ToText(state.tables.advice), "\n",
                                  ToText(state.queries.mismatches), "\n");
  for (const auto& table : state.unknown_tables) absl::StrAppend(&text, table.entity->full_name, "\n");
  for (const UnknownQuery& query : state.unknown_queries) absl::StrAppend(&text, query.plan->full_name, "\n");
  return text;
}

/// Before anything was seen.
FitState NothingSeen(const catalogue::Catalogue& catalogue, const std::vector<const MethodPlan*>& queries) {
  FitState state;
  for (const auto& entity : catalogue.entities()) state.unknown_tables.push_back({entity.get(), "not read yet"});
  for (const MethodPlan* query : queries) state.unknown_queries.push_back({query, "not looked at yet"});
  return state;
}

void AppendNames(std::vector<std::string> names, std::string* text) {
  for (size_t i = 0; i < std::min(names.size(), kMostNamed); ++i) {
    absl::StrAppend(text, text->empty() ? "" : "; ", names[i]);
  }
  if (names.size() > kMostNamed) absl::StrAppend(text, "; and ", names.size() - kMostNamed, " more");
}

}  // namespace

FitWatch::FitWatch(const catalogue::Catalogue& catalogue, const Plans& plans, db::CurrentNames* names,
                   const Clock& clock)
    : catalogue_(catalogue),
      plans_(plans),
      watch_(catalogue, names, clock),
      queries_(QueriesOf(plans)),
      state_(std::make_shared<const FitState>(NothingSeen(catalogue, queries_))) {}

absl::Status FitWatch::ProbeTables(db::Connection& connection) {
  const absl::Status probed = watch_.Probe(connection);
  FitState next = *state_;
  const bool has_other_names = compared_names_ != nullptr && watch_.tables().shared_names() != compared_names_;
  if (watch_.revision() != compared_ || has_other_names) {
    // Also where the probe failed after some of the tables: what it has seen of them is true.
    if (connection.broken()) return probed;
    absl::StatusOr<FitReport> report = CheckFit(catalogue_, watch_.tables(), connection);
    if (!report.ok()) return report.status();
    const sql::NamesScope names(watch_.tables().names());  // what is advised to run is about what there is
    CheckDefaults(plans_, watch_.tables(), &*report);
    next.tables = *std::move(report);
    compared_ = watch_.revision();
    compared_names_ = watch_.tables().shared_names();
  }
  const auto is_known = [this](const SchemaWatch::Behind& table) { return watch_.tables().Knows(*table.entity); };
  auto& unknown = next.unknown_tables;
  unknown.erase(std::remove_if(unknown.begin(), unknown.end(), is_known), unknown.end());
  for (SchemaWatch::Behind& table : unknown) {
    for (const SchemaWatch::Behind& behind : watch_.behind()) {
      if (behind.entity == table.entity) table.why = behind.why;
    }
  }
  Update(std::move(next));
  return probed;
}

absl::Status FitWatch::ProbeQueries(db::Describer& describer, db::Connection& connection) {
  FitReport found;
  auto behind = CheckQueries(queries_, describer, connection, &found);
  if (!behind.ok()) return behind.status();
  queries_behind_ = *std::move(behind);
  const auto is_behind = [this](const MethodPlan* plan) {
    return std::any_of(queries_behind_.begin(), queries_behind_.end(),
                       [plan](const UnknownQuery& query) { return query.plan == plan; });
  };
  FitState next = *state_;
  next.queries = FitReport();
  next.unknown_queries.clear();
  for (const MethodPlan* plan : queries_) {
    if (is_behind(plan)) continue;
    std::vector<Mismatch>& mismatches = known_queries_[plan];
    mismatches.clear();
    std::copy_if(found.mismatches.begin(), found.mismatches.end(), std::back_inserter(mismatches),
                 [plan](const Mismatch& mismatch) { return mismatch.entity == plan->full_name; });
  }
  for (const auto& plan : plans_) {
    const auto known = known_queries_.find(plan.get());
    if (known == known_queries_.end()) continue;
    next.queries.mismatches.insert(next.queries.mismatches.end(), known->second.begin(), known->second.end());
  }
  for (const UnknownQuery& query : queries_behind_) {
    if (known_queries_.count(query.plan) == 0) next.unknown_queries.push_back(query);
  }
  (void)std::stable_partition(queries_.begin(), queries_.end(),
                              [&](const MethodPlan* plan) { return !is_behind(plan); });
  Update(std::move(next));
  return absl::OkStatus();
}

std::string FitWatch::Behind() const {
  std::vector<std::string> names;
  for (const SchemaWatch::Behind& table : watch_.behind()) {
    names.push_back(absl::StrCat("table ", sql::Table(*table.entity), ": ", table.why));
  }
  for (const UnknownQuery& query : queries_behind_)
    names.push_back(absl::StrCat(query.plan->full_name, ": ", query.why));
  std::string text;
  AppendNames(std::move(names), &text);
  return text;
}

void FitWatch::Update(FitState next) {
  if (ToText(next) != ToText(*state_)) state_ = std::make_shared<const FitState>(std::move(next));
}

}  // namespace rowkeeper::schema
