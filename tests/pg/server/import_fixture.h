#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/stream_client.h"

namespace rowkeeper::testing {

/// Imports of the tasks of tracker/v1.
class ImportTest : public ::testing::Test {
 protected:
  void SetUp() override { Serve({}); }
  void Serve(InProcessServer::Options options) {
    server_ = nullptr;
    server_ = std::make_unique<InProcessServer>(CompileExample("tracker/v1"), std::move(options));
    ASSERT_TRUE(server_->ok());
    const Json user =
        server_->MustCall("UserRepository.Create", {{"user", {{"email", "a@b.c"}, {"display_name", "Ada"}}}});
    project_ = NewProject(user);
  }
  std::string NewProject(const Json& user) {
    return server_
        ->MustCall("ProjectRepository.Create", {{"project", {{"name", "P"}, {"slug", "p"}, {"owner_id", user["id"]}}}})
        .value("id", "");
  }
  Json Task(const std::string& title) const { return {{"project_id", project_}, {"title", title}}; }
  /// A message with `rows` tasks, "<name> 0" and so on.
  Json Chunk(const std::string& name, int rows) const {
    Json tasks = Json::array();
    for (int i = 0; i < rows; ++i) tasks.push_back(Task(Cat(name, " ", i)));
    return {{"tasks", tasks}};
  }
  std::string Count(const std::string& condition = "true") {
    return server_->database().Value("SELECT count(*) FROM task WHERE " + condition);
  }

  std::unique_ptr<InProcessServer> server_;
  std::string project_;
};

}  // namespace rowkeeper::testing
