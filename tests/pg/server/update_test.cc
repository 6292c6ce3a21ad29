#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

class UpdateTest : public PlannerTest {
 protected:
  static absl::StatusOr<Json> Update(const Json& todo, const std::string& mask) {
    return Call("TodoRepository.Update", {{"todo", todo}, {"update_mask", mask}});
  }
  static Json MustUpdate(const Json& todo, const std::string& mask) {
    return MustCall("TodoRepository.Update", {{"todo", todo}, {"update_mask", mask}});
  }
};

TEST_F(UpdateTest, WritesTheFieldsOfTheMaskAndNoOther) {
  const Json before = NewTodo(NewProfile(), {{"notes", "old"}, {"priority", 3}});
  Json sent = before;
  sent.update({{"title", "new title"}, {"notes", "new"}, {"priority", 9}});
  const Json after = MustUpdate(sent, "title,priority");
  EXPECT_EQ(after["title"], "new title");
  EXPECT_EQ(after["priority"], 9);
  EXPECT_EQ(after["notes"], "old");
  EXPECT_EQ(after["version"], "2");
  EXPECT_EQ(after["created_at"], before["created_at"]);
  EXPECT_GT(after.value("updated_at", ""), before.value("updated_at", ""));
  EXPECT_EQ(GetTodo(before.value("id", "")), after);
}

TEST_F(UpdateTest, TheMaskIsRequired) {
  const Json todo = NewTodo(NewProfile());
  const auto none = Call("TodoRepository.Update", {{"todo", todo}});
  EXPECT_EQ(Summary(none), "INVALID_ARGUMENT INVALID_FIELD [update_mask]");
  EXPECT_THAT(std::string(none.status().message()), HasSubstr("\"*\" for all"));
  EXPECT_EQ(Summary(Update(todo, "")), "INVALID_ARGUMENT INVALID_FIELD [update_mask]");
  EXPECT_EQ(GetTodo(todo.value("id", "")), todo);
}

TEST_F(UpdateTest, AStarReplacesAll) {
  const std::string owner = NewProfile();
  const Json before = NewTodo(owner, {{"notes", "n"},
                                      {"due_at", "2026-01-01T00:00:00Z"},
                                      {"priority", 3},
                                      {"tags", {"a"}},
                                      {"labels", {{"a", 1}}},
                                      {"estimate", "3s"}});
  const Json after = MustUpdate({{"id", before["id"]}, {"title", "only this"}, {"status", "TODO_STATUS_DONE"}}, "*");
  Json expected = {{"id", before["id"]},
                   {"owner_id", owner},
                   {"title", "only this"},
                   {"status", "TODO_STATUS_DONE"},
                   {"labels", Json::object()},
                   {"created_at", before["created_at"]},
                   {"updated_at", after.value("updated_at", "")},
                   {"version", "2"}};
  EXPECT_EQ(after, expected);
}

TEST_F(UpdateTest, ZeroValuesAreWrittenWhenTheMaskNamesThem) {
  const Json before =
      NewTodo(NewProfile(), {{"notes", "n"}, {"due_at", "2026-01-01T00:00:00Z"}, {"priority", 3}, {"tags", {"a"}}});
  const Json after = MustUpdate({{"id", before["id"]}, {"notes", ""}}, "title,notes,due_at,priority,tags");
  EXPECT_FALSE(after.contains("title"));
  EXPECT_EQ(after["notes"], "");  // `optional`: there, and empty
  EXPECT_FALSE(after.contains("due_at"));
  EXPECT_FALSE(after.contains("priority"));
  EXPECT_FALSE(after.contains("tags"));
  EXPECT_EQ(server().database().Value(Cat("SELECT (title = '' AND notes = '' AND due_at IS NULL AND priority = 0 AND ",
                                          "tags = '{}') FROM todos WHERE id = '", before.value("id", ""), "'")),
            "t");
}

TEST_F(UpdateTest, OutputOnlyFieldsAndTheKeyAreIgnoredInTheMask) {
  const Json before = NewTodo(NewProfile());
  Json sent = before;
  sent.update({{"created_at", "2001-01-01T00:00:00Z"}, {"deleted_at", "2001-01-01T00:00:00Z"}});
  EXPECT_EQ(MustUpdate(sent, "id,created_at,updated_at,deleted_at,version"), before);  // nothing is left to write
  sent["title"] = "new";
  const Json after = MustUpdate(sent, "id,created_at,title");
  EXPECT_EQ(after["created_at"], before["created_at"]);
  EXPECT_FALSE(after.contains("deleted_at"));
  EXPECT_EQ(after["title"], "new");
}

TEST_F(UpdateTest, AChangedImmutableFieldIsRefusedAndNothingIsWritten) {
  const Json before = NewTodo(NewProfile());
  Json sent = before;
  sent.update({{"owner_id", NewProfile()}, {"title", "stolen"}});
  for (const char* mask : {"owner_id,title", "*"}) {
    const auto refused = Update(sent, mask);
    EXPECT_EQ(Summary(refused), "INVALID_ARGUMENT INVALID_FIELD [todo.owner_id]");
    EXPECT_EQ(refused.status().message(),
              "todo.owner_id: is immutable; send the stored value, or leave it out of update_mask");
  }
  EXPECT_EQ(GetTodo(before.value("id", "")), before);
}

TEST_F(UpdateTest, AnUnchangedImmutableFieldIsAccepted) {
  const Json before = NewTodo(NewProfile());
  Json sent = before;
  sent["title"] = "renamed";
  EXPECT_EQ(MustUpdate(sent, "owner_id,title")["title"], "renamed");
  sent.erase("version");
  sent["title"] = "renamed again";
  EXPECT_EQ(MustUpdate(sent, "*")["title"], "renamed again");
}

TEST_F(UpdateTest, AVersionInTheRequestMustMatch) {
  const Json first = NewTodo(NewProfile());
  Json sent = first;
  sent["title"] = "second";
  const Json second = MustUpdate(sent, "title");
  EXPECT_EQ(second["version"], "2");
  const auto stale = Update(sent, "title");
  EXPECT_EQ(Summary(stale), "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(MetadataOf(stale.status(), "expected_version"), "1");
  EXPECT_EQ(MetadataOf(stale.status(), "entity"), "planner.v1.Todo");
  sent["version"] = 99;
  EXPECT_EQ(Summary(Update(sent, "title")), "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(GetTodo(first.value("id", "")), second);
}

TEST_F(UpdateTest, WithoutAVersionTheLastWriterWins) {
  const Json first = NewTodo(NewProfile());
  for (const char* title : {"a", "b"}) MustUpdate({{"id", first["id"]}, {"title", title}}, "title");
  EXPECT_EQ(GetTodo(first.value("id", ""))["version"], "3");
}

TEST_F(UpdateTest, AMissingOrDeletedRowIsNotFoundWhateverItsVersion) {
  EXPECT_EQ(Summary(Update({{"id", kNoId}, {"title", "x"}}, "title")), "NOT_FOUND ROW_NOT_FOUND");
  const Json todo = NewTodo(NewProfile());
  MustCall("TodoRepository.SoftDelete", {{"id", todo["id"]}});
  EXPECT_EQ(Summary(Update(todo, "title")), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(Summary(Update({{"title", "x"}}, "title")), "INVALID_ARGUMENT INVALID_FIELD [todo.id]");
}

/// An entity with a oneof, and an update whose request does not carry every field.
constexpr char kPayments[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "rowkeeper/v1/annotations.proto";
message Payment {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string payer = 2;
  oneof means { string card = 3; int64 cash = 4; }
  int32 cents = 5;
}
service PaymentRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Payment";
  rpc Create(CreateRequest) returns (Payment);
  rpc Update(UpdateRequest) returns (Payment);
  rpc UpdateCents(UpdateCentsRequest) returns (google.protobuf.Empty);
  rpc GetById(GetRequest) returns (Payment);
  rpc Delete(DeleteRequest) returns (Payment);
}
message CreateRequest { Payment payment = 1; }
message UpdateRequest { Payment payment = 1; google.protobuf.FieldMask update_mask = 2; }
message UpdateCentsRequest { int64 id = 1; int32 cents = 2; google.protobuf.FieldMask update_mask = 3; }
message GetRequest { int64 id = 1; }
message DeleteRequest { int64 id = 1; }
)";

class OneofTest : public ::testing::Test {
 protected:
  Json Update(Json payment, const std::string& mask) {
    payment["id"] = id_;
    return server_.MustCall("PaymentRepository.Update", {{"payment", payment}, {"update_mask", mask}});
  }
  std::string Means() {
    const Json row = server_.MustCall("PaymentRepository.GetById", {{"id", id_}});
    return Cat(row.value("card", "-"), " ", row.value("cash", "-"));
  }

  InProcessServer server_{CompileProtoText(kPayments)};
  std::string id_ = server_.MustCall("PaymentRepository.Create", {{"payment", {{"card", "1234"}}}}).value("id", "");
};

TEST_F(OneofTest, WritingOneMemberClearsTheOthersAndClearingOneLeavesThemAlone) {
  EXPECT_EQ(Means(), "1234 -");
  Update({{"cash", 5}}, "cash");
  EXPECT_EQ(Means(), "- 5");
  Update(Json::object(), "card");
  EXPECT_EQ(Means(), "- 5");
  Update({{"cash", 7}}, "card");
  EXPECT_EQ(Means(), "- 5");
  Update({{"card", ""}}, "card,cash");
  EXPECT_EQ(Means(), " -");
  Update(Json::object(), "card");
  EXPECT_EQ(Means(), "- -");
}

TEST_F(OneofTest, AMaskMayOnlyNameWhatTheRequestCanGiveAValueFor) {
  const auto call = [this](const char* mask) {
    return server_.Call("PaymentRepository.UpdateCents", {{"id", id_}, {"cents", 12}, {"update_mask", mask}});
  };
  EXPECT_EQ(Summary(call("cents")), "OK");
  EXPECT_EQ(Summary(call("cents,id")), "OK");
  const auto refused = call("cents,payer");
  EXPECT_EQ(Summary(refused), "INVALID_ARGUMENT INVALID_FIELD [update_mask]");
  EXPECT_EQ(refused.status().message(),
            "update_mask: path \"payer\" is not a field that this request can give a value for");
}

TEST_F(OneofTest, ADeleteMayReturnTheRowThatItRemoved) {
  EXPECT_EQ(server_.MustCall("PaymentRepository.Delete", {{"id", id_}})["card"], "1234");
  EXPECT_EQ(Summary(server_.Call("PaymentRepository.Delete", {{"id", id_}})), "NOT_FOUND ROW_NOT_FOUND");
}

}  // namespace
}  // namespace rowkeeper::testing
