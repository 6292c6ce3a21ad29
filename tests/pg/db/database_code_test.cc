// What triggers, functions and constraints say, and what becomes of it.
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "google/rpc/error_details.pb.h"
#include "server/base/error_details.h"
#include "tests/pg/db/db_fixture.h"
#include "tests/support/sqlstates.h"

namespace rowkeeper::db {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Metadata(const absl::Status& status, const std::string& key) {
  const auto info = FindDetail<google::rpc::ErrorInfo>(status);
  if (!info.has_value()) return "";
  const auto found = info->metadata().find(key);
  return found == info->metadata().end() ? "" : found->second;
}

ErrorContext ItemContext() {
  ErrorContext context;
  context.entity = "shop.v1.Item";
  context.table = "items";
  ErrorContext::Constraint key;
  key.fields = {"id"};
  key.columns = {"id"};
  context.constraints["items_pkey"] = key;
  ErrorContext::Constraint parent;
  parent.kind = ErrorContext::Constraint::Kind::kReference;
  parent.fields = {"boxId"};
  parent.referenced = "shop.v1.Box";
  parent.columns = {"box"};
  context.constraints["items_box"] = parent;
  ErrorContext::Constraint label;
  label.fields = {"labelText"};
  label.columns = {"label"};
  context.constraints["items_label"] = label;
  context.fields = {{"id", "id"}, {"box", "boxId"}, {"label", "labelText"}, {"n", "number"}};
  return context;
}

ErrorContext BoxContext() {
  ErrorContext context;
  context.entity = "shop.v1.Box";
  context.table = "boxes";
  ErrorContext::Constraint key;
  key.fields = {"id"};
  key.columns = {"id"};
  context.constraints["boxes_pkey"] = key;
  ErrorContext::Constraint pointing;
  pointing.kind = ErrorContext::Constraint::Kind::kReference;
  pointing.referenced = "shop.v1.Item";
  context.constraints["items_box"] = pointing;
  context.fields = {{"id", "id"}};
  return context;
}

class DatabaseCodeTest : public DbTest {
 protected:
  static void SetUpTestSuite() {
    DbTest::SetUpTestSuite();
    scratch().Run(R"(
      CREATE FUNCTION raise() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'secret %', NEW.state USING ERRCODE = NEW.state, HINT = 'hint', DETAIL = 'detail';
      END $$;
      CREATE TABLE at_once (state text);
      CREATE TRIGGER raise BEFORE INSERT ON at_once FOR EACH ROW EXECUTE FUNCTION raise();
      CREATE TABLE at_commit (state text);
      CREATE CONSTRAINT TRIGGER raise AFTER INSERT ON at_commit DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION raise();
      CREATE TABLE boxes (id int PRIMARY KEY);
      CREATE TABLE items (
        id int PRIMARY KEY, box int CONSTRAINT items_box REFERENCES boxes DEFERRABLE INITIALLY DEFERRED,
        label text CONSTRAINT items_label UNIQUE DEFERRABLE INITIALLY DEFERRED, n int);
      INSERT INTO boxes VALUES (1);
      INSERT INTO items VALUES (1, 1, 'one');)");
  }

  void SetUp() override {
    DbTest::SetUp();
    Connect(RaisedMessages::kHide);
  }

  void Connect(RaisedMessages messages) {
    ErrorWords words;
    words.tables.emplace("items", std::make_shared<ErrorContext>(ItemContext()));
    words.tables.emplace("boxes", std::make_shared<ErrorContext>(BoxContext()));
    words.raised_messages = messages;
    ConnectionOptions options = Options();
    options.errors = std::make_shared<ServedErrorWords>(std::make_shared<const ErrorWords>(std::move(words)));
    connection_ = Open(options);
    ASSERT_NE(connection_, nullptr);
  }

  /// As a call on items does.
  absl::Status Do(std::string_view sql, const std::vector<Param>& params = {}) {
    const ErrorContext context = ItemContext();
    Query query;
    query.result = ResultShape::Any();
    query.text = sql;
    query.params = &params;
    query.errors = &context;
    return connection_->Execute(query).status();
  }
  /// As BEGIN and COMMIT do: of no entity.
  absl::Status Plain(std::string_view sql) { return Run(*connection_, sql).status(); }

  /// Runs in a transaction and commits it.
  absl::Status Commit(std::string_view sql) {
    EXPECT_TRUE(Plain("BEGIN").ok());
    const absl::Status status = Do(sql);
    EXPECT_TRUE(status.ok()) << sql << ": " << status;
    const absl::Status committed = Plain("COMMIT");
    EXPECT_TRUE(connection_->Reset().ok());
    return committed;
  }

  std::unique_ptr<Connection> connection_;
};

std::string WordsOf(const absl::Status& status) { return std::string(status.message()); }

std::string ReasonForRaised(const std::string& state) {
  if (state == "40001") return "SERIALIZATION_FAILURE";
  return state == "40P01" ? "DEADLOCK" : "TRIGGER_REFUSED";
}

/// Those of PostgreSQL, of the SQL standard for users, of web frameworks, and made up.
std::vector<std::string> RaisedStates() {
  std::istringstream text(Cat(testing::kSqlStates, " 45000 PT404 AB123 99999 ZZZZZ"));
  std::vector<std::string> states;
  for (std::string state; text >> state;) states.push_back(state);
  return states;
}

TEST_F(DatabaseCodeTest, WhatATriggerRaisesIsItsRefusalWhateverItsSqlState) {
  const int pid = connection_->backend_pid();
  for (const std::string& state : RaisedStates()) {
    SCOPED_TRACE(state);
    const absl::Status at_once = Do("INSERT INTO at_once VALUES ($1)", {state});
    ASSERT_TRUE(Plain("BEGIN").ok());
    ASSERT_TRUE(Do("INSERT INTO at_commit VALUES ($1)", {state}).ok());
    const absl::Status at_commit = Plain("COMMIT");
    ASSERT_TRUE(connection_->Reset().ok());
    for (const absl::Status& status : {at_once, at_commit, Do("INSERT INTO at_commit VALUES ($1)", {state})}) {
      EXPECT_EQ(ErrorReason(status), ReasonForRaised(state)) << status;
      for (const char* hidden : {"secret", "hint", "detail"}) {
        EXPECT_THAT(status.ToString(), Not(HasSubstr(hidden)));
      }
      if (ErrorReason(status) != "TRIGGER_REFUSED") continue;
      EXPECT_EQ(Metadata(status, "sqlstate"), state == "00000" ? "P0001" : state);
      EXPECT_EQ(Metadata(status, "function"), "raise()");
    }
    EXPECT_FALSE(connection_->broken());
  }
  EXPECT_EQ(Value(*connection_, "SELECT pg_backend_pid()"), std::to_string(pid));
}

TEST_F(DatabaseCodeTest, MessagesAreShownWhereTheOperatorSaysSoAndCut) {
  Connect(RaisedMessages::kShow);
  const absl::Status status = Do("INSERT INTO at_once VALUES ('AB123')");
  EXPECT_THAT(WordsOf(status),
              HasSubstr("refused this change of shop.v1.Item (SQLSTATE AB123, raise()): secret AB123"));
  EXPECT_EQ(Metadata(status, "database_message"), "secret AB123");
  EXPECT_THAT(status.ToString(), Not(HasSubstr("hint")));
  EXPECT_THAT(status.ToString(), Not(HasSubstr("detail")));
  const absl::Status big = Do("DO $$ BEGIN RAISE EXCEPTION '%', repeat('ü', 1000) USING ERRCODE = '45000'; END $$");
  EXPECT_EQ(ErrorReason(big), "TRIGGER_REFUSED");
  EXPECT_LE(Metadata(big, "database_message").size(), 210u);
  EXPECT_THAT(Metadata(big, "database_message"), HasSubstr("üü"));
  // What PostgreSQL says itself may hold values, wherever it is said.
  const absl::Status body = Do("DO $$ BEGIN PERFORM 'secret'::int; END $$");
  EXPECT_EQ(ErrorReason(body), "TRIGGER_REFUSED");
  EXPECT_THAT(body.ToString(), Not(HasSubstr("secret")));
}

TEST_F(DatabaseCodeTest, WhatIsRaisedIsLoggedInItsOwnWordsAndNothingElse) {
  std::ostringstream log;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("captured", std::make_shared<spdlog::sinks::ostream_sink_mt>(log)));
  (void)Do("INSERT INTO at_once VALUES ($1)", {"AB123"});
  (void)Do("DO $$ BEGIN PERFORM 'hidden'::int; END $$");
  (void)Do("SELECT $1::int", {"hidden"});
  spdlog::set_default_logger(before);
  EXPECT_THAT(log.str(), HasSubstr("sqlstate=AB123"));
  EXPECT_THAT(log.str(), HasSubstr("function=raise()"));
  EXPECT_THAT(log.str(), HasSubstr("secret AB123"));
  EXPECT_THAT(log.str(), HasSubstr("sqlstate=22P02"));
  for (const char* hidden : {"hidden", "hint", "detail"}) EXPECT_THAT(log.str(), Not(HasSubstr(hidden)));
}

TEST_F(DatabaseCodeTest, NamesThatARaiseGivesAreInTheMetadata) {
  const absl::Status status = Do(R"(DO $$ BEGIN
    RAISE unique_violation USING CONSTRAINT = 'one_a_day', COLUMN = 'box', TABLE = 'items'; END $$)");
  EXPECT_EQ(ErrorReason(status), "TRIGGER_REFUSED");
  EXPECT_EQ(Metadata(status, "sqlstate"), "23505");
  EXPECT_EQ(Metadata(status, "constraint"), "one_a_day");
  EXPECT_EQ(Metadata(status, "field"), "boxId");
}

struct RealError {
  const char* name;
  const char* setup;
  const char* statement;
  const char* reason;
  /// In the message.
  const char* words;
};

void PrintTo(const RealError& error, std::ostream* out) { *out << error.name; }

class RealErrorTest : public DatabaseCodeTest, public ::testing::WithParamInterface<RealError> {};

TEST_P(RealErrorTest, HasItsOneAnswer) {
  const RealError& row = GetParam();
  scratch().Run("DROP SCHEMA IF EXISTS side CASCADE; CREATE SCHEMA side");
  scratch().Run(Cat("SET search_path = side, public; ", row.setup));
  ASSERT_TRUE(Plain("SET search_path = side, public").ok());
  const int pid = connection_->backend_pid();
  const absl::Status status = Do(row.statement);
  EXPECT_EQ(ErrorReason(status), row.reason) << status;
  EXPECT_THAT(WordsOf(status), HasSubstr(row.words));
  EXPECT_THAT(status.ToString(), Not(HasSubstr("secret")));
  EXPECT_FALSE(connection_->broken());
  EXPECT_EQ(Value(*connection_, "SELECT pg_backend_pid()"), std::to_string(pid));
}

/// Tables whose trigger has this body.
#define ROWKEEPER_NOTE(body)                                                                                       \
  "CREATE TABLE audit (id int CONSTRAINT audit_pkey PRIMARY KEY, who text NOT NULL DEFAULT 'x', n int CHECK (n > " \
  "0), box int CONSTRAINT audit_box REFERENCES boxes); INSERT INTO audit VALUES (1); CREATE TABLE noted (id int, " \
  "n int DEFAULT 1); CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " body                    \
  "; RETURN NEW; END $$; CREATE TRIGGER note BEFORE INSERT ON noted FOR EACH ROW EXECUTE FUNCTION note()"

constexpr char kNoted[] = "INSERT INTO noted VALUES (1)";
constexpr char kFailed[] = "a trigger or function of the database failed (SQLSTATE ";

const RealError kRealErrors[] = {
    {"UniqueInABody", ROWKEEPER_NOTE("INSERT INTO audit VALUES (NEW.id)"), kNoted, "TRIGGER_REFUSED",
     "(SQLSTATE 23505, note(), constraint audit_pkey of audit)"},
    {"UniqueInABodyRaisedAgain",
     ROWKEEPER_NOTE("BEGIN INSERT INTO audit VALUES (NEW.id); EXCEPTION WHEN unique_violation THEN RAISE; END"), kNoted,
     "TRIGGER_REFUSED", "constraint audit_pkey of audit"},
    {"UniqueOfTheOwnTableInABody", ROWKEEPER_NOTE("INSERT INTO items VALUES (1)"), kNoted, "TRIGGER_REFUSED",
     "constraint items_pkey of items"},
    {"NotNullInABody", ROWKEEPER_NOTE("INSERT INTO audit (id, who) VALUES (5, NULL)"), kNoted, "TRIGGER_REFUSED",
     "SQLSTATE 23502"},
    {"CheckInABody", ROWKEEPER_NOTE("INSERT INTO audit (id, n) VALUES (5, -1)"), kNoted, "TRIGGER_REFUSED",
     "constraint audit_n_check of audit"},
    {"ReferenceInABody", ROWKEEPER_NOTE("INSERT INTO audit (id, box) VALUES (5, 99)"), kNoted, "TRIGGER_REFUSED",
     "constraint audit_box of audit"},
    {"TableMissingInABody", ROWKEEPER_NOTE("INSERT INTO nowhere VALUES (1)"), kNoted, "TRIGGER_REFUSED",
     "(SQLSTATE 42P01, note())"},
    {"ColumnMissingInABody", ROWKEEPER_NOTE("UPDATE audit SET nothing = 1"), kNoted, "TRIGGER_REFUSED",
     "(SQLSTATE 42703, note())"},
    {"FieldOfNewMissingInABody", ROWKEEPER_NOTE("NEW.nothing := 1"), kNoted, "TRIGGER_REFUSED", kFailed},
    {"FunctionMissingInABody", ROWKEEPER_NOTE("PERFORM nofunc(1)"), kNoted, "TRIGGER_REFUSED",
     "(SQLSTATE 42883, note())"},
    {"TypeInABody", ROWKEEPER_NOTE("UPDATE audit SET n = 'x'::text"), kNoted, "TRIGGER_REFUSED",
     "(SQLSTATE 42804, note())"},
    {"SyntaxInABody", ROWKEEPER_NOTE("EXECUTE 'SELECT secret FROM FROM'"), kNoted, "TRIGGER_REFUSED",
     "(SQLSTATE 42601, note())"},
    {"ValueInABody", ROWKEEPER_NOTE("PERFORM 'secret'::int"), kNoted, "TRIGGER_REFUSED", "(SQLSTATE 22P02, note())"},
    {"DivisionInABody", ROWKEEPER_NOTE("PERFORM 1 / (NEW.id - 1)"), kNoted, "TRIGGER_REFUSED",
     "(SQLSTATE 22012, note())"},
    {"AssertInABody", ROWKEEPER_NOTE("ASSERT false, 'secret'"), kNoted, "TRIGGER_REFUSED",
     "refused this change of shop.v1.Item (SQLSTATE P0004, note())"},
    {"NoRowInABody", ROWKEEPER_NOTE("SELECT n INTO STRICT NEW.n FROM audit WHERE id = 77"), kNoted, "TRIGGER_REFUSED",
     "(SQLSTATE P0002, note())"},
    {"CaseInABody", ROWKEEPER_NOTE("CASE 5 WHEN 1 THEN NULL; END CASE"), kNoted, "TRIGGER_REFUSED", "SQLSTATE 20000"},
    {"CommitInABody", ROWKEEPER_NOTE("COMMIT"), kNoted, "TRIGGER_REFUSED", "SQLSTATE 2D000"},
    {"RecursionInABody", ROWKEEPER_NOTE("INSERT INTO noted VALUES (NEW.id)"), kNoted, "TRIGGER_REFUSED",
     "(SQLSTATE 54001, note())"},
    {"DynamicStatementHidesItsValues",
     ROWKEEPER_NOTE("EXECUTE format(E'INSERT INTO audit\\n(id, who) SELECT 1, secret(%L)\\nWHERE true', NEW.id)"),
     kNoted, "TRIGGER_REFUSED", "(SQLSTATE 42883, note())"},
    {"LockInABody", ROWKEEPER_NOTE("RAISE lock_not_available"), kNoted, "TRIGGER_REFUSED", "SQLSTATE 55P03"},
    {"TriggerWithoutReturn",
     "CREATE TABLE noted (id int); CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN END $$; CREATE "
     "TRIGGER note BEFORE INSERT ON noted FOR EACH ROW EXECUTE FUNCTION note()",
     kNoted, "TRIGGER_REFUSED", "(SQLSTATE 2F005, note())"},
    {"TriggerThatChangesTheRowBefore",
     "CREATE TABLE noted (id int, n int); INSERT INTO noted VALUES (1, 1); CREATE FUNCTION note() RETURNS trigger "
     "LANGUAGE plpgsql AS $$ BEGIN IF pg_trigger_depth() = 1 THEN UPDATE noted SET n = 7; END IF; RETURN NEW; END $$; "
     "CREATE TRIGGER note BEFORE UPDATE ON noted FOR EACH ROW EXECUTE FUNCTION note()",
     "UPDATE noted SET n = 2", "TRIGGER_REFUSED", "SQLSTATE 27000"},
    {"FunctionOfACheck",
     "CREATE FUNCTION fine(int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN 1 / $1 > 0; END $$; CREATE TABLE "
     "noted (id int CHECK (fine(id)))",
     "INSERT INTO noted VALUES (0)", "TRIGGER_REFUSED", "(SQLSTATE 22012, fine(integer))"},
    {"FunctionOfAQuery",
     "CREATE FUNCTION fine(int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'secret' USING ERRCODE = "
     "'PT404'; END $$",
     "SELECT fine(1)", "TRIGGER_REFUSED", "(SQLSTATE PT404, fine(integer))"},
    {"GeneratedColumn", "CREATE TABLE made (id int, part int GENERATED ALWAYS AS (100 / id) STORED)",
     "INSERT INTO made VALUES (0)", "INVALID_FIELD", "shop.v1.Item: a value leads to a division by zero"},
    {"GeneratedColumnIsGiven", "CREATE TABLE made (id int, n int GENERATED ALWAYS AS (100 / id) STORED)",
     "INSERT INTO made VALUES (1, 1)", "SCHEMA_MISMATCH", "the column of number is filled by the database alone"},
    {"IdentityIsGiven", "CREATE TABLE made (id int GENERATED ALWAYS AS IDENTITY)", "INSERT INTO made VALUES (1)",
     "SCHEMA_MISMATCH", "the column of id is filled by the database alone"},
    {"SequenceAtItsEnd", "CREATE TABLE made (id int GENERATED ALWAYS AS IDENTITY (START 2 MAXVALUE 2), n int)",
     "INSERT INTO made (n) VALUES (1), (2)", "SCHEMA_MISMATCH", "a sequence has no numbers left"},
    {"NoPartition", "CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id)", "INSERT INTO parts VALUES (99)",
     "INVALID_FIELD", "shop.v1.Item: no partition of the table takes a row with these values"},
    {"KeyOfAPartition",
     "CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE part PARTITION OF parts DEFAULT; "
     "INSERT INTO parts VALUES (1)",
     "INSERT INTO parts VALUES (1)", "UNIQUE_VIOLATION", "there is already a shop.v1.Item with this id"},
    {"ColumnOfAPartition",
     "CREATE TABLE parts (id int PRIMARY KEY, n int NOT NULL) PARTITION BY RANGE (id); CREATE TABLE part PARTITION OF "
     "parts DEFAULT",
     "INSERT INTO parts VALUES (1)", "INVALID_FIELD", "number: must be set"},
    {"ColumnOfAPartitionWithoutAField",
     "CREATE TABLE newer (id int, pinned boolean NOT NULL) PARTITION BY RANGE (id); CREATE TABLE newer_default "
     "PARTITION "
     "OF newer DEFAULT",
     "INSERT INTO newer VALUES (1)", "SCHEMA_MISMATCH",
     R"(column "pinned" of table "newer_default" is NOT NULL, got no value, and no field stands for it)"},
    {"ColumnOfAViewsTableWithoutAField",
     "CREATE TABLE base (id int, pinned boolean NOT NULL); CREATE VIEW seen AS SELECT id FROM base",
     "INSERT INTO seen VALUES (1)", "SCHEMA_MISMATCH", R"(column "pinned" of table "base" is NOT NULL, got no value)"},
    {"DomainCheck", "CREATE DOMAIN low AS int CONSTRAINT low_check CHECK (VALUE < 9); CREATE TABLE lows (n low)",
     "INSERT INTO lows VALUES (10)", "INVALID_FIELD", "the constraint low_check"},
    {"DomainNotNull", "CREATE DOMAIN low AS int NOT NULL; CREATE TABLE lows (n low)", "INSERT INTO lows VALUES (NULL)",
     "INVALID_FIELD", "a value is missing, but its type requires one"},
    {"RuleThatAlsoWrites",
     "CREATE TABLE log (line int CONSTRAINT log_line UNIQUE); INSERT INTO log VALUES (7); CREATE TABLE ruled (id int); "
     "CREATE RULE also AS ON INSERT TO ruled DO ALSO INSERT INTO log VALUES (7)",
     "INSERT INTO ruled VALUES (1)", "TRIGGER_REFUSED",
     "this change of shop.v1.Item also writes rows of the table log, which refused them (SQLSTATE 23505, constraint "
     "log_line of log)"},
    {"RuleWithoutReturning",
     "CREATE TABLE ruled (id int); CREATE RULE keep AS ON DELETE TO ruled DO INSTEAD UPDATE ruled SET id = 0",
     "DELETE FROM ruled RETURNING id", "SCHEMA_MISMATCH", "a rule of the table does not work with this method"},
    {"SetNullOfARequiredReference",
     "CREATE TABLE tops (id int PRIMARY KEY); CREATE TABLE subs (top int NOT NULL REFERENCES tops ON DELETE SET NULL); "
     "INSERT INTO tops VALUES (1); INSERT INTO subs VALUES (1)",
     "DELETE FROM tops", "REFERENCE_VIOLATION", "this shop.v1.Item is still referenced by rows of subs"},
    {"CascadeThatMeetsAReference",
     "CREATE TABLE tops (id int PRIMARY KEY); CREATE TABLE subs (id int PRIMARY KEY REFERENCES tops ON DELETE "
     "CASCADE); "
     "CREATE TABLE ends (sub int REFERENCES subs); INSERT INTO tops VALUES (1); INSERT INTO subs VALUES (1); INSERT "
     "INTO ends VALUES (1)",
     "DELETE FROM tops", "REFERENCE_VIOLATION", "still referenced by rows of ends"},
    {"LikeOnANondeterministicCollation",
     "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false); CREATE TABLE texts "
     "(s text COLLATE loose); INSERT INTO texts VALUES ('a')",
     "SELECT * FROM texts WHERE position('x' IN s) > 0", "SCHEMA_MISMATCH",
     "the collation of a column is nondeterministic"},
    {"RegexOnANondeterministicCollation",
     "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false); CREATE TABLE texts "
     "(s text COLLATE loose); INSERT INTO texts VALUES ('a')",
     "SELECT * FROM texts WHERE s ~ 'x'", "SCHEMA_MISMATCH", "the collation of a column is nondeterministic"},
    {"CollationsThatDiffer", "", "SELECT 'a' COLLATE \"C\" < 'b' COLLATE \"POSIX\"", "SCHEMA_MISMATCH",
     "have different collations"},
    {"TwoElementsAreOneRow", "CREATE TABLE twice (id int PRIMARY KEY, n int)",
     "INSERT INTO twice VALUES (1, 1), (1, 2) ON CONFLICT (id) DO UPDATE SET n = 3", "INVALID_FIELD",
     "two elements are the same row for the database"},
    {"MoreRowsThanOne", "", "SELECT (SELECT n FROM (VALUES (1), (2)) AS two (n))", "MORE_THAN_ONE_ROW", "found more"},
    {"DeferrableKeyOfAnUpsert", "CREATE TABLE late (id int CONSTRAINT late_key PRIMARY KEY DEFERRABLE)",
     "INSERT INTO late VALUES (1) ON CONFLICT (id) DO NOTHING", "SCHEMA_MISMATCH", "the key late_key is deferrable"},
    {"NoKeyForAnUpsert", "CREATE TABLE keyless (id int)", "INSERT INTO keyless VALUES (1) ON CONFLICT (id) DO NOTHING",
     "SCHEMA_MISMATCH", "a unique key is missing"},
    {"ViewThatTakesNoRows", "CREATE VIEW sums AS SELECT count(*) AS n FROM items", "INSERT INTO sums VALUES (1)",
     "SCHEMA_MISMATCH", "the view does not take this change"},
    {"MaterializedView", "CREATE MATERIALIZED VIEW kept AS SELECT 1 AS n", "INSERT INTO kept VALUES (1)",
     "SCHEMA_MISMATCH", "a table or view is of a kind that cannot take this statement"},
    {"Exclusion", "CREATE TABLE spans (id int, at int4range, CONSTRAINT spans_at EXCLUDE USING gist (at WITH &&))",
     "INSERT INTO spans VALUES (1, '[1,5]'), (2, '[2,3]')", "TRIGGER_REFUSED", "constraint spans_at of spans"},
    {"Json", "", "SELECT '{\"secret\": tru}'::jsonb", "INVALID_FIELD", "a value is not in the form"},
    {"Regex", "", "SELECT 'a' ~ '('", "INVALID_FIELD", "a pattern is not a valid regular expression"},
    {"RaisedConflict", ROWKEEPER_NOTE("RAISE serialization_failure"), kNoted, "SERIALIZATION_FAILURE", ""},
    {"RaisedDeadlock", ROWKEEPER_NOTE("RAISE deadlock_detected"), kNoted, "DEADLOCK", ""},
};

INSTANTIATE_TEST_SUITE_P(DatabaseCode, RealErrorTest, ::testing::ValuesIn(kRealErrors),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_F(DatabaseCodeTest, CommitNamesEntityAndFieldsOfDeferredConstraints) {
  const absl::Status reference = Commit("INSERT INTO items VALUES (5, 99)");
  EXPECT_EQ(ErrorReason(reference), "REFERENCE_VIOLATION");
  EXPECT_THAT(WordsOf(reference), HasSubstr("boxId: there is no shop.v1.Box with this key"));
  const absl::Status unique = Commit("INSERT INTO items VALUES (5, 1, 'one')");
  EXPECT_EQ(ErrorReason(unique), "UNIQUE_VIOLATION");
  EXPECT_THAT(WordsOf(unique), HasSubstr("there is already a shop.v1.Item with this labelText"));
  const absl::Status referenced = Commit("DELETE FROM boxes");
  EXPECT_EQ(ErrorReason(referenced), "REFERENCE_VIOLATION");
  EXPECT_THAT(WordsOf(referenced), HasSubstr("this shop.v1.Box is still referenced by rows of shop.v1.Item"));
  EXPECT_EQ(Value(*connection_, "SELECT count(*) FROM items"), "1");
}

TEST_F(DatabaseCodeTest, DeferredConstraintsOfAStatementAloneAreToldAsCommitTellsThem) {
  EXPECT_THAT(WordsOf(Do("INSERT INTO items VALUES (5, 99)")), HasSubstr("boxId: there is no shop.v1.Box"));
  EXPECT_THAT(WordsOf(Do("INSERT INTO items VALUES (5, 1, 'one')")), HasSubstr("shop.v1.Item with this labelText"));
}

TEST_F(DatabaseCodeTest, RowPolicyIsNoMissingPrivilege) {
  const std::string role = Cat(scratch().name(), "_owner");
  scratch().Run(Cat("CREATE ROLE ", role,
                    " LOGIN; CREATE TABLE mine (id int); ALTER TABLE mine ENABLE ROW LEVEL "
                    "SECURITY; CREATE POLICY low ON mine USING (true) WITH CHECK (id < 5); GRANT ALL ON mine TO ",
                    role));
  ConnectionOptions options;
  options.url = scratch().UrlFor(role);
  connection_ = Open(options);
  ASSERT_NE(connection_, nullptr);
  const absl::Status status = Do("INSERT INTO mine VALUES (9)");
  EXPECT_EQ(ErrorReason(status), "DATABASE_PERMISSION");
  EXPECT_THAT(WordsOf(status), HasSubstr("a row-level security policy"));
  connection_.reset();
  scratch().Run(Cat("DROP TABLE mine; DROP ROLE ", role));
}

TEST_F(DatabaseCodeTest, ParametersInTheContextAreNoCode) {
  scratch().Run(Cat("ALTER DATABASE ", scratch().name(), " SET log_parameter_max_length_on_error = -1"));
  Connect(RaisedMessages::kHide);
  const absl::Status own = Do("SELECT $1::int", {"secret\nPL/pgSQL function secret() line 1 at RAISE"});
  EXPECT_EQ(ErrorReason(own), "INVALID_FIELD") << own;
  EXPECT_THAT(own.ToString(), Not(HasSubstr("secret")));
  const absl::Status raised = Do("INSERT INTO at_once VALUES ($1)", {"AB123"});
  EXPECT_EQ(Metadata(raised, "function"), "raise()");
  scratch().Run(Cat("ALTER DATABASE ", scratch().name(), " RESET log_parameter_max_length_on_error"));
}

}  // namespace
}  // namespace rowkeeper::db
