#include <future>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/support/scrape.h"

namespace rowkeeper::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kShop[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "rowkeeper/v1/annotations.proto";
message Customer {
  option (rowkeeper.v1.entity) = {unique_keys: [{fields: ["country", "taxNumber"]}]};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string country = 2;
  string taxNumber = 3 [(rowkeeper.v1.column).name = "tax_no"];
  oneof means { string card = 4; int64 cash = 5; }
  int32 revision = 6 [(rowkeeper.v1.column).role = ROLE_VERSION];
}
service CustomerRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Customer";
  rpc Create(Customer) returns (Customer);
  rpc GetById(Key) returns (Customer);
  rpc UpdateCash(UpdateCashRequest) returns (Customer);
  rpc Delete(Key) returns (google.protobuf.Empty);
}
message Order {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  int64 customer = 2 [(rowkeeper.v1.column).references = "shop.v1.Customer"];
}
service OrderRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Order";
  rpc Create(Order) returns (Order);
}
message Key { int64 id = 1; }
message UpdateCashRequest { int64 id = 1; int64 cash = 2; google.protobuf.FieldMask update_mask = 3; }
)";

class ConstraintTest : public ::testing::Test {
 protected:
  absl::StatusOr<Json> NewCustomer(const Json& customer) { return server_.Call("CustomerRepository.Create", customer); }

  InProcessServer server_{CompileProtoText(kShop)};
};

TEST_F(ConstraintTest, AUniqueViolationNamesTheProtoFields) {
  const Json customer = {{"country", "CH"}, {"taxNumber", "7"}};
  ASSERT_TRUE(NewCustomer(customer).ok());
  const auto again = NewCustomer(customer);
  EXPECT_EQ(Summary(again), "ALREADY_EXISTS UNIQUE_VIOLATION");
  EXPECT_EQ(MetadataOf(again.status(), "fields"), "country, taxNumber");
  EXPECT_EQ(MetadataOf(again.status(), "entity"), "shop.v1.Customer");
  EXPECT_THAT(std::string(again.status().message()), HasSubstr("country and taxNumber"));
  EXPECT_THAT(std::string(again.status().message()), Not(HasSubstr("tax_no")));
}

TEST_F(ConstraintTest, AReferenceToNothingIsAFailedPrecondition) {
  const auto order = server_.Call("OrderRepository.Create", {{"customer", 99}});
  EXPECT_EQ(Summary(order), "FAILED_PRECONDITION REFERENCE_VIOLATION");
  EXPECT_THAT(PreconditionsOf(order.status()), ElementsAre("REFERENCE shop.v1.Order.customer"));
  EXPECT_EQ(MetadataOf(order.status(), "field"), "customer");
  EXPECT_EQ(MetadataOf(order.status(), "referenced"), "shop.v1.Customer");
}

TEST_F(ConstraintTest, ARowThatOthersPointToCannotBeDeleted) {
  const Json customer = *NewCustomer({{"country", "CH"}});
  server_.MustCall("OrderRepository.Create", {{"customer", customer["id"]}});
  const auto refused = server_.Call("CustomerRepository.Delete", {{"id", customer["id"]}});
  EXPECT_EQ(Summary(refused), "FAILED_PRECONDITION REFERENCE_VIOLATION");
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("still referenced by rows of shop.v1.Order"));
  EXPECT_EQ(Summary(server_.Call("CustomerRepository.GetById", {{"id", customer["id"]}})), "OK");
}

TEST_F(ConstraintTest, ACheckViolationNamesTheFieldsOfADeclaredCheck) {
  const Json customer = *NewCustomer({{"country", "CH"}, {"card", "1234"}});
  const auto both =
      server_.Call("CustomerRepository.UpdateCash", {{"id", customer["id"]}, {"cash", 5}, {"update_mask", "cash"}});
  EXPECT_EQ(Summary(both), "INVALID_ARGUMENT INVALID_FIELD [card, cash]");
  EXPECT_THAT(std::string(both.status().message()), HasSubstr("at most one of the fields may be set"));
}

TEST_F(ConstraintTest, AConstraintThatOnlyTheDatabaseKnowsIsToldByItsName) {
  server_.database().Run("ALTER TABLE customers ADD CONSTRAINT no_atlantis CHECK (country <> 'Atlantis')");
  const auto refused = NewCustomer({{"country", "Atlantis"}});
  EXPECT_EQ(Summary(refused), "INVALID_ARGUMENT INVALID_FIELD []") << "no field can be told";
  EXPECT_EQ(MetadataOf(refused.status(), "entity"), "shop.v1.Customer");
  EXPECT_EQ(MetadataOf(refused.status(), "constraint"), "no_atlantis");
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("constraint no_atlantis"));
  EXPECT_THAT(std::string(refused.status().message()), Not(HasSubstr("Atlantis'")));
}

TEST_F(ConstraintTest, ANumberThatNoLongerFitsIsAnInvalidArgument) {
  const Json customer = *NewCustomer({{"country", "CH"}});
  server_.database().Run("UPDATE customers SET revision = 2147483647");
  const auto refused =
      server_.Call("CustomerRepository.UpdateCash", {{"id", customer["id"]}, {"cash", 5}, {"update_mask", "cash"}});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument) << refused.status();
}

class ConflictTest : public PlannerTest {
 protected:
  static std::future<absl::StatusOr<Json>> Async(InProcessServer* server, const char* method, const Json& request) {
    return std::async(std::launch::async, [=] { return server->Call(method, request); });
  }
  static Json Rename(const Json& todo) {
    return {{"todo", {{"id", todo["id"]}, {"title", "renamed"}}}, {"update_mask", "title"}};
  }
};

TEST_F(ConflictTest, ADeadlockIsRunAgainByTheServer) {
  // The blocker holds an e-mail address that the server's insert waits for, then waits for that insert's id.
  const std::string id = "11111111-1111-4111-8111-111111111111";
  const std::string other_id = "22222222-2222-4222-8222-222222222222";
  const auto insert = [](const std::string& key, const std::string& email) {
    return Cat("INSERT INTO profiles (id, email, handle, display_name) VALUES ('", key, "', '", email, "', '",
               RandomHex(5), "', '')");
  };
  Blocker blocker(&server(), insert(other_id, "ada@example.org"));
  auto call = Async(&server(), "ProfileRepository.Create",
                    {{"profile", {{"id", id}, {"email", "ada@example.org"}, {"handle", "ada"}}}});
  ASSERT_TRUE(Eventually(&server(), kAnyWaiting));
  blocker.Run("SET LOCAL deadlock_timeout = '60s'");  // the server's session is to be the victim
  blocker.Run("SET LOCAL lock_timeout = 0");
  blocker.Run(insert(id, "grace@example.org"));  // returns when the server's first attempt was ended
  blocker.End();
  const auto profile = call.get();
  ASSERT_TRUE(profile.ok()) << profile.status();
  EXPECT_EQ((*profile)["id"], id);
  EXPECT_EQ(Scrape(server().MetricsText()).Sum("rowkeeper_conflict_retries_total"), 1);
}

TEST_F(ConflictTest, ASerializationFailureIsRunAgainByTheServer) {
  InProcessServer strict(CompileExample("planner/v1"));
  strict.database().Run(
      Cat("ALTER DATABASE ", strict.database().name(), " SET default_transaction_isolation = 'repeatable read'"));
  const Json profile = strict.MustCall("ProfileRepository.Create", {{"profile", Profile("ada")}});
  const Json todo = strict.MustCall("TodoRepository.Create", {{"todo", {{"owner_id", profile["id"]}, {"title", "t"}}}});
  Blocker blocker(&strict, Cat("UPDATE todos SET version = version + 1 WHERE id = '", todo.value("id", ""), "'"));
  auto call = Async(&strict, "TodoRepository.Update", Rename(todo));
  ASSERT_TRUE(Eventually(&strict, kWaiting + " = 1"));
  blocker.End("COMMIT");
  const auto renamed = call.get();
  ASSERT_TRUE(renamed.ok()) << renamed.status();
  EXPECT_EQ((*renamed)["version"], "3");
}

TEST_F(ConflictTest, ALockThatIsHeldTooLongIsAborted) {
  InProcessServer::Options options;
  options.connection.lock_timeout_ms = 100;
  InProcessServer impatient(CompileExample("planner/v1"), options);
  const Json profile = impatient.MustCall("ProfileRepository.Create", {{"profile", Profile("ada")}});
  const Json todo =
      impatient.MustCall("TodoRepository.Create", {{"todo", {{"owner_id", profile["id"]}, {"title", "t"}}}});
  Blocker blocker(&impatient, LockTodo(todo));
  const auto refused = impatient.Call("TodoRepository.Update", Rename(todo));
  EXPECT_EQ(Summary(refused), "ABORTED LOCK_TIMEOUT");
  EXPECT_GT(RetryDelayOf(refused.status()), 0);
  blocker.End();
  EXPECT_EQ(Summary(impatient.Call("TodoRepository.Update", Rename(todo))), "OK");
}

TEST_F(ConflictTest, AStatementThatRunsTooLongIsEnded) {
  InProcessServer::Options options;
  options.connection.statement_timeout_ms = 1500;  // what comes before has the same, on a busy machine too
  options.connection.lock_timeout_ms = 0;
  InProcessServer impatient(CompileExample("planner/v1"), options);
  const Json profile = impatient.MustCall("ProfileRepository.Create", {{"profile", Profile("ada")}});
  const Json todo =
      impatient.MustCall("TodoRepository.Create", {{"todo", {{"owner_id", profile["id"]}, {"title", "t"}}}});
  Blocker blocker(&impatient, LockTodo(todo));
  EXPECT_EQ(Summary(impatient.Call("TodoRepository.Update", Rename(todo))), "DEADLINE_EXCEEDED STATEMENT_TIMEOUT");
  blocker.End();
}

}  // namespace
}  // namespace rowkeeper::testing
