#include "server/base/result_shape.h"

#include <algorithm>
#include <set>

#include "server/base/error_details.h"
#include "server/db/result_fit.h"
#include "tests/pg/db/db_fixture.h"

namespace rowkeeper::db {
namespace {

using Effect = Query::Effect;

const std::vector<CellType> kInteger = {CellType::kInteger};
const std::vector<CellType> kIntegerAndText = {CellType::kInteger, CellType::kText};

/// Results that are not what their statement promised.
class ResultShapeTest : public DbTest {
 protected:
  void SetUp() override {
    DbTest::SetUp();
    scratch().Run("DROP TABLE IF EXISTS shaped; CREATE TABLE shaped (id int, name text)");
    connection_ = Open();
    ASSERT_NE(connection_, nullptr);
  }

  absl::StatusOr<Rows> Execute(std::string_view sql, ResultShape result, Effect effect = Effect::kWrite,
                               const StatementName* name = nullptr) {
    Query query;
    query.text = sql;
    query.name = name;
    query.result = result;
    query.effect = effect;
    return connection_->Execute(query);
  }
  absl::StatusOr<Rows> ExecutePrepared(std::string_view sql, ResultShape result, Effect effect = Effect::kWrite) {
    return Execute(sql, result, effect, testing::NameOf(sql));
  }

  static std::string Count() { return scratch().Value("SELECT count(*) FROM shaped"); }

  std::unique_ptr<Connection> connection_;
};

TEST_F(ResultShapeTest, ResultWithOtherColumnsIsNeverRead) {
  for (const ResultShape shape :
       {ResultShape(), ResultShape::Columns(1), ResultShape::Columns(3), ResultShape(kInteger)}) {
    connection_ = Open();
    EXPECT_EQ(Reason(Execute("SELECT 1, 'a'", shape, Effect::kRead)), "INTERNAL");
    EXPECT_TRUE(connection_->broken()) << "it may give results of other statements";
  }
  connection_ = Open();
  for (const ResultShape shape : {ResultShape::Columns(2), ResultShape(kIntegerAndText), ResultShape::Any()}) {
    EXPECT_EQ(Reason(Execute("SELECT 1, 'a'", shape, Effect::kRead)), "OK");
  }
  EXPECT_EQ(Reason(Execute("SET lock_timeout = 1000", ResultShape())), "OK");
  EXPECT_EQ(Reason(Execute("SET lock_timeout = 1000", ResultShape::Columns(1))), "INTERNAL");
}

TEST_F(ResultShapeTest, ColumnOfAnotherTypeIsNotRead) {
  for (const bool prepared : {false, true}) {
    const std::string_view sql = "SELECT 1, 2";
    const auto rows =
        Execute(sql, ResultShape(kIntegerAndText), Effect::kRead, prepared ? testing::NameOf(sql) : nullptr);
    EXPECT_EQ(Reason(rows), "SCHEMA_MISMATCH");
    EXPECT_FALSE(connection_->broken());
  }
}

/// PostgreSQL would find out only after it was stored.
TEST_F(ResultShapeTest, WriteThatWouldReturnAnotherTypeWritesNothing) {
  const std::string_view kInsert = "INSERT INTO shaped VALUES (1, 'a') RETURNING id, name";
  ASSERT_EQ(Reason(ExecutePrepared(kInsert, ResultShape(kIntegerAndText))), "OK");
  scratch().Run("ALTER TABLE shaped ALTER id TYPE text");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Reason(ExecutePrepared(kInsert, ResultShape(kIntegerAndText))), "SCHEMA_MISMATCH");
  }
  EXPECT_EQ(Count(), "1");
  scratch().Run("ALTER TABLE shaped ALTER id TYPE bigint USING id::bigint");
  EXPECT_EQ(Reason(ExecutePrepared(kInsert, ResultShape(kIntegerAndText))), "OK");
  EXPECT_EQ(Count(), "2");
}

TEST_F(ResultShapeTest, TransactionOfAnUnreadableResultIsNotCommitted) {
  ASSERT_EQ(Reason(Execute("BEGIN", ResultShape())), "OK");
  EXPECT_EQ(Reason(Execute("INSERT INTO shaped VALUES (1, 'a') RETURNING name", ResultShape(kInteger))),
            "SCHEMA_MISMATCH");
  EXPECT_TRUE(connection_->in_failed_transaction());
  EXPECT_NE(Reason(Execute("COMMIT", ResultShape())), "OK");
  EXPECT_EQ(Reason(Execute("ROLLBACK", ResultShape())), "OK");
  EXPECT_EQ(Count(), "0");
}

TEST_F(ResultShapeTest, WriteThatWasStoredSaysSo) {
  const auto rows = Execute("INSERT INTO shaped VALUES (1, 'a') RETURNING name", ResultShape(kInteger));
  EXPECT_EQ(Reason(rows), "SCHEMA_MISMATCH");
  EXPECT_EQ(ErrorMetadataValue(rows.status(), "executed"), "true");
  EXPECT_EQ(Count(), "1");
}

TEST_F(ResultShapeTest, EveryTypeIsReadAsItIs) {
  struct Reading {
    CellType type;
    std::vector<std::string> of;
  };
  const std::vector<Reading> readings = {
      {CellType::kBool, {"boolean"}},
      {CellType::kInteger, {"smallint", "integer", "bigint"}},
      {CellType::kNumeric, {"numeric", "numeric(20,0)"}},
      {CellType::kFloat, {"real", "double precision"}},
      {CellType::kText, {"text", "varchar(3)", "char(3)", "mood"}},
      {CellType::kBytes, {"bytea"}},
      {CellType::kUuid, {"uuid"}},
      {CellType::kTimestamp, {"timestamptz"}},
      {CellType::kInterval, {"interval"}},
      {CellType::kDate, {"date"}},
      {CellType::kJson, {"json", "jsonb"}},
      {CellType::kUserType, {"mood", "mood[]"}},
      {CellType::kBoolArray, {"boolean[]"}},
      {CellType::kIntegerArray, {"smallint[]", "integer[]", "bigint[]"}},
      {CellType::kNumericArray, {"numeric[]"}},
      {CellType::kFloatArray, {"real[]", "double precision[]"}},
      {CellType::kTextArray, {"text[]", "varchar[]", "char(3)[]", "mood[]", "mood"}},
      {CellType::kBytesArray, {"bytea[]"}},
      {CellType::kUuidArray, {"uuid[]"}},
      {CellType::kTimestampArray, {"timestamptz[]"}},
      {CellType::kIntervalArray, {"interval[]"}},
      {CellType::kDateArray, {"date[]"}},
  };
  scratch().Run("CREATE TYPE mood AS ENUM ('fine')");
  std::set<std::string> all = {"timestamp", "time", "point", "xml"};
  for (const Reading& reading : readings) all.insert(reading.of.begin(), reading.of.end());
  for (const std::string& type : all) {
    const auto rows = Run(*connection_, Cat("SELECT NULL::", type));
    ASSERT_TRUE(rows.ok()) << type;
    EXPECT_TRUE(CanBeRead(rows->column_type(0), CellType::kAny));
    for (const Reading& reading : readings) {
      const bool fits = std::find(reading.of.begin(), reading.of.end(), type) != reading.of.end();
      const bool user_type =
          type.substr(0, 4) == "mood" && (reading.type == CellType::kText || reading.type == CellType::kTextArray);
      EXPECT_EQ(CanBeRead(rows->column_type(0), reading.type), fits || user_type)
          << type << " as " << static_cast<int>(reading.type);
    }
  }
}

using ResultShapeDeathTest = ResultShapeTest;

TEST_F(ResultShapeDeathTest, CellThatIsNotThereEndsTheProcess) {
  const auto rows = Run(*connection_, "SELECT 1 FROM generate_series(1, 2)");
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(rows->cell(1, 0), "1");
  for (const auto& [row, column] : {std::pair(2, 0), std::pair(-1, 0), std::pair(0, 1), std::pair(0, -1)}) {
    EXPECT_DEATH((void)rows->cell(row, column), "of a result of 2 rows and 1 columns");
    EXPECT_DEATH((void)rows->is_null(row, column), "of a result of 2 rows and 1 columns");
  }
}

}  // namespace
}  // namespace rowkeeper::db
