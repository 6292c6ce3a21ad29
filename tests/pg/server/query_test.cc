#include "tests/pg/server/query_fixture.h"
#include "tests/pg/server/run_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kMessages[] = R"(
message ByName { string name = 1; }
message Products { repeated Product products = 1; }
message Lines { repeated Line lines = 1; }
message Line { string maker = 1; int64 products = 2; int64 stock = 3; optional string first = 4; }
message ReportIn { repeated string names = 1; optional int32 least = 2; }
message Totals { int64 products = 1; google.protobuf.Int64Value stock = 2; }
message Holder { Product product = 1; }
message RestockIn { string id = 1 [(rowkeeper.v1.column).type = COLUMN_TYPE_UUID]; int32 by = 2; }
message Level { string name = 1; int32 level = 2; int64 affected = 3; }
message Affected { int64 affected = 1; }
message Moved { repeated Line2 rows = 1; int32 affected = 2; }
message Line2 { string id = 1 [(rowkeeper.v1.column).type = COLUMN_TYPE_UUID]; int32 left = 2 [(rowkeeper.v1.column).name = "stock"]; }
message Many { int32 rows = 1; }
message NumberList { repeated Number numbers = 1; }
message Number { int32 n = 1; }
message AddMakerIn { string name = 1; string product = 2; }
message MakerId { int64 id = 1; }
message DivideIn { int32 by = 1; }
)";

std::string Methods() {
  return Query("Report(ReportIn) returns (Lines)",
               "SELECT count(*) AS products, m.name AS maker, coalesce(sum(p.stock), 0) AS stock, min(p.name) AS first "
               "FROM makers m JOIN products p ON p.maker_id = m.id AND p.deleted_at IS NULL "
               "WHERE m.name = ANY(:names) OR cardinality(:names) = 0 GROUP BY m.id "
               "HAVING count(*) >= :least OR :least IS NULL ORDER BY m.name DESC -- the last first\n") +
         Query("Total(None) returns (Totals)",
               "SELECT count(*) AS products, sum(stock) AS stock FROM products WHERE deleted_at IS NULL") +
         Query("Find(ByName) returns (Product)", "SELECT * FROM products WHERE name = :name AND deleted_at IS NULL;") +
         Query("Lookup(ByName) returns (Holder)", "SELECT * FROM products WHERE name = :name AND deleted_at IS NULL") +
         Query(
             "Search(ByName) returns (Products)",
             "WITH hits AS (SELECT p.*, row_number() OVER (ORDER BY p.name) AS place FROM products p "
             "WHERE p.name LIKE :name || '%' AND p.deleted_at IS NULL) SELECT id, maker_id, name, stock, note, color, "
             "deleted_at FROM hits ORDER BY place") +
         Query("FullText(ByName) returns (Products)",
               "SELECT * FROM products WHERE to_tsvector('simple', name) @@ websearch_to_tsquery('simple', :name) AND "
               "deleted_at IS NULL") +
         Query("Graves(ByName) returns (Products)", "SELECT * FROM products WHERE name = :name",
               "include_deleted: true") +
         Query(
             "Restock(RestockIn) returns (Level)",
             "UPDATE products SET stock = stock + :by WHERE id = :id AND deleted_at IS NULL RETURNING stock AS level, "
             "name") +
         Query("Rename(ByName) returns (Affected)", "UPDATE products SET name = :name WHERE deleted_at IS NULL") +
         Query("Clear(ByName) returns (google.protobuf.Empty)",
               "DELETE FROM products WHERE name = :name AND deleted_at IS NULL") +
         Query(
             "TakeAll(None) returns (Moved)",
             "WITH old AS (SELECT id FROM products WHERE deleted_at IS NULL FOR UPDATE) UPDATE products p SET stock = "
             "0 FROM old WHERE p.id = old.id AND p.deleted_at IS NULL RETURNING p.stock, p.id") +
         Query("Numbers(Many) returns (NumberList)",
               "SELECT coalesce(n, 0) AS n FROM (SELECT generate_series(1, :rows) AS n) s") +
         Query("WriteNumbers(Many) returns (NumberList)",
               "INSERT INTO makers (name) SELECT 'm' || n FROM generate_series(1, :rows) AS n RETURNING "
               "length(name) AS n") +
         Query("AddMaker(AddMakerIn) returns (MakerId)",
               "WITH m AS (INSERT INTO makers (name) VALUES (:name) RETURNING id), p AS (INSERT INTO products (name, "
               "stock, "
               "maker_id) SELECT :product, 0, m.id FROM m) SELECT id FROM m") +
         Query("InsertMaker(ByName) returns (MakerId)", "INSERT INTO makers (name) VALUES (:name) RETURNING id") +
         Query("DeleteForEver(ByName) returns (Product)",
               "UPDATE products SET deleted_at = 'infinity' WHERE name = :name AND deleted_at IS NULL RETURNING *") +
         Query("Divide(DivideIn) returns (Number)", "SELECT 10 / :by AS n") +
         Query("Notify(ByName) returns (google.protobuf.Empty)", "SELECT pg_notify('shop', :name)");
}

class QueryTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    InProcessServer::Options options;
    options.serve.max_query_rows = 100;
    server_ = new QueryServer(Methods(), kMessages, options);
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void SetUp() override {
    ASSERT_TRUE((*server_)->ok());
    (*server_)->database().Run("TRUNCATE products, makers");
  }

  static QueryServer& server() { return *server_; }
  static absl::StatusOr<Json> Call(const std::string& method, const Json& request = Json::object()) {
    return server_->Call(method, request);
  }
  static Json MustCall(const std::string& method, const Json& request = Json::object()) {
    return server_->MustCall(method, request);
  }
  static std::string NewMaker(const std::string& name) {
    return MustCall("InsertMaker", {{"name", name}}).value("id", "");
  }

  static inline QueryServer* server_ = nullptr;
};

TEST_F(QueryTest, ReportsOverAJoin) {
  const std::string ada = NewMaker("Ada");
  const std::string bob = NewMaker("Bob");
  server().NewProduct("cup", {{"maker_id", ada}, {"stock", 3}});
  server().NewProduct("bowl", {{"maker_id", ada}, {"stock", 4}});
  server().NewProduct("pot", {{"maker_id", bob}});
  const Json both = {{{"maker", "Bob"}, {"products", "1"}, {"first", "pot"}},
                     {{"maker", "Ada"}, {"products", "2"}, {"stock", "7"}, {"first", "bowl"}}};
  EXPECT_EQ(MustCall("Report")["lines"], both);
  EXPECT_EQ(MustCall("Report", {{"names", {"Ada", "Cy"}}})["lines"], Json::array({both[1]}));
  EXPECT_EQ(MustCall("Report", {{"least", 2}})["lines"], Json::array({both[1]}));
  EXPECT_EQ(MustCall("Report", {{"least", 3}}), Json::object());
}

TEST_F(QueryTest, AnswersAMessageOfTheResultsColumns) {
  EXPECT_EQ(MustCall("Total"), Json::object());
  server().NewProduct("cup", {{"stock", 0}});
  EXPECT_EQ(MustCall("Total"), (Json{{"products", "1"}, {"stock", "0"}}));
}

TEST_F(QueryTest, AnswersARowOrNotFound) {
  server().NewProduct("cup", {{"note", "blue"}});
  EXPECT_EQ(MustCall("Find", {{"name", "cup"}})["note"], "blue");
  EXPECT_EQ(Summary(Call("Find", {{"name", "pot"}})), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(MustCall("Lookup", {{"name", "cup"}})["product"]["note"], "blue");
  EXPECT_EQ(MustCall("Lookup", {{"name", "pot"}}), Json::object());
}

TEST_F(QueryTest, RefusesSeveralRowsWhereOneIsAnswered) {
  server().NewProduct("cup");
  server().NewProduct("cup");
  EXPECT_EQ(Summary(Call("Find", {{"name", "cup"}})), "FAILED_PRECONDITION MORE_THAN_ONE_ROW");
  EXPECT_EQ(Summary(Call("Lookup", {{"name", "cup"}})), "FAILED_PRECONDITION MORE_THAN_ONE_ROW");
}

TEST_F(QueryTest, KeepsTheOrderOfTheQuery) {
  for (const char* name : {"c", "ca", "cb", "x", "cab"}) server().NewProduct(name);
  std::vector<std::string> names;
  const Json answer = MustCall("Search", {{"name", "c"}});
  for (const Json& product : answer["products"]) names.push_back(product["name"]);
  EXPECT_EQ(names, (std::vector<std::string>{"c", "ca", "cab", "cb"}));
}

TEST_F(QueryTest, SeesDeletedRowsOnlyWhereItIsMeantTo) {
  server().NewProduct("cup");
  (*server_)->database().Run("UPDATE products SET deleted_at = now()");
  EXPECT_EQ(Summary(Call("Find", {{"name", "cup"}})), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(MustCall("Graves", {{"name", "cup"}})["products"].size(), 1u);
}

TEST_F(QueryTest, WritesAndReturnsRows) {
  const std::string id = server().NewProduct("cup", {{"stock", 3}});
  EXPECT_EQ(MustCall("Restock", {{"id", id}, {"by", 4}}), (Json{{"name", "cup"}, {"level", 7}, {"affected", "1"}}));
  EXPECT_EQ(server().Value("SELECT stock FROM products"), "7");
  EXPECT_EQ(Summary(Call("Restock", {{"id", "00000000-0000-4000-8000-000000000000"}, {"by", 4}})),
            "NOT_FOUND ROW_NOT_FOUND");
  const Json taken = MustCall("TakeAll");
  EXPECT_EQ(taken, (Json{{"rows", {{{"id", id}}}}, {"affected", 1}}));
  EXPECT_EQ(server().Value("SELECT stock FROM products"), "0");
}

TEST_F(QueryTest, SaysHowManyRowsItChanged) {
  EXPECT_EQ(MustCall("Rename", {{"name", "x"}}), Json::object());
  server().NewProduct("cup");
  server().NewProduct("pot");
  EXPECT_EQ(MustCall("Rename", {{"name", "x"}}), (Json{{"affected", "2"}}));
  EXPECT_EQ(MustCall("Clear", {{"name", "x"}}), Json::object());
  EXPECT_EQ(server().Value("SELECT count(*) FROM products"), "0");
}

TEST_F(QueryTest, ChangesInsideASelectAreWrites) {
  const std::string id = MustCall("AddMaker", {{"name", "Ada"}, {"product", "cup"}}).value("id", "");
  EXPECT_EQ(server().Value("SELECT count(*) FROM products WHERE maker_id = " + id), "1");
}

TEST_F(QueryTest, MayBeCalledForItsEffect) { EXPECT_EQ(MustCall("Notify", {{"name", "hello"}}), Json::object()); }

TEST_F(QueryTest, AValueThatItCannotComputeWithIsOneOfItsParameters) {
  const auto zero = Call("Divide", {{"by", 0}});
  EXPECT_EQ(Summary(zero), "INVALID_ARGUMENT INVALID_FIELD [by]");
  EXPECT_THAT(std::string(zero.status().message()), HasSubstr("by: a value leads to a division by zero"));
}

/// PostgreSQL makes a query tree of it for minutes, and does not hear that it is cancelled.
TEST_F(QueryTest, RefusesTextsThatMakeTooMuchWork) {
  std::string words;
  while (words.size() < 4000000) words += "a ";
  const auto refused = Call("FullText", {{"name", words}});
  EXPECT_EQ(Summary(refused), "INVALID_ARGUMENT INVALID_FIELD [name]");
  EXPECT_EQ(MetadataOf(refused.status(), "limit"), "max-filter-bytes");
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("name: has 4000000 bytes; a query that only reads"));
  EXPECT_EQ(Summary(Call("FullText", {{"name", "a b"}})), "OK");
  Json names = Json::array();
  for (int i = 0; i <= 10000; ++i) names.push_back("n");
  const auto many = Call("Report", {{"names", names}});
  EXPECT_EQ(Summary(many), "INVALID_ARGUMENT INVALID_FIELD [names]");
  EXPECT_EQ(MetadataOf(many.status(), "limit"), "max-filter-values");
  names.erase(0);
  EXPECT_EQ(Summary(Call("Report", {{"names", names}})), "OK");
}

TEST_F(QueryTest, StopsAtTheLimitOfRows) {
  EXPECT_EQ(MustCall("Numbers", {{"rows", 100}})["numbers"].size(), 100u);
  const auto refused = Call("Numbers", {{"rows", 101}});
  EXPECT_EQ(Summary(refused), "RESOURCE_EXHAUSTED TOO_MANY_ROWS");
  EXPECT_EQ(MetadataOf(refused.status(), "limit"), "max-query-rows");
  EXPECT_EQ(MetadataOf(refused.status(), "value"), "100 rows");
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("more than 100 rows (max-query-rows); ask for fewer"));
  // A billion rows are not even made.
  EXPECT_EQ(Summary(Call("Numbers", {{"rows", 1000000000}})), "RESOURCE_EXHAUSTED TOO_MANY_ROWS");
}

TEST_F(QueryTest, UndoesAChangeWithTooManyRows) {
  const auto refused = Call("WriteNumbers", {{"rows", 101}});
  EXPECT_EQ(Summary(refused), "RESOURCE_EXHAUSTED TOO_MANY_ROWS");
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("its changes are undone"));
  EXPECT_EQ(MetadataOf(refused.status(), "executed"), "");
  EXPECT_EQ(server().Value("SELECT count(*) FROM makers"), "0");
}

TEST_F(QueryTest, UndoesAChangeOfWhichARowCannotBeSent) {
  server().NewProduct("lamp");
  const auto refused = Call("DeleteForEver", {{"name", "lamp"}});
  EXPECT_EQ(Summary(refused), "FAILED_PRECONDITION UNREPRESENTABLE_VALUE");
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("nothing was changed"));
  EXPECT_EQ(MetadataOf(refused.status(), "executed"), "");
  EXPECT_EQ(server().Value("SELECT count(*) FROM products WHERE deleted_at IS NULL"), "1");
  const Unit unit(&*server());
  EXPECT_EQ(Summary(unit.Call("ProductRepository.DeleteForEver", {{"name", "lamp"}})),
            "FAILED_PRECONDITION UNREPRESENTABLE_VALUE");
  EXPECT_EQ(unit.State(), "FAILED");
}

TEST_F(QueryTest, TellsErrorsInTheWordsOfTheTableThatItWrites) {
  NewMaker("Ada");
  EXPECT_EQ(Summary(Call("InsertMaker", {{"name", "Ada"}})), "ALREADY_EXISTS UNIQUE_VIOLATION");
  const auto refused = Call("InsertMaker", {{"name", "Ada"}});
  EXPECT_EQ(MetadataOf(refused.status(), "entity"), "shop.v1.Maker");
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("name"));
  EXPECT_EQ(Call("InsertMaker", {{"name", std::string(30, 'x')}}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Call("Divide", {{"by", 0}}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(MustCall("Divide", {{"by", 3}}), (Json{{"n", 3}}));
}

TEST_F(QueryTest, IsPartOfAUnitOfWork) {
  const Unit unit(&*server());
  const std::string id = unit.MustCall("ProductRepository.InsertMaker", {{"name", "Ada"}}).value("id", "");
  EXPECT_EQ(unit.MustCall("MakerRepository.GetById", {{"id", id}})["name"], "Ada");
  EXPECT_EQ(server().Value("SELECT count(*) FROM makers"), "0");
  EXPECT_TRUE(unit.Rollback().ok());
  EXPECT_EQ(server().Value("SELECT count(*) FROM makers"), "0");
}

TEST_F(QueryTest, ReadsInAReadOnlyUnitAndDoesNotWrite) {
  const Unit unit(&*server(), {{"transaction", {{"read_only", true}}}});
  EXPECT_EQ(unit.MustCall("ProductRepository.Total", Json::object()), Json::object());
  for (const char* method : {"InsertMaker", "Rename", "Notify"}) {
    EXPECT_EQ(ReasonOf(unit.Call(std::string("ProductRepository.") + method, {{"name", "x"}})),
              "UNIT_OF_WORK_READ_ONLY")
        << method;
  }
  EXPECT_EQ(unit.MustCall("ProductRepository.Total", Json::object()), Json::object());
  EXPECT_TRUE(unit.Commit().ok());
}

TEST_F(QueryTest, AFailedQueryFailsItsUnitAndARefusedOneDoesNot) {
  const Unit unit(&*server());
  EXPECT_EQ(ReasonOf(unit.Call("ProductRepository.Find", {{"name", "x"}})), "ROW_NOT_FOUND");
  EXPECT_EQ(ReasonOf(unit.Call("ProductRepository.Numbers", {{"rows", 101}})), "TOO_MANY_ROWS");
  EXPECT_EQ(unit.State(), "OPEN");
  EXPECT_FALSE(unit.Call("ProductRepository.Divide", {{"by", 0}}).ok());
  EXPECT_EQ(unit.State(), "FAILED");
}

TEST_F(QueryTest, RunsInARunAndTakesAndGivesValues) {
  RunRequest run(&*server());
  run.Add("ProductRepository.InsertMaker", {{"name", "Ada"}});
  run.Add("ProductRepository.Create", {{"product", {{"name", "cup"}}}}, {{"product.maker_id", 0, "id"}});
  run.Add("ProductRepository.Restock", {{"by", 5}}, {{"id", 1, "id"}});
  run.Add("ProductRepository.Search", Json::object(), {{"name", 2, "name"}});
  const RunRequest::Answers answers = run.Send();
  ASSERT_TRUE(answers.ok()) << answers.status();
  EXPECT_EQ((*answers)[2], (Json{{"name", "cup"}, {"level", 5}, {"affected", "1"}}));
  EXPECT_EQ((*answers)[3]["products"].size(), 1u);
  EXPECT_EQ(server().Value("SELECT count(*) FROM products p JOIN makers m ON m.id = p.maker_id WHERE stock = 5"), "1");
}

TEST_F(QueryTest, NamesWhatAValueOfARunCannotBe) {
  RunRequest run(&*server());
  run.Add("ProductRepository.InsertMaker", {{"name", "Ada"}});
  run.Add("ProductRepository.Search", Json::object(), {{"name", 0, "name"}});
  run.Add("ProductRepository.Search", Json::object(), {{"name", 0, "id"}});
  run.Add("ProductRepository.Search", Json::object(), {{"nope", 0, "id"}});
  run.Add("ProductRepository.Search", Json::object(), {{"name", 1, "name"}});
  EXPECT_EQ(Summary(run.Send()),
            "INVALID_ARGUMENT INVALID_FIELD [calls[1].values[0].from, calls[2].values[0].from, "
            "calls[3].values[0].field, calls[4].values[0].call]");
  EXPECT_EQ(server().Value("SELECT count(*) FROM makers"), "0");
}

TEST_F(QueryTest, ARunThatFailsUndoesWhatItsQueriesWrote) {
  RunRequest run(&*server());
  run.Add("ProductRepository.InsertMaker", {{"name", "Ada"}});
  run.Add("ProductRepository.WriteNumbers", {{"rows", 101}});
  EXPECT_EQ(ReasonOf(run.Send()), "TOO_MANY_ROWS");
  EXPECT_EQ(server().Value("SELECT count(*) FROM makers"), "0");
}

TEST_F(QueryTest, TextIsNeverReadAsSql) {
  const std::string evil = "x') ; DROP TABLE products; --";
  EXPECT_EQ(Summary(Call("Find", {{"name", evil}})), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(MustCall("Search", {{"name", evil}}), Json::object());
  EXPECT_EQ(MustCall("Report", {{"names", {evil, "\"}'", "{NULL}"}}}), Json::object());
  NewMaker("'\");--");
  EXPECT_EQ(server().Value("SELECT name FROM makers"), "'\");--");
  EXPECT_EQ(server().Value("SELECT count(*) FROM products"), "0");
}

}  // namespace
}  // namespace rowkeeper::testing
