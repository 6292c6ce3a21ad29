#include "server/wire/serving_gate.h"

#include <utility>

#include "server/plan/relation/selection.h"

namespace rowkeeper::wire {
namespace {

using RelationReasons = std::unordered_map<const catalogue::Relation*, absl::Status>;

absl::Status FirstRefused(const plan::RelationSelection& selection, const RelationReasons& refused) {
  for (const plan::SelectedRelation& selected : selection.relations) {
    if (const auto found = refused.find(selected.relation); found != refused.end()) return found->second;
    if (absl::Status below = FirstRefused(selected.children, refused); !below.ok()) return below;
  }
  return absl::OkStatus();
}

}  // namespace

ServingGate::ServingGate(const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans) {
  for (const auto& plan : plans) methods_.emplace(plan.get(), std::make_unique<MethodStatus>());
}

void ServingGate::Set(Refusals refusals) {
  const absl::MutexLock lock(&mutex_);
  const auto set = [](MethodStatus* status, absl::Status reason) {
    const bool closed = !reason.ok();
    status->reason_ = std::move(reason);
    status->closed_.store(closed, std::memory_order_release);
  };
  for (auto& [plan, status] : methods_) {
    const auto refused = refusals.methods.find(plan);
    set(status.get(), refused == refusals.methods.end() ? refusals.all : refused->second);
  }
  set(&all_, std::move(refusals.all));
  relations_ = std::move(refusals.relations);
  refuses_relations_.store(!relations_.empty(), std::memory_order_release);
}

void ServingGate::Close(absl::Status reason) {
  Refusals refusals;
  refusals.all = std::move(reason);
  Set(std::move(refusals));
}

absl::Status ServingGate::Check() const { return Check(all_); }

absl::Status ServingGate::Check(const MethodStatus& status) const {
  if (!status.closed_.load(std::memory_order_acquire)) return absl::OkStatus();
  const absl::MutexLock lock(&mutex_);
  return status.reason_;
}

absl::Status ServingGate::CheckRelations(const plan::Call& call) const {
  if (!refuses_relations_.load(std::memory_order_acquire)) return absl::OkStatus();
  const auto* part = plan::PartOf<plan::WithRelations>(call.variant.family);
  if (part == nullptr || part->relations == nullptr) return absl::OkStatus();
  const absl::MutexLock lock(&mutex_);
  return FirstRefused(*part->relations, relations_);
}

}  // namespace rowkeeper::wire
