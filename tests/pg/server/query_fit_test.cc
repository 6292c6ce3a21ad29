#include "server/schema/query_fit.h"

#include <chrono>

#include "server/schema/fit.h"
#include "tests/pg/server/query_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// What the check at start says of one query, `sql`, whose response has `fields`.
class QueryFit : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    database_ = new ScratchDatabase("queries");
    const auto catalogue = CompileProtoText(std::string(kShop));
    CreateSchema(*catalogue, database_);
    database_->Run(
        "CREATE VIEW shelf AS SELECT * FROM products; CREATE DOMAIN label AS text; CREATE TYPE mood AS ENUM ('OK'); "
        "CREATE TABLE odd (id int NOT NULL, named label, feels mood NOT NULL, tags text[] NOT NULL); "
        "CREATE FUNCTION touch() RETURNS int LANGUAGE sql AS 'SELECT 1'; "
        "CREATE FUNCTION calm() RETURNS int STABLE LANGUAGE sql AS 'SELECT 1'");
  }
  static void TearDownTestSuite() {
    delete database_;
    database_ = nullptr;
  }

  static std::vector<std::string> Check(const std::string& sql, const std::string& fields,
                                        const std::string& parameters = "") {
    const auto loaded = WithPlans(CompileProtoText(
        std::string(kShop) + "message Out { " + fields + " }\nmessage In { " + parameters +
        " }\nservice ProductRepository { option (rowkeeper.v1.repository).entity = \"shop.v1.Product\";\n" +
        Query("Do(In) returns (Out)", sql, "include_deleted: true") + "}\n"));
    if (loaded == nullptr) return {"the catalogue does not compile"};
    db::ConnectionOptions options;
    options.url = database_->url();
    auto connection = db::Connection::Open(options);
    auto describer = db::Describer::Open(options);
    EXPECT_TRUE(connection.ok() && describer.ok());
    schema::FitReport report;
    const auto unknown = schema::CheckQueries(schema::QueriesOf(loaded->plans), **describer, **connection, &report);
    EXPECT_TRUE(unknown.ok()) << unknown.status();
    std::vector<std::string> mismatches;
    for (const schema::Mismatch& mismatch : report.mismatches) mismatches.push_back(mismatch.ToString());
    return mismatches;
  }

  static inline ScratchDatabase* database_ = nullptr;
};

TEST_F(QueryFit, AQueryThatFitsHasNoMismatch) {
  EXPECT_THAT(Check("SELECT id, name, note FROM products",
                    "string id = 1 [(rowkeeper.v1.column).type = "
                    "COLUMN_TYPE_UUID]; string name = 2; optional string note = 3;"),
              IsEmpty());
  EXPECT_THAT(
      Check("SELECT id, named, tags FROM odd", "int64 id = 1; optional string named = 2; repeated string tags = 3;"),
      IsEmpty());
}

TEST_F(QueryFit, StatementsThatPostgreSqlRefuses) {
  EXPECT_THAT(
      Check("SELECT wholly_unknown AS a FROM products", "int32 a = 1;"),
      ElementsAre(
          "shop.v1.ProductRepository.Do: PostgreSQL refuses the query: column \"wholly_unknown\" does not exist"));
  EXPECT_THAT(Check("SELECT 1 AS a FROM nowhere", "int32 a = 1;"),
              ElementsAre(HasSubstr("PostgreSQL refuses the query: relation \"nowhere\" does not exist")));
  EXPECT_THAT(Check("SELECT name AS a FROM products WHERE id = :id", "string a = 1;", "string id = 1;"),
              ElementsAre(HasSubstr("refuses the query: operator does not exist: uuid = text")));
}

TEST_F(QueryFit, ColumnsAndFieldsThatHaveNoPartner) {
  EXPECT_THAT(
      Check("SELECT name, stock FROM products", "string name = 1; string color = 2;"),
      ElementsAre("shop.v1.ProductRepository.Do: the result's column \"stock\" is no field of the response; "
                  "declare one, or name the columns that the query selects (AS gives them other names)",
                  "shop.v1.ProductRepository.Do.color: the result has no column \"color\"; select it, or remove "
                  "the field"));
  EXPECT_THAT(Check("SELECT name, name FROM products", "string name = 1;"),
              ElementsAre("shop.v1.ProductRepository.Do.name: the result has two columns \"name\"; give one of them "
                          "another name"));
}

TEST_F(QueryFit, TypesThatDiffer) {
  EXPECT_THAT(
      Check("SELECT name FROM products", "int32 name = 1;"),
      ElementsAre("shop.v1.ProductRepository.Do.name: the result's column \"name\" is character varying, but the "
                  "field needs integer; cast it (::integer), or change the field"));
  EXPECT_THAT(Check("SELECT count(*) AS n FROM products", "int32 n = 1;"), ElementsAre(HasSubstr("is bigint, but")));
  EXPECT_THAT(Check("SELECT id FROM products", "string id = 1;"), ElementsAre(HasSubstr("is uuid, but")));
  EXPECT_THAT(Check("SELECT avg(stock) AS a FROM products", "optional double a = 1;"),
              ElementsAre(HasSubstr("is numeric, but the field needs double precision; cast it (::double precision)")));
  EXPECT_THAT(Check("SELECT tags FROM odd", "string tags = 1;"), ElementsAre(HasSubstr("is text[], but")));
  EXPECT_THAT(Check("SELECT feels FROM odd", "Color feels = 1;"), ElementsAre(HasSubstr("is mood, but")));
  EXPECT_THAT(Check("SELECT name AS at FROM products", "google.protobuf.Timestamp at = 1;"),
              ElementsAre(HasSubstr("but the field needs timestamp with time zone")));
}

TEST_F(QueryFit, ColumnsThatMayBeNull) {
  EXPECT_THAT(
      Check("SELECT note FROM products", "string note = 1;"),
      ElementsAre("shop.v1.ProductRepository.Do.note: the result's column \"note\" may be NULL, but the field is "
                  "never absent; declare it `optional`, or give it a value with coalesce(…) AS note"));
  EXPECT_THAT(Check("SELECT coalesce(note, '') AS note FROM products", "string note = 1;"), IsEmpty());
  EXPECT_THAT(Check("SELECT max(stock) AS n FROM products", "int32 n = 1;"), ElementsAre(HasSubstr("may be NULL")));
  EXPECT_THAT(Check("SELECT p.name FROM makers m LEFT JOIN products p ON p.maker_id = m.id", "string name = 1;"),
              ElementsAre(HasSubstr("may be NULL")));
  EXPECT_THAT(Check("SELECT m.name FROM makers m LEFT JOIN products p ON p.maker_id = m.id", "string name = 1;"),
              IsEmpty());
  EXPECT_THAT(Check("SELECT o.id FROM makers m LEFT JOIN odd o ON true", "int32 id = 1;"),
              ElementsAre(HasSubstr("may be NULL")));
  EXPECT_THAT(Check("SELECT name FROM shelf", "string name = 1;"), ElementsAre(HasSubstr("may be NULL")));
  EXPECT_THAT(Check("SELECT name FROM products GROUP BY ROLLUP (name)", "string name = 1;"),
              ElementsAre(HasSubstr("may be NULL")));
  EXPECT_THAT(Check("SELECT array_agg(stock) AS n FROM products", "repeated int32 n = 1;"),
              ElementsAre(HasSubstr("never absent; give it a value with coalesce(…) AS n")));
  EXPECT_THAT(Check("SELECT :a AS a, :b AS b", "string a = 1; string b = 2;", "string a = 1; optional string b = 2;"),
              ElementsAre(HasSubstr("Do.b: the result's column \"b\" may be NULL")));
}

TEST_F(QueryFit, ReadsThatCallFunctionsWhichMayWrite) {
  EXPECT_THAT(
      Check("SELECT coalesce(touch(), 0) AS n", "int32 n = 1;"),
      ElementsAre("shop.v1.ProductRepository.Do: the query reads, so it may be executed again, but the function "
                  "touch() is VOLATILE and may write; if it does not, declare it STABLE (ALTER FUNCTION … "
                  "STABLE)"));
  EXPECT_THAT(Check("SELECT coalesce(public.touch(), 0) AS n", "int32 n = 1;"), ElementsAre(HasSubstr("VOLATILE")));
  EXPECT_THAT(Check("SELECT coalesce(calm(), 0) AS n, random() AS r", "int32 n = 1; double r = 2;"), IsEmpty());
}

TEST_F(QueryFit, ALockedTableIsLeftForTheNextLook) {
  db::ConnectionOptions options;
  options.url = database_->url();
  auto locker = db::Connection::Open(options);
  ASSERT_TRUE(locker.ok());
  ASSERT_TRUE((*locker)->ExecuteScript("BEGIN; LOCK TABLE products", nullptr).ok());
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_THAT(Check("SELECT nope AS a FROM products", "int32 a = 1;"), IsEmpty());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(8));
  ASSERT_TRUE((*locker)->ExecuteScript("ROLLBACK", nullptr).ok());
  EXPECT_EQ(Check("SELECT nope AS a FROM products", "int32 a = 1;").size(), 1u);
}

// ---- a whole server

constexpr char kName[] = "message Name { string name = 1; }\n";

/// A server without tables, whose time stands still.
InProcessServer::Options Empty() {
  InProcessServer::Options options;
  options.schema = InProcessServer::Options::Schema::kLeaveEmpty;
  options.time = InProcessServer::Options::Time::kStill;
  return options;
}

/// "refused" when calls come to be refused with these words; the last answer otherwise.
std::string UntilRefusedWith(const std::string& words, QueryServer& server) {
  std::string message;
  const bool refused = server->AdvanceUntil([&] {
    const auto answer = server.Call("Names");
    message = std::string(answer.status().message());
    return ReasonOf(answer) == "SCHEMA_MISMATCH" && message.find(words) != std::string::npos;
  });
  return refused ? "refused" : message;
}

bool IsServedSoon(QueryServer& server) {
  return server->AdvanceUntil([&server] { return server.Call("Names").ok(); });
}

TEST(QueryMisfit, AQueryThatDoesNotFitIsRefused) {
  QueryServer server(Query("Names(None) returns (NameList)", "SELECT name FROM labels"),
                     std::string(kName) + "message NameList { repeated Name names = 1; }", Empty());
  ASSERT_TRUE(server->ok());
  CreateSchema(*server->loaded().catalogue, &server->database());
  EXPECT_EQ(UntilRefusedWith("relation \"labels\" does not exist", server), "refused");
  server->database().Run("CREATE TABLE labels (name text)");
  EXPECT_EQ(UntilRefusedWith("Names.name: the result's column \"name\" may be NULL", server), "refused");
  server->database().Run("ALTER TABLE labels ALTER name SET NOT NULL");
  EXPECT_TRUE(IsServedSoon(server));
  server->database().Run("ALTER TABLE labels ALTER name TYPE bytea USING name::bytea");
  EXPECT_EQ(UntilRefusedWith("is bytea, but the field needs text", server), "refused");
}

TEST(QueryMisfit, ARenamedColumnIsAnErrorAtOnce) {
  QueryServer server(Query("Names(None) returns (NameList)", "SELECT * FROM pins"),
                     std::string(kName) + "message NameList { repeated Name names = 1; }", Empty());
  ASSERT_TRUE(server->ok());
  CreateSchema(*server->loaded().catalogue, &server->database());
  server->database().Run("CREATE TABLE pins (name text NOT NULL); INSERT INTO pins VALUES ('a')");
  ASSERT_TRUE(IsServedSoon(server));
  EXPECT_EQ(server.MustCall("Names"), Json::parse(R"({"names": [{"name": "a"}]})"));
  server->database().Run("ALTER TABLE pins RENAME name TO label");
  const auto answer = server.Call("Names");
  EXPECT_EQ(ReasonOf(answer), "SCHEMA_MISMATCH");
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("label"));
}

}  // namespace
}  // namespace rowkeeper::testing
