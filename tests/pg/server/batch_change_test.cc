#include <string>
#include <vector>

#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

class BatchChangeTest : public PlannerTest {
 protected:
  void SetUp() override {
    PlannerTest::SetUp();
    owner_ = NewProfile();
    for (int i = 0; i < 3; ++i) todos_.push_back(NewTodo(owner_, {{"title", "todo " + std::to_string(i)}}));
  }

  std::string Id(size_t i) const { return todos_[i].value("id", ""); }
  Json Key(size_t i, int version = 0) const { return {{"id", Id(i)}, {"version", std::to_string(version)}}; }
  std::string State() const {
    return server().database().Value(
        "SELECT string_agg(concat_ws(' ', id, title, version, deleted_at), ';' ORDER BY id) "
        "FROM todos WHERE owner_id = '" +
        owner_ + "'");
  }

  std::string owner_;
  std::vector<Json> todos_;
};

TEST_F(BatchChangeTest, UpdatesRowsInTheRequestsOrder) {
  const Json rows = {{{"id", Id(2)}, {"title", "c"}, {"priority", 5}, {"tags", {"x", "y,z"}}},
                     {{"id", Id(0)}, {"title", "a"}, {"tags", Json::array()}}};
  const Json answer = MustCall("TodoRepository.BatchUpdate", {{"todos", rows}, {"update_mask", "title,priority,tags"}});
  ASSERT_EQ(answer["todos"].size(), 2u);
  EXPECT_EQ(answer["todos"][0]["title"], "c");
  EXPECT_EQ(answer["todos"][0]["priority"], 5);
  EXPECT_EQ(answer["todos"][0]["tags"], (Json{"x", "y,z"}));
  EXPECT_EQ(answer["todos"][0]["version"], "2");
  EXPECT_EQ(answer["todos"][1], GetTodo(Id(0)));
  EXPECT_EQ(GetTodo(Id(1)), todos_[1]);
}

TEST_F(BatchChangeTest, AMissingRowUndoesAllAndIsNamed) {
  const std::string before = State();
  const Json rows = {{{"id", Id(0)}, {"title", "a"}}, {{"id", kNoId}, {"title", "b"}}};
  const auto answer = Call("TodoRepository.BatchUpdate", {{"todos", rows}, {"update_mask", "title"}});
  EXPECT_EQ(Summary(answer), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(MetadataOf(answer.status(), "elements"), "todos[1]");
  EXPECT_EQ(State(), before);
}

TEST_F(BatchChangeTest, VersionsGuardRowByRow) {
  const std::string before = State();
  Json rows = {{{"id", Id(0)}, {"title", "a"}, {"version", "1"}},
               {{"id", Id(1)}, {"title", "b"}, {"version", "7"}},
               {{"id", Id(2)}, {"title", "c"}}};
  const auto answer = Call("TodoRepository.BatchUpdate", {{"todos", rows}, {"update_mask", "title"}});
  EXPECT_EQ(Summary(answer), "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(MetadataOf(answer.status(), "elements"), "todos[1]");
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("todos[1] (version 7)"));
  EXPECT_EQ(State(), before);
  rows[1]["version"] = "1";
  EXPECT_EQ(MustCall("TodoRepository.BatchUpdate", {{"todos", rows}, {"update_mask", "title"}})["todos"].size(), 3u);
  rows[1]["version"] = "-1";
  EXPECT_EQ(Summary(Call("TodoRepository.BatchUpdate", {{"todos", rows}, {"update_mask", "title"}})),
            "INVALID_ARGUMENT INVALID_FIELD [todos[1].version]");
}

TEST_F(BatchChangeTest, AnImmutableFieldIsNamedByElement) {
  const std::string before = State();
  const std::string other = NewProfile();
  const Json rows = {{{"id", Id(0)}, {"title", "a"}}, {{"id", Id(1)}, {"title", "b"}, {"owner_id", other}}};
  EXPECT_EQ(Summary(Call("TodoRepository.BatchUpdate", {{"todos", rows}, {"update_mask", "*"}})),
            "INVALID_ARGUMENT INVALID_FIELD [todos[0].status, todos[1].status]");
  Json full = rows;
  for (Json& row : full) row["status"] = "TODO_STATUS_DONE";
  EXPECT_EQ(Summary(Call("TodoRepository.BatchUpdate", {{"todos", full}, {"update_mask", "*"}})),
            "INVALID_ARGUMENT INVALID_FIELD [todos[1].owner_id]");
  EXPECT_EQ(State(), before);
  full[1].erase("owner_id");
  EXPECT_EQ(MustCall("TodoRepository.BatchUpdate", {{"todos", full}, {"update_mask", "*"}})["todos"][1]["owner_id"],
            owner_);
}

TEST_F(BatchChangeTest, ARowTwiceInAWriteIsRefused) {
  const Json rows = {{{"id", Id(0)}, {"title", "a"}}, {{"id", Id(0)}, {"title", "b"}}};
  EXPECT_EQ(Summary(Call("TodoRepository.BatchUpdate", {{"todos", rows}, {"update_mask", "title"}})),
            "INVALID_ARGUMENT INVALID_FIELD [todos[1].id]");
  for (const char* method : {"BatchSoftDelete", "BatchRestore", "BatchDelete"}) {
    EXPECT_EQ(Summary(Call(Cat("TodoRepository.", method), {{"keys", {Key(1), Key(0), Key(1)}}})),
              "INVALID_ARGUMENT INVALID_FIELD [keys[2].id]");
  }
}

TEST_F(BatchChangeTest, SoftDeletesAndRestoresInOrder) {
  const Json gone = MustCall("TodoRepository.BatchSoftDelete", {{"keys", {Key(2, 1), Key(0)}}});
  EXPECT_EQ(gone["todos"][0]["id"], Id(2));
  EXPECT_TRUE(gone["todos"][1].contains("deleted_at"));
  EXPECT_EQ(ReasonOf(Call("TodoRepository.GetById", {{"id", Id(0)}})), "ROW_NOT_FOUND");
  const Json back = MustCall("TodoRepository.BatchRestore", {{"keys", {Key(0), Key(2, 2)}}});
  EXPECT_EQ(back["todos"][0]["id"], Id(0));
  EXPECT_EQ(back["todos"][1]["version"], "3");
  EXPECT_EQ(GetTodo(Id(2)), back["todos"][1]);
}

TEST_F(BatchChangeTest, DeletedRowsAreOutOfReachOfChanges) {
  MustCall("TodoRepository.SoftDelete", {{"id", Id(1)}});
  const std::string before = State();
  const Json rows = {{{"id", Id(0)}, {"title", "a"}}, {{"id", Id(1)}, {"title", "b"}}};
  EXPECT_EQ(ReasonOf(Call("TodoRepository.BatchUpdate", {{"todos", rows}, {"update_mask", "title"}})), "ROW_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Call("TodoRepository.BatchSoftDelete", {{"keys", {Key(0), Key(1)}}})), "ROW_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Call("TodoRepository.BatchDelete", {{"keys", {Key(0), Key(1)}}})), "ROW_NOT_FOUND");
  const auto restore = Call("TodoRepository.BatchRestore", {{"keys", {Key(0), Key(1)}}});
  EXPECT_EQ(Summary(restore), "ALREADY_EXISTS ROW_NOT_DELETED");
  EXPECT_EQ(MetadataOf(restore.status(), "elements"), "keys[0]");
  EXPECT_EQ(State(), before);
}

TEST_F(BatchChangeTest, WhatIsInTheWantedStateAlreadyIsReturnedWhereItMayBeMissing) {
  const Json deleted = MustCall("TodoRepository.SoftDelete", {{"id", Id(1)}});
  const Json missing = {{"id", kNoId}};
  const Json answer =
      MustCall("TodoRepository.BatchSoftDelete", {{"keys", {Key(1), missing, Key(0)}}, {"allow_missing", true}});
  ASSERT_EQ(answer["todos"].size(), 2u);
  EXPECT_EQ(answer["todos"][0], deleted);
  EXPECT_EQ(answer["todos"][1]["id"], Id(0));
  EXPECT_EQ(answer["missing"], Json::array({missing}));
  const Json back = MustCall("TodoRepository.BatchRestore", {{"keys", {Key(2), Key(1)}}, {"allow_missing", true}});
  EXPECT_EQ(back["todos"][0], todos_[2]);
  EXPECT_EQ(back["todos"][1]["version"], "3");
}

TEST_F(BatchChangeTest, AVersionGuardsEvenWhatMayBeMissing) {
  const std::string before = State();
  const auto answer = Call("TodoRepository.BatchSoftDelete", {{"keys", {Key(0), Key(1, 9)}}, {"allow_missing", true}});
  EXPECT_EQ(Summary(answer), "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(MetadataOf(answer.status(), "elements"), "keys[1]");
  EXPECT_EQ(State(), before);
}

TEST_F(BatchChangeTest, AllMissingIsFineWhereTheyMayBe) {
  const Json answer = MustCall("TodoRepository.BatchRestore", {{"keys", {{{"id", kNoId}}}}, {"allow_missing", true}});
  EXPECT_EQ(answer["missing"][0]["id"], kNoId);
  EXPECT_FALSE(answer.contains("todos"));
}

TEST_F(BatchChangeTest, DeletesForGood) {
  MustCall("TodoRepository.SoftDelete", {{"id", Id(1)}});
  EXPECT_EQ(
      MustCall("TodoRepository.BatchDelete", {{"keys", {Key(0), Key(1), {{"id", kNoId}}}}, {"allow_missing", true}}),
      Json::object());
  EXPECT_EQ(Count("todos WHERE owner_id = '" + owner_ + "'"), "2");
  MustCall("TodoRepository.BatchDelete", {{"keys", {Key(1), Key(2)}}, {"deleted", "DELETED_INCLUDE"}});
  EXPECT_EQ(Count("todos WHERE owner_id = '" + owner_ + "'"), "0");
}

TEST_F(BatchChangeTest, EmptyBatchesDoNothing) {
  const std::string before = State();
  for (const char* method : {"BatchUpdate", "BatchSoftDelete", "BatchRestore", "BatchDelete", "BatchUpsert"}) {
    EXPECT_EQ(MustCall(Cat("TodoRepository.", method), Json::object()), Json::object()) << method;
  }
  EXPECT_EQ(State(), before);
}

TEST_F(BatchChangeTest, TheMaskOfAnUpdateIsRequired) {
  EXPECT_EQ(Summary(Call("TodoRepository.BatchUpdate", {{"todos", {{{"id", Id(0)}, {"title", "a"}}}}})),
            "INVALID_ARGUMENT INVALID_FIELD [update_mask]");
}

}  // namespace
}  // namespace rowkeeper::testing
