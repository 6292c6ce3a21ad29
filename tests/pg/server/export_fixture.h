#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/stream_client.h"

namespace rowkeeper::testing {

/// Exports of the tasks of tracker/v1.
class ExportTest : public ::testing::Test {
 protected:
  void SetUp() override { Serve(SmallMessages(10)); }

  static InProcessServer::Options SmallMessages(int rows) {
    InProcessServer::Options options;
    options.serve.streams.export_rows = rows;
    return options;
  }

  void Serve(InProcessServer::Options options) {
    server_ = nullptr;
    server_ = std::make_unique<InProcessServer>(CompileExample("tracker/v1"), std::move(options));
    ASSERT_TRUE(server_->ok());
    const Json user =
        server_->MustCall("UserRepository.Create", {{"user", {{"email", "a@b.c"}, {"display_name", "Ada"}}}});
    owner_ = user["id"];
    project_ = NewProject("p");
  }

  std::string NewProject(const std::string& slug) {
    return server_
        ->MustCall("ProjectRepository.Create", {{"project", {{"name", "P"}, {"slug", slug}, {"owner_id", owner_}}}})
        .value("id", "");
  }

  /// Tasks "<name> 1" to "<name> <rows>" by SQL.
  void Fill(const std::string& name, int rows, const std::string& description = "''") {
    server_->database().Run(Cat("INSERT INTO task (project_id, title, description, position) SELECT '", project_,
                                "', '", name, " ' || i, ", description, ", 0 FROM generate_series(1, ", rows,
                                ") AS i"));
  }

  std::unique_ptr<StreamClient> Export(const Json& request = Json::object(), const CallOptions& options = {}) {
    return StartExport(server_.get(), "TaskRepository.Export", request, options);
  }

  static void Append(const Json& answer, std::vector<std::string>* ids) {
    for (const Json& task : answer.value("tasks", Json::array())) ids->push_back(task["id"]);
  }
  static std::vector<std::string> IdsOf(const std::vector<Json>& answers) {
    std::vector<std::string> ids;
    for (const Json& answer : answers) Append(answer, &ids);
    return ids;
  }
  std::vector<std::string> StoredIds(const std::string& condition = "NOT is_deleted") {
    std::vector<std::string> ids;
    const std::string joined =
        server_->database().Value(Cat("SELECT string_agg(id::text, ',' ORDER BY id) FROM task WHERE ", condition));
    for (size_t i = 0; i + 36 <= joined.size(); i += 37) ids.push_back(joined.substr(i, 36));
    return ids;
  }
  /// The server's open transactions.
  inline static const std::string kNoTransaction =
      "NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'rowkeeper' "
      "AND pid <> pg_backend_pid() AND xact_start IS NOT NULL)";

  std::unique_ptr<InProcessServer> server_;
  std::string owner_;
  std::string project_;
};

}  // namespace rowkeeper::testing
