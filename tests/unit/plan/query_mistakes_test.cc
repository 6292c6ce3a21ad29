#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kNotes[] = R"(
message Person {
  option (rowkeeper.v1.entity) = {table: "people"};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string name = 2;
  bool is_deleted = 3 [(rowkeeper.v1.column).role = ROLE_DELETED_FLAG];
}
message Note {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string owner_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: "shop.v1.Person"}];
  string title = 3;
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
message Tag {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string label = 2;
}
message None {}
message Total { int64 total = 1; }
message Tags { repeated Tag tags = 1; }
message Affected { int64 affected = 1; }
)";

constexpr char kId[] = "message Id { string id = 1 [(rowkeeper.v1.column).type = COLUMN_TYPE_UUID]; }\n";

Plans Compile(const std::string& rpc, const std::string& sql, const std::string& messages = "",
              const std::string& more = "") {
  std::string escaped;
  for (const char c : sql) escaped += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return Plans::OfText(absl::StrCat(kNotes, "service NoteRepository {\n",
                                    "  option (rowkeeper.v1.repository).entity = \"shop.v1.Note\";\n  rpc Do", rpc,
                                    " { option (rowkeeper.v1.method) = {sql: \"", escaped, "\" ", more, "}; }\n}\n",
                                    messages, rpc.rfind("(Id)", 0) == 0 ? kId : ""));
}

std::vector<std::string> Mistakes(const std::string& rpc, const std::string& sql, const std::string& messages = "",
                                  const std::string& more = "") {
  return Compile(rpc, sql, messages, more).Mistakes();
}

TEST(QueryMistakes, FlawlessQueriesHaveNone) {
  EXPECT_THAT(Mistakes("(None) returns (Total)", "SELECT count(*) AS total FROM notes WHERE deleted_at IS NULL"),
              IsEmpty());
  EXPECT_THAT(Mistakes("(Id) returns (Note)", "SELECT * FROM notes WHERE id = :id AND deleted_at IS NULL"), IsEmpty());
  EXPECT_THAT(Mistakes("(None) returns (Tags)", "SELECT * FROM tags"), IsEmpty());
  EXPECT_THAT(Mistakes("(None) returns (Tags)", "VALUES (1, 'a')"), IsEmpty());
  EXPECT_THAT(Mistakes("(Id) returns (Affected)", "DELETE FROM notes WHERE id = :id AND deleted_at IS NOT NULL"),
              IsEmpty());
  EXPECT_THAT(Mistakes("(Id) returns (google.protobuf.Empty)", "DELETE FROM tags WHERE label = (:id)::text"),
              IsEmpty());
  EXPECT_THAT(Mistakes("(None) returns (google.protobuf.Empty)", "SELECT pg_notify('a', 'b')"), IsEmpty());
}

TEST(QueryMistakes, TextsThatPostgreSqlDoesNotUnderstand) {
  EXPECT_THAT(Mistakes("(None) returns (Total)", "SELECT 1 FROM WHERE x"),
              ElementsAre("shop.v1.NoteRepository.Do: sql: syntax error at or near \"WHERE\" (character 15); correct "
                          "the statement"));
  EXPECT_THAT(Mistakes("(Id) returns (Total)", "SELECT :id, :id, FROM x"),
              ElementsAre("shop.v1.NoteRepository.Do: sql: syntax error at or near \"FROM\" (character 18); correct "
                          "the statement"));
  EXPECT_THAT(Mistakes("(None) returns (Total)", "SELECT 'abc"),
              ElementsAre(StartsWith("shop.v1.NoteRepository.Do: sql: unterminated quoted string")));
  EXPECT_THAT(Mistakes("(None) returns (Total)", "-- nothing"), ElementsAre(HasSubstr("sql: it holds no statement")));
}

TEST(QueryMistakes, MoreThanOneStatement) {
  EXPECT_THAT(Mistakes("(None) returns (Total)", "SELECT 1 AS total; DELETE FROM tags"),
              ElementsAre("shop.v1.NoteRepository.Do: sql: it holds 2 statements; write one SELECT, VALUES, INSERT, "
                          "UPDATE or DELETE, each also after WITH"));
}

TEST(QueryMistakes, StatementsOfOtherKinds) {
  for (const char* sql : {"DROP TABLE notes", "TRUNCATE notes", "COPY notes TO STDOUT", "SET x = 1", "COMMIT",
                          "CREATE TABLE x AS SELECT 1", "EXPLAIN SELECT 1", "CALL f()", "DO 'x'", "LISTEN x",
                          "PREPARE x AS SELECT 1", "EXECUTE x", "GRANT SELECT ON notes TO x",
                          "MERGE INTO tags t USING tags s ON t.id = s.id WHEN MATCHED THEN DELETE"}) {
    EXPECT_THAT(Mistakes("(None) returns (Total)", sql),
                ElementsAre("shop.v1.NoteRepository.Do: sql: this kind of statement is not served; write one SELECT, "
                            "VALUES, INSERT, UPDATE or DELETE, each also after WITH"))
        << sql;
  }
  EXPECT_THAT(Mistakes("(None) returns (Total)", "SELECT 1 AS total INTO x"),
              ElementsAre("shop.v1.NoteRepository.Do: sql: SELECT INTO makes a table; remove INTO"));
}

/// The server adds a column to what such an expression returns, to look at what it stores.
TEST(QueryMistakes, AllColumnsOfWhatStoresInWith) {
  const std::string kBegin = "WITH w AS (UPDATE notes SET deleted_at = NULL WHERE deleted_at < now() RETURNING *) ";
  const auto kTitles = "message Titles { string title = 1; }\n";
  for (const char* rest :
       {"SELECT title FROM (SELECT * FROM w) AS x", "SELECT x.title FROM (TABLE w) AS x",
        "SELECT title FROM (SELECT v.* FROM w AS v) AS x", "SELECT (w).title FROM w",
        "SELECT row_to_json(v) ->> 'title' AS title FROM w AS v", "SELECT w.title FROM w NATURAL JOIN tags",
        "SELECT title FROM (SELECT 1) AS one, LATERAL (SELECT * FROM tags, w) AS x",
        ", v AS (SELECT * FROM w) SELECT title FROM v"}) {
    EXPECT_THAT(Mistakes("(None) returns (Titles)", kBegin + rest, kTitles),
                Contains("shop.v1.NoteRepository.Do: sql: all columns of w are taken, so nothing can look at what it "
                         "stores in deleted_at of notes; name the columns of w that you need, instead of * or the row"))
        << rest;
  }
  for (const char* rest : {"SELECT title FROM w", "SELECT v.title FROM w AS v JOIN tags USING (id)",
                           "SELECT (SELECT title FROM w LIMIT count(*)) AS title FROM tags",
                           ", x AS (SELECT * FROM tags) SELECT w.title FROM w, x"}) {
    EXPECT_THAT(Mistakes("(None) returns (Titles)", kBegin + rest, kTitles),
                Not(Contains(HasSubstr("all columns of w are taken"))))
        << rest;
  }
  EXPECT_THAT(Mistakes("(None) returns (Tags)", "WITH w AS (UPDATE tags SET label = 'x' RETURNING *) SELECT * FROM w"),
              IsEmpty())
      << "a text needs no look";
}

TEST(QueryMistakes, ParametersThatTheRequestDoesNotHave) {
  EXPECT_THAT(Mistakes("(Id) returns (Total)", "SELECT 1 AS total WHERE :id = :key"),
              ElementsAre("shop.v1.NoteRepository.Do: sql: the parameter :key is no field of shop.v1.Id; its fields "
                          "are id; or declare it there"));
  EXPECT_THAT(Mistakes("(None) returns (Total)", "SELECT $1 AS total"),
              ElementsAre("shop.v1.NoteRepository.Do: sql: it has the parameter $1, which has no name (character 8); "
                          "write PostgreSQL's SQL, with `:name` for the request's field `name`"));
}

TEST(QueryMistakes, RequestFieldsThatTheQueryDoesNotUse) {
  EXPECT_THAT(Mistakes("(Id) returns (Total)", "SELECT 1 AS total"),
              ElementsAre("shop.v1.Id.id: the query Do does not use it; write :id in its sql, or remove the field"));
}

TEST(QueryMistakes, RequestFieldsThatAreNoParameters) {
  EXPECT_THAT(
      Mistakes("(In) returns (Total)", "SELECT 1 AS total WHERE :note IS NULL", "message In { Note note = 1; }"),
      ElementsAre("shop.v1.In.note: holds the entity shop.v1.Note, which is no single value; declare a field "
                  "for each value that the query takes"));
  EXPECT_THAT(Mistakes("(In) returns (Total)", "SELECT 1 AS total WHERE :x = 1",
                       "message In { int32 x = 1 [(rowkeeper.v1.column) = {name: \"y\" sortable: true}]; }"),
              ElementsAre("shop.v1.In.x: (rowkeeper.v1.column).name has no meaning for a field of a query; remove it; "
                          "type, precision, scale and max_length are known here",
                          "shop.v1.In.x: (rowkeeper.v1.column).sortable has no meaning for a field of a query; remove "
                          "it; type, precision, scale and max_length are known here"));
  EXPECT_THAT(Mistakes("(In) returns (Total)", "SELECT 1 AS total WHERE :x = 1",
                       "message In { int32 x = 1 [(rowkeeper.v1.column).type = COLUMN_TYPE_UUID]; }"),
              ElementsAre(HasSubstr("shop.v1.In.x: COLUMN_TYPE_UUID does not fit")));
}

TEST(QueryMistakes, AResponseWithoutAPlaceForRows) {
  EXPECT_THAT(Mistakes("(None) returns (google.protobuf.Empty)", "SELECT id FROM tags"),
              ElementsAre("shop.v1.NoteRepository.Do: the statement returns rows, and the response has no place for "
                          "them; return a message whose fields are its columns, or one with a repeated field of such"));
  EXPECT_THAT(Mistakes("(None) returns (Affected)", "DELETE FROM tags RETURNING id"),
              ElementsAre("shop.v1.NoteRepository.Do: the statement returns rows, and the response has no place for "
                          "them; remove RETURNING, or return a message whose fields are its columns"));
  EXPECT_THAT(Mistakes("(None) returns (Out)", "SELECT id FROM tags",
                       "message Row {} message Out { repeated Row rows "
                       "= 1; }"),
              ElementsAre("shop.v1.NoteRepository.Do: rows of shop.v1.Row have no fields; declare a field for each "
                          "column"));
}

TEST(QueryMistakes, AStatementWithoutRowsForTheResponse) {
  EXPECT_THAT(Mistakes("(None) returns (Tags)", "DELETE FROM tags"),
              ElementsAre("shop.v1.NoteRepository.Do: the statement returns no rows, and the response has fields for "
                          "them; add RETURNING, or return google.protobuf.Empty or a message with `int64 affected` "
                          "alone"));
}

TEST(QueryMistakes, ResponseFieldsThatAreNoColumns) {
  EXPECT_THAT(Mistakes("(None) returns (Out)", "SELECT 1 AS a, 2 AS b",
                       "message Out { int32 a = 1; repeated Tag tags = 2; int32 b = 3 [(rowkeeper.v1.column).name = "
                       "\"a\"]; }"),
              ElementsAre("shop.v1.Out.tags: holds the entity shop.v1.Tag, which is no single value; make it the only "
                          "field of the response, or declare a field for each column",
                          "shop.v1.Out.b: stands for the column a, as a does; keep one of them"));
  EXPECT_THAT(Mistakes("(None) returns (Out)", "DELETE FROM tags", "message Out { string affected = 1; }"),
              ElementsAre("shop.v1.Out.affected: has type string but affected needs int64; write int64"));
}

TEST(QueryMistakes, TheOperationMayBeNamed) {
  EXPECT_THAT(Mistakes("(None) returns (Tags)", "SELECT * FROM tags", "", "operation: OPERATION_QUERY"), IsEmpty());
}

// ---- soft delete

std::vector<std::string> Blind(const std::string& sql) {
  std::vector<std::string> tables;
  for (const std::string& mistake : Mistakes("(None) returns (Total)", sql)) {
    const std::string start = "shop.v1.NoteRepository.Do: sql: it does not say whether deleted rows of ";
    tables.push_back(
        mistake.rfind(start, 0) == 0 ? mistake.substr(start.size(), mistake.find(" count; ") - start.size()) : mistake);
  }
  return tables;
}

TEST(QueriesAndDeletedRows, ATableMustBeSpokenOfWithItsDeletedColumn) {
  EXPECT_THAT(Mistakes("(None) returns (Total)", "SELECT count(*) AS total FROM notes"),
              ElementsAre("shop.v1.NoteRepository.Do: sql: it does not say whether deleted rows of notes count; add "
                          "`notes.deleted_at IS NULL` where the table is read, or `include_deleted: true` beside sql "
                          "when it is meant to see them"));
  EXPECT_THAT(Mistakes("(None) returns (Total)", "SELECT count(*) AS total FROM people p"),
              ElementsAre(HasSubstr("deleted rows of people p count; add `NOT p.is_deleted`")));
  EXPECT_THAT(Mistakes("(None) returns (Total)", "SELECT count(*) AS total FROM notes", "", "include_deleted: true"),
              IsEmpty());
}

TEST(QueriesAndDeletedRows, EachTableHasItsOwn) {
  EXPECT_THAT(Blind("SELECT count(*) AS total FROM notes n JOIN people p ON p.id = n.owner_id WHERE n.deleted_at IS "
                    "NULL AND NOT p.is_deleted"),
              IsEmpty());
  EXPECT_THAT(Blind("SELECT count(*) AS total FROM notes n JOIN people p ON p.id = n.owner_id WHERE n.deleted_at IS "
                    "NULL"),
              ElementsAre("people p"));
  EXPECT_THAT(Blind("SELECT count(*) AS total FROM notes a JOIN notes b ON a.id = b.id AND a.deleted_at IS NULL"),
              ElementsAre("notes b"));
  EXPECT_THAT(Blind("SELECT count(*) AS total FROM notes a, notes b"), ElementsAre("notes a", "notes b"));
}

TEST(QueriesAndDeletedRows, EachQueryLevelSpeaksForItself) {
  EXPECT_THAT(Blind("SELECT count(*) AS total FROM notes WHERE owner_id IN (SELECT owner_id FROM notes WHERE "
                    "deleted_at IS NULL)"),
              ElementsAre("notes"));
  EXPECT_THAT(Blind("SELECT count(*) AS total FROM tags WHERE EXISTS (SELECT FROM notes)"), ElementsAre("notes"));
  EXPECT_THAT(Blind("WITH n AS (SELECT * FROM notes) SELECT count(*) AS total FROM n"), ElementsAre("notes"));
  EXPECT_THAT(Blind("WITH n AS (SELECT * FROM notes WHERE deleted_at IS NULL) SELECT count(*) AS total FROM n"),
              IsEmpty());
  EXPECT_THAT(Blind("SELECT 1 AS total UNION SELECT count(*) FROM notes"), ElementsAre("notes"));
  EXPECT_THAT(Blind("WITH x AS (SELECT notes.id FROM notes WHERE notes.deleted_at IS NULL) SELECT count(*) AS total "
                    "FROM notes"),
              ElementsAre("notes"));
  EXPECT_THAT(Blind("SELECT count(*) AS total FROM notes n WHERE EXISTS (SELECT FROM notes n WHERE n.deleted_at IS "
                    "NULL)"),
              ElementsAre("notes n"));
  EXPECT_THAT(Blind("SELECT count(*) AS total FROM notes n WHERE EXISTS (SELECT FROM tags WHERE n.deleted_at IS NULL)"),
              IsEmpty());
}

TEST(QueriesAndDeletedRows, ACommonTableExpressionHidesATable) {
  EXPECT_THAT(Blind("WITH notes AS (SELECT 1 AS id) SELECT count(*) AS total FROM notes"), IsEmpty());
}

TEST(QueriesAndDeletedRows, ChangesMustSpeakOfThemToo) {
  const auto changes = [](const std::string& sql) { return Mistakes("(None) returns (Affected)", sql).size(); };
  EXPECT_EQ(changes("UPDATE notes SET title = 'x'"), 1u);
  EXPECT_EQ(changes("UPDATE notes SET deleted_at = NULL"), 1u);
  EXPECT_EQ(changes("UPDATE notes SET title = 'x' WHERE deleted_at IS NULL"), 0u);
  EXPECT_EQ(changes("DELETE FROM notes"), 1u);
  EXPECT_EQ(changes("DELETE FROM notes n USING people p WHERE n.deleted_at IS NULL"), 1u);
  EXPECT_EQ(changes("INSERT INTO notes (title) VALUES ('x')"), 0u);
  EXPECT_EQ(changes("INSERT INTO notes (title) SELECT title FROM notes"), 1u);
  EXPECT_EQ(changes("INSERT INTO notes (id) VALUES (NULL) ON CONFLICT (id) DO NOTHING"), 0u);
  EXPECT_EQ(changes("INSERT INTO notes (id) VALUES (NULL) ON CONFLICT (id) DO UPDATE SET title = 'x'"), 1u);
  EXPECT_EQ(changes("INSERT INTO notes (id) VALUES (NULL) ON CONFLICT (id) DO UPDATE SET title = 'x' WHERE "
                    "notes.deleted_at IS NULL"),
            0u);
}

}  // namespace
}  // namespace rowkeeper::plan
