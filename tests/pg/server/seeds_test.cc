#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::ElementsAre;

/// Rows of the user's seed documents that no other test is about alone; tests/SEEDS.md has them all.
class SeedsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new InProcessServer(CompileExample("tracker/v1")); }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void SetUp() override { ASSERT_TRUE(server_ != nullptr && server_->ok()); }

  static Json Call(std::string_view method, const Json& request) { return server_->MustCall(method, request); }
  static std::string Value(const std::string& sql) { return server_->database().Value(sql); }
  static Json NewUser() {
    return Call("UserRepository.Create",
                {{"user", {{"email", RandomHex(8) + "@example.org"}, {"display_name", "Ada"}}}});
  }
  static Json NewProject(const std::string& owner) {
    const std::string slug = RandomHex(8);
    return Call("ProjectRepository.Create", {{"project", {{"name", "Bridge"}, {"slug", slug}, {"owner_id", owner}}}});
  }
  static Json NewTask(const std::string& project, const Json& fields) {
    Json task = {{"project_id", project}};
    task.update(fields);
    return Call("TaskRepository.Create", {{"task", task}});
  }
  static std::vector<std::string> Titles(const Json& tasks) {
    std::vector<std::string> titles;
    for (const Json& task : tasks) titles.push_back(task.value("title", ""));
    return titles;
  }

 private:
  static inline InProcessServer* server_ = nullptr;
};

Json Date(int year, int month, int day) { return {{"year", year}, {"month", month}, {"day", day}}; }

TEST_F(SeedsTest, Row2QueriesByOwnerDateRangeSlugEmailAndStatus) {
  const Json user = NewUser();
  const Json project = NewProject(user.value("id", ""));
  const auto task = [&](const char* title, const Json& due, const char* status) {
    NewTask(project.value("id", ""),
            {{"title", title}, {"assignee_id", user["id"]}, {"due_date", due}, {"status", status}});
  };
  task("early", Date(2026, 2, 28), "TASK_STATUS_TODO");
  task("first", Date(2026, 3, 1), "TASK_STATUS_DONE");
  task("next month", Date(2026, 4, 1), "TASK_STATUS_DONE");
  EXPECT_EQ(Call("UserRepository.GetByEmail", {{"email", user["email"]}})["id"], user["id"]);
  EXPECT_EQ(Call("ProjectRepository.GetBySlug", {{"slug", project["slug"]}})["id"], project["id"]);
  EXPECT_EQ(Call("ProjectRepository.ListByOwner", {{"owner_id", user["id"]}})["projects"].size(), 1u);
  const Json march =
      Call("TaskRepository.ListByDateRange",
           {{"assignee_id", user["id"]}, {"start_date", Date(2026, 3, 1)}, {"end_date", Date(2026, 4, 1)}});
  EXPECT_THAT(Titles(march["tasks"]), ElementsAre("first"));
  const Json done = Call("TaskRepository.ListByStatuses",
                         {{"project_id", project["id"]}, {"statuses", {"TASK_STATUS_DONE"}}, {"order_by", "title"}});
  EXPECT_THAT(Titles(done["tasks"]), ElementsAre("first", "next month"));
}

TEST_F(SeedsTest, Row9TheInternalIdIsTheTablesKeyAndNeverOnTheWire) {
  const Json user = NewUser();
  EXPECT_EQ(user.dump().find("internal_id"), std::string::npos) << user;
  EXPECT_EQ(Value("SELECT a.attname || ' ' || a.atttypid::regtype FROM pg_index i JOIN pg_attribute a ON "
                  "a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indrelid = '\"user\"'::regclass AND "
                  "i.indisprimary"),
            "internal_id bigint");
  EXPECT_EQ(Value(Cat("SELECT count(*) FROM \"user\" WHERE id = '", user.value("id", ""), "' AND internal_id > 0")),
            "1");
  EXPECT_EQ(Call("UserRepository.GetById", {{"id", user["id"]}}), user);
}

TEST_F(SeedsTest, Row24OffsetPagesComeWithATotal) {
  const std::string project = NewProject(NewUser().value("id", "")).value("id", "");
  for (const char* title : {"a", "b", "c", "d", "e"}) NewTask(project, {{"title", title}});
  const Json page = Call("TaskRepository.List", {{"filter", Cat("project_id = \"", project, "\"")},
                                                 {"order_by", "title"},
                                                 {"page_size", 2},
                                                 {"skip", 2},
                                                 {"count", "COUNT_MODE_EXACT"}});
  EXPECT_THAT(Titles(page["tasks"]), ElementsAre("c", "d"));
  EXPECT_EQ(page["total_size"], "5");
}

}  // namespace
}  // namespace rowkeeper::testing
