#include "tests/pg/server/hostile_fixture.h"
#include "tests/pg/server/run_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kKeptRows[] = "FAILED_PRECONDITION TRIGGER_REFUSED";
constexpr char kBadValue[] = "FAILED_PRECONDITION UNREPRESENTABLE_VALUE";

class JudgedBatchTest : public HostileTest {
 protected:
  void SetUp() override {
    HostileTest::SetUp();
    Sql("DELETE FROM todos");
    owner_ = NewProfile();
    for (const char* title : {"a", "keep", "c"}) ids_.push_back(Id(NewTodo(owner_, {{"title", title}})));
  }

  Json New(const std::string& title) const { return {{"owner_id", owner_}, {"title", title}}; }
  Json Changes() const {
    Json todos = Json::array();
    for (const std::string& id : ids_) todos.push_back({{"id", id}, {"priority", 7}});
    return {{"todos", todos}, {"update_mask", "priority"}};
  }
  Json Keys() const {
    Json keys = Json::array();
    for (const std::string& id : ids_) keys.push_back({{"id", id}});
    return {{"keys", keys}};
  }
  void SoftDeleteAll() const { Sql("UPDATE todos SET deleted_at = now()"); }

  std::string owner_;
  std::vector<std::string> ids_;
};

TEST_F(JudgedBatchTest, NoRowOfABatchIsCreatedWhenATriggerSkipsOne) {
  KeepRows();
  FailsWithoutTrace("TodoRepository.BatchCreate", {{"todos", {New("x"), New("keep"), New("z")}}}, kKeptRows);
  const auto refused = Call("TodoRepository.BatchCreate", {{"todos", {New("x"), New("keep"), New("z")}}});
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("1 of 3 rows"));
}

TEST_F(JudgedBatchTest, NoRowOfABatchIsChangedWhenATriggerKeepsOne) {
  KeepRows();
  FailsWithoutTrace("TodoRepository.BatchUpdate", Changes(), kKeptRows);
  FailsWithoutTrace("TodoRepository.BatchDelete", Keys(), kKeptRows);
  FailsWithoutTrace("TodoRepository.BatchSoftDelete", Keys(), kKeptRows);
  EXPECT_EQ(MetadataOf(Call("TodoRepository.BatchUpdate", Changes()).status(), "elements"), "todos[1]");
  EXPECT_EQ(MetadataOf(Call("TodoRepository.BatchDelete", Keys()).status(), "elements"), "keys[1]");
  for (const char* flexible : {"TodoRepository.BatchDelete", "TodoRepository.BatchSoftDelete"}) {
    Json request = Keys();
    request["allow_missing"] = true;
    request["keys"].push_back({{"id", kNoId}});
    FailsWithoutTrace(flexible, request, kKeptRows);
  }
}

TEST_F(JudgedBatchTest, NoRowOfABatchIsRestoredWhenATriggerKeepsOne) {
  SoftDeleteAll();
  KeepRows();
  FailsWithoutTrace("TodoRepository.BatchRestore", Keys(), kKeptRows);
  Json request = Keys();
  request["allow_missing"] = true;
  FailsWithoutTrace("TodoRepository.BatchRestore", request, kKeptRows);
}

TEST_F(JudgedBatchTest, AValueThatItsFieldCannotCarryUndoesTheBatch) {
  Sql("UPDATE todos SET due_at = 'infinity' WHERE title = 'keep'");
  FailsWithoutTrace("TodoRepository.BatchUpdate", Changes(), kBadValue);
  FailsWithoutTrace("TodoRepository.BatchSoftDelete", Keys(), kBadValue);
  const auto refused = Call("TodoRepository.BatchUpdate", Changes());
  EXPECT_EQ(MetadataOf(refused.status(), "elements"), "todos[1]");
  EXPECT_EQ(MetadataOf(refused.status(), "field"), "due_at");
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr(ids_[1]));
  SoftDeleteAll();
  FailsWithoutTrace("TodoRepository.BatchRestore", Keys(), kBadValue);
  Json already = Keys();
  already["allow_missing"] = true;
  FailsWithoutTrace("TodoRepository.BatchSoftDelete", already, kBadValue);
  EXPECT_EQ(Summary(Call("TodoRepository.BatchDelete", {{"keys", Keys()["keys"]}, {"deleted", "DELETED_INCLUDE"}})),
            "OK");
}

TEST_F(JudgedBatchTest, ABatchThatIsTooLargeToAnswerIsNotMade) {
  InProcessServer::Options options;
  options.serve.max_response_kib = 64;
  InProcessServer small(CompileExample("planner/v1"), options);
  const std::string owner =
      small.MustCall("ProfileRepository.Create", {{"profile", Profile(Unique())}}).value("id", "");
  Json todos = Json::array();
  for (int i = 0; i < 10; ++i)
    todos.push_back({{"owner_id", owner}, {"title", "t"}, {"notes", std::string(10000, 'x')}});
  const auto refused = small.Call("TodoRepository.BatchCreate", {{"todos", todos}});
  EXPECT_EQ(Summary(refused), "RESOURCE_EXHAUSTED RESPONSE_TOO_LARGE");
  EXPECT_EQ(MetadataOf(refused.status(), "executed"), "");
  EXPECT_EQ(small.database().Value("SELECT count(*) FROM todos"), "0");
  todos.erase(4);
  todos.erase(4);
  todos.erase(4);
  todos.erase(4);  // 60 KB fit, although SQL cannot be sure
  EXPECT_EQ(Summary(small.Call("TodoRepository.BatchCreate", {{"todos", todos}})), "OK");
  EXPECT_EQ(small.database().Value("SELECT count(*) FROM todos"), "6");
}

TEST_F(JudgedBatchTest, APartialBatchStoresTheOthers) {
  KeepRows();
  const Json created = MustCall("TodoRepository.BatchCreatePartial", {{"todos", {New("x"), New("keep"), New("z")}}});
  ASSERT_EQ(created["results"].size(), 3u);
  EXPECT_EQ(created["results"][0], Json::object());
  EXPECT_EQ(created["results"][1].value("reason", ""), "TRIGGER_REFUSED");
  EXPECT_EQ(created["results"][2], Json::object());
  EXPECT_EQ(created["todos"][2]["title"], "z");
  EXPECT_EQ(Value("SELECT count(*) FROM todos WHERE title IN ('x', 'z')"), "2");
  EXPECT_EQ(MustCall("TodoRepository.BatchUpdatePartial", Changes())["results"][1].value("reason", ""),
            "TRIGGER_REFUSED");
  EXPECT_EQ(Value("SELECT string_agg(title, ',' ORDER BY title) FROM todos WHERE priority = 7"), "a,c");
}

TEST_F(JudgedBatchTest, APartialBatchNamesTheValueThatCannotBeCarried) {
  Sql("UPDATE todos SET due_at = 'infinity' WHERE title = 'keep'");
  const Json updated = MustCall("TodoRepository.BatchUpdatePartial", Changes());
  EXPECT_EQ(updated["results"][1].value("reason", ""), "UNREPRESENTABLE_VALUE");
  EXPECT_EQ(Value("SELECT string_agg(title, ',' ORDER BY title) FROM todos WHERE priority = 7"), "a,c");
  const Unit unit(&server());
  EXPECT_EQ(unit.MustCall("TodoRepository.BatchUpdatePartial", Changes())["results"][1].value("reason", ""),
            "UNREPRESENTABLE_VALUE");
  EXPECT_EQ(Summary(unit.Commit()), "OK");
}

TEST_F(JudgedBatchTest, APartialBatchThatCannotBeAnsweredSaysWhatIsStored) {
  Sql("UPDATE todos SET labels = '[]' WHERE title = 'keep'");
  const auto answer = Call("TodoRepository.BatchUpdatePartial", Changes());
  EXPECT_EQ(Summary(answer), kBadValue);
  EXPECT_EQ(MetadataOf(answer.status(), "executed"), "true");
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("3 of 3 elements were stored"));
  EXPECT_EQ(Value("SELECT count(*) FROM todos WHERE priority = 7"), "3");
}

TEST_F(JudgedBatchTest, ARunIsUndoneAsAWhole) {
  KeepRows();
  const std::string before = Rows();
  RunRequest run(&server());
  run.Add("TodoRepository.Create", {{"todo", New("x")}});
  run.Add("TodoRepository.BatchUpdate", Changes());
  const auto answers = run.Send();
  EXPECT_EQ(Summary(answers), kKeptRows);
  EXPECT_EQ(Rows(), before);
}

TEST_F(JudgedBatchTest, ABulkChangeCountsWhatItChanged) {
  KeepRows();
  const Json request = {{"todo", {{"priority", 9}}}, {"update_mask", "priority"}, {"owner_id", owner_}};
  EXPECT_EQ(MustCall("TodoRepository.UpdateWhere", request).value("affected", ""), "2");
  EXPECT_EQ(Value("SELECT count(*) FROM todos WHERE priority = 9"), "2");
  EXPECT_EQ(MustCall("TodoRepository.DeleteWhere", {{"owner_id", owner_}}).value("affected", ""), "2");
  EXPECT_EQ(Count("todos"), "1");
}

TEST_F(JudgedBatchTest, ASoftDeleteWhereOfRowsThatOthersReferToIsAllOrNothing) {
  KeepRows();
  FailsWithoutTrace("TodoRepository.SoftDeleteWhere", {{"owner_id", owner_}}, kKeptRows);
}

TEST_F(JudgedBatchTest, APurgeThatMeetsARowThatIsKeptSaysSo) {
  Sql("UPDATE todos SET deleted_at = now() - interval '40 days'");
  KeepRows();
  FailsWithoutTrace("TodoRepository.Purge", {{"older_than", "86400s"}}, kKeptRows);
}

TEST_F(JudgedBatchTest, ARowThatGoesAlongAndIsKeptUndoesTheCascade) {
  KeepRows();
  const auto refused = Call("ProfileRepository.SoftDelete", {{"id", owner_}});
  EXPECT_EQ(Summary(refused), kKeptRows);
  EXPECT_EQ(Value("SELECT count(*) FROM todos WHERE deleted_at IS NULL"), "3");
  EXPECT_EQ(Value(Cat("SELECT deleted_at IS NULL FROM profiles WHERE id = '", owner_, "'")), "t");
}

}  // namespace
}  // namespace rowkeeper::testing
