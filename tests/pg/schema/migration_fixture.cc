#include "tests/pg/schema/migration_fixture.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_join.h"
#include "server/base/error_details.h"

namespace rowkeeper::schema {
namespace {

namespace fs = std::filesystem;

std::string MessageOf(const absl::Status& status) {
  return absl::StrCat(absl::StatusCodeToString(status.code()), ": ", status.message());
}

std::string Sign(MigrationStep::Action action) {
  switch (action) {
    case MigrationStep::Action::kApplied:
      return "+";
    case MigrationStep::Action::kTakenDown:
      return "-";
    case MigrationStep::Action::kStamped:
      return "=";
    case MigrationStep::Action::kUnstamped:
      return "!";
    case MigrationStep::Action::kForgotten:
      return "?";
    case MigrationStep::Action::kInitData:
      return "*";
  }
  return "?";
}

std::string Word(MigrationState::Kind kind) {
  switch (kind) {
    case MigrationState::Kind::kApplied:
      return "applied";
    case MigrationState::Kind::kPending:
      return "pending";
    case MigrationState::Kind::kEdited:
      return "edited";
    case MigrationState::Kind::kOutOfOrder:
      return "out-of-order";
    case MigrationState::Kind::kMissing:
      return "missing";
  }
  return "?";
}

}  // namespace

MigrationTest::MigrationTest() {
  char pattern[] = "/tmp/rk-migrations-XXXXXX";
  directory_ = mkdtemp(pattern);
}

MigrationTest::~MigrationTest() { fs::remove_all(directory_); }

void MigrationTest::Write(const std::string& name, const std::string& text) {
  const fs::path path = fs::path(directory_) / name;
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

void MigrationTest::WriteTable(const std::string& version, const std::string& table) {
  Write(version + "_" + table + ".sql",
        "-- migrate:up\nCREATE TABLE " + table + " (id int);\n\n-- migrate:down\nDROP TABLE " + table + ";\n");
}

void MigrationTest::Remove(const std::string& name) { fs::remove(fs::path(directory_) / name); }

MigratorOptions MigrationTest::Options() const {
  MigratorOptions options;
  options.database_url = database_.url();
  options.directory = directory_;
  options.lock_timeout_ms = 100;
  options.attempts = 2;
  options.retry_pause = std::chrono::milliseconds(50);
  return options;
}

bool MigrationTest::HasTable(const std::string& table) {
  return database_.Value("SELECT to_regclass('" + table + "') IS NOT NULL") == "t";
}

std::string MigrationTest::Applied() {
  return database_.Value("SELECT string_agg(version, ',' ORDER BY version) FROM schema_migrations");
}

std::string Summary(const absl::StatusOr<std::vector<MigrationStep>>& steps) {
  if (!steps.ok()) return MessageOf(steps.status());
  return absl::StrJoin(*steps, ",", [](std::string* out, const MigrationStep& step) {
    const bool data = step.action == MigrationStep::Action::kInitData;
    *out += Sign(step.action) + (data ? step.path.substr(step.path.rfind('/') + 1) : step.version);
  });
}

std::string Summary(const absl::StatusOr<std::vector<MigrationState>>& states) {
  if (!states.ok()) return MessageOf(states.status());
  return absl::StrJoin(*states, ",", [](std::string* out, const MigrationState& state) {
    *out += state.version + " " + Word(state.kind);
  });
}

}  // namespace rowkeeper::schema
