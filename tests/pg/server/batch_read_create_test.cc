#include <string>
#include <vector>

#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

class BatchGetTest : public PlannerTest {
 protected:
  static std::string NewId(const std::string& owner) { return NewTodo(owner).value("id", ""); }
};

std::vector<std::string> Ids(const Json& rows) {
  std::vector<std::string> ids;
  for (const Json& row : rows) ids.push_back(row.value("id", ""));
  return ids;
}

TEST_F(BatchGetTest, AnswersInTheRequestsOrderAndAsOftenAsAsked) {
  const std::string owner = NewProfile();
  const std::string a = NewId(owner), b = NewId(owner), c = NewId(owner);
  const Json answer = MustCall("TodoRepository.BatchGet", {{"ids", {c, a, b, a}}});
  EXPECT_EQ(Ids(answer["todos"]), (std::vector<std::string>{c, a, b, a}));
  EXPECT_EQ(answer["todos"][1], GetTodo(a));
}

TEST_F(BatchGetTest, AnEmptyBatchIsEmpty) {
  EXPECT_EQ(MustCall("TodoRepository.BatchGet", Json::object()), Json::object());
}

TEST_F(BatchGetTest, MissingKeysAreAnErrorThatNamesThemAll) {
  const std::string a = NewId(NewProfile());
  const std::string other = "00000000-0000-4000-8000-000000000001";
  const auto answer = Call("TodoRepository.BatchGet", {{"ids", {kNoId, a, other}}});
  EXPECT_EQ(Summary(answer), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("ids[0] (" + kNoId + "), ids[2] (" + other + ")"));
  EXPECT_EQ(MetadataOf(answer.status(), "elements"), "ids[0],ids[2]");
}

TEST_F(BatchGetTest, MissingKeysComeBackWhereTheyMayBeMissing) {
  const std::string a = NewId(NewProfile());
  const Json answer = MustCall("TodoRepository.BatchGet",
                               {{"ids", {"00000000-0000-4000-8000-00000000000A", a, kNoId}}, {"allow_missing", true}});
  EXPECT_EQ(Ids(answer["todos"]), std::vector<std::string>{a});
  EXPECT_EQ(answer["missing_ids"], (Json{"00000000-0000-4000-8000-00000000000a", kNoId}));
}

TEST_F(BatchGetTest, DeletedRowsAreMissingUnlessAskedFor) {
  const std::string owner = NewProfile();
  const std::string live = NewId(owner), deleted = NewId(owner);
  MustCall("TodoRepository.SoftDelete", {{"id", deleted}});
  const Json ids = {live, deleted};
  EXPECT_EQ(ReasonOf(Call("TodoRepository.BatchGet", {{"ids", ids}})), "ROW_NOT_FOUND");
  EXPECT_EQ(Ids(MustCall("TodoRepository.BatchGet", {{"ids", ids}, {"deleted", "DELETED_INCLUDE"}})["todos"]),
            (std::vector<std::string>{live, deleted}));
  const Json only =
      MustCall("TodoRepository.BatchGet", {{"ids", ids}, {"deleted", "DELETED_ONLY"}, {"allow_missing", true}});
  EXPECT_EQ(Ids(only["todos"]), std::vector<std::string>{deleted});
  EXPECT_EQ(only["missing_ids"], Json{live});
}

TEST_F(BatchGetTest, AMaskPrunesColumns) {
  const std::string a = NewId(NewProfile());
  const Json answer = MustCall("TodoRepository.BatchGet", {{"ids", {a}}, {"read_mask", "title,version"}});
  EXPECT_EQ(answer["todos"][0], (Json{{"title", "water the plants"}, {"version", "1"}}));
}

TEST_F(BatchGetTest, BadKeysAreNamedByPlace) {
  const auto answer = Call("TodoRepository.BatchGet", {{"ids", {kNoId, "nonsense", "' OR 1=1 --"}}});
  EXPECT_EQ(Summary(answer), "INVALID_ARGUMENT INVALID_FIELD [ids[1], ids[2]]");
  EXPECT_EQ(Summary(Call("TodoRepository.BatchGet", {{"ids", {kNoId, ""}}})),
            "INVALID_ARGUMENT INVALID_FIELD [ids[1]]");
}

TEST_F(BatchGetTest, AThousandKeysAndNoMore) {
  const std::string a = NewId(NewProfile());
  Json ids = Json::array();
  for (int i = 0; i < 1000; ++i) ids.push_back(a);
  EXPECT_EQ(MustCall("TodoRepository.BatchGet", {{"ids", ids}})["todos"].size(), 1000u);
  ids.push_back(a);
  const auto answer = Call("TodoRepository.BatchGet", {{"ids", ids}});
  EXPECT_EQ(Summary(answer), "INVALID_ARGUMENT BATCH_TOO_LARGE [ids]");
  EXPECT_EQ(MetadataOf(answer.status(), "limit"), "max-batch-rows");
  EXPECT_EQ(MetadataOf(answer.status(), "value"), "1000 rows");
}

class BatchCreateTest : public PlannerTest {
 protected:
  static Json Todo(const std::string& owner, const std::string& title) {
    return {{"owner_id", owner}, {"title", title}};
  }
};

TEST_F(BatchCreateTest, StoresRowsAndReturnsThemInOrder) {
  const std::string owner = NewProfile();
  Json todos = Json::array();
  for (int i = 0; i < 300; ++i) todos.push_back(Todo(owner, "todo " + std::to_string((i * 7) % 300)));
  const Json answer = MustCall("TodoRepository.BatchCreate", {{"todos", todos}});
  ASSERT_EQ(answer["todos"].size(), 300u);
  for (size_t i = 0; i < 300; ++i) EXPECT_EQ(answer["todos"][i]["title"], todos[i]["title"]);
  EXPECT_EQ(GetTodo(answer["todos"][17].value("id", "")), answer["todos"][17]);
}

TEST_F(BatchCreateTest, ARowMayLeaveWhatHasADefaultToTheDatabase) {
  const std::string owner = NewProfile();
  const std::string id = "12345678-1234-4123-8123-" + RandomHex(6);
  Json given = Todo(owner, "given");
  given.update({{"id", id}, {"status", "TODO_STATUS_DONE"}, {"notes", ""}, {"labels", {{"a\"b", "c\\d"}}}});
  const Json answer = MustCall("TodoRepository.BatchCreate", {{"todos", {Todo(owner, "left out"), given}}});
  EXPECT_EQ(answer["todos"][0]["status"], "TODO_STATUS_OPEN");
  EXPECT_FALSE(answer["todos"][0].contains("notes"));
  EXPECT_NE(answer["todos"][0]["id"], id);
  EXPECT_EQ(answer["todos"][1]["id"], id);
  EXPECT_EQ(answer["todos"][1]["status"], "TODO_STATUS_DONE");
  EXPECT_EQ(answer["todos"][1]["notes"], "");
  EXPECT_EQ(answer["todos"][1]["labels"], given["labels"]);
}

TEST_F(BatchCreateTest, TextsThatLookLikeArraysStayTexts) {
  const std::string owner = NewProfile();
  const std::vector<std::string> nasty = {"NULL", "{a,b}", "\"", "\\", "a,b", " ", "{}", "'; DROP TABLE todos; --"};
  Json todos = Json::array();
  for (const std::string& text : nasty) {
    Json todo = Todo(owner, text);
    todo.update({{"notes", text}, {"tags", {text, "", text}}, {"labels", {{text, text}}}});
    todos.push_back(todo);
  }
  const Json answer = MustCall("TodoRepository.BatchCreate", {{"todos", todos}});
  for (size_t i = 0; i < nasty.size(); ++i) {
    for (const char* field : {"title", "notes", "tags", "labels"}) {
      EXPECT_EQ(answer["todos"][i][field], todos[i][field]) << nasty[i];
    }
  }
}

TEST_F(BatchCreateTest, AllOrNothing) {
  const std::string owner = NewProfile();
  const std::string before = Count("todos");
  const auto answer = Call("TodoRepository.BatchCreate", {{"todos", {Todo(owner, "a"), Todo(kNoId, "b")}}});
  EXPECT_EQ(ReasonOf(answer), "REFERENCE_VIOLATION");
  EXPECT_EQ(Count("todos"), before);
}

TEST_F(BatchCreateTest, BadInputIsNamedByElementAndWritesNothing) {
  const std::string owner = NewProfile();
  const std::string before = Count("todos");
  Json todos = {
      Todo(owner, "fine"), Todo("nonsense", "b"), Todo(owner, std::string(201, 'x')), {{"title", "no owner"}}};
  EXPECT_EQ(Summary(Call("TodoRepository.BatchCreate", {{"todos", todos}})),
            "INVALID_ARGUMENT INVALID_FIELD [todos[1].owner_id, todos[2].title]");
  todos = {Todo(owner, "fine"), {{"title", "no owner"}}};
  EXPECT_EQ(Summary(Call("TodoRepository.BatchCreate", {{"todos", todos}})),
            "INVALID_ARGUMENT INVALID_FIELD [todos[1].owner_id]");
  EXPECT_EQ(Count("todos"), before);
}

TEST_F(BatchCreateTest, TheSameKeyTwiceIsRefused) {
  const std::string owner = NewProfile();
  Json first = Todo(owner, "first"), again = Todo(owner, "again");
  first["id"] = "ABCDEF00-0000-4000-8000-000000000001";
  again["id"] = "abcdef00-0000-4000-8000-000000000001";
  const auto answer =
      Call("TodoRepository.BatchCreate", {{"todos", {first, Todo(owner, "x"), Todo(owner, "y"), again}}});
  EXPECT_EQ(Summary(answer), "INVALID_ARGUMENT INVALID_FIELD [todos[3].id]");
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("todos[3].id: same key as todos[0]"));
}

TEST_F(BatchCreateTest, AnEmptyBatchDoesNothing) {
  const std::string before = Count("todos");
  EXPECT_EQ(MustCall("TodoRepository.BatchCreate", Json::object()), Json::object());
  EXPECT_EQ(Count("todos"), before);
}

TEST_F(BatchCreateTest, ARequestOfTooManyBytesIsRefused) {
  const std::string owner = NewProfile();
  Json todos = Json::array();
  for (int i = 0; i < 3; ++i) {
    todos.push_back(Todo(owner, "long"));
    todos.back()["notes"] = std::string(1 << 20, 'x');
  }
  const auto answer = Call("TodoRepository.BatchCreate", {{"todos", todos}});
  EXPECT_EQ(Summary(answer), "INVALID_ARGUMENT BATCH_TOO_LARGE [todos]");
  EXPECT_EQ(MetadataOf(answer.status(), "limit"), "max-batch-size");
}

}  // namespace
}  // namespace rowkeeper::testing
