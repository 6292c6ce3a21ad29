#include "tests/pg/server/blocker.h"
#include "tests/pg/server/idempotency_fixture.h"
#include "tests/pg/server/uncancelled_server.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

constexpr char kUnitCreate[] = "ProfileRepository.Create";

class IdempotencyInUnitsTest : public IdempotencyTest {};

TEST_F(IdempotencyInUnitsTest, KeyAndResponseAreCommittedWithTheUnit) {
  const std::string key = NewKey();
  const std::string handle = RandomHex(8);
  const Unit unit(server_);
  const KeyedAnswer first = Keyed(kUnitCreate, ProfileOf(handle), key, unit.Inside());
  ASSERT_TRUE(first.bytes.ok()) << first.bytes.status();
  EXPECT_FALSE(first.replayed);
  const KeyedAnswer again = Keyed(kUnitCreate, ProfileOf(handle), key, unit.Inside());
  EXPECT_TRUE(again.replayed) << "within the unit too";
  EXPECT_EQ(*again.bytes, *first.bytes);
  ASSERT_TRUE(unit.Commit().ok());
  EXPECT_EQ(KeysStored(server_, key), "1");
  const KeyedAnswer alone = Keyed(kUnitCreate, ProfileOf(handle), key);
  EXPECT_TRUE(alone.replayed) << "and by a call that is in no unit";
  EXPECT_EQ(*alone.bytes, *first.bytes);
  EXPECT_EQ(ProfilesWith(server_, handle), "1");
}

TEST_F(IdempotencyInUnitsTest, RollbackFreesTheKey) {
  const std::string key = NewKey();
  const std::string handle = RandomHex(8);
  const Unit unit(server_);
  ASSERT_TRUE(Keyed(kUnitCreate, ProfileOf(handle), key, unit.Inside()).bytes.ok());
  ASSERT_TRUE(unit.Rollback().ok());
  EXPECT_EQ(KeysStored(server_, key), "0");
  const KeyedAnswer again = Keyed(kUnitCreate, ProfileOf(handle), key);
  ASSERT_TRUE(again.bytes.ok()) << again.bytes.status();
  EXPECT_FALSE(again.replayed);
  EXPECT_EQ(ProfilesWith(server_, handle), "1");
}

TEST_F(IdempotencyInUnitsTest, RollbackToASavepointFreesTheKeysThatCameAfterIt) {
  const std::string key = NewKey();
  const std::string handle = RandomHex(8);
  const Unit unit(server_);
  ASSERT_TRUE(unit.Savepoint("before").ok());
  ASSERT_TRUE(Keyed(kUnitCreate, ProfileOf(handle), key, unit.Inside()).bytes.ok());
  ASSERT_TRUE(unit.RollbackTo("before").ok());
  const KeyedAnswer again = Keyed(kUnitCreate, ProfileOf(handle), key, unit.Inside());
  ASSERT_TRUE(again.bytes.ok()) << again.bytes.status();
  EXPECT_FALSE(again.replayed);
  ASSERT_TRUE(unit.Commit().ok());
  EXPECT_EQ(ProfilesWith(server_, handle), "1");
}

TEST_F(IdempotencyInUnitsTest, ACallThatFindsNoRowLeavesNoKeyAndDoesNotFailTheUnit) {
  const std::string key = NewKey();
  const Unit unit(server_);
  const Json request = {{"id", "00000000-0000-4000-8000-000000000000"}};
  EXPECT_EQ(ReasonOf(Keyed("ProfileRepository.SoftDelete", request, key, unit.Inside()).bytes), "ROW_NOT_FOUND");
  const std::string handle = RandomHex(8);
  EXPECT_TRUE(Keyed(kUnitCreate, ProfileOf(handle), key, unit.Inside()).bytes.ok()) << "the key is free again";
  ASSERT_TRUE(unit.Commit().ok());
  EXPECT_EQ(ProfilesWith(server_, handle), "1");
}

TEST_F(IdempotencyInUnitsTest, AFailedStatementFailsTheUnitAsEver) {
  const std::string handle = RandomHex(8);
  server_->MustCall(kUnitCreate, ProfileOf(handle));
  const std::string key = NewKey();
  const Unit unit(server_);
  EXPECT_EQ(ReasonOf(Keyed(kUnitCreate, ProfileOf(handle), key, unit.Inside()).bytes), "UNIQUE_VIOLATION");
  EXPECT_EQ(unit.State(), "FAILED");
  EXPECT_TRUE(unit.Rollback().ok());
  EXPECT_EQ(KeysStored(server_, key), "0");
}

TEST_F(IdempotencyInUnitsTest, AnotherRequestIsRefusedAndTheUnitGoesOn) {
  const std::string key = NewKey();
  const Unit unit(server_);
  ASSERT_TRUE(Keyed(kUnitCreate, ProfileOf(RandomHex(8)), key, unit.Inside()).bytes.ok());
  EXPECT_EQ(ReasonOf(Keyed(kUnitCreate, ProfileOf(RandomHex(8)), key, unit.Inside()).bytes), "IDEMPOTENCY_KEY_REUSED");
  EXPECT_EQ(unit.State(), "OPEN");
  EXPECT_TRUE(unit.Commit().ok());
}

TEST_F(IdempotencyInUnitsTest, ASequenceNumberAnswersFirstAndTheKeyOutlivesTheUnit) {
  const std::string key = NewKey();
  const std::string handle = RandomHex(8);
  const Unit unit(server_);
  CallOptions numbered = unit.Inside();
  numbered.headers.emplace_back("rowkeeper-sequence", "1");
  const KeyedAnswer first = Keyed(kUnitCreate, ProfileOf(handle), key, numbered);
  ASSERT_TRUE(first.bytes.ok()) << first.bytes.status();
  const KeyedAnswer resent = Keyed(kUnitCreate, ProfileOf(handle), key, numbered);
  EXPECT_EQ(*resent.bytes, *first.bytes);
  EXPECT_FALSE(resent.replayed) << "the kept result of the number, not the stored one of the key";
  ASSERT_TRUE(unit.Commit().ok());

  const Unit rerun(server_);
  CallOptions again = rerun.Inside();
  again.headers.emplace_back("rowkeeper-sequence", "1");
  const KeyedAnswer replay = Keyed(kUnitCreate, ProfileOf(handle), key, again);
  EXPECT_EQ(*replay.bytes, *first.bytes);
  EXPECT_TRUE(replay.replayed) << "a rerun of a unit that was committed does nothing twice";
  EXPECT_TRUE(rerun.Commit().ok());
  EXPECT_EQ(ProfilesWith(server_, handle), "1");
}

TEST_F(IdempotencyInUnitsTest, ACallAloneWaitsForTheUnitThatHasItsKey) {
  const std::string key = NewKey();
  const std::string handle = RandomHex(8);
  const Unit unit(server_);
  const KeyedAnswer first = Keyed(kUnitCreate, ProfileOf(handle), key, unit.Inside());
  ASSERT_TRUE(first.bytes.ok()) << first.bytes.status();
  KeyedAnswer alone;
  std::thread other([&] { alone = Keyed(kUnitCreate, ProfileOf(handle), key); });
  EXPECT_TRUE(Eventually(server_,
                         "EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND "
                         "wait_event_type = 'Lock' AND query LIKE '%rowkeeper_idempotency_keys%')"));
  EXPECT_TRUE(unit.Commit().ok());
  other.join();
  ASSERT_TRUE(alone.bytes.ok()) << alone.bytes.status();
  EXPECT_TRUE(alone.replayed);
  EXPECT_EQ(*alone.bytes, *first.bytes);
}

TEST(InterruptedIdempotencyTest, APartialBatchThatEndsBetweenTwoStatementsLeavesNeitherRowsNorKey) {
  UncancelledServer uncancelled(CompileExample("planner/v1"));
  InProcessServer* const server = uncancelled.get();
  ASSERT_TRUE(server->ok());
  CreateKeyTable(&server->database());
  const std::string owner = server->MustCall(kUnitCreate, ProfileOf(RandomHex(8))).value("id", "");
  uncancelled.Hold({"todos", "INSERT", "NEW.title = 'slow'", 2});
  const Json todos = {{{"owner_id", owner}, {"title", "slow"}},
                      {{"owner_id", "00000000-0000-4000-8000-000000000000"}, {"title", "nobody's"}}};
  const std::string key = NewKey();
  const auto create = [&](const CallOptions& options) {
    return server->Call("TodoRepository.BatchCreatePartial", {{"todos", todos}}, WithKey(key, options)).status();
  };
  const Unit unit(server);
  EXPECT_EQ(uncancelled.Interrupt(create, unit.Inside()), absl::StatusCode::kCancelled);
  EXPECT_TRUE(unit.Commit().ok());
  EXPECT_EQ(server->database().Value("SELECT last_value FROM tries"), "2");
  EXPECT_EQ(server->database().Value("SELECT count(*) FROM todos"), "0");
  EXPECT_EQ(KeysStored(server, key), "0");
  uncancelled.StopHolding();
  EXPECT_TRUE(create({}).ok());
}

TEST_F(IdempotencyInUnitsTest, AKeyThatWasCommittedWithoutAResponseIsFree) {
  for (const bool in_unit : {false, true}) {
    const std::string key = NewKey();
    const std::string handle = RandomHex(8);
    server_->database().Run(
        Cat("INSERT INTO rowkeeper_idempotency_keys (key, request_hash, method) VALUES ('", key, "', '\\x00', 'm')"));
    const Unit unit(server_);
    const KeyedAnswer first = Keyed(kUnitCreate, ProfileOf(handle), key, in_unit ? unit.Inside() : CallOptions());
    ASSERT_TRUE(first.bytes.ok()) << first.bytes.status();
    EXPECT_FALSE(first.replayed);
    ASSERT_TRUE(unit.Commit().ok());
    EXPECT_TRUE(Keyed(kUnitCreate, ProfileOf(handle), key).replayed);
    EXPECT_EQ(ProfilesWith(server_, handle), "1");
  }
}

}  // namespace
}  // namespace rowkeeper::testing
