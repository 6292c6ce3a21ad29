// What triggers and deferred constraints of the database say, over every way that a call can run.
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/pg/server/idempotency_fixture.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kShopOfTriggers[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/empty.proto";
import "rowkeeper/v1/annotations.proto";
message Customer {
  option (rowkeeper.v1.entity) = {unique_keys: [{fields: ["country", "taxNumber"]}]};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string country = 2;
  string taxNumber = 3 [(rowkeeper.v1.column).name = "tax_no"];
}
service CustomerRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Customer";
  rpc Create(Customer) returns (Customer);
  rpc Delete(Key) returns (google.protobuf.Empty);
}
message Order {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  int64 customer = 2 [(rowkeeper.v1.column).references = "shop.v1.Customer"];
  string state = 3;
}
service OrderRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Order";
  rpc Create(Order) returns (Order);
}
message Refund {
  option (rowkeeper.v1.entity) = {show_database_messages: true};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string state = 2;
}
service RefundRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Refund";
  rpc Create(Refund) returns (Refund);
  rpc BatchCreate(Refunds) returns (Refunds);
  rpc Delete(Key) returns (google.protobuf.Empty);
}
message Refunds { repeated Refund refunds = 1; }
message Key { int64 id = 1; }
)";

/// A way to run one call, to the end of its transaction.
struct Way {
  const char* name;
  std::function<absl::Status(InProcessServer*, const char* method, const Json&)> run;
};

absl::Status InAUnit(InProcessServer* server, const char* method, const Json& request) {
  const Unit unit(server);
  if (const CallResult called = unit.Call(method, request); !called.ok()) {
    EXPECT_TRUE(unit.Rollback().ok());
    return called.status();
  }
  const CallResult committed = unit.Commit();
  EXPECT_EQ(unit.Commit().status(), committed.status()) << "the outcome stays";
  return committed.status();
}

std::vector<Way> Ways() {
  return {{"alone", [](auto* server, auto* method, auto& request) { return server->Call(method, request).status(); }},
          {"unit", InAUnit},
          {"run", [](auto* server, auto* method,
                     auto& request) { return RunRequest(server).Add(method, request).Send().status(); }},
          {"keyed", [](auto* server, auto* method,
                       auto& request) { return CallWithKey(server, method, request, NewKey()).bytes.status(); }},
          {"keyed run", [](auto* server, auto* method, auto& request) {
             return RunRequest(server).Add(method, request).Send(WithKey(NewKey())).status();
           }}};
}

class DatabaseCodeServerTest : public ::testing::Test {
 protected:
  void SetUp() override { Serve({}); }
  void Serve(const InProcessServer::Options& options) {
    server_ = std::make_unique<InProcessServer>(CompileProtoText(kShopOfTriggers), options);
    ASSERT_TRUE(server_->ok());
    CreateKeyTable(&server_->database());
  }
  std::string Rows(const std::string& table) { return server_->database().Value("SELECT count(*) FROM " + table); }
  void RaiseOnOrders(const std::string& state, const std::string& when = "true") {
    server_->database().Run(
        Cat("CREATE OR REPLACE FUNCTION check_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF ",
            when, " THEN RAISE EXCEPTION 'secret % of %', 'words', NEW.id USING ERRCODE = '", state,
            "', CONSTRAINT = 'enough', COLUMN = 'state'; END IF; RETURN NEW; END $$; DROP TRIGGER IF "
            "EXISTS check_order ON orders; CREATE TRIGGER check_order BEFORE INSERT ON orders FOR "
            "EACH ROW EXECUTE FUNCTION check_order()"));
  }

  std::unique_ptr<InProcessServer> server_;
};

TEST_F(DatabaseCodeServerTest, DeferredConstraintsNameEntityAndFieldsHoweverTheCallRuns) {
  server_->database().Run(
      "ALTER TABLE orders ALTER CONSTRAINT fk_orders_customer_customers DEFERRABLE INITIALLY DEFERRED; "
      "ALTER TABLE customers DROP CONSTRAINT IF EXISTS uq_customers_country_tax_no; "
      "DROP INDEX IF EXISTS uq_customers_country_tax_no; "
      "ALTER TABLE customers ADD CONSTRAINT uq_customers_country_tax_no UNIQUE (country, tax_no) DEFERRABLE INITIALLY "
      "DEFERRED");
  const Json customer = {{"country", "CH"}, {"taxNumber", "7"}};
  const Json first = server_->MustCall("CustomerRepository.Create", customer);
  server_->MustCall("OrderRepository.Create", {{"customer", first["id"]}});
  for (const Way& way : Ways()) {
    SCOPED_TRACE(way.name);
    const absl::Status nobody = way.run(server_.get(), "OrderRepository.Create", {{"customer", 99}});
    EXPECT_EQ(Summary(nobody), "FAILED_PRECONDITION REFERENCE_VIOLATION");
    EXPECT_EQ(MetadataOf(nobody, "field"), "customer");
    EXPECT_EQ(MetadataOf(nobody, "entity"), "shop.v1.Order");
    EXPECT_EQ(MetadataOf(nobody, "referenced"), "shop.v1.Customer");
    const absl::Status again = way.run(server_.get(), "CustomerRepository.Create", customer);
    EXPECT_EQ(Summary(again), "ALREADY_EXISTS UNIQUE_VIOLATION");
    EXPECT_EQ(MetadataOf(again, "fields"), "country, taxNumber");
    EXPECT_EQ(MetadataOf(again, "entity"), "shop.v1.Customer");
    const absl::Status used = way.run(server_.get(), "CustomerRepository.Delete", {{"id", first["id"]}});
    EXPECT_EQ(Summary(used), "FAILED_PRECONDITION REFERENCE_VIOLATION");
    EXPECT_THAT(std::string(used.message()),
                HasSubstr("this shop.v1.Customer is still referenced by rows of shop.v1.Order"));
  }
  EXPECT_EQ(Rows("customers"), "1");
  EXPECT_EQ(Rows("orders"), "1");
}

TEST_F(DatabaseCodeServerTest, ARaiseIsATriggersRefusalHoweverTheCallRuns) {
  const Json customer = server_->MustCall("CustomerRepository.Create", {{"country", "CH"}});
  for (const char* state : {"P0001", "AB123", "45000", "PT404", "P0002", "22012", "23505", "42P01", "53100", "57014",
                            "08006", "XX000", "0A000"}) {
    RaiseOnOrders(state);
    for (const Way& way : Ways()) {
      SCOPED_TRACE(Cat(state, " ", way.name));
      const absl::Status refused = way.run(server_.get(), "OrderRepository.Create", {{"customer", customer["id"]}});
      EXPECT_EQ(Summary(refused), "FAILED_PRECONDITION TRIGGER_REFUSED");
      EXPECT_EQ(MetadataOf(refused, "sqlstate"), state);
      EXPECT_EQ(MetadataOf(refused, "function"), "check_order()");
      EXPECT_EQ(MetadataOf(refused, "constraint"), "enough");
      EXPECT_EQ(MetadataOf(refused, "field"), "state");
      EXPECT_EQ(MetadataOf(refused, "entity"), "shop.v1.Order");
      EXPECT_THAT(refused.ToString(), Not(HasSubstr("secret")));
    }
  }
  EXPECT_EQ(Rows("orders"), "0");
  EXPECT_EQ(Rows("rowkeeper_idempotency_keys"), "0");
}

TEST_F(DatabaseCodeServerTest, ARaisedConflictIsRunAgain) {
  const Json customer = server_->MustCall("CustomerRepository.Create", {{"country", "CH"}});
  server_->database().Run("CREATE SEQUENCE tries");
  for (const char* state : {"40001", "40P01"}) {
    RaiseOnOrders(state, "nextval('tries') % 3 <> 0");
    for (const Way& way : Ways()) {
      SCOPED_TRACE(Cat(state, " ", way.name));
      const absl::Status status = way.run(server_.get(), "OrderRepository.Create", {{"customer", customer["id"]}});
      const bool own_unit = std::string(way.name) == "unit";
      EXPECT_EQ(status.code(), own_unit ? absl::StatusCode::kAborted : absl::StatusCode::kOk)
          << status << ": only the caller can run its unit again";
      server_->database().Run("SELECT setval('tries', 3)");
    }
  }
  EXPECT_EQ(Rows("orders"), "8");
}

TEST_F(DatabaseCodeServerTest, ADuplicateThatATriggerMakesIsNotTheCallers) {
  server_->database().Run(
      "CREATE TABLE audit (id bigint CONSTRAINT pk_orders_audit PRIMARY KEY); INSERT INTO audit VALUES (1); CREATE "
      "FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit VALUES (1); RETURN NULL; END $$; "
      "CREATE TRIGGER note AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION note()");
  const Json customer = server_->MustCall("CustomerRepository.Create", {{"country", "CH"}});
  for (const Way& way : Ways()) {
    SCOPED_TRACE(way.name);
    const absl::Status refused = way.run(server_.get(), "OrderRepository.Create", {{"customer", customer["id"]}});
    EXPECT_EQ(Summary(refused), "FAILED_PRECONDITION TRIGGER_REFUSED");
    EXPECT_THAT(std::string(refused.message()), HasSubstr("note(), constraint pk_orders_audit of audit"));
  }
  EXPECT_EQ(Rows("orders"), "0");
}

TEST_F(DatabaseCodeServerTest, MessagesAreShownOnTheOperatorsWord) {
  InProcessServer::Options options;
  options.serve.show_database_messages = true;
  Serve(options);
  RaiseOnOrders("AB123");
  for (const Way& way : Ways()) {
    SCOPED_TRACE(way.name);
    const absl::Status refused = way.run(server_.get(), "OrderRepository.Create", {{"id", 5}, {"customer", 1}});
    EXPECT_EQ(MetadataOf(refused, "sqlstate"), "AB123");
    EXPECT_THAT(std::string(refused.message()), HasSubstr("check_order()"));
    EXPECT_THAT(MetadataOf(refused, "database_message"), HasSubstr("secret words of "));
  }
}

TEST_F(DatabaseCodeServerTest, MessagesAreShownOnTheEntitysWord) {
  RaiseOnOrders("AB123");
  server_->database().Run(
      "CREATE FUNCTION check_refund() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'too late'; END $$; "
      "INSERT INTO refunds (id, state) VALUES (7, ''); "
      "CREATE TRIGGER check_refund BEFORE INSERT OR DELETE ON refunds FOR EACH ROW EXECUTE FUNCTION check_refund()");
  const std::vector<std::pair<const char*, Json>> calls = {
      {"RefundRepository.Create", {{"state", "x"}}},
      {"RefundRepository.BatchCreate", {{"refunds", {{{"state", "x"}}, {{"state", "y"}}}}}},
      {"RefundRepository.Delete", {{"id", 7}}}};
  for (const Way& way : Ways()) {
    for (const auto& [method, request] : calls) {
      SCOPED_TRACE(Cat(way.name, " ", method));
      const absl::Status refused = way.run(server_.get(), method, request);
      EXPECT_EQ(Summary(refused), "FAILED_PRECONDITION TRIGGER_REFUSED");
      EXPECT_THAT(std::string(refused.message()), HasSubstr("check_refund()): too late"));
      EXPECT_EQ(MetadataOf(refused, "database_message"), "too late");
    }
    const absl::Status other = way.run(server_.get(), "OrderRepository.Create", {{"id", 5}, {"customer", 1}});
    EXPECT_EQ(MetadataOf(other, "sqlstate"), "AB123");
    EXPECT_THAT(other.ToString(), Not(HasSubstr("secret")));
  }
}

void ExpectLost(const CallResult& answer, const std::string& name) {
  EXPECT_EQ(Summary(answer), "ABORTED UNIT_OF_WORK_EXPIRED") << name;
  EXPECT_EQ(MetadataOf(answer.status(), "cause"), "CONNECTION_LOST") << name;
  EXPECT_THAT(std::string(answer.status().message()), Not(HasSubstr("try again"))) << name;
}

/// All its methods say the same, and go on saying it.
TEST_F(DatabaseCodeServerTest, AUnitWhoseConnectionDiedSaysSoForGood) {
  const Json customer = server_->MustCall("CustomerRepository.Create", {{"country", "CH"}});
  const auto kill = [&] {
    server_->database().Run(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND state "
        "LIKE "
        "'idle in transaction%'");
  };
  const std::vector<std::pair<std::string, std::function<CallResult(const Unit&)>>> calls = {
      {"Commit", [](const Unit& unit) { return unit.Commit(); }},
      {"call",
       [&](const Unit& unit) {
         return unit.Call("OrderRepository.Create", {{"customer", customer["id"]}});
       }},
      {"Savepoint", [](const Unit& unit) { return unit.Savepoint("late"); }},
      {"RollbackTo", [](const Unit& unit) { return unit.RollbackTo("early"); }},
      {"Release", [](const Unit& unit) { return unit.Release("early"); }}};
  for (const auto& [first_name, first] : calls) {
    SCOPED_TRACE(first_name);
    const Unit unit(server_.get());
    unit.MustCall("OrderRepository.Create", {{"customer", customer["id"]}});
    ASSERT_EQ(Summary(unit.Savepoint("early")), "OK");
    kill();
    ExpectLost(first(unit), first_name);
    for (int round = 0; round < 4; ++round) {
      for (const auto& [name, call] : calls) ExpectLost(call(unit), name);
      EXPECT_EQ(unit.State(), "ROLLED_BACK");
      EXPECT_EQ(unit.Get()["end"], "UNIT_OF_WORK_END_CONNECTION_LOST");
      EXPECT_EQ((*unit.Rollback())["state"], "UNIT_OF_WORK_STATE_ROLLED_BACK");
    }
  }
  EXPECT_EQ(Rows("orders"), "0");
}

/// Each writing method of to-dos, on some that are well and one that a trigger refuses.
class RefusedTodoTest : public PlannerTest {
 protected:
  static constexpr char kRefused[] = "11111111-1111-4111-8111-111111111111";
  static constexpr char kDeleted[] = "22222222-2222-4222-8222-222222222222";
  static constexpr char kFine[] = "33333333-3333-4333-8333-333333333333";
  static constexpr char kNew[] = "44444444-4444-4444-8444-444444444444";

  static void SetUpTestSuite() {
    StartServer({});
    CreateKeyTable(&server().database());
    server().database().Run(
        "CREATE TABLE refused (id uuid); CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT FROM refused WHERE id = coalesce(NEW.id, OLD.id)) THEN RAISE EXCEPTION 'secret' USING "
        "ERRCODE = "
        "'AB123'; END IF; RETURN coalesce(NEW, OLD); END $$; "
        "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE OR DELETE ON todos FOR EACH ROW EXECUTE FUNCTION refuse()");
  }

  void SetUp() override {
    PlannerTest::SetUp();
    server().database().Run("TRUNCATE refused; DELETE FROM todos");
    owner_ = NewProfile();
    for (const char* id : {kFine, kRefused, kDeleted}) NewTodo(owner_, {{"id", id}});
    MustCall("TodoRepository.SoftDelete", {{"id", kDeleted}});
  }
  void Refuse(const std::vector<std::string>& ids) {
    for (const std::string& id : ids) server().database().Run(Cat("INSERT INTO refused VALUES ('", id, "')"));
  }
  Json Row(const char* id) const { return {{"id", id}, {"owner_id", owner_}, {"title", "new"}}; }
  static Json Title(const char* id) { return {{"id", id}, {"title", "new"}}; }
  static Json Keys(const std::vector<const char*>& ids) {
    Json keys = Json::array();
    for (const char* id : ids) keys.push_back({{"id", id}});
    return keys;
  }
  static std::string Contents() {
    return server().database().Value(
        "SELECT md5(string_agg(t::text, ',' ORDER BY id)) || (SELECT count(*) FROM profiles) FROM todos t");
  }

  std::string owner_;
};

TEST_F(RefusedTodoTest, EveryWriteMethodSaysSoAndWritesNothing) {
  Refuse({kRefused, kDeleted, kNew});
  const std::vector<std::pair<const char*, Json>> calls = {
      {"TodoRepository.Create", {{"todo", Row(kNew)}}},
      {"TodoRepository.Update", {{"todo", Title(kRefused)}, {"update_mask", "title"}}},
      {"TodoRepository.SoftDelete", {{"id", kRefused}}},
      {"TodoRepository.Restore", {{"id", kDeleted}}},
      {"TodoRepository.Delete", {{"id", kRefused}}},
      {"TodoRepository.Upsert", {{"todo", Row(kRefused)}, {"update_mask", "title"}}},
      {"TodoRepository.Upsert", {{"todo", Row(kNew)}}},
      {"TodoRepository.BatchCreate", {{"todos", {Row(kNoId.c_str()), Row(kNew)}}}},
      {"TodoRepository.BatchUpdate", {{"todos", {Title(kFine), Title(kRefused)}}, {"update_mask", "title"}}},
      {"TodoRepository.BatchSoftDelete", {{"keys", Keys({kFine, kRefused})}}},
      {"TodoRepository.BatchRestore", {{"keys", Keys({kDeleted})}}},
      {"TodoRepository.BatchDelete", {{"keys", Keys({kFine, kRefused})}}},
      {"TodoRepository.BatchUpsert", {{"todos", {Row(kFine), Row(kRefused)}}, {"update_mask", "title"}}},
      {"TodoRepository.UpdateWhere", {{"todo", {{"title", "new"}}}, {"update_mask", "title"}, {"owner_id", owner_}}},
      {"TodoRepository.SoftDeleteWhere", {{"owner_id", owner_}}},
      {"TodoRepository.DeleteWhere", {{"owner_id", owner_}}},
      {"TodoRepository.Purge", {{"older_than", "0s"}, {"owner_id", owner_}}},
      {"ProfileRepository.Delete", {{"id", owner_}}}};
  const std::string before = Contents();
  for (const auto& [method, request] : calls) {
    for (const Way& way : Ways()) {
      SCOPED_TRACE(Cat(method, " ", way.name));
      const absl::Status refused = way.run(&server(), method, request);
      EXPECT_EQ(Summary(refused), "FAILED_PRECONDITION TRIGGER_REFUSED") << refused;
      EXPECT_EQ(MetadataOf(refused, "sqlstate"), "AB123");
      EXPECT_EQ(MetadataOf(refused, "function"), "refuse()");
      EXPECT_THAT(refused.ToString(), Not(HasSubstr("secret")));
      EXPECT_EQ(Contents(), before);
    }
  }
}

TEST_F(RefusedTodoTest, APartialBatchGivesItToTheElement) {
  Refuse({kRefused, kNew});
  const Json created =
      MustCall("TodoRepository.BatchCreatePartial", {{"todos", {Row(kNew), Row(kNoId.c_str())}}})["results"];
  EXPECT_EQ(created[0].value("reason", ""), "TRIGGER_REFUSED") << created;
  EXPECT_EQ(created[1].value("code", 0), 0) << created;
  const Json updated = MustCall("TodoRepository.BatchUpdatePartial",
                                {{"todos", {Title(kFine), Title(kRefused)}}, {"update_mask", "title"}})["results"];
  EXPECT_EQ(updated[0].value("code", 0), 0) << updated;
  EXPECT_EQ(updated[1].value("reason", ""), "TRIGGER_REFUSED") << updated;
  EXPECT_EQ(server().database().Value("SELECT string_agg(title, ',' ORDER BY id) FROM todos WHERE deleted_at IS NULL"),
            "new,water the plants,new");
}

TEST_F(RefusedTodoTest, AFilterThatANondeterministicCollationCannotDoSaysWhatToDo) {
  server().database().Run(
      "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false); "
      "ALTER TABLE todos ALTER title TYPE varchar(200) COLLATE loose");
  for (const Json& request :
       {Json{{"title_prefix", "wat"}}, Json{{"filter", "title = \"*plants\""}}, Json{{"filter", "title = \"wat*\""}}}) {
    const auto refused = Call("TodoRepository.List", request);
    EXPECT_EQ(Summary(refused), "FAILED_PRECONDITION SCHEMA_MISMATCH") << request;
    EXPECT_THAT(std::string(refused.status().message()), HasSubstr("nondeterministic")) << request;
  }
  const Json whole = MustCall("TodoRepository.List", {{"filter", "title = \"WATER the plants\""}});
  EXPECT_EQ(whole["todos"].size(), 2u) << "what the collation calls equal";
  server().database().Run("ALTER TABLE todos ALTER title TYPE varchar(200) COLLATE \"default\"; DROP COLLATION loose");
}

}  // namespace
}  // namespace rowkeeper::testing
