#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class ListTest : public PlannerTest {
 protected:
  static std::vector<std::string> Titles(const Json& answer) {
    std::vector<std::string> titles;
    for (const Json& todo : answer.value("todos", Json::array())) titles.push_back(todo.value("title", ""));
    return titles;
  }
  static std::vector<std::string> List(const char* method, Json request) {
    return Titles(MustCall(Cat("TodoRepository.", method), request));
  }
  static std::string Titled(const std::string& owner, const std::string& title, Json fields = Json::object()) {
    fields["title"] = title;
    return NewTodo(owner, fields).value("id", "");
  }
};

TEST_F(ListTest, ByOwnerListsTheOwnersRowsNewestFirst) {
  const std::string owner = NewProfile();
  for (const char* title : {"a", "b", "c"}) Titled(owner, title);
  Titled(NewProfile(), "somebody else's");
  EXPECT_THAT(List("ListByOwner", {{"owner_id", owner}}), ElementsAre("c", "b", "a"));
  EXPECT_THAT(List("ListByOwner", {{"owner_id", kNoId}}), IsEmpty());
}

TEST_F(ListTest, AnOptionalFilterRestrictsOnlyWhenItIsSet) {
  const std::string owner = NewProfile();
  Titled(owner, "open");
  Titled(owner, "done", {{"status", "TODO_STATUS_DONE"}});
  EXPECT_THAT(List("ListByOwner", {{"owner_id", owner}}), UnorderedElementsAre("open", "done"));
  EXPECT_THAT(List("ListByOwner", {{"owner_id", owner}, {"status", "TODO_STATUS_DONE"}}), ElementsAre("done"));
  EXPECT_EQ(Summary(Call("TodoRepository.ListByOwner", {{"status", "TODO_STATUS_DONE"}})),
            "INVALID_ARGUMENT INVALID_FIELD [owner_id]");
}

TEST_F(ListTest, DeletedRowsAreExcludedIncludedOrAlone) {
  const std::string owner = NewProfile();
  Titled(owner, "live");
  MustCall("TodoRepository.SoftDelete", {{"id", Titled(owner, "gone")}});
  const auto list = [&](const char* deleted) {
    return List("ListByOwner", {{"owner_id", owner}, {"deleted", deleted}});
  };
  EXPECT_THAT(List("ListByOwner", {{"owner_id", owner}}), ElementsAre("live"));
  EXPECT_THAT(list("DELETED_UNSPECIFIED"), ElementsAre("live"));
  EXPECT_THAT(list("DELETED_EXCLUDE"), ElementsAre("live"));
  EXPECT_THAT(list("DELETED_INCLUDE"), UnorderedElementsAre("live", "gone"));
  EXPECT_THAT(list("DELETED_ONLY"), ElementsAre("gone"));
}

TEST_F(ListTest, ByDateRangeTakesAHalfOpenWindow) {
  const std::string owner = NewProfile();
  const auto due = [](const char* time) { return Json{{"due_at", time}}; };
  Titled(owner, "before", due("2026-02-28T23:59:59.999999Z"));
  Titled(owner, "start", due("2026-03-01T00:00:00Z"));
  Titled(owner, "last", due("2026-03-31T23:59:59.999999Z"));
  Titled(owner, "end", due("2026-04-01T00:00:00Z"));
  Titled(owner, "never");
  MustCall("TodoRepository.SoftDelete", {{"id", Titled(owner, "gone", due("2026-03-15T00:00:00Z"))}});
  Titled(NewProfile(), "somebody else's", due("2026-03-15T00:00:00Z"));
  Json request = {{"owner_id", owner}, {"start_time", "2026-03-01T00:00:00Z"}, {"end_time", "2026-04-01T00:00:00Z"}};
  EXPECT_THAT(List("ListByDateRange", request), UnorderedElementsAre("start", "last"));
  request.erase("end_time");
  EXPECT_EQ(Summary(Call("TodoRepository.ListByDateRange", request)), "INVALID_ARGUMENT INVALID_FIELD [end_time]");
}

TEST_F(ListTest, OrderByTakesSortableFieldsAndDirections) {
  const std::string owner = NewProfile();
  Titled(owner, "b", {{"priority", 1}});
  Titled(owner, "a", {{"priority", 2}});
  Titled(owner, "c", {{"priority", 1}});
  const auto list = [&](const char* order) { return List("ListByOwner", {{"owner_id", owner}, {"order_by", order}}); };
  EXPECT_THAT(list("title"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(list(" title  DESC "), ElementsAre("c", "b", "a"));
  EXPECT_THAT(list("priority desc, title asc"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(list("priority,title desc"), ElementsAre("c", "b", "a"));
}

TEST_F(ListTest, PageSizeZeroIsTheDefaultTooLargeIsCoercedNegativeIsRefused) {
  InProcessServer::Options options;
  options.serve.default_page_size = 2;
  options.serve.max_page_size = 3;
  InProcessServer server(CompileExample("planner/v1"), options);
  for (int i = 0; i < 5; ++i) server.MustCall("ProfileRepository.Create", {{"profile", Profile(Unique())}});
  const auto rows = [&](int page_size) {
    return server.MustCall("ProfileRepository.List", {{"page_size", page_size}})["profiles"].size();
  };
  EXPECT_EQ(rows(0), 2u);
  EXPECT_EQ(rows(1), 1u);
  EXPECT_EQ(rows(1000000), 3u);
  EXPECT_EQ(Summary(server.Call("ProfileRepository.List", {{"page_size", -1}})),
            "INVALID_ARGUMENT INVALID_FIELD [page_size]");
}

TEST_F(ListTest, AReadMaskWorksTogetherWithPages) {
  const std::string owner = NewProfile();
  for (const char* title : {"a", "b", "c"}) Titled(owner, title);
  Json request = {{"owner_id", owner}, {"page_size", 2}, {"order_by", "priority, title"}, {"read_mask", "title"}};
  const Json first = MustCall("TodoRepository.ListByOwner", request);
  EXPECT_EQ(first["todos"], (Json{{{"title", "a"}}, {{"title", "b"}}}));
  request["page_token"] = first["next_page_token"];
  EXPECT_EQ(MustCall("TodoRepository.ListByOwner", request)["todos"].dump(), R"([{"title":"c"}])");
}

TEST_F(ListTest, ATokenIsBoundToItsRequestButNotToThePageSize) {
  const std::string owner = NewProfile();
  for (int i = 0; i < 4; ++i) Titled(owner, Cat("t", i));
  const Json request = {{"owner_id", owner}, {"page_size", 1}};
  const std::string token = MustCall("TodoRepository.ListByOwner", request).value("next_page_token", "");
  const auto with = [&](const Json& change) {
    Json changed = request;
    changed["page_token"] = token;
    changed.update(change);
    return Summary(Call("TodoRepository.ListByOwner", changed));
  };
  const std::string refused = "INVALID_ARGUMENT INVALID_FIELD [page_token]";
  EXPECT_EQ(with(Json::object()), "OK");
  EXPECT_EQ(with({{"page_size", 3}}), "OK");
  EXPECT_EQ(with({{"read_mask", "id"}}), "OK");
  EXPECT_EQ(with({{"owner_id", NewProfile()}}), refused);
  EXPECT_EQ(with({{"status", "TODO_STATUS_OPEN"}}), refused);
  EXPECT_EQ(with({{"order_by", "title"}}), refused);
  EXPECT_EQ(with({{"deleted", "DELETED_INCLUDE"}}), refused);
  EXPECT_EQ(with({{"page_token", token + "A"}}), refused);
  EXPECT_EQ(with({{"page_token", "rubbish ✗"}}), refused);
  EXPECT_EQ(Summary(Call("TodoRepository.List", {{"page_token", token}})), refused);
}

TEST_F(ListTest, PagesGoOnAfterALongText) {
  const std::string text = R"(syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
message Note {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string text = 2 [(rowkeeper.v1.column).sortable = true];
}
service NoteRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Note";
  rpc Create(Note) returns (Note);
  rpc List(ListRequest) returns (ListResponse);
}
message ListRequest { int32 page_size = 1; string page_token = 2; string order_by = 3; }
message ListResponse { repeated Note notes = 1; string next_page_token = 2; }
)";
  InProcessServer server(CompileProtoText(text));
  for (const char* end : {"a", "b"}) {
    server.MustCall("NoteRepository.Create", {{"text", std::string(40000, 'x') + end}});
  }
  Json request = {{"page_size", 1}, {"order_by", "text"}};
  const Json first = server.MustCall("NoteRepository.List", request);
  request["page_token"] = first["next_page_token"];
  const Json second = server.MustCall("NoteRepository.List", request);
  EXPECT_EQ(second["notes"][0].value("text", "").back(), 'b');
  EXPECT_FALSE(second.contains("next_page_token"));
}

}  // namespace
}  // namespace rowkeeper::testing
