#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "server/app/server_process.h"
#include "tests/support/eventually.h"
#include "tests/support/in_process_server.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/temporary_directory.h"

namespace rowkeeper::testing {

/// Texts in todo.proto that a later version of it has otherwise.
using ProtoEdits = std::vector<std::pair<std::string, std::string>>;

inline const ProtoEdits kTitleIsHeadline = {
    {"title = 3 [(rowkeeper.v1.column) = {", "title = 3 [(rowkeeper.v1.column) = {name: \"headline\", "}};
inline const ProtoEdits kTodosAreTasks = {
    {"option (rowkeeper.v1.entity) = {\n    indexes: [\n      {fields: [\"owner_id\", \"due_at\"]}",
     "option (rowkeeper.v1.entity) = {\n    table: \"tasks\"\n    indexes: [\n      {fields: [\"owner_id\", "
     "\"due_at\"]}"}};

/// The planner of a version that has `edits`, without its SQL queries.
inline std::unique_ptr<const catalogue::Catalogue> PlannerWith(const ProtoEdits& edits) {
  const TemporaryDirectory directory;
  const std::filesystem::path folder = std::filesystem::path(directory.path()) / "planner" / "v1";
  std::filesystem::create_directories(folder);
  for (const auto& entry : std::filesystem::directory_iterator("proto/planner/v1")) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".proto" || name == "todo_report.proto") continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    std::string edited = text.str();
    for (const auto& [from, to] : edits) {
      if (name != "todo.proto") break;
      EXPECT_THAT(edited, ::testing::HasSubstr(from));
      edited = absl::StrReplaceAll(edited, {{from, to}});
    }
    std::ofstream(folder / name) << edited;
  }
  return CompileDirectory(directory.path());
}

/// Of servers whose calls wait for renames, which wait for calls: on a busy machine for long.
inline InProcessServer::Options PatientOptions() {
  InProcessServer::Options options;
  options.connection.lock_timeout_ms = 60000;
  options.connection.statement_timeout_ms = 60000;
  options.connection.answer_limit_ms = 65000;
  return options;
}

/// A server of another version on the database of `other`.
inline std::unique_ptr<InProcessServer> ServerBeside(InProcessServer* other, const ProtoEdits& edits) {
  InProcessServer::Options options = PatientOptions();
  options.schema = InProcessServer::Options::Schema::kLeaveEmpty;
  options.route = [other](const std::string&) { return other->database().url(); };
  auto server = std::make_unique<InProcessServer>(PlannerWith(edits), options);
  EXPECT_TRUE(Eventually([&] { return server->IsServing("planner.v1.TodoRepository"); }));
  return server;
}

/// Whether what the server says of its database holds `words`.
inline bool Advises(const InProcessServer& server, const std::string& words) {
  for (const auto& problem : server.process().serving().advice) {
    if (problem.what.find(words) != std::string::npos) return true;
  }
  return false;
}

/// A server, and a to-do that it serves.
class RenameTest : public ::testing::Test {
 protected:
  explicit RenameTest(InProcessServer::Options::Time time = InProcessServer::Options::Time::kStill)
      : server_(PlannerWith({}), OptionsFor(time)) {}

  static InProcessServer::Options OptionsFor(InProcessServer::Options::Time time) {
    InProcessServer::Options options;
    options.time = time;
    return options;
  }

  void SetUp() override {
    ASSERT_TRUE(server_.ok());
    const Json owner =
        server_.MustCall("ProfileRepository.Create",
                         {{"profile", {{"email", "a@example.org"}, {"handle", "ada"}, {"display_name", "Ada"}}}});
    owner_ = owner.value("id", "");
    id_ = NewTodo("plants", "water them");
  }

  void Run(const std::string& sql) { server_.database().Run(sql); }

  Json Todo(const std::string& title, const std::string& notes) const {
    return {{"owner_id", owner_}, {"title", title}, {"notes", notes}};
  }
  std::string NewTodo(const std::string& title, const std::string& notes) {
    return server_.MustCall("TodoRepository.Create", {{"todo", Todo(title, notes)}}).value("id", "");
  }
  /// "title/notes" of the first to-do, or why there is no answer.
  std::string Read() {
    const auto todo = server_.Call("TodoRepository.GetById", {{"id", id_}});
    return todo.ok() ? todo->value("title", "") + "/" + todo->value("notes", "") : Summary(todo);
  }

  InProcessServer server_;
  std::string owner_;
  std::string id_;
};

}  // namespace rowkeeper::testing
