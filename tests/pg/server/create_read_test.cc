#include <regex>

#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

using CreateTest = PlannerTest;
using GetTest = PlannerTest;

TEST_F(CreateTest, IdTimestampsVersionAndDefaultsComeFromTheDatabase) {
  const std::string owner = NewProfile();
  const Json todo = NewTodo(owner);
  EXPECT_THAT(todo.value("id", ""), MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"));
  EXPECT_EQ(todo["owner_id"], owner);
  EXPECT_EQ(todo["status"], "TODO_STATUS_OPEN");
  EXPECT_EQ(todo["version"], "1");
  EXPECT_EQ(todo["created_at"], todo["updated_at"]);
  EXPECT_EQ(
      server().database().Value(Cat("SELECT now() - created_at BETWEEN '0' AND '1 minute' FROM todos WHERE id = '",
                                    todo.value("id", ""), "'")),
      "t");
  EXPECT_FALSE(todo.contains("deleted_at"));
  EXPECT_FALSE(todo.contains("due_at"));
  EXPECT_EQ(GetTodo(todo.value("id", "")), todo);
}

TEST_F(CreateTest, EveryFieldComesBackAsItWasSent) {
  const Json fields = {{"title", "Zweitägig ✓"},
                       {"notes", ""},
                       {"status", "TODO_STATUS_DONE"},
                       {"due_at", "2026-03-01T12:30:15.123456Z"},
                       {"labels", {{"a", 1.5}, {"b", {true, nullptr, "x"}}, {"c", {{"d", Json::object()}}}}},
                       {"priority", -7},
                       {"tags", {"home", "", "quo\"te", "NULL", "{}"}},
                       {"estimate", "5400.250s"}};
  const Json todo = NewTodo(NewProfile(), fields);
  for (const auto& [name, value] : fields.items()) EXPECT_EQ(todo.value(name, Json()), value) << name;
  EXPECT_EQ(GetTodo(todo.value("id", "")), todo);
}

TEST_F(CreateTest, AnIdThatTheCallerChoseIsKept) {
  const std::string id = "9f0c8a52-1111-4222-8333-abcdefabcdef";
  EXPECT_EQ(NewTodo(NewProfile(), {{"id", "9F0C8A52-1111-4222-8333-ABCDEFABCDEF"}})["id"], id);
  const auto again =
      Call("TodoRepository.Create", {{"todo", {{"id", id}, {"owner_id", NewProfile()}, {"title", "x"}}}});
  EXPECT_EQ(Summary(again), "ALREADY_EXISTS UNIQUE_VIOLATION");
  EXPECT_EQ(MetadataOf(again.status(), "fields"), "id");
}

TEST_F(CreateTest, OutputOnlyFieldsOfTheRequestAreIgnored) {
  const Json todo = NewTodo(NewProfile(), {{"version", 40},
                                           {"created_at", "2001-01-01T00:00:00Z"},
                                           {"updated_at", "2001-01-01T00:00:00Z"},
                                           {"deleted_at", "2001-01-01T00:00:00Z"}});
  EXPECT_EQ(todo["version"], "1");
  EXPECT_THAT(todo.value("created_at", ""), ::testing::Not(HasSubstr("2001")));
  EXPECT_THAT(todo.value("updated_at", ""), ::testing::Not(HasSubstr("2001")));
  EXPECT_FALSE(todo.contains("deleted_at"));
}

/// Fields of messages, each left out, empty, or with something in it, wherever one can stand.
TEST(UnsetMessagesTest, ComeBackUnsetAndEmptyOnesEmpty) {
  InProcessServer server(CompileProtoText(R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "rowkeeper/v1/annotations.proto";
message TimeOfDay { int32 hours = 1; int32 minutes = 2; }
message Hours { TimeOfDay opens = 1; repeated TimeOfDay breaks = 2; map<string, TimeOfDay> special = 3; Hours holiday = 4; }
message Shop {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  TimeOfDay opens = 2;
  optional TimeOfDay lunch = 3;
  Hours hours = 4;
  repeated TimeOfDay breaks = 5;
  map<string, TimeOfDay> special = 6;
}
message ById { int64 id = 1; }
message CreateShop { Shop shop = 1; }
message UpdateShop { Shop shop = 1; google.protobuf.FieldMask update_mask = 2; }
message Shops { repeated Shop shops = 1; }
service ShopRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Shop";
  rpc Get(ById) returns (Shop);
  rpc Create(CreateShop) returns (Shop);
  rpc Update(UpdateShop) returns (Shop);
  rpc BatchCreate(Shops) returns (Shops);
})"));
  ASSERT_TRUE(server.ok());
  const Json noon = {{"hours", 12}};
  const Json midnight = Json::object();
  const Json shops = {
      {{"id", "1"}},
      {{"id", "2"}, {"opens", midnight}, {"lunch", midnight}, {"hours", Json::object()}, {"breaks", {midnight}}},
      {{"id", "3"}, {"opens", noon}, {"special", {{"a", midnight}, {"b", noon}}}},
      {{"id", "4"}, {"hours", {{"opens", midnight}, {"breaks", {noon, midnight}}, {"special", {{"x", midnight}}}}}},
      {{"id", "5"}, {"hours", {{"holiday", {{"holiday", Json::object()}}}}}}};
  const auto without_empties = [](Json shop) {
    for (const char* name : {"breaks", "special"}) {
      if (shop.contains(name) && shop[name].empty()) shop.erase(name);
    }
    return shop;
  };
  for (const Json& shop : shops) {
    EXPECT_EQ(without_empties(server.MustCall("ShopRepository.Create", {{"shop", shop}})), shop);
    EXPECT_EQ(without_empties(server.MustCall("ShopRepository.Get", {{"id", shop["id"]}})), shop);
  }
  server.database().Run("DELETE FROM shops");
  server.MustCall("ShopRepository.BatchCreate", {{"shops", shops}});
  for (const Json& shop : shops) {
    EXPECT_EQ(without_empties(server.MustCall("ShopRepository.Get", {{"id", shop["id"]}})), shop);
    const Json cleared = server.MustCall(
        "ShopRepository.Update", {{"shop", {{"id", shop["id"]}}}, {"update_mask", "opens,lunch,hours,breaks,special"}});
    EXPECT_EQ(without_empties(cleared), (Json{{"id", shop["id"]}}));
    const Json part = server.MustCall(
        "ShopRepository.Update", {{"shop", {{"id", shop["id"]}}}, {"update_mask", "opens.hours,hours.opens.minutes"}});
    EXPECT_EQ(without_empties(part), (Json{{"id", shop["id"]}})) << "nothing was put into it";
  }
}

TEST_F(GetTest, AMissingRowIsNotFoundAndNamedAsTheCallerNamedIt) {
  const auto missing = Call("TodoRepository.GetById", {{"id", kNoId}});
  EXPECT_EQ(Summary(missing), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(missing.status().message(), Cat("there is no planner.v1.Todo with id ", kNoId));
  EXPECT_EQ(MetadataOf(missing.status(), "entity"), "planner.v1.Todo");
}

TEST_F(GetTest, AUniqueKeyFindsTheRow) {
  const std::string handle = Unique();
  const Json profile = MustCall("ProfileRepository.Create", {{"profile", Profile(handle)}});
  EXPECT_EQ(MustCall("ProfileRepository.GetByHandle", {{"handle", handle}}), profile);
  EXPECT_EQ(MustCall("ProfileRepository.GetByEmail", {{"email", handle + "@example.org"}}), profile);
  EXPECT_EQ(Summary(Call("ProfileRepository.GetByHandle", {{"handle", "nobody"}})), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(Summary(Call("ProfileRepository.GetByHandle", Json::object())), "INVALID_ARGUMENT INVALID_FIELD [handle]");
}

TEST_F(GetTest, AUniqueKeyThatSeesDeletedRowsPrefersTheLiveOneThenTheLastDeleted) {
  const std::string handle = Unique();
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    ids.push_back(MustCall("ProfileRepository.Create", {{"profile", Profile(handle)}}).value("id", ""));
    if (i < 2) MustCall("ProfileRepository.SoftDelete", {{"id", ids.back()}});
  }
  const auto find = [&](const char* deleted) {
    return MustCall("ProfileRepository.GetByHandle", {{"handle", handle}, {"deleted", deleted}}).value("id", "");
  };
  EXPECT_EQ(find("DELETED_INCLUDE"), ids[2]);
  EXPECT_EQ(find("DELETED_ONLY"), ids[1]);
  MustCall("ProfileRepository.SoftDelete", {{"id", ids[2]}});
  EXPECT_EQ(find("DELETED_INCLUDE"), ids[2]);
  EXPECT_EQ(Summary(Call("ProfileRepository.GetByHandle", {{"handle", handle}})), "NOT_FOUND ROW_NOT_FOUND");
}

TEST_F(GetTest, AReadMaskReturnsNothingElse) {
  const Json todo = NewTodo(NewProfile(), {{"notes", "n"}});
  EXPECT_EQ(GetTodo(todo.value("id", ""), {{"read_mask", "notes,version"}}), (Json{{"notes", "n"}, {"version", "1"}}));
  EXPECT_EQ(GetTodo(todo.value("id", ""), {{"read_mask", ""}}), todo);
  EXPECT_EQ(GetTodo(todo.value("id", ""), {{"read_mask", "*"}}), todo);
}

}  // namespace
}  // namespace rowkeeper::testing
