#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

/// Whatever is refused leaves no trace.
class BadInputTest : public PlannerTest {
 protected:
  void SetUp() override {
    PlannerTest::SetUp();
    todo_ = NewTodo(NewProfile());
    before_ = Fingerprint();
  }
  void TearDown() override { EXPECT_EQ(Fingerprint(), before_) << "a refused call wrote something"; }

  static std::string Fingerprint() {
    return server().database().Value(
        "SELECT md5(coalesce((SELECT string_agg(t::text, '|' ORDER BY id) FROM todos t), '') || "
        "coalesce((SELECT string_agg(p::text, '|' ORDER BY id) FROM profiles p), ''))");
  }

  /// A create request for a to-do that is fine but for `fields`.
  std::string Create(const Json& fields) {
    Json todo = {{"owner_id", todo_["owner_id"]}, {"title", "t"}};
    todo.update(fields);
    last_ = Call("TodoRepository.Create", {{"todo", todo}});
    return Summary(last_);
  }
  std::string Message() const { return std::string(last_.status().message()); }

  static std::string Refused(const std::string& field) { return Cat("INVALID_ARGUMENT INVALID_FIELD [", field, "]"); }

  Json todo_;
  std::string before_;
  absl::StatusOr<Json> last_ = Json();
};

TEST_F(BadInputTest, AnUnknownPathInAMask) {
  const auto read = Call("TodoRepository.GetById", {{"id", todo_["id"]}, {"read_mask", "title,titel"}});
  EXPECT_EQ(Summary(read), Refused("read_mask"));
  EXPECT_THAT(std::string(read.status().message()), HasSubstr("path \"titel\" is not a field of planner.v1.Todo"));
  const auto inside = Call("TodoRepository.GetById", {{"id", todo_["id"]}, {"read_mask", "due_at.seconds"}});
  EXPECT_THAT(std::string(inside.status().message()), HasSubstr("write \"due_at\""));
  EXPECT_EQ(Summary(Call("TodoRepository.Update", {{"todo", todo_}, {"update_mask", "title,nope"}})),
            Refused("update_mask"));
}

TEST_F(BadInputTest, ABadUuid) {
  EXPECT_EQ(Summary(Call("TodoRepository.GetById", {{"id", "42"}})), Refused("id"));
  EXPECT_EQ(Create({{"owner_id", "not-a-uuid"}}), Refused("todo.owner_id"));
  EXPECT_EQ(Create({{"owner_id", "00000000-0000-4000-8000-00000000000g"}}), Refused("todo.owner_id"));
}

TEST_F(BadInputTest, ANulByte) {
  EXPECT_EQ(Create({{"title", std::string("a\0b", 3)}}), Refused("todo.title"));
  EXPECT_EQ(Create({{"tags", {"fine", std::string("\0", 1)}}}), Refused("todo.tags"));
  EXPECT_EQ(Create({{"labels", {{"k", std::string("a\0", 2)}}}}), Refused("todo.labels"));
  EXPECT_EQ(Summary(Call("ProfileRepository.GetByHandle", {{"handle", std::string("a\0b", 3)}})), Refused("handle"));
}

TEST_F(BadInputTest, BytesThatAreNotUtf8OrNotTheMessage) {
  EXPECT_EQ(Summary(server().CallBytes("TodoRepository.Create", std::string("\x0a\x04\x1a\x02\xc3\x28", 6))),
            "INVALID_ARGUMENT MALFORMED_REQUEST");
  EXPECT_EQ(Summary(server().CallBytes("TodoRepository.Create", "\x0a\x7f")), "INVALID_ARGUMENT MALFORMED_REQUEST");
}

TEST_F(BadInputTest, AnOverLongString) {
  EXPECT_EQ(Create({{"title", std::string(201, 'x')}}), Refused("todo.title"));
  std::string wide;
  for (int i = 0; i < 201; ++i) wide += "ä";
  EXPECT_EQ(Create({{"title", wide}}), Refused("todo.title"));
}

TEST_F(BadInputTest, AnUnknownEnumNumber) {
  EXPECT_EQ(Create({{"status", 99}}), Refused("todo.status"));
  EXPECT_EQ(Summary(Call("TodoRepository.List", {{"status", 99}})), Refused("status"));
  EXPECT_EQ(Summary(Call("TodoRepository.List", {{"deleted", 99}})), Refused("deleted"));
}

TEST_F(BadInputTest, ATimeThatPostgresCannotHold) {
  // todo.due_at.seconds = 10^15, which the wire can carry though JSON cannot.
  const std::string due("\x0a\x0b\x32\x09\x08\x80\x80\x9a\xa6\xea\xaf\xe3\x01", 13);
  EXPECT_EQ(Summary(server().CallBytes("TodoRepository.Create", due)), Refused("todo.due_at"));
}

TEST_F(BadInputTest, ANegativePageSizeOrAForgedToken) {
  EXPECT_EQ(Summary(Call("TodoRepository.List", {{"page_size", -5}})), Refused("page_size"));
  EXPECT_EQ(Summary(Call("TodoRepository.List", {{"page_token", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}})),
            Refused("page_token"));
  EXPECT_EQ(Summary(Call("TodoRepository.List", {{"order_by", "notes"}})), Refused("order_by"));
  EXPECT_EQ(Summary(Call("TodoRepository.List", {{"order_by", "title;drop table todos"}})), Refused("order_by"));
}

TEST_F(BadInputTest, AMissingRequiredField) {
  EXPECT_EQ(Summary(Call("TodoRepository.GetById", Json::object())), Refused("id"));
  EXPECT_EQ(Summary(Call("TodoRepository.Create", Json::object())), Refused("todo.owner_id"));
  EXPECT_EQ(Summary(Call("TodoRepository.ListByDateRange", {{"owner_id", todo_["owner_id"]}})),
            Refused("start_time, end_time"));
  EXPECT_EQ(Summary(Call("TodoRepository.SoftDelete", {{"version", 1}})), Refused("id"));
}

TEST_F(BadInputTest, EveryWrongFieldIsNamedAtOnce) {
  EXPECT_EQ(Create({{"title", std::string("\0", 1)}, {"owner_id", "x"}, {"status", 77}}),
            Refused("todo.owner_id, todo.title, todo.status"));
}

TEST_F(BadInputTest, AHeaderOfRowkeepersThatThisServerDoesNotKnow) {
  const Json create = {{"todo", {{"owner_id", todo_["owner_id"]}, {"title", "t"}}}};
  for (const char* name : {"rowkeeper-unit-of-work", "rowkeeper-anything", "rowkeeper-"}) {
    CallOptions options;
    options.headers = {{"a-header", "x"}, {name, "value"}, {"x-request-id", "7"}};
    const auto refused = Call("TodoRepository.Create", create, options);
    EXPECT_EQ(Summary(refused), "INVALID_ARGUMENT INVALID_HEADER");
    EXPECT_EQ(MetadataOf(refused.status(), "header"), name);
    EXPECT_THAT(std::string(refused.status().message()), HasSubstr(Cat("header ", name, ": ")));
  }
}

TEST_F(BadInputTest, HeadersThatAreNotRowkeepersAreLeftAlone) {
  CallOptions options;
  options.headers = {{"rowkeeper", "x"}, {"rowkeepers-own", "x"}, {"authorization", "x"}, {"zebra", "x"}};
  EXPECT_EQ(Summary(Call("TodoRepository.GetById", {{"id", todo_["id"]}}, options)), "OK");
}

}  // namespace
}  // namespace rowkeeper::testing
