#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {
namespace {

class SoftDeleteTest : public PlannerTest {
 protected:
  static absl::StatusOr<Json> SoftDelete(const Json& id, const Json& fields = Json::object()) {
    return On("TodoRepository.SoftDelete", id, fields);
  }
  static absl::StatusOr<Json> Restore(const Json& id, const Json& fields = Json::object()) {
    return On("TodoRepository.Restore", id, fields);
  }
  static absl::StatusOr<Json> Delete(const Json& id, const Json& fields = Json::object()) {
    return On("TodoRepository.Delete", id, fields);
  }
  static absl::StatusOr<Json> On(const char* method, const Json& id, const Json& fields) {
    Json request = {{"id", id}};
    request.update(fields);
    return Call(method, request);
  }
};

TEST_F(SoftDeleteTest, ReturnsTheRowWithItsTimeAndHidesIt) {
  const Json todo = NewTodo(NewProfile());
  const auto deleted = SoftDelete(todo["id"]);
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_EQ((*deleted)["version"], "2");
  EXPECT_GT(deleted->value("deleted_at", ""), todo.value("updated_at", ""));
  EXPECT_GT(deleted->value("updated_at", ""), todo.value("updated_at", ""));
  EXPECT_EQ(Summary(Call("TodoRepository.GetById", {{"id", todo["id"]}})), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(GetTodo(todo.value("id", ""), {{"deleted", "DELETED_INCLUDE"}}), *deleted);
  EXPECT_EQ(GetTodo(todo.value("id", ""), {{"deleted", "DELETED_ONLY"}}), *deleted);
  EXPECT_EQ(Summary(Call("TodoRepository.GetById", {{"id", NewTodo(NewProfile())["id"]}, {"deleted", "DELETED_ONLY"}})),
            "NOT_FOUND ROW_NOT_FOUND");
}

TEST_F(SoftDeleteTest, TwiceIsNotFoundUnlessMissingIsAllowed) {
  const Json todo = NewTodo(NewProfile());
  const auto first = SoftDelete(todo["id"]);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(Summary(SoftDelete(todo["id"])), "NOT_FOUND ROW_NOT_FOUND");
  const auto again = SoftDelete(todo["id"], {{"allow_missing", true}});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, *first);  // nothing is written a second time
  const auto nothing = SoftDelete(kNoId, {{"allow_missing", true}});
  ASSERT_TRUE(nothing.ok());
  EXPECT_EQ(*nothing, Json::object());
}

TEST_F(SoftDeleteTest, TheVersionGuardsDeleteAndRestore) {
  const Json todo = NewTodo(NewProfile());
  EXPECT_EQ(Summary(SoftDelete(todo["id"], {{"version", 2}})), "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(Summary(SoftDelete(todo["id"], {{"version", 1}})), "OK");
  EXPECT_EQ(Summary(Restore(todo["id"], {{"version", 1}})), "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(Summary(Restore(todo["id"], {{"version", 2}})), "OK");
  EXPECT_EQ(Summary(Delete(todo["id"], {{"version", 2}})), "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(Summary(Delete(todo["id"], {{"version", 2}, {"allow_missing", true}})), "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(Summary(Delete(todo["id"], {{"version", 3}})), "OK");
  EXPECT_EQ(Summary(Delete(todo["id"], {{"version", -1}})), "INVALID_ARGUMENT INVALID_FIELD [version]");
}

TEST_F(SoftDeleteTest, RestoreBringsTheRowBackAndRefusesALiveOne) {
  const Json todo = NewTodo(NewProfile());
  EXPECT_EQ(Summary(Restore(todo["id"])), "ALREADY_EXISTS ROW_NOT_DELETED");
  const auto live = Restore(todo["id"], {{"allow_missing", true}});
  ASSERT_TRUE(live.ok());
  EXPECT_EQ(*live, todo);
  ASSERT_TRUE(SoftDelete(todo["id"]).ok());
  const auto restored = Restore(todo["id"]);
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_FALSE(restored->contains("deleted_at"));
  EXPECT_EQ((*restored)["version"], "3");
  EXPECT_EQ(GetTodo(todo.value("id", "")), *restored);
  EXPECT_EQ(Summary(Restore(kNoId)), "NOT_FOUND ROW_NOT_FOUND");
}

TEST_F(SoftDeleteTest, DeleteRemovesLiveRowsForGoodAndDoesNotSeeDeletedOnes) {
  const Json todo = NewTodo(NewProfile());
  EXPECT_EQ(Summary(Delete(todo["id"])), "OK");
  EXPECT_EQ(Summary(Delete(todo["id"])), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(Summary(Delete(todo["id"], {{"allow_missing", true}})), "OK");
  const Json hidden = NewTodo(NewProfile());
  ASSERT_TRUE(SoftDelete(hidden["id"]).ok());
  EXPECT_EQ(Summary(Delete(hidden["id"])), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(Summary(Delete(hidden["id"], {{"allow_missing", true}})), "OK");
  EXPECT_EQ(Summary(Restore(hidden["id"])), "OK");
}

TEST_F(SoftDeleteTest, AUniqueKeyIsFreeAgainAndARestoreThatCollidesNamesTheField) {
  const std::string handle = Unique();
  const Json first = MustCall("ProfileRepository.Create", {{"profile", Profile(handle)}});
  const auto taken = Call("ProfileRepository.Create", {{"profile", Profile(handle)}});
  EXPECT_EQ(Summary(taken), "ALREADY_EXISTS UNIQUE_VIOLATION");
  MustCall("ProfileRepository.SoftDelete", {{"id", first["id"]}});
  Json other = Profile(handle);
  other["email"] = "other-" + handle + "@example.org";
  const Json second = MustCall("ProfileRepository.Create", {{"profile", other}});
  const auto collides = Call("ProfileRepository.Restore", {{"id", first["id"]}});
  EXPECT_EQ(Summary(collides), "ALREADY_EXISTS UNIQUE_VIOLATION");
  EXPECT_EQ(MetadataOf(collides.status(), "fields"), "handle");
  MustCall("ProfileRepository.SoftDelete", {{"id", second["id"]}});
  EXPECT_EQ(Summary(Call("ProfileRepository.Restore", {{"id", first["id"]}})), "OK");
}

/// Deleted by a flag, by a time and a flag; with deletes that see deleted rows.
constexpr char kNotes[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/empty.proto";
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
message Note {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  bool is_deleted = 2 [(rowkeeper.v1.column).role = ROLE_DELETED_FLAG];
}
service NoteRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Note";
  rpc Create(Note) returns (Note);
  rpc GetById(Key) returns (Note);
  rpc SoftDelete(Key) returns (google.protobuf.Empty);
  rpc Restore(Key) returns (google.protobuf.Empty);
  rpc Delete(DeleteRequest) returns (google.protobuf.Empty);
}
message Both {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  bool gone = 2 [(rowkeeper.v1.column).role = ROLE_DELETED_FLAG];
  optional google.protobuf.Timestamp gone_at = 3 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
service BothRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Both";
  rpc Create(Both) returns (Both);
  rpc GetById(Key) returns (Both);
  rpc SoftDelete(Key) returns (Both);
  rpc Restore(Key) returns (Both);
}
message Key { int64 id = 1; }
message DeleteRequest { int64 id = 1; rowkeeper.v1.Deleted deleted = 2; bool allow_missing = 3; }
)";

class FlagTest : public ::testing::Test {
 protected:
  std::string Do(const char* method, const Json& request) { return Summary(server_.Call(method, request)); }
  Json NewNote() { return server_.MustCall("NoteRepository.Create", Json::object())["id"]; }

  InProcessServer server_{CompileProtoText(kNotes)};
};

TEST_F(FlagTest, AFlagHidesTheRowAndComesBackOff) {
  const Json id = NewNote();
  EXPECT_EQ(Do("NoteRepository.SoftDelete", {{"id", id}}), "OK");
  EXPECT_EQ(Do("NoteRepository.SoftDelete", {{"id", id}}), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(Do("NoteRepository.GetById", {{"id", id}}), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(Do("NoteRepository.Restore", {{"id", id}}), "OK");
  EXPECT_EQ(Do("NoteRepository.Restore", {{"id", id}}), "ALREADY_EXISTS ROW_NOT_DELETED");
  EXPECT_EQ(server_.MustCall("NoteRepository.GetById", {{"id", id}}), (Json{{"id", id}}));
}

TEST_F(FlagTest, TimeAndFlagGoTogether) {
  const Json id = server_.MustCall("BothRepository.Create", Json::object())["id"];
  const Json gone = server_.MustCall("BothRepository.SoftDelete", {{"id", id}});
  EXPECT_EQ(gone["gone"], true);
  EXPECT_TRUE(gone.contains("gone_at"));
  EXPECT_EQ(server_.MustCall("BothRepository.Restore", {{"id", id}}), (Json{{"id", id}}));
}

TEST_F(FlagTest, ARowThatOnlyOneOfTimeAndFlagCallsDeletedIsInvisible) {
  for (const char* mark : {"gone = true", "gone_at = now()"}) {
    const Json id = server_.MustCall("BothRepository.Create", Json::object())["id"];
    server_.database().Run(std::string("UPDATE boths SET ") + mark + " WHERE id = " + id.get<std::string>());
    EXPECT_EQ(Do("BothRepository.GetById", {{"id", id}}), "NOT_FOUND ROW_NOT_FOUND") << mark;
    EXPECT_EQ(Do("BothRepository.Restore", {{"id", id}}), "OK") << mark;
    EXPECT_EQ(Do("BothRepository.GetById", {{"id", id}}), "OK") << mark;
  }
}

TEST_F(FlagTest, TheDeletedOptionOfADeleteSaysWhichRowsItReaches) {
  const auto remove = [this](const Json& id, const char* deleted) {
    return Do("NoteRepository.Delete", {{"id", id}, {"deleted", deleted}});
  };
  const Json live = NewNote();
  EXPECT_EQ(remove(live, "DELETED_ONLY"), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(Do("NoteRepository.Delete", {{"id", live}, {"deleted", "DELETED_ONLY"}, {"allow_missing", true}}), "OK");
  EXPECT_EQ(Do("NoteRepository.GetById", {{"id", live}}), "OK");
  EXPECT_EQ(remove(live, "DELETED_INCLUDE"), "OK");
  const Json gone = NewNote();
  EXPECT_EQ(Do("NoteRepository.SoftDelete", {{"id", gone}}), "OK");
  EXPECT_EQ(remove(gone, "DELETED_EXCLUDE"), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(remove(gone, "DELETED_ONLY"), "OK");
  EXPECT_EQ(remove(gone, "DELETED_INCLUDE"), "NOT_FOUND ROW_NOT_FOUND");
}

}  // namespace
}  // namespace rowkeeper::testing
