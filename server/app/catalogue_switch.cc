#include "server/app/catalogue_switch.h"

#include <google/protobuf/descriptor.h>

#include <unordered_map>
#include <utility>

#include "server/base/text.h"

namespace rowkeeper::app {
namespace {

using State = ServingReport::State;

/// Of a method or relation that is not served.
std::string WhyNot(const std::vector<ServingReport::Problem>& why) {
  if (why.empty()) return "the database has not been looked at";
  const ServingReport::Problem& first = why.front();
  return Cat(first.what, first.remedy.empty() ? "" : "; ", first.remedy);
}

struct Broken {
  int count = 0;
  std::string first;

  void Add(const std::string& name, const std::vector<ServingReport::Problem>& why) {
    if (count++ == 0) first = Cat(name, ": ", WhyNot(why));
  }
};

std::set<std::string> RelationsOf(const catalogue::Catalogue& catalogue) {
  std::set<std::string> names;
  for (const auto& entity : catalogue.entities()) {
    for (const catalogue::Relation& relation : entity->relations) {
      names.insert(Cat(entity->full_name, ".", relation.field->name()));
    }
  }
  return names;
}

}  // namespace

std::string WhatBreaks(const ServingReport& now, const std::set<std::string>& known, const ServingReport& next) {
  if (!next.reachable) return "the database does not answer, or has not been looked at yet";
  std::unordered_map<std::string, State> before;
  for (const auto& repository : now.repositories) {
    for (const auto& method : repository.methods) before.emplace(method.name, method.state);
  }
  std::set<std::string> loadable = known;
  for (const auto& relation : now.relations) {
    if (relation.state != State::kServed) loadable.erase(relation.name);
  }
  Broken broken;
  for (const auto& repository : next.repositories) {
    for (const auto& method : repository.methods) {
      const auto found = before.find(method.name);
      const bool was_served = found != before.end() && found->second == State::kServed;
      if (was_served && method.state != State::kServed) broken.Add(method.name, method.why);
    }
  }
  for (const auto& relation : next.relations) {
    const bool was_served = loadable.count(relation.name) > 0;
    if (was_served && relation.state != State::kServed) broken.Add(relation.name, relation.why);
  }
  if (broken.count == 0) return "";
  return Cat(broken.first, broken.count == 1 ? "" : Cat("; and ", broken.count - 1, " more"));
}

GenerationReaper::GenerationReaper(std::function<void(const CatalogueGeneration&)> before)
    : before_(std::move(before)), thread_([this] { Run(); }) {}

GenerationReaper::~GenerationReaper() { Close(); }

void GenerationReaper::Take(std::unique_ptr<CatalogueGeneration> generation) {
  const absl::MutexLock lock(&mutex_);
  if (closed_) return;  // it ends here
  taken_.push_back(std::move(generation));
  changed_.Signal();
}

void GenerationReaper::Close() {
  {
    const absl::MutexLock lock(&mutex_);
    closed_ = true;
    changed_.Signal();
  }
  if (thread_.joinable()) thread_.join();
}

void GenerationReaper::Run() {
  while (true) {
    std::vector<std::unique_ptr<CatalogueGeneration>> ending;
    {
      const absl::MutexLock lock(&mutex_);
      while (taken_.empty() && !closed_) changed_.Wait(&mutex_);
      if (taken_.empty()) return;
      ending.swap(taken_);
    }
    for (const auto& generation : ending) before_(*generation);
  }
}

CatalogueSwitch::CatalogueSwitch(Hooks hooks)
    : hooks_(std::move(hooks)), reaper_(std::make_shared<GenerationReaper>(hooks_.before_end)) {}

absl::StatusOr<SharedGeneration> CatalogueSwitch::Make(std::shared_ptr<const LoadedCatalogue> loaded) {
  const SharedGeneration now = served_.Get();
  auto made = hooks_.make(std::move(loaded), now == nullptr ? 1 : now->number() + 1);
  if (!made.ok()) return made.status();
  const auto end = [reaper = reaper_](CatalogueGeneration* generation) {
    reaper->Take(std::unique_ptr<CatalogueGeneration>(generation));
  };
  return SharedGeneration(made->release(), end);
}

absl::Status CatalogueSwitch::Start(std::shared_ptr<const LoadedCatalogue> loaded) {
  auto first = Make(std::move(loaded));
  if (!first.ok()) return first.status();
  served_.Set(*std::move(first));
  return absl::OkStatus();
}

absl::Status CatalogueSwitch::Offer(std::shared_ptr<const LoadedCatalogue> loaded) {
  Withdraw();
  auto next = Make(std::move(loaded));
  if (!next.ok()) return next.status();
  if (absl::Status status = hooks_.check(**next); !status.ok()) return status;
  hooks_.watch(*next);
  offered_.Set(*std::move(next));
  return absl::OkStatus();
}

std::string CatalogueSwitch::Obstacle() const {
  const SharedGeneration next = offered_.Get();
  if (next == nullptr) return "";
  const SharedGeneration now = served_.Get();
  return WhatBreaks(now->serving().report(), RelationsOf(*now->loaded().catalogue), next->serving().report());
}

SharedGeneration CatalogueSwitch::Offered() const { return offered_.Get(); }

bool CatalogueSwitch::Serve() {
  const SharedGeneration next = offered_.Get();
  if (next == nullptr || !Obstacle().empty()) return false;
  const SharedGeneration before = served_.Get();
  offered_.Set(nullptr);
  served_.Set(next);
  hooks_.serve(next, before);
  before->StopWatching();
  return true;
}

void CatalogueSwitch::Withdraw() {
  if (const SharedGeneration dropped = offered_.Get()) dropped->StopWatching();
  offered_.Set(nullptr);
}

void CatalogueSwitch::Close() {
  Withdraw();
  if (const SharedGeneration now = served_.Get()) now->StopWatching();
  reaper_->Close();
}

}  // namespace rowkeeper::app
