#include "tests/pg/server/hostile_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kKept[] = "FAILED_PRECONDITION TRIGGER_REFUSED";
constexpr char kUnrepresentable[] = "INTERNAL UNREPRESENTABLE_VALUE";

using JudgedWriteTest = HostileTest;

TEST_F(JudgedWriteTest, ARowThatATriggerSkipsIsNotCreated) {
  KeepRows();
  FailsWithoutTrace("TodoRepository.Create", {{"todo", {{"owner_id", NewProfile()}, {"title", "keep out"}}}}, kKept);
}

TEST_F(JudgedWriteTest, ARowThatATriggerPutsElsewhereIsNotCreated) {
  Sql("CREATE TABLE elsewhere (LIKE todos)");
  Before("INSERT", "INSERT INTO elsewhere VALUES (NEW.*); RETURN NULL;");
  FailsWithoutTrace("TodoRepository.Create", {{"todo", {{"owner_id", NewProfile()}, {"title", "routed"}}}}, kKept);
  EXPECT_EQ(Count("elsewhere"), "0");
}

TEST_F(JudgedWriteTest, ARowThatATriggerKeepsIsNotMissing) {
  const std::string live = Id(NewTodo(NewProfile(), {{"title", "keep me"}}));
  const std::string gone = Id(NewTodo(NewProfile(), {{"title", "keep me"}}));
  MustCall("TodoRepository.SoftDelete", {{"id", gone}});
  KeepRows();
  const Json update = {{"todo", {{"id", live}, {"title", "x"}}}, {"update_mask", "title"}};
  FailsWithoutTrace("TodoRepository.Update", update, kKept);
  FailsWithoutTrace("TodoRepository.SoftDelete", {{"id", live}}, kKept);
  FailsWithoutTrace("TodoRepository.Restore", {{"id", gone}}, kKept);
  FailsWithoutTrace("TodoRepository.Delete", {{"id", live}}, kKept);
  EXPECT_THAT(std::string(Call("TodoRepository.Delete", {{"id", live}}).status().message()),
              HasSubstr("the row with id " + live));
}

TEST_F(JudgedWriteTest, WhatATriggerDidInsteadIsUndone) {
  const std::string id = Id(NewTodo(NewProfile()));
  Before("DELETE", "UPDATE todos SET title = 'deleted' WHERE id = OLD.id; RETURN NULL;");
  const std::string before = Rows();
  EXPECT_EQ(Summary(Call("TodoRepository.Delete", {{"id", id}})), kKept);
  EXPECT_EQ(Rows(), before);
}

TEST_F(JudgedWriteTest, AMissIsStillAMissBesideTriggers) {
  const Json todo = NewTodo(NewProfile(), {{"title", "keep me"}});
  KeepRows();
  EXPECT_EQ(Summary(Call("TodoRepository.Delete", {{"id", kNoId}})), "NOT_FOUND ROW_NOT_FOUND");
  const Json stale = {{"todo", {{"id", Id(todo)}, {"title", "x"}, {"version", "7"}}}, {"update_mask", "title"}};
  EXPECT_EQ(Summary(Call("TodoRepository.Update", stale)), "ABORTED VERSION_MISMATCH");
  const Unit unit(&server());
  EXPECT_EQ(Summary(unit.Call("TodoRepository.Delete", {{"id", kNoId}})), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(Summary(unit.Call("TodoRepository.Update", stale)), "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(Summary(unit.Commit()), "OK");
}

TEST_F(JudgedWriteTest, AValueThatItsFieldCannotCarryUndoesTheWrite) {
  for (const char* assignment : {"due_at = 'infinity'", "due_at = '-infinity'", "due_at = '0044-03-15 BC'",
                                 "due_at = '12026-01-01'", "estimate = '2 months'", "estimate = '11000 years'",
                                 "tags = '{a,NULL}'", "tags = '{{a,b},{c,d}}'", "labels = '[1]'", "labels = '\"x\"'"}) {
    SCOPED_TRACE(assignment);
    const std::string id = Id(NewTodo(NewProfile()));
    Sql(Cat("UPDATE todos SET ", assignment, " WHERE id = '", id, "'"));
    const Json update = {{"todo", {{"id", id}, {"title", "new"}}}, {"update_mask", "title"}};
    FailsWithoutTrace("TodoRepository.Update", update, kUnrepresentable);
    FailsWithoutTrace("TodoRepository.SoftDelete", {{"id", id}}, kUnrepresentable);
    EXPECT_THAT(std::string(Call("TodoRepository.Update", update).status().message()),
                HasSubstr("nothing was changed"));
    // The row itself can go, for nothing of it is answered.
    EXPECT_EQ(Summary(Call("TodoRepository.Delete", {{"id", id}})), "OK");
  }
}

TEST_F(JudgedWriteTest, AValueThatATriggerMadeUndoesTheCreate) {
  Before("INSERT", "NEW.due_at := 'infinity'; RETURN NEW;");
  FailsWithoutTrace("TodoRepository.Create", {{"todo", {{"owner_id", NewProfile()}, {"title", "x"}}}},
                    kUnrepresentable);
}

TEST_F(JudgedWriteTest, ValuesAtTheEdgesAreAnswered) {
  for (const char* assignment :
       {"due_at = '0001-01-01 00:00:00+00'", "due_at = '9999-12-31 23:59:59.999999+00'", "estimate = '-3652500 days'",
        "estimate = '87660000 hours'", "tags = '{}'", "tags = '[5:6]={a,b}'", "labels = '{\"a\": [1, {\"b\": null}]}'",
        "labels = '{\"a\": 1e305}'", "labels = 'null'", "notes = ''"}) {
    SCOPED_TRACE(assignment);
    const std::string id = Id(NewTodo(NewProfile()));
    Sql(Cat("UPDATE todos SET ", assignment, " WHERE id = '", id, "'"));
    const Json updated =
        MustCall("TodoRepository.Update", {{"todo", {{"id", id}, {"title", "new"}}}, {"update_mask", "title"}});
    EXPECT_EQ(updated["title"], "new");
    EXPECT_EQ(GetTodo(id), updated);
  }
}

TEST_F(JudgedWriteTest, ShapesOfMessagesAreDecidedBeforeCommit) {
  const std::string id = NewProfile();
  const auto rename = [&id](const std::string& name) {
    return Call("ProfileRepository.Update",
                {{"profile", {{"id", id}, {"display_name", name}}}, {"update_mask", "display_name"}});
  };
  const auto stored = [&id] { return Value(Cat("SELECT display_name FROM profiles WHERE id = '", id, "'")); };
  Sql(Cat("UPDATE profiles SET preferences = '{}' WHERE id = '", id, "'"));
  EXPECT_EQ(Summary(rename("One")), "OK");
  Sql(Cat("UPDATE profiles SET preferences = '[]' WHERE id = '", id, "'"));
  const auto refused = rename("Two");
  EXPECT_EQ(Summary(refused), kUnrepresentable);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("nothing was changed"));
  EXPECT_EQ(MetadataOf(refused.status(), "executed"), "");
  EXPECT_EQ(stored(), "One");
}

}  // namespace
}  // namespace rowkeeper::testing
