#include <algorithm>
#include <utility>

#include "server/app/server_process.h"
#include "server/observe/log.h"

namespace rowkeeper::app {

// Which catalogue a server serves.

GenerationParts ServerProcess::MakeGenerationParts() {
  GenerationParts parts;
  parts.serve = &options_.serve;
  parts.connection = &options_.connection;
  parts.executor = executor_.get();
  parts.tokens = &tokens_;
  parts.keyed = &keyed_writes_;
  parts.in_doubt = &in_doubt_runs_;
  parts.units = &units_slot_;
  parts.streams = stream_registry_.get();
  parts.identities = callers_.callers == nullptr ? Identities::kNone : Identities::kProvable;
  parts.clock = options_.clock;
  return parts;
}

CatalogueSwitch::Hooks ServerProcess::MakeHooks() {
  CatalogueSwitch::Hooks hooks;
  hooks.make = [this](std::shared_ptr<const LoadedCatalogue> loaded, uint64_t number) {
    return CatalogueGeneration::Make(std::move(loaded), number, MakeGenerationParts());
  };
  hooks.check = [this](const CatalogueGeneration& next) { return service_->CheckReplacement(next.methods()); };
  hooks.watch = [this](const SharedGeneration& generation) { Watch(generation); };
  hooks.serve = [this](const SharedGeneration& next, const SharedGeneration& before) { Serve(next, before); };
  hooks.before_end = [this](const CatalogueGeneration& generation) {
    executor_->Forget(generation.loaded().plans, generation.statements().Kept());
  };
  return hooks;
}

void ServerProcess::Watch(const SharedGeneration& generation) {
  CatalogueGeneration* const watched = generation.get();
  registration_->Add(generation);
  watched->Watch(std::make_unique<DatabaseMonitor>(
      MakeDatabaseProbe(watched->loaded(), options_.connection, watched->names(), timers_.clock(),
                        [this](db::Connection& connection, const std::function<void()>& answered) {
                          registration_->Beat(connection, answered);
                        }),
      [this, watched](const DatabaseState& state) { OnDatabaseChange(watched, state); }, &timers_));
}

/// Calls are answered by `next` first, for health and reflection must not name a method that nobody answers.
void ServerProcess::Serve(const SharedGeneration& next, const SharedGeneration& before) {
  SetErrorWords(*next);
  service_->Replace(wire::SharedMethods(next, &next->methods()));
  wire::ReflectedCatalogue reflected = next->Reflected();
  reflected.owner = next;
  reflection_->Replace(reflected);
  before->serving().Retire();
  next->serving().Announce(&health_);
  for (const std::string& service : before->services()) {
    const auto& kept = next->services();
    if (std::find(kept.begin(), kept.end(), service) == kept.end()) health_.Forget(service);
  }
  SetReadiness(*next);
}

void ServerProcess::SetErrorWords(const CatalogueGeneration& generation) {
  db::ErrorWords words = generation.error_words();
  if (options_.serve.show_database_messages) words.raised_messages = db::RaisedMessages::kShow;
  errors_->Set(std::make_shared<const db::ErrorWords>(std::move(words)));
}

void ServerProcess::SetReadiness(const CatalogueGeneration& generation) {
  const absl::MutexLock lock(&readiness_mutex_);
  if (catalogue_.Get().get() == &generation) readiness_.SetDatabase(generation.serving().readiness());
}

void ServerProcess::OnDatabaseChange(CatalogueGeneration* generation, const DatabaseState& state) {
  ServingState& serving = generation->serving();
  if (catalogue_.Get().get() == generation) LogBehind(state);
  switch (state.reach) {
    case DatabaseState::Reach::kUnreachable:
      serving.SetUnreachable(state.reason);
      break;
    case DatabaseState::Reach::kPoolerUnfit:
      serving.SetRefused(state.reason);
      break;
    case DatabaseState::Reach::kReachable:
      serving.SetFit(state.fit);
      break;
  }
  SetReadiness(*generation);
  accepting_->Tell(DelayedStart::kDatabaseProbed);
}

void ServerProcess::LogBehind(const DatabaseState& state) {
  const absl::MutexLock lock(&readiness_mutex_);
  if (state.reach != DatabaseState::Reach::kReachable || state.behind == behind_) return;
  behind_ = state.behind;
  if (behind_.empty()) {
    observe::Log(observe::LogLevel::kInfo, "the schema is fully known again", {});
  } else {
    observe::Log(observe::LogLevel::kInfo, "part of the schema cannot be looked at now and stays as it was known",
                 {{"what", behind_}});
  }
}

void ServerProcess::ReloadCatalogue() {
  if (reload_ != nullptr) reload_->LookNow();
}

}  // namespace rowkeeper::app
