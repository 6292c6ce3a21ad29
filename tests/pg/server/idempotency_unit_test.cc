#include "tests/pg/server/blocker.h"
#include "tests/pg/server/idempotency_fixture.h"
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

/// The first row's second INSERT lasts until the deadline and succeeds, so that the deadline comes between two
/// statements of the call and PostgreSQL knows nothing of it.
TEST_F(IdempotencyInUnitsTest, APartialBatchThatEndsBetweenTwoStatementsLeavesNeitherRowsNorKey) {
  const std::string owner = server_
                                ->ToJson(*server_->FindMethod(kUnitCreate)->output_type(),
                                         *Keyed(kUnitCreate, ProfileOf(RandomHex(8)), NewKey()).bytes)
                                .value("id", "");
  ScratchDatabase& database = server_->database();
  database.Run("CREATE SEQUENCE tries");
  database.Run(
      "CREATE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.title = 'slow' THEN IF "
      "nextval('tries') = 2 THEN BEGIN PERFORM pg_sleep(10); EXCEPTION WHEN query_canceled THEN NULL; END; END IF; "
      "END IF; RETURN NEW; END $$");
  database.Run("CREATE TRIGGER act BEFORE INSERT ON todos FOR EACH ROW EXECUTE FUNCTION act()");
  const Json todos = {{{"owner_id", owner}, {"title", "slow"}},
                      {{"owner_id", "00000000-0000-4000-8000-000000000000"}, {"title", "nobody's"}}};
  const std::string key = NewKey();
  const Unit unit(server_);
  CallOptions hasty = unit.Inside();
  hasty.timeout = std::chrono::milliseconds(700);
  EXPECT_EQ(Keyed("TodoRepository.BatchCreatePartial", {{"todos", todos}}, key, hasty).bytes.status().code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(unit.Commit().ok());
  EXPECT_EQ(database.Value("SELECT last_value FROM tries"), "2");
  EXPECT_EQ(database.Value("SELECT count(*) FROM todos"), "0");
  EXPECT_EQ(KeysStored(server_, key), "0");
  database.Run("DROP FUNCTION act CASCADE");
  database.Run("DROP SEQUENCE tries");
  EXPECT_TRUE(Keyed("TodoRepository.BatchCreatePartial", {{"todos", todos}}, key).bytes.ok());
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
