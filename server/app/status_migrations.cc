#include <utility>

#include "server/app/status_pages.h"
#include "server/schema/migration_runner.h"

namespace rowkeeper::app {
namespace {

status::MigrationRow::State ToRowState(schema::MigrationState::Kind kind) {
  using Kind = schema::MigrationState::Kind;
  using State = status::MigrationRow::State;
  switch (kind) {
    case Kind::kApplied:
      return State::kApplied;
    case Kind::kPending:
      return State::kPending;
    case Kind::kEdited:
      return State::kEdited;
    case Kind::kOutOfOrder:
      return State::kOutOfOrder;
    case Kind::kMissing:
      return State::kMissing;
  }
  return State::kPending;
}

}  // namespace

status::MigrationsData ReadMigrations(const StatusSources& sources) {
  status::MigrationsData data;
  data.now = sources.clock->WallNow();
  data.directory = sources.migrations->directory();
  const auto states = sources.migrations->states();
  if (states == nullptr) return data;
  data.migrations.emplace();
  for (const schema::MigrationState& state : *states) {
    data.migrations->push_back(
        {state.version, state.name, ToRowState(state.kind), state.unfinished.has_value(), state.applied_at});
  }
  return data;
}

}  // namespace rowkeeper::app
