#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/ids.h"
#include "server/base/text.h"
#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {
namespace {

class TrackerCascadeTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new InProcessServer(CompileExample("tracker/v1")); }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void SetUp() override {
    ASSERT_TRUE(server_ != nullptr && server_->ok());
    owner_ = NewUser();
    project_ = New("ProjectRepository.Create",
                   {{"project", {{"name", "house"}, {"slug", RandomHex(8)}, {"owner_id", owner_}}}});
    first_ = NewTask("dig");
    second_ = NewTask("build");
    comment_ = New("TaskCommentRepository.Create",
                   {{"task_comment", {{"task_id", second_}, {"author_id", owner_}, {"body", "soon"}}}});
  }

  static std::string New(const char* method, const Json& request) {
    return server_->MustCall(method, request).value("id", "");
  }
  static std::string NewUser() {
    return New("UserRepository.Create",
               {{"user", {{"email", RandomHex(8) + "@example.org"}, {"display_name", "Ada"}}}});
  }
  std::string NewTask(const char* title) const {
    return New("TaskRepository.Create",
               {{"task", {{"project_id", project_}, {"assignee_id", owner_}, {"title", title}}}});
  }
  static std::string Do(const char* method, const std::string& id) {
    return Summary(server_->Call(method, {{"id", id}}));
  }
  static InProcessServer& server() { return *server_; }

  std::string owner_, project_, first_, second_, comment_;

 private:
  static inline InProcessServer* server_ = nullptr;
};

TEST_F(TrackerCascadeTest, AProjectTakesItsTasksAndCommentsAlongAndBringsThemBack) {
  ASSERT_EQ(Do("TaskRepository.SoftDelete", first_), "OK");
  ASSERT_EQ(Do("ProjectRepository.SoftDelete", project_), "OK");
  EXPECT_EQ(Do("TaskRepository.GetById", second_), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(Do("TaskCommentRepository.GetById", comment_), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(Do("TaskRepository.Restore", second_), "FAILED_PRECONDITION REFERENCE_VIOLATION");
  ASSERT_EQ(Do("ProjectRepository.Restore", project_), "OK");
  EXPECT_EQ(Do("TaskRepository.GetById", second_), "OK");
  EXPECT_EQ(Do("TaskCommentRepository.GetById", comment_), "OK");
  EXPECT_EQ(Do("TaskRepository.GetById", first_), "NOT_FOUND ROW_NOT_FOUND");
}

TEST_F(TrackerCascadeTest, AnOwnerStaysAsLongAsThereAreProjectsAndAnAssigneeLeavesTasks) {
  EXPECT_EQ(Do("UserRepository.SoftDelete", owner_), "FAILED_PRECONDITION REFERENCE_VIOLATION");
  const std::string helper = NewUser();
  server().MustCall("TaskRepository.Update",
                    {{"task", {{"id", first_}, {"assignee_id", helper}}}, {"update_mask", "assignee_id"}});
  ASSERT_EQ(Do("UserRepository.SoftDelete", helper), "OK");
  const Json task = server().MustCall("TaskRepository.GetById", {{"id", first_}});
  EXPECT_FALSE(task.contains("assignee_id"));
  EXPECT_EQ(task["version"], "3");
}

TEST_F(TrackerCascadeTest, AColumnWithoutAValueStaysSoUntilThereIsSomethingToPutIn) {
  const auto update = [this](const Json& preferences, const char* mask) {
    return server().MustCall("UserRepository.Update",
                             {{"user", {{"id", owner_}, {"preferences", preferences}}}, {"update_mask", mask}});
  };
  const Json untouched = server().MustCall(
      "UserRepository.Update", {{"user", {{"id", owner_}}}, {"update_mask", "preferences.editor.tab_width"}});
  EXPECT_FALSE(untouched.contains("preferences"));
  EXPECT_EQ(update({{"editor", {{"tab_width", 4}}}}, "preferences.editor.tab_width")["preferences"],
            (Json{{"editor", {{"tab_width", 4}}}}));
  EXPECT_EQ(update({{"features", {{"beta", true}}}}, "preferences.features.beta")["preferences"],
            (Json{{"editor", {{"tab_width", 4}}}, {"features", {{"beta", true}}}}));
}

class PlannerCascadeTest : public PlannerTest {};

TEST_F(PlannerCascadeTest, BulkChangesFollowReferencesAndWriteParts) {
  const std::string owner = NewProfile();
  const Json one = NewTodo(owner, {{"labels", {{"colour", "red"}, {"kept", 1}}}}), two = NewTodo(owner);
  const Json item = MustCall("ScheduleItemRepository.Create", {{"schedule_item",
                                                                {{"owner_id", owner},
                                                                 {"todo_id", one["id"]},
                                                                 {"title", "do it"},
                                                                 {"kind", "SCHEDULE_ITEM_KIND_FOCUS"},
                                                                 {"starts_at", "2026-03-01T10:00:00Z"},
                                                                 {"ends_at", "2026-03-01T11:00:00Z"}}}});
  const Json changed = MustCall(
      "TodoRepository.UpdateWhere",
      {{"todo", {{"labels", {{"colour", "blue"}, {"x", 1}}}}}, {"update_mask", "labels.colour"}, {"owner_id", owner}});
  EXPECT_EQ(changed["affected"], "2");
  EXPECT_EQ(GetTodo(one.value("id", ""))["labels"], (Json{{"colour", "blue"}, {"kept", 1}}));
  EXPECT_EQ(GetTodo(two.value("id", ""))["labels"], (Json{{"colour", "blue"}}));
  EXPECT_EQ(MustCall("TodoRepository.SoftDeleteWhere", {{"owner_id", owner}})["affected"], "2");
  EXPECT_FALSE(MustCall("ScheduleItemRepository.GetById", {{"id", item["id"]}}).contains("todo_id"));
  MustCall("ProfileRepository.SoftDelete", {{"id", owner}});
  EXPECT_EQ(Summary(Call("ScheduleItemRepository.GetById", {{"id", item["id"]}})), "NOT_FOUND ROW_NOT_FOUND");
  MustCall("ProfileRepository.Restore", {{"id", owner}});
  EXPECT_EQ(Summary(Call("ScheduleItemRepository.GetById", {{"id", item["id"]}})), "OK");
  // Deleted before their owner was, by themselves.
  EXPECT_EQ(Summary(Call("TodoRepository.GetById", {{"id", one["id"]}})), "NOT_FOUND ROW_NOT_FOUND");
}

}  // namespace
}  // namespace rowkeeper::testing
