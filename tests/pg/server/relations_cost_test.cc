#include "server/app/relation_advice.h"
#include "tests/pg/server/relations_fixture.h"
#include "tests/support/call_cost.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

/// 50 projects of 7 owners, each with 10 tasks in the order of the board and each of these with 5 comments.
class RelationsCostTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    InProcessServer::Options options;
    options.serve.debug_header = "plan";
    server_ = new InProcessServer(CompileExample("tracker/v1"), options);
    server_->database().Run(R"(
      INSERT INTO "user" (email, display_name, avatar)
        SELECT 'u' || i || '@example.org', 'User ' || i, '' FROM generate_series(1, 7) i;
      INSERT INTO project (name, slug, owner_id)
        SELECT 'Project ' || i, 'p' || i, (SELECT id FROM "user" ORDER BY email OFFSET i % 7 LIMIT 1)
        FROM generate_series(1, 50) i;
      INSERT INTO project_user (project_id, user_id, allocation)
        SELECT p.id, u.id, 0.5 FROM project p CROSS JOIN "user" u WHERE u.email < 'u4';
      INSERT INTO task (project_id, title, description, position, status)
        SELECT p.id, 'Task ' || i, '', 11 - i, CASE WHEN i > 7 THEN 'DONE' ELSE 'TODO' END
        FROM project p CROSS JOIN generate_series(1, 10) i;
      INSERT INTO task_comment (task_id, author_id, body, is_pinned, created_at)
        SELECT t.id, p.owner_id, 'Comment ' || i, false, timestamptz '2026-01-01' + i * interval '1 day'
        FROM task t JOIN project p ON p.id = t.project_id CROSS JOIN generate_series(1, 5) i;
    )");
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }

  static CostedAnswer List(const std::string& mask) {
    return CallCosted(server_, "ProjectRepository.List",
                      {{"page_size", 50}, {"order_by", "slug"}, {"read_mask", mask}});
  }

  static inline InProcessServer* server_ = nullptr;
};

TEST_F(RelationsCostTest, FiftyProjectsWithOwnerTasksAndCommentsCostTheirLevelsInStatements) {
  const CostedAnswer costed = List("*,owner,tasks,tasks.comments");
  ASSERT_TRUE(costed.answer.ok()) << costed.answer.status();
  EXPECT_EQ(costed.statements, 4) << "projects, owners, tasks, comments";
  const Json& projects = (*costed.answer)["projects"];
  ASSERT_EQ(projects.size(), 50u);
  for (const Json& project : projects) {
    EXPECT_EQ(project["owner"]["id"], project["owner_id"]);
    ASSERT_EQ(project["tasks"].size(), 10u);
    EXPECT_EQ(project["tasks"][0]["title"], "Task 10");
    EXPECT_EQ(project["tasks"][9]["title"], "Task 1");
    for (const Json& task : project["tasks"]) {
      EXPECT_EQ(task["project_id"], project["id"]);
      ASSERT_EQ(task["comments"].size(), 5u);
      EXPECT_EQ(task["comments"][0]["body"], "Comment 5") << "the newest first";
      EXPECT_EQ(task["comments"][0]["task_id"], task["id"]);
    }
  }
}

TEST_F(RelationsCostTest, TheNumberOfStatementsDoesNotDependOnTheNumberOfProjects) {
  for (const int size : {1, 10, 50}) {
    const CostedAnswer costed =
        CallCosted(server_, "ProjectRepository.List",
                   {{"page_size", size}, {"read_mask", "owner,tasks,tasks.comments.author,members"}});
    ASSERT_TRUE(costed.answer.ok()) << costed.answer.status();
    EXPECT_EQ(costed.statements, 6) << size;
  }
}

TEST_F(RelationsCostTest, SharedRowsAreReadOnce) {
  const CostedAnswer costed = List("owner");
  EXPECT_EQ(costed.rows, 50 + 7);
}

TEST_F(RelationsCostTest, TheDeclaredFilterPicksTheDoneTasks) {
  const CostedAnswer costed = List("done_tasks.title,members.email");
  ASSERT_TRUE(costed.answer.ok()) << costed.answer.status();
  EXPECT_EQ(costed.statements, 3);
  for (const Json& project : (*costed.answer)["projects"]) {
    EXPECT_EQ(project["done_tasks"].size(), 3u);
    EXPECT_EQ(project["members"],
              (Json{{{"email", "u1@example.org"}}, {{"email", "u2@example.org"}}, {{"email", "u3@example.org"}}}));
  }
}

TEST_F(RelationsCostTest, AnIndexServesEachRelation) {
  server_->database().Run("ANALYZE");
  const CostedAnswer costed =
      CallCosted(server_, "ProjectRepository.List",
                 {{"page_size", 5}, {"read_mask", "owner,tasks,tasks.comments,members"}}, CallOptions(), "plan");
  ASSERT_TRUE(costed.answer.ok()) << costed.answer.status();
  EXPECT_THAT(costed.plan, HasSubstr("task_project_id_")) << costed.plan;
  EXPECT_THAT(costed.plan, HasSubstr("task_comment_task_id_idx")) << costed.plan;
}

TEST_F(RelationsCostTest, CheckSaysWhereNoIndexServesARelation) {
  const auto advice = [] {
    const auto connection = server_->Connect();
    const catalogue::Catalogue& catalogue = *server_->loaded().catalogue;
    const auto live = schema::LiveSchema::Read(catalogue, *connection);
    EXPECT_TRUE(live.ok()) << live.status();
    return app::AdviseRelationIndexes(catalogue, *live);
  };
  EXPECT_THAT(advice(), ::testing::IsEmpty()) << "declared references have their indexes";
  server_->database().Run(
      "DROP INDEX task_comment_task_id_idx; ALTER TABLE project_user DROP CONSTRAINT project_user_pkey");
  EXPECT_THAT(
      advice(),
      ::testing::UnorderedElementsAre(
          "the relation tracker.v1.Task.comments reads every row of task_comment for each parent; an index on "
          "task_comment (task_id) would serve it",
          "the relation tracker.v1.Project.members reads every row of project_user for each parent; an index on "
          "project_user (project_id) would serve it"));
  server_->database().Run(
      "CREATE INDEX task_comment_task_id_idx ON task_comment (task_id) WHERE deleted_at IS NULL;"
      "ALTER TABLE project_user ADD PRIMARY KEY (project_id, user_id)");
}

}  // namespace
}  // namespace rowkeeper::testing
