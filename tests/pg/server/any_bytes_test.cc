// A database with the encoding SQL_ASCII stores any bytes, and gives none that are not UTF-8 to a session whose
// encoding is: the statement fails. What it holds is to be told as any other value is that a field cannot carry.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "server/base/error_details.h"
#include "server/base/ids.h"
#include "server/base/text.h"
#include "tests/pg/server/idempotency_fixture.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/stream_client.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/in_process_server.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kLibrary[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
import "rowkeeper/v1/annotations.proto";
message Shelf {
  option (rowkeeper.v1.entity) = {table: "shelves"};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string name = 2;
}
message Book {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string slug = 2 [(rowkeeper.v1.column) = {unique: true, sortable: true}];
  string title = 3 [(rowkeeper.v1.column).sortable = true];
  repeated string tags = 4;
  google.protobuf.StringValue note = 5;
  optional google.protobuf.Struct info = 6;
  optional int64 shelf_id = 7 [(rowkeeper.v1.column).references = "shop.v1.Shelf"];
  Shelf shelf = 8;
}
service BookRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Book";
  rpc GetById(GetBook) returns (Book);
  rpc GetBySlug(GetBookBySlug) returns (Book);
  rpc List(ListBooks) returns (ListBooksResponse);
  rpc BatchGet(BatchGetBooks) returns (BatchGetBooksResponse);
  rpc Export(ExportBooks) returns (stream ExportBooksResponse);
  rpc Create(CreateBook) returns (Book);
  rpc Update(UpdateBook) returns (Book);
  rpc BatchUpdate(BatchUpdateBooks) returns (BatchUpdateBooksResponse);
  rpc Upsert(UpsertBook) returns (Book);
  rpc UpdateSome(BatchUpdateBooks) returns (SomeBooks) {
    option (rowkeeper.v1.method) = {operation: OPERATION_BATCH_UPDATE, partial: true};
  }
  rpc UpsertSome(BatchUpdateBooks) returns (SomeBooks) {
    option (rowkeeper.v1.method) = {operation: OPERATION_BATCH_UPSERT, partial: true};
  }
  rpc Delete(DeleteBook) returns (google.protobuf.Empty);
  rpc Named(Word) returns (Books) {
    option (rowkeeper.v1.method).sql = "SELECT * FROM books WHERE slug <> :word ORDER BY id";
  }
  rpc Rename(Word) returns (Books) {
    option (rowkeeper.v1.method).sql = "UPDATE books SET slug = slug || :word RETURNING *";
  }
}
message GetBook { int64 id = 1; google.protobuf.FieldMask read_mask = 2; }
message DeleteBook { int64 id = 1; }
message GetBookBySlug { string slug = 1; }
message ListBooks {
  int32 page_size = 1;
  string page_token = 2;
  string order_by = 3;
  google.protobuf.FieldMask read_mask = 4;
  bool skip_unrepresentable = 5;
}
message ListBooksResponse {
  repeated Book books = 1;
  string next_page_token = 2;
  repeated rowkeeper.v1.UnrepresentableRow unrepresentable = 5;
}
message BatchGetBooks { repeated int64 ids = 1; bool skip_unrepresentable = 4; }
message BatchGetBooksResponse {
  repeated Book books = 1;
  repeated rowkeeper.v1.UnrepresentableRow unrepresentable = 4;
}
message ExportBooks { string resume_token = 1; bool skip_unrepresentable = 2; }
message ExportBooksResponse {
  repeated Book books = 1;
  string resume_token = 2;
  repeated rowkeeper.v1.UnrepresentableRow unrepresentable = 3;
}
message CreateBook { Book book = 1; }
message UpdateBook { Book book = 1; google.protobuf.FieldMask update_mask = 2; }
message UpsertBook { Book book = 1; }
message BatchUpdateBooks { repeated Book books = 1; google.protobuf.FieldMask update_mask = 2; }
message SomeBooks { repeated Book books = 1; repeated rowkeeper.v1.RowResult results = 2; }
message BatchUpdateBooksResponse { repeated Book books = 1; }
message Word { string word = 1; }
message Books { repeated Book books = 1; }
)";

/// Book 2 has bytes that are not UTF-8 in one of its fields; books 1 and 3 are good.
class AnyBytesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    InProcessServer::Options options;
    options.encoding = "SQL_ASCII";
    server_ = new InProcessServer(CompileProtoText(kLibrary), options);
    CreateKeyTable(&server_->database());
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void SetUp() override {
    ASSERT_TRUE(server_ != nullptr && server_->ok());
    Sql("DROP FUNCTION IF EXISTS act CASCADE; TRUNCATE books, shelves; INSERT INTO shelves (id, name) VALUES (1, "
        "'top'), "
        "(2, E'n\\377'); INSERT INTO books (id, slug, title, tags) SELECT n, 's' || n, 't' || n, '{}' FROM "
        "generate_series(1, 3) AS n");
  }

  static void Sql(const std::string& text) { server_->database().Run(text); }
  static std::string Rows() {
    return server_->database().Value(
        "SELECT md5(string_agg(convert_to(b::text, 'SQL_ASCII'), '' ORDER BY id)) FROM "
        "books AS b");
  }

  /// The error is about book 2 and nobody else.
  static void ExpectAboutTheBook(const absl::Status& status, const std::string& field) {
    EXPECT_EQ(Summary(status), "FAILED_PRECONDITION UNREPRESENTABLE_VALUE") << status;
    EXPECT_EQ(MetadataOf(status, "field"), field) << status;
    EXPECT_EQ(MetadataOf(status, "executed"), "") << status;
  }

  static inline InProcessServer* server_ = nullptr;
};

struct BadField {
  std::string name;
  /// What is stored.
  std::string sql;
};

std::vector<BadField> BadFields() {
  return {{"slug", "slug = E's2\\377'"},
          {"title", "title = E't\\377'"},
          {"tags[1]", "tags = ARRAY['good', E'\\300']"},
          {"note", "note = E'\\355\\240\\200'"},
          {"info", "info = E'{\"a\": \"\\377\"}'::jsonb"}};
}

TEST_F(AnyBytesTest, ReadsNameTheField) {
  const std::vector<std::pair<std::string, Json>> reads = {{"BookRepository.GetById", {{"id", "2"}}},
                                                           {"BookRepository.List", Json::object()},
                                                           {"BookRepository.List", {{"order_by", "title"}}},
                                                           {"BookRepository.BatchGet", {{"ids", {"1", "2"}}}},
                                                           {"BookRepository.Named", {{"word", "x"}}}};
  for (const BadField& bad : BadFields()) {
    SetUp();
    Sql("UPDATE books SET " + bad.sql + " WHERE id = 2");
    for (const auto& [method, request] : reads) {
      SCOPED_TRACE(Cat(method, " ", request.dump(), " ", bad.sql));
      const auto alone = server_->Call(method, request);
      EXPECT_THAT(std::string(alone.status().message()), HasSubstr(bad.name.substr(0, bad.name.find('['))));
      EXPECT_EQ(Summary(alone), "FAILED_PRECONDITION UNREPRESENTABLE_VALUE") << alone.status();
      const Unit unit(server_);
      EXPECT_EQ(Summary(unit.Call(method, request)), "FAILED_PRECONDITION UNREPRESENTABLE_VALUE");
      EXPECT_TRUE(unit.Commit().ok()) << "a read changes nothing";
      EXPECT_EQ(Summary(RunRequest(server_).Add(method, request).Send()), "FAILED_PRECONDITION UNREPRESENTABLE_VALUE");
    }
    EXPECT_EQ(server_->MustCall("BookRepository.GetById", {{"id", "3"}}).value("title", ""), "t3");
  }
}

TEST_F(AnyBytesTest, ListsGoOnPastTheRowOnRequest) {
  for (const BadField& bad : BadFields()) {
    SCOPED_TRACE(bad.sql);
    SetUp();
    Sql("UPDATE books SET " + bad.sql + " WHERE id = 2");
    const Json list = server_->MustCall("BookRepository.List", {{"skip_unrepresentable", true}});
    EXPECT_EQ(list["books"].size(), 2u);
    EXPECT_EQ(list["unrepresentable"].size(), 1u);
    EXPECT_EQ(list["unrepresentable"][0].value("key", ""), "id 2");
    const Json got =
        server_->MustCall("BookRepository.BatchGet", {{"ids", {"1", "2", "3"}}, {"skip_unrepresentable", true}});
    EXPECT_EQ(got["books"].size(), 2u);
    EXPECT_EQ(got["unrepresentable"].size(), 1u);
    StreamClient stream(server_, "BookRepository.Export");
    ASSERT_TRUE(stream.Send({{"skip_unrepresentable", true}}));
    stream.SendNoMore();
    size_t exported = 0, left_out = 0;
    for (const Json& message : stream.ReceiveAll()) {
      exported += message.value("books", Json::array()).size();
      left_out += message.value("unrepresentable", Json::array()).size();
    }
    EXPECT_TRUE(stream.Finish().ok());
    EXPECT_EQ(exported, 2u);
    EXPECT_EQ(left_out, 1u);
  }
}

/// The bytes come back in page tokens.
TEST_F(AnyBytesTest, PagesGoOnBehindTheRow) {
  Sql("UPDATE books SET title = E'\\377' || id WHERE id < 3");
  Json request = {{"skip_unrepresentable", true}, {"order_by", "title"}, {"page_size", 1}};
  size_t shown = 0, left_out = 0;
  for (int page = 0; page < 5; ++page) {
    const Json answer = server_->MustCall("BookRepository.List", request);
    shown += answer.value("books", Json::array()).size();
    left_out += answer.value("unrepresentable", Json::array()).size();
    request["page_token"] = answer.value("next_page_token", "");
    if (request["page_token"] == "") break;
  }
  EXPECT_EQ(shown, 1u);
  EXPECT_EQ(left_out, 2u);
}

TEST_F(AnyBytesTest, RelatedRowsAreNamedAsWell) {
  Sql("UPDATE books SET shelf_id = id WHERE id < 3");
  const auto one = server_->Call("BookRepository.GetById", {{"id", "2"}, {"read_mask", "id,shelf"}});
  ExpectAboutTheBook(one.status(), "name");
  EXPECT_EQ(MetadataOf(one.status(), "entity"), "shop.v1.Shelf");
  EXPECT_EQ(server_->MustCall("BookRepository.GetById", {{"id", "1"}, {"read_mask", "id,shelf"}})["shelf"]["name"],
            "top");
}

/// Whatever would return the row changes nothing.
TEST_F(AnyBytesTest, AWriteThatWouldReturnItIsUndone) {
  const Json slug = {{"id", "2"}, {"slug", "new"}}, other = {{"id", "1"}, {"slug", "other"}};
  const std::vector<std::pair<std::string, Json>> writes = {
      {"BookRepository.Update", {{"book", slug}, {"update_mask", "slug"}}},
      {"BookRepository.BatchUpdate", {{"books", {other, slug}}, {"update_mask", "slug"}}},
      {"BookRepository.Rename", {{"word", "x"}}}};
  for (const BadField& bad : BadFields()) {
    if (bad.name == "slug") continue;  // it is written over
    SetUp();
    Sql("UPDATE books SET " + bad.sql + " WHERE id = 2");
    const std::string before = Rows();
    for (const auto& [method, request] : writes) {
      SCOPED_TRACE(Cat(method, " ", bad.sql));
      const auto alone = server_->Call(method, request);
      EXPECT_EQ(Summary(alone), "FAILED_PRECONDITION UNREPRESENTABLE_VALUE") << alone.status();
      EXPECT_THAT(std::string(alone.status().message()), HasSubstr("nothing was changed"));
      EXPECT_EQ(Summary(server_->Call(method, request, WithKey(NewKey()))),
                "FAILED_PRECONDITION UNREPRESENTABLE_VALUE");
      EXPECT_EQ(Summary(RunRequest(server_).Add(method, request).Send()), "FAILED_PRECONDITION UNREPRESENTABLE_VALUE");
      const Unit unit(server_);
      EXPECT_EQ(Summary(unit.Call(method, request)), "FAILED_PRECONDITION UNREPRESENTABLE_VALUE");
      EXPECT_FALSE(unit.Commit().ok());
      EXPECT_EQ(Rows(), before);
    }
  }
}

/// Whether it is met before or after others were stored.
TEST_F(AnyBytesTest, APartialBatchStoresTheOthers) {
  for (const bool refused_before : {false, true}) {
    for (const BadField& bad : BadFields()) {
      if (bad.name == "slug") continue;
      for (const char* method : {"BookRepository.UpdateSome", "BookRepository.UpsertSome"}) {
        for (const bool in_unit : {false, true}) {
          SCOPED_TRACE(Cat(method, " ", bad.sql, in_unit ? " in a unit" : "", refused_before ? " after another" : ""));
          SetUp();
          Sql("UPDATE books SET " + bad.sql + " WHERE id = 2");
          Json books = Json::array();
          if (refused_before) books.push_back({{"id", "7"}, {"slug", "new7"}, {"shelf_id", "77"}});
          for (const char* id : {"1", "2", "3"}) books.push_back({{"id", id}, {"slug", Cat("new", id)}});
          const Json request = {{"books", books}, {"update_mask", "slug"}};
          const Unit unit(server_);
          const auto answer = in_unit ? unit.Call(method, request) : server_->Call(method, request);
          ASSERT_TRUE(answer.ok()) << answer.status();
          EXPECT_TRUE(unit.Commit().ok());
          const Json results = (*answer)["results"];
          ASSERT_EQ(results.size(), books.size());
          const size_t second = books.size() - 2;
          EXPECT_EQ(results[second - 1], Json::object());
          EXPECT_THAT(results[second].dump(), HasSubstr("UNREPRESENTABLE_VALUE"));
          EXPECT_THAT(results[second].dump(), HasSubstr(Cat("books[", second, "]")));
          EXPECT_EQ(results[second + 1], Json::object());
          EXPECT_EQ((*answer)["books"][second - 1].value("slug", ""), "new1");
          EXPECT_EQ(server_->database().Value("SELECT string_agg(slug, ' ' ORDER BY id) FROM books"), "new1 s2 new3");
        }
      }
    }
  }
}

TEST_F(AnyBytesTest, WhatATriggerMakesUnreadableIsNotStored) {
  Sql("CREATE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.title := E'\\377'; RETURN NEW; END $$; "
      "CREATE TRIGGER act BEFORE INSERT OR UPDATE ON books FOR EACH ROW EXECUTE FUNCTION act()");
  const std::string before = Rows();
  const Json book = {{"id", "9"}, {"slug", "s9"}, {"title", "t"}};
  for (const char* method : {"BookRepository.Create", "BookRepository.Upsert"}) {
    const auto answer = server_->Call(method, {{"book", book}});
    ExpectAboutTheBook(answer.status(), "title");
    EXPECT_EQ(Rows(), before) << method;
  }
}

TEST_F(AnyBytesTest, GoodTextGoesInAndOut) {
  const std::string title = "gr\u00fc\u00df \u6f22";
  const Json book = {{"id", "9"}, {"slug", "s9"}, {"title", title}, {"tags", {title}}, {"info", {{"a", title}}}};
  EXPECT_EQ(server_->MustCall("BookRepository.Create", {{"book", book}}).value("title", ""), title);
  const Unit unit(server_);
  EXPECT_EQ(unit.MustCall("BookRepository.GetById", {{"id", "9"}})["tags"][0], title);
  EXPECT_TRUE(unit.Commit().ok());
  EXPECT_TRUE(server_->Call("BookRepository.Delete", {{"id", "9"}}).ok());
}

/// Nor names, which are of no interest to the call.
TEST_F(AnyBytesTest, NoCommentThatIsNoTextKeepsARenamedColumnFromBeingFound) {
  Sql("COMMENT ON COLUMN books.note IS E'proto:5 caf\\351'; "
      "DO $$ BEGIN EXECUTE 'ALTER TABLE books ADD ' || quote_ident('caf' || chr(233)) || ' text'; END $$");
  for (const char* change :
       {"ALTER TABLE books RENAME title TO headline", "ALTER TABLE books RENAME headline TO title"}) {
    Sql(change);
    EXPECT_EQ(server_->MustCall("BookRepository.GetById", {{"id", 1}}).value("title", ""), "t1") << change;
  }
  Sql("DO $$ BEGIN EXECUTE 'ALTER TABLE books DROP ' || quote_ident('caf' || chr(233)); END $$; "
      "COMMENT ON COLUMN books.note IS 'proto:5'");
}

}  // namespace
}  // namespace rowkeeper::testing
