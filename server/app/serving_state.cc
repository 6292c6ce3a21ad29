#include "server/app/serving_state.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "server/base/database_errors.h"
#include "server/base/error_details.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/observe/log.h"
#include "server/plan/response_facts.h"
#include "server/wire/unit_of_work_service.h"

namespace rowkeeper::app {
namespace {

using observe::LogLevel;
using schema::Mismatch;
using State = ServingReport::State;
using Status = wire::HealthService::Status;

/// Every refused call carries them, so it is a few.
constexpr size_t kShownMismatches = 3;

std::string Summary(const std::vector<const Mismatch*>& why) {
  std::string text;
  for (size_t i = 0; i < std::min(why.size(), kShownMismatches); ++i) {
    text += Cat(i == 0 ? "" : "; ", why[i]->ToString());
  }
  if (why.size() > kShownMismatches) {
    text += Cat("; and ", why.size() - kShownMismatches, " more (rowkeeper check lists them)");
  }
  return text;
}

/// Of several mismatches the remedy that most of them have: that of the first that has one, unless migrations are
/// pending, for they may mend the others, too.
std::string RemedyFor(const std::vector<const Mismatch*>& why, const Remedies& remedies) {
  std::string first;
  for (const Mismatch* mismatch : why) {
    std::string remedy = remedies.For(*mismatch);
    if (remedies.IsPending(*mismatch)) return Cat(remedy, " on this database");
    if (first.empty()) first = std::move(remedy);
  }
  return first.empty() ? "`rowkeeper check` says what to change" : first;
}

absl::Status Refusal(const std::vector<const Mismatch*>& why, const std::string& unknown, const Remedies& remedies) {
  if (why.empty()) return NotSeenYet(unknown);
  const bool of_table = !why.front()->table.empty();  // or of a query
  return SchemaMismatch(Summary(why), RemedyFor(why, remedies), of_table ? why.front()->entity : "");
}

std::string RelationName(const schema::RelationFit& fit) {
  return Cat(fit.entity->full_name, ".", fit.relation->field->name());
}

/// `all`: every mismatch of the report.
wire::ServingGate::Refusals ToRefusals(const schema::ServiceFit& fit, const std::vector<const Mismatch*>& all,
                                       const Remedies& remedies) {
  wire::ServingGate::Refusals refusals;
  const bool any_served = std::any_of(fit.methods.begin(), fit.methods.end(),
                                      [](const schema::MethodFit& method) { return method.fits(); });
  if (!any_served && !fit.methods.empty()) refusals.all = Refusal(all, "any table", remedies);
  for (const schema::MethodFit& method : fit.methods) {
    if (method.fits()) continue;
    const std::string unknown = method.plan->query != nullptr ? Cat("the query of ", method.plan->full_name)
                                                              : Cat("the table of ", method.plan->entity->full_name);
    refusals.methods.emplace(method.plan, Refusal(method.why, unknown, remedies));
  }
  for (const schema::RelationFit& relation : fit.relations) {
    const absl::Status refusal =
        Refusal(relation.why, Cat("the table of ", relation.relation->target->full_name), remedies);
    refusals.relations.emplace(relation.relation,
                               WithMessage(refusal, Cat("the relation ", RelationName(relation),
                                                        " cannot be read: ", std::string(refusal.message()))));
  }
  return refusals;
}

std::vector<ServingReport::Problem> ToProblems(const std::vector<const Mismatch*>& why, const Remedies& remedies) {
  std::vector<ServingReport::Problem> problems;
  for (const Mismatch* mismatch : why) {
    problems.push_back({mismatch->entity, mismatch->field, mismatch->problem, remedies.For(*mismatch)});
  }
  return problems;
}

State StateOf(bool unknown, const std::vector<const Mismatch*>& why) {
  if (!why.empty()) return State::kBroken;
  return unknown ? State::kUnknown : State::kServed;
}

/// Reads of the entity's own rows: what a repository is most for.
bool ReadsRows(const plan::MethodPlan& plan) {
  return plan.query == nullptr && plan.reads_only() && plan::CarriesRows(plan.response);
}

/// Whether health says that a repository is serving, by its methods and their states.
bool IsServing(const std::vector<std::pair<const plan::MethodPlan*, State>>& methods) {
  bool any = methods.empty(), any_read = false, has_reads = false;
  for (const auto& [plan, state] : methods) {
    const bool served = state == State::kServed;
    any = any || served;
    if (!ReadsRows(*plan)) continue;
    has_reads = true;
    any_read = any_read || served;
  }
  return has_reads ? any_read : any;
}

/// Tables and queries in one report.
schema::FitReport Whole(const schema::FitState& state) {
  schema::FitReport report = state.tables;
  const auto append = [](const std::vector<Mismatch>& from, std::vector<Mismatch>* to) {
    to->insert(to->end(), from.begin(), from.end());
  };
  append(state.queries.mismatches, &report.mismatches);
  append(state.queries.advice, &report.advice);
  for (const auto& table : state.unknown_tables) report.unknown.push_back(table.entity->full_name);
  for (const schema::UnknownQuery& query : state.unknown_queries) report.unknown.push_back(query.plan->full_name);
  return report;
}

}  // namespace

int ServingReport::CountOf(State state) const {
  int count = 0;
  for (const Repository& repository : repositories) {
    count += static_cast<int>(std::count_if(repository.methods.begin(), repository.methods.end(),
                                            [state](const Method& method) { return method.state == state; }));
  }
  return count;
}

ServingState::ServingState(const LoadedCatalogue* loaded, wire::ServingGate* gate, MakeRemedies remedies)
    : loaded_(*loaded), gate_(*gate), make_remedies_(std::move(remedies)) {
  gate_.Close(ServerStarting());
  schema::FitReport nothing_seen;
  for (const auto& entity : loaded_.catalogue->entities()) nothing_seen.unknown.push_back(entity->full_name);
  for (const auto& plan : loaded_.plans) nothing_seen.unknown.push_back(plan->full_name);
  const schema::ServiceFit fit = schema::FitOfMethods(*loaded_.catalogue, loaded_.plans, nothing_seen);
  const absl::MutexLock lock(&mutex_);
  report_ = Describe(fit, nothing_seen, Remedies({}, std::nullopt));
  report_.reachable = false;
}

void ServingState::Announce(wire::HealthService* health) {
  const absl::MutexLock lock(&mutex_);
  health_ = health;
  SetHealth();
}

void ServingState::Retire() {
  const absl::MutexLock lock(&mutex_);
  health_ = nullptr;
}

absl::Status ServingState::SetReadiness(absl::Status readiness) {
  const absl::MutexLock lock(&mutex_);
  return std::exchange(readiness_, std::move(readiness));
}

void ServingState::SetUnreachable(const absl::Status& reason) {
  if (seen_ == nullptr) gate_.Close(DatabaseUnavailable());
  const absl::Status before = SetReadiness(reason);
  if (announced() && (before.ok() || before.message() != reason.message())) {
    observe::Log(LogLevel::kWarning, "database unreachable, trying again", {{"reason", std::string(reason.message())}});
  }
  const absl::MutexLock lock(&mutex_);
  report_.reachable = false;
  SetHealth();
}

void ServingState::SetRefused(const absl::Status& reason) {
  gate_.Close(reason);
  seen_ = nullptr;
  const std::string words(reason.message());
  if (SetReadiness(reason).message() != words && announced()) {
    observe::Log(LogLevel::kError, "not serving: the database's pooler does not fit", {{"reason", words}});
  }
  const absl::MutexLock lock(&mutex_);
  report_.reachable = true;
  report_.refused = words;
  SetHealth();
}

void ServingState::SetFit(const std::shared_ptr<const schema::FitState>& fit) {
  if (fit != seen_) {
    Show(Whole(*fit));
  } else if (announced() && !readiness().ok() && gate_.Check().ok()) {
    observe::Log(LogLevel::kInfo, "serving", {{"methods", static_cast<int64_t>(report().CountOf(State::kServed))}});
  }
  seen_ = fit;
  const absl::MutexLock lock(&mutex_);
  readiness_ = gate_.Check();
  report_.reachable = true;
  report_.refused = std::string(readiness_.message());
  SetHealth();
}

void ServingState::Show(const schema::FitReport& fit) {
  const schema::ServiceFit of_methods = schema::FitOfMethods(*loaded_.catalogue, loaded_.plans, fit);
  const Remedies remedies = fit.mismatches.empty() ? Remedies({}, std::nullopt) : make_remedies_();
  ServingReport next = Describe(of_methods, fit, remedies);
  std::vector<const Mismatch*> why;
  for (const Mismatch& mismatch : fit.mismatches) why.push_back(&mismatch);
  gate_.Set(ToRefusals(of_methods, why, remedies));
  if (announced()) Log(next, why, remedies);
  const absl::MutexLock lock(&mutex_);
  report_ = std::move(next);
}

ServingReport ServingState::report() const {
  const absl::MutexLock lock(&mutex_);
  return report_;
}

ServingState::MethodCounts ServingState::counts() const {
  const absl::MutexLock lock(&mutex_);
  return {report_.CountOf(State::kServed), report_.CountOf(State::kBroken), report_.CountOf(State::kUnknown)};
}

ServingReport ServingState::Describe(const schema::ServiceFit& fit, const schema::FitReport& differences,
                                     const Remedies& remedies) const {
  ServingReport report;
  report.reachable = true;
  std::unordered_map<std::string, const schema::MethodFit*> by_name;
  for (const schema::MethodFit& method : fit.methods) by_name.emplace(method.plan->full_name, &method);
  for (const catalogue::Repository& repository : loaded_.catalogue->repositories()) {
    ServingReport::Repository described{repository.service->full_name()};
    std::vector<std::pair<const plan::MethodPlan*, State>> states;
    for (const catalogue::Method& method : repository.methods) {
      const schema::MethodFit& found = *by_name.at(method.descriptor->full_name());
      const State state = StateOf(found.unknown, found.why);
      described.methods.push_back({found.plan->full_name, state, ToProblems(found.why, remedies)});
      states.emplace_back(found.plan, state);
    }
    described.serving = IsServing(states);
    report.repositories.push_back(std::move(described));
  }
  for (const schema::RelationFit& relation : fit.relations) {
    report.relations.push_back(
        {RelationName(relation), StateOf(relation.unknown, relation.why), ToProblems(relation.why, remedies)});
  }
  for (const Mismatch& advice : differences.advice) {
    report.advice.push_back({advice.entity, advice.field, advice.problem, ""});
  }
  return report;
}

void ServingState::SetHealth() {
  if (health_ == nullptr) return;
  const bool can_serve = report_.reachable && report_.refused.empty();
  bool any = report_.repositories.empty();
  for (const ServingReport::Repository& repository : report_.repositories) {
    const bool serving = can_serve && repository.serving;
    any = any || repository.serving;
    health_->SetStatus(repository.name, serving ? Status::kServing : Status::kNotServing);
  }
  any = any || report_.CountOf(State::kServed) > 0;
  const Status whole = can_serve && any ? Status::kServing : Status::kNotServing;
  health_->SetStatus(wire::kUnitOfWorkService, whole);
  health_->SetStatus("", whole);
}

void ServingState::Log(const ServingReport& report, const std::vector<const Mismatch*>& why, const Remedies& remedies) {
  const int served = report.CountOf(State::kServed), broken = report.CountOf(State::kBroken);
  const auto relations = std::count_if(report.relations.begin(), report.relations.end(),
                                       [](const auto& relation) { return relation.state == State::kBroken; });
  if (broken > 0 || relations > 0) {
    observe::Log(LogLevel::kError, "not serving: the database does not fit the catalogue",
                 {{"methods", static_cast<int64_t>(broken)},
                  {"relations", static_cast<int64_t>(relations)},
                  {"reason", Cat(Summary(why), "; ", RemedyFor(why, remedies))}});
  }
  if (const int unknown = report.CountOf(State::kUnknown); unknown > 0) {
    observe::Log(LogLevel::kWarning, "not serving yet: tables or queries could not be looked at",
                 {{"methods", static_cast<int64_t>(unknown)}});
  }
  if (served > 0) observe::Log(LogLevel::kInfo, "serving", {{"methods", static_cast<int64_t>(served)}});
}

}  // namespace rowkeeper::app
