#include <thread>

#include "server/base/error_details.h"
#include "tests/pg/db/db_fixture.h"

namespace rowkeeper::db {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ErrorContext TodoContext() {
  using Kind = ErrorContext::Constraint::Kind;
  ErrorContext context;
  context.entity = "planner.v1.Todo";
  context.constraints["uq_todos_title"] = {Kind::kUnique, {"owner_id", "title"}, "", ""};
  context.constraints["fk_todos_owner"] = {Kind::kReference, {"owner_id"}, "planner.v1.Profile", "", {"owner"}};
  context.constraints["fk_todos_parent"] = {Kind::kReference, {"parent_id"}, "planner.v1.Todo", "", {"parent"}};
  context.constraints["ck_todos_status"] = {Kind::kCheck, {"status"}, "", "must be one of OPEN, DONE"};
  context.fields = {{"title", "title"}, {"state", "status"}};
  return context;
}

class ErrorTableTest : public DbTest {
 protected:
  static void SetUpTestSuite() {
    DbTest::SetUpTestSuite();
    scratch().Run(R"(
      CREATE TABLE profiles (id int PRIMARY KEY);
      CREATE TABLE todos (
        id int PRIMARY KEY, owner int NOT NULL CONSTRAINT fk_todos_owner REFERENCES profiles,
        parent int CONSTRAINT fk_todos_parent REFERENCES todos,
        title varchar(10) NOT NULL, state text NOT NULL CONSTRAINT ck_todos_status CHECK (state IN ('OPEN', 'DONE')),
        CONSTRAINT uq_todos_title UNIQUE (owner, title));
      CREATE TABLE outside (todo int CONSTRAINT outside_todo_fkey REFERENCES todos);
      INSERT INTO profiles VALUES (1), (2);
      INSERT INTO todos VALUES (1, 1, NULL, 'first', 'OPEN'), (2, 1, 1, 'second', 'OPEN');
      INSERT INTO outside VALUES (2);
      CREATE TABLE counters (id int PRIMARY KEY, n int NOT NULL);
      INSERT INTO counters VALUES (1, 0), (2, 0);)");
  }

  void SetUp() override {
    DbTest::SetUp();
    connection_ = Open();
    ASSERT_NE(connection_, nullptr);
  }

  absl::Status Fail(std::string_view sql, const std::vector<Param>& params = {}) {
    Query query;
    query.result = ResultShape::Any();
    query.text = sql;
    query.params = &params;
    query.errors = &context_;
    return connection_->Execute(query).status();
  }

  ErrorContext context_ = TodoContext();
  std::unique_ptr<Connection> connection_;
};

std::string Text(const absl::Status& status) { return std::string(status.message()); }

TEST_F(ErrorTableTest, UniqueViolationNamesTheProtoFields) {
  const absl::Status status = Fail("INSERT INTO todos VALUES (3, 1, NULL, $1, 'OPEN')", {"first"});
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ErrorReason(status), "UNIQUE_VIOLATION");
  EXPECT_THAT(Text(status), HasSubstr("owner_id and title"));
}

TEST_F(ErrorTableTest, ReferenceToNothingNamesTheFieldAndTheEntity) {
  const absl::Status status = Fail("INSERT INTO todos VALUES (3, 99, NULL, 'third', 'OPEN')");
  EXPECT_EQ(ErrorReason(status), "REFERENCE_VIOLATION");
  EXPECT_THAT(Text(status), HasSubstr("owner_id: there is no planner.v1.Profile"));
}

TEST_F(ErrorTableTest, DeletingAReferencedRowSaysThatItIsStillReferenced) {
  const absl::Status by_itself = Fail("DELETE FROM todos WHERE id = 1");
  EXPECT_EQ(by_itself.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Text(by_itself), HasSubstr("this planner.v1.Todo is still referenced by rows of planner.v1.Todo"));
  const absl::Status by_another = Fail("DELETE FROM todos WHERE id = 2");
  EXPECT_THAT(Text(by_another), HasSubstr("this planner.v1.Todo is still referenced by rows of outside"));
}

TEST_F(ErrorTableTest, NotNullAndCheckNameTheProtoField) {
  const absl::Status null = Fail("INSERT INTO todos VALUES (3, 1, NULL, 'third', NULL)");
  EXPECT_EQ(null.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Text(null), HasSubstr("status: must be set"));
  const absl::Status check = Fail("INSERT INTO todos VALUES (3, 1, NULL, 'third', 'LOST')");
  EXPECT_EQ(check.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Text(check), "status: must be one of OPEN, DONE");
}

TEST_F(ErrorTableTest, ACallerIsNotAskedToSetAColumnThatNoFieldStandsFor) {
  const absl::Status status = Fail("INSERT INTO counters VALUES (3)");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ErrorReason(status), "SCHEMA_MISMATCH");
  EXPECT_THAT(Text(status), HasSubstr(R"(column "n" of table "counters" is NOT NULL, got no value, and no field)"));
}

TEST_F(ErrorTableTest, DataExceptionsAreInvalidArgumentsWithoutTheValue) {
  const std::pair<const char*, const char*> cases[] = {
      {"SELECT $1::uuid", "secret"},
      {"SELECT $1::smallint", "70000"},
      {"UPDATE todos SET title = $1", "secret secret secret"},
      {"SELECT $1::timestamptz", "secret-13-99"},
      {"SELECT 1 / $1::int", "0"},
      {"SELECT $1::text", "secret\xff"},
  };
  for (const auto& [sql, value] : cases) {
    const absl::Status status = Fail(sql, {value});
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << sql << ": " << status;
    EXPECT_THAT(Text(status), Not(HasSubstr("secret")));
    EXPECT_THAT(Text(status), Not(HasSubstr("SELECT")));
  }
}

TEST_F(ErrorTableTest, MissingTableAndColumnAreASchemaMismatch) {
  for (const char* sql : {"SELECT * FROM nowhere", "SELECT nothing FROM todos", "SELECT nofunc(1)", "SELECT 1::notype",
                          "SELECT * FROM nowhere.todos"}) {
    EXPECT_EQ(ErrorReason(Fail(sql)), "SCHEMA_MISMATCH") << sql;
  }
}

TEST_F(ErrorTableTest, RestrictedRoleIsPermissionDenied) {
  const std::string role = Cat(scratch().name(), "_reader");
  scratch().Run(Cat("CREATE ROLE ", role, " LOGIN"));
  ConnectionOptions options;
  options.url = scratch().UrlFor(role);
  connection_ = Open(options);
  ASSERT_NE(connection_, nullptr);
  const absl::Status status = Fail("SELECT * FROM todos");
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ErrorReason(status), "DATABASE_PERMISSION");
  connection_.reset();
  scratch().Run(Cat("DROP ROLE ", role));
}

TEST_F(ErrorTableTest, EveryConstraintErrorTellsProgramsWhichOneItWas) {
  scratch().Run(R"(
    CREATE TABLE bounded (id int PRIMARY KEY, state text NOT NULL, owner int CONSTRAINT bounded_owner REFERENCES profiles,
      CONSTRAINT no_atlantis CHECK (state <> 'Atlantis'), CONSTRAINT one_state EXCLUDE USING btree (state WITH =));
    INSERT INTO bounded VALUES (1, 'first'))");
  struct Case {
    const char* sql;
    const char* constraint;
    const char* column;
    std::vector<std::string> fields;
  };
  for (const Case& c : std::vector<Case>{
           {"INSERT INTO bounded VALUES (2, 'Atlantis')", "no_atlantis", "", {""}},
           {"INSERT INTO bounded VALUES (2, NULL)", "", "state", {"status"}},
           {"INSERT INTO bounded VALUES (1, 'second')", "bounded_pkey", "", {}},
           {"INSERT INTO bounded VALUES (2, 'first')", "one_state", "", {}},
           {"INSERT INTO bounded VALUES (2, 'second', 99)", "bounded_owner", "", {}},
       }) {
    SCOPED_TRACE(c.sql);
    const absl::Status status = Fail(c.sql);
    EXPECT_EQ(ErrorMetadataValue(status, "entity"), "planner.v1.Todo") << status;
    EXPECT_EQ(ErrorMetadataValue(status, "table"), "bounded");
    EXPECT_EQ(ErrorMetadataValue(status, "constraint"), c.constraint);
    EXPECT_EQ(ErrorMetadataValue(status, "column"), c.column);
    EXPECT_EQ(ErrorFields(status), c.fields);
  }
  scratch().Run("DROP TABLE bounded");
}

TEST_F(ErrorTableTest, SyntaxErrorIsInternalAndHidesTheSql) {
  const absl::Status status = Fail("SELECT secret FROM FROM");
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(Text(status), Not(HasSubstr("FROM")));
}

TEST_F(ErrorTableTest, ErrorsWithoutAContextNameConstraintAndTable) {
  const auto status = Run(*connection_, "INSERT INTO todos VALUES (1, 1, NULL, 'x', 'OPEN')").status();
  EXPECT_EQ(ErrorReason(status), "UNIQUE_VIOLATION");
  EXPECT_THAT(Text(status), HasSubstr("todos_pkey"));
  EXPECT_THAT(Text(Run(*connection_, "INSERT INTO todos VALUES (9, 99, NULL, 'x', 'OPEN')").status()),
              HasSubstr("fk_todos_owner: there is no row with this key"));
}

TEST_F(ErrorTableTest, ValueThatLooksLikeAFieldOfTheErrorIsNotTakenForOne) {
  const absl::Status status =
      Fail("INSERT INTO todos VALUES (3, 1, NULL, 'x', $1)", {"\nCONSTRAINT NAME:  uq_todos_title\nLOCATION:  x"});
  EXPECT_EQ(Text(status), "status: must be one of OPEN, DONE");
}

TEST_F(ErrorTableTest, SerializationFailureIsAborted) {
  auto other = Open();
  ASSERT_NE(other, nullptr);
  for (Connection* connection : {connection_.get(), other.get()}) {
    ASSERT_TRUE(Run(*connection, "BEGIN ISOLATION LEVEL REPEATABLE READ").ok());
    ASSERT_EQ(Value(*connection, "SELECT count(*) FROM counters"), "2");
  }
  ASSERT_TRUE(Run(*other, "UPDATE counters SET n = n + 1 WHERE id = 1").ok());
  ASSERT_TRUE(Run(*other, "COMMIT").ok());
  const absl::Status status = Fail("UPDATE counters SET n = n + 1 WHERE id = 1");
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ErrorReason(status), "SERIALIZATION_FAILURE");
  EXPECT_FALSE(connection_->broken());
}

TEST_F(ErrorTableTest, FailureAtCommitIsMappedAndEndsTheTransaction) {
  auto other = Open();
  ASSERT_NE(other, nullptr);
  for (Connection* connection : {connection_.get(), other.get()}) {
    ASSERT_TRUE(Run(*connection, "BEGIN ISOLATION LEVEL SERIALIZABLE").ok());
    ASSERT_TRUE(Run(*connection, "SELECT sum(n) FROM counters").ok());
  }
  ASSERT_TRUE(Run(*connection_, "UPDATE counters SET n = n + 1 WHERE id = 1").ok());
  ASSERT_TRUE(Run(*other, "UPDATE counters SET n = n + 1 WHERE id = 2").ok());
  ASSERT_TRUE(Run(*other, "COMMIT").ok());
  EXPECT_EQ(ErrorReason(Fail("COMMIT")), "SERIALIZATION_FAILURE");
  EXPECT_TRUE(connection_->Reset().ok());
  EXPECT_EQ(Value(*connection_, "SELECT 1"), "1");
}

TEST_F(ErrorTableTest, DeadlockIsAborted) {
  scratch().Run(Cat("ALTER DATABASE ", scratch().name(), " SET deadlock_timeout = '50ms'"));
  auto first = Open();
  auto second = Open();
  ASSERT_TRUE(first != nullptr && second != nullptr);
  ASSERT_TRUE(Run(*first, "BEGIN").ok());
  ASSERT_TRUE(Run(*second, "BEGIN").ok());
  ASSERT_TRUE(Run(*first, "UPDATE counters SET n = 1 WHERE id = 1").ok());
  ASSERT_TRUE(Run(*second, "UPDATE counters SET n = 1 WHERE id = 2").ok());
  std::string reasons[2];
  std::thread thread([&] {
    reasons[0] = Reason(Run(*first, "UPDATE counters SET n = 1 WHERE id = 2"));
    (void)first->Reset();
  });
  reasons[1] = Reason(Run(*second, "UPDATE counters SET n = 1 WHERE id = 1"));
  (void)second->Reset();
  thread.join();
  EXPECT_THAT(reasons, ::testing::UnorderedElementsAre("OK", "DEADLOCK"));
}

TEST_F(ErrorTableTest, LockTimeoutIsAborted) {
  ConnectionOptions options = Options();
  options.lock_timeout_ms = 50;
  auto waiting = Open(options);
  ASSERT_NE(waiting, nullptr);
  ASSERT_TRUE(Run(*connection_, "BEGIN").ok());
  ASSERT_TRUE(Run(*connection_, "UPDATE counters SET n = 5 WHERE id = 1").ok());
  const auto status = Run(*waiting, "UPDATE counters SET n = 6 WHERE id = 1").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ErrorReason(status), "LOCK_TIMEOUT");
  int position = 0;
  EXPECT_EQ(ErrorReason(waiting->ExecuteScript("ALTER TABLE counters ADD COLUMN later int", &position)),
            "LOCK_TIMEOUT");
}

TEST_F(ErrorTableTest, StatementTimeoutIsDeadlineExceeded) {
  ConnectionOptions options = Options();
  options.statement_timeout_ms = 1000;  // what a session begins with has the same, on a busy machine too
  connection_ = Open(options);
  ASSERT_NE(connection_, nullptr);
  const absl::Status status = Fail("SELECT pg_sleep(10)");
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(ErrorReason(status), "STATEMENT_TIMEOUT");
  EXPECT_EQ(Value(*connection_, "SELECT 1"), "1");
}

TEST_F(ErrorTableTest, ExhaustedTemporarySpaceIsExhausted) {
  scratch().Run(Cat("ALTER DATABASE ", scratch().name(), " SET temp_file_limit = 64"));
  scratch().Run(Cat("ALTER DATABASE ", scratch().name(), " SET work_mem = 64"));
  connection_ = Open();
  ASSERT_NE(connection_, nullptr);
  const absl::Status status =
      Fail("SELECT count(*) FROM (SELECT n FROM generate_series(1, 1000000) n ORDER BY md5(n::text)) AS sorted");
  EXPECT_EQ(ErrorReason(status), "DATABASE_RESOURCES") << status;
  EXPECT_FALSE(connection_->broken());
  scratch().Run(Cat("ALTER DATABASE ", scratch().name(), " RESET ALL"));
}

TEST_F(ErrorTableTest, ValueTooLargeForItsIndexNamesTheFieldsOfTheIndex) {
  scratch().Run(
      "CREATE TABLE wide (name text CONSTRAINT uq_wide_name UNIQUE, other text); CREATE INDEX ON wide (other)");
  context_.constraints["uq_wide_name"] = {ErrorContext::Constraint::Kind::kUnique, {"name"}, "", ""};
  constexpr char kLong[] = "(SELECT string_agg(md5(n::text), '') FROM generate_series(1, 100) n)";
  const absl::Status known = Fail(Cat("INSERT INTO wide (name) VALUES (", kLong, ")"));
  EXPECT_EQ(known.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Text(known), HasSubstr("name: a value is larger"));
  const absl::Status unknown = Fail(Cat("INSERT INTO wide (other) VALUES (", kLong, ")"));
  EXPECT_EQ(unknown.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Text(unknown), HasSubstr("planner.v1.Todo: a value is larger"));
}

TEST_F(ErrorTableTest, CheckOptionOfAViewIsAnInvalidArgument) {
  scratch().Run("CREATE VIEW low AS SELECT * FROM counters WHERE id < 10 WITH CHECK OPTION");
  const absl::Status status = Fail("INSERT INTO low VALUES (11, 0)");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Text(status), HasSubstr("planner.v1.Todo: its values"));
}

TEST_F(ErrorTableTest, RaiseInATriggerIsAFailedPreconditionWithoutItsWords) {
  scratch().Run(R"(
    CREATE TABLE guarded (n int);
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'secret %', NEW.n; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON guarded FOR EACH ROW EXECUTE FUNCTION refuse();)");
  const absl::Status status = Fail("INSERT INTO guarded VALUES (1)");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ErrorReason(status), "TRIGGER_REFUSED");
  EXPECT_THAT(status.ToString(), Not(HasSubstr("secret")));
  EXPECT_FALSE(connection_->broken());
}

TEST_F(ErrorTableTest, WriteOnAReadOnlySessionIsUnavailableAndBreaksIt) {
  ASSERT_TRUE(Run(*connection_, "SET default_transaction_read_only = on").ok());
  EXPECT_EQ(Value(*connection_, "SELECT count(*) FROM counters"), "2");
  const absl::Status status = Fail("UPDATE counters SET n = n");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ErrorReason(status), "DATABASE_UNAVAILABLE");
  EXPECT_TRUE(connection_->broken());
}

}  // namespace
}  // namespace rowkeeper::db
