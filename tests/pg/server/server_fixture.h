#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "server/base/ids.h"
#include "server/base/text.h"
#include "tests/support/in_process_server.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::testing {

/// One planner server for the tests of a suite.
class PlannerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { StartServer({}); }
  /// For a suite with a SetUpTestSuite of its own.
  static void StartServer(const InProcessServer::Options& options) {
    server_ = new InProcessServer(CompileExample("planner/v1"), options);
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }

  void SetUp() override { ASSERT_TRUE(server_ != nullptr && server_->ok()); }

  static InProcessServer& server() { return *server_; }
  static absl::StatusOr<Json> Call(std::string_view method, const Json& request, const CallOptions& options = {}) {
    return server_->Call(method, request, options);
  }
  static Json MustCall(std::string_view method, const Json& request) { return server_->MustCall(method, request); }

  static std::string Unique() { return RandomHex(8); }

  static Json Profile(const std::string& handle) {
    return {{"email", handle + "@example.org"}, {"handle", handle}, {"display_name", "Ada"}};
  }
  /// The id of a new profile.
  static std::string NewProfile() {
    return MustCall("ProfileRepository.Create", {{"profile", Profile(Unique())}}).value("id", "");
  }
  static Json NewTodo(const std::string& owner, const Json& fields = Json::object()) {
    Json todo = {{"owner_id", owner}, {"title", "water the plants"}};
    todo.update(fields);
    return MustCall("TodoRepository.Create", {{"todo", todo}});
  }
  static Json GetTodo(const std::string& id, const Json& fields = Json::object()) {
    Json request = {{"id", id}};
    request.update(fields);
    return MustCall("TodoRepository.GetById", request);
  }
  static std::string Count(const std::string& table) {
    return server_->database().Value("SELECT count(*) FROM " + table);
  }

 private:
  static inline InProcessServer* server_ = nullptr;
};

/// A well-formed id that no row has.
inline const std::string kNoId = "00000000-0000-4000-8000-000000000000";

}  // namespace rowkeeper::testing
