#include "tests/pg/server/idempotency_fixture.h"

#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kUnknown[] = "00000000-0000-4000-8000-000000000000";
constexpr char kCreate[] = "ProfileRepository.Create";

TEST_F(IdempotencyTest, ARepeatGetsTheFirstResponseByteByByte) {
  const std::string key = NewKey();
  const std::string handle = RandomHex(8);
  const KeyedAnswer first = Keyed(kCreate, ProfileOf(handle), key);
  ASSERT_TRUE(first.bytes.ok()) << first.bytes.status();
  EXPECT_FALSE(first.replayed);
  for (int i = 0; i < 3; ++i) {
    const KeyedAnswer again = Keyed(kCreate, ProfileOf(handle), key);
    ASSERT_TRUE(again.bytes.ok()) << again.bytes.status();
    EXPECT_EQ(*again.bytes, *first.bytes);
    EXPECT_TRUE(again.replayed);
  }
  EXPECT_EQ(ProfilesWith(server_, handle), "1");
  EXPECT_EQ(Summary(server_->Call(kCreate, ProfileOf(handle))), "ALREADY_EXISTS UNIQUE_VIOLATION")
      << "without the key it is a call of its own";
}

TEST_F(IdempotencyTest, ARepeatGetsTheFirstResponseAlsoWhenTheRowHasChangedSince) {
  const std::string key = NewKey();
  const std::string handle = RandomHex(8);
  const KeyedAnswer first = Keyed(kCreate, ProfileOf(handle), key);
  ASSERT_TRUE(first.bytes.ok()) << first.bytes.status();
  server_->database().Run(Cat("DELETE FROM profiles WHERE handle = '", handle, "'"));
  EXPECT_EQ(*Keyed(kCreate, ProfileOf(handle), key).bytes, *first.bytes);
  EXPECT_EQ(ProfilesWith(server_, handle), "0");
}

Json WithId(Json todo, int number) {
  todo["id"] = Cat("00000000-0000-4000-8000-00000000000", number);
  return todo;
}

TEST_F(IdempotencyTest, EveryKindOfWriteTakesAKey) {
  const std::string owner = server_->MustCall(kCreate, ProfileOf(RandomHex(8))).value("id", "");
  const Json todo = {{"owner_id", owner}, {"title", "water the plants"}};
  const std::string id = server_->MustCall("TodoRepository.Create", {{"todo", todo}}).value("id", "");
  const std::vector<std::pair<std::string, Json>> writes = {
      {"TodoRepository.Update", {{"todo", {{"id", id}, {"title", "water them again"}}}, {"update_mask", "title"}}},
      {"TodoRepository.SoftDelete", {{"id", id}}},
      {"TodoRepository.Restore", {{"id", id}}},
      {"TodoRepository.BatchCreate", {{"todos", {todo, todo}}}},
      {"TodoRepository.Delete", {{"id", id}}},
      {"TodoRepository.Upsert", {{"todo", WithId(todo, 1)}}},
      {"TodoRepository.BatchUpsert", {{"todos", {WithId(todo, 1), WithId(todo, 2)}}}},
      {"TodoRepository.BatchCreatePartial", {{"todos", {todo, {{"owner_id", kUnknown}, {"title", "no"}}, todo}}}},
      {"TodoRepository.UpdateWhere", {{"todo", {{"notes", "soon"}}}, {"update_mask", "notes"}, {"owner_id", owner}}},
      {"TodoReportRepository.Postpone", {{"owner_id", owner}, {"by", "3600s"}}},
      {"TodoReportRepository.Archive", {{"status", "TODO_STATUS_DONE"}, {"before", "2020-01-01T00:00:00Z"}}},
      {"TodoRepository.SoftDeleteWhere", {{"owner_id", owner}}},
      {"TodoRepository.Purge", {{"older_than", "0s"}, {"owner_id", owner}}},
      {"TodoRepository.DeleteWhere", {{"owner_id", owner}}},
  };
  for (const auto& [method, request] : writes) {
    const std::string key = NewKey();
    const KeyedAnswer first = Keyed(method, request, key);
    ASSERT_TRUE(first.bytes.ok()) << method << ": " << first.bytes.status();
    EXPECT_FALSE(first.replayed) << method;
    const std::string rows = server_->database().Value("SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM todos t");
    const KeyedAnswer again = Keyed(method, request, key);
    ASSERT_TRUE(again.bytes.ok()) << method << ": " << again.bytes.status();
    EXPECT_TRUE(again.replayed) << method;
    EXPECT_EQ(*again.bytes, *first.bytes) << method;
    EXPECT_EQ(server_->database().Value("SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM todos t"), rows)
        << method << " was done again";
  }
}

TEST_F(IdempotencyTest, AResponseThatAnotherReleaseStoredIsRefusedAndTheCallNotDoneAgain) {
  const std::string handle = RandomHex(8);
  // Another version, a response without one as it was before there were any, and an empty one.
  for (const char* stored : {"'\\x02'::bytea || substr(response, 2)", "substr(response, 2)", "''"}) {
    const std::string key = NewKey();
    ASSERT_TRUE(Keyed(kCreate, ProfileOf(handle), key).bytes.ok());
    const std::string mine = Cat(" WHERE key = '", key, "'");
    EXPECT_EQ(server_->database().Value(Cat("SELECT get_byte(response, 0) FROM rowkeeper_idempotency_keys", mine)),
              "1");
    server_->database().Run(Cat("UPDATE rowkeeper_idempotency_keys SET response = ", stored, mine));
    for (const Json& request : {ProfileOf(handle), ProfileOf(RandomHex(8))}) {
      const KeyedAnswer again = Keyed(kCreate, request, key);
      EXPECT_EQ(Summary(again.bytes), "FAILED_PRECONDITION IDEMPOTENCY_KEY_OTHER_RELEASE") << stored;
      EXPECT_FALSE(again.replayed);
    }
    EXPECT_EQ(ProfilesWith(server_, handle), "1");
    EXPECT_EQ(KeysStored(server_, key), "1");
    server_->database().Run(Cat("DELETE FROM profiles WHERE handle = '", handle, "'"));
  }
}

TEST_F(IdempotencyTest, ARunIsDoneOnceAsAWhole) {
  const std::string handle = RandomHex(8);
  RunRequest run(server_);
  run.Add(kCreate, ProfileOf(handle));
  run.Add("TodoRepository.Create", {{"todo", {{"title", "water the plants"}}}}, {{"todo.owner_id", 0, "id"}});
  const CallOptions options = WithKey(NewKey());
  const auto first = run.Send(options);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto again = run.Send(options);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, *first);
  EXPECT_EQ(ProfilesWith(server_, handle), "1");

  RunRequest other(server_);
  other.Add(kCreate, ProfileOf(RandomHex(8)));
  EXPECT_EQ(Summary(other.Send(options)), "INVALID_ARGUMENT IDEMPOTENCY_KEY_REUSED");
  RunRequest reads(server_);
  reads.Add("ProfileRepository.GetById", {{"id", "00000000-0000-4000-8000-000000000000"}});
  EXPECT_EQ(Summary(reads.Send(WithKey(NewKey()))), "INVALID_ARGUMENT INVALID_HEADER");
}

TEST_F(IdempotencyTest, TheSameKeyForSomethingElseIsRefusedAndNothingIsWritten) {
  const std::string key = NewKey();
  const std::string handle = RandomHex(8);
  ASSERT_TRUE(Keyed(kCreate, ProfileOf(handle), key).bytes.ok());
  const std::string other = RandomHex(8);
  EXPECT_EQ(Summary(Keyed(kCreate, ProfileOf(other), key).bytes), "INVALID_ARGUMENT IDEMPOTENCY_KEY_REUSED");
  EXPECT_EQ(ProfilesWith(server_, other), "0");
  const std::string id = server_->database().Value(Cat("SELECT id FROM profiles WHERE handle = '", handle, "'"));
  EXPECT_EQ(Summary(Keyed("ProfileRepository.SoftDelete", {{"id", id}}, key).bytes),
            "INVALID_ARGUMENT IDEMPOTENCY_KEY_REUSED");
  EXPECT_EQ(server_->database().Value(Cat("SELECT deleted_at IS NULL FROM profiles WHERE id = '", id, "'")), "t");
  EXPECT_TRUE(Keyed(kCreate, ProfileOf(handle), key).replayed) << "the key still stands for its own call";
}

TEST_F(IdempotencyTest, TheOrderOfMapEntriesAndFieldsDoesNotMatter) {
  const std::string owner = server_->MustCall(kCreate, ProfileOf(RandomHex(8))).value("id", "");
  const auto* type = server_->FindMethod("TodoRepository.Create")->input_type();
  const Json base = {{"owner_id", owner}, {"title", "water the plants"}};
  const std::string empty = server_->ToBytes(*type, {{"todo", base}});
  const std::string a = server_->ToBytes(*type, {{"todo", {{"labels", {{"a", 1}}}}}});
  const std::string b = server_->ToBytes(*type, {{"todo", {{"labels", {{"b", 2}}}}}});
  const CallOptions options = WithKey(NewKey());
  // A message that comes in pieces is merged, so these are the same request on other bytes.
  const auto first = server_->CallBytes("TodoRepository.Create", empty + a + b, options);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto again = server_->CallBytes("TodoRepository.Create", b + a + empty, options);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, *first);
}

TEST_F(IdempotencyTest, AFailedCallLeavesNoKeyAndMayBeRepeated) {
  const std::string key = NewKey();
  const std::string handle = RandomHex(8);
  server_->MustCall(kCreate, ProfileOf(handle));
  EXPECT_EQ(ReasonOf(Keyed(kCreate, ProfileOf(handle), key).bytes), "UNIQUE_VIOLATION");
  EXPECT_EQ(KeysStored(server_, key), "0");
  server_->database().Run(Cat("DELETE FROM profiles WHERE handle = '", handle, "'"));
  const KeyedAnswer again = Keyed(kCreate, ProfileOf(handle), key);
  EXPECT_TRUE(again.bytes.ok()) << again.bytes.status();
  EXPECT_FALSE(again.replayed);
}

TEST_F(IdempotencyTest, AReadIsToldThatItNeedsNone) {
  const Json id = {{"id", "00000000-0000-4000-8000-000000000000"}};
  EXPECT_EQ(Summary(Keyed("ProfileRepository.GetById", id, NewKey()).bytes), "INVALID_ARGUMENT INVALID_HEADER");
  const auto list = server_->Call("ProfileRepository.List", Json::object(), WithKey(NewKey()));
  EXPECT_EQ(Summary(list), "INVALID_ARGUMENT INVALID_HEADER");
  EXPECT_THAT(std::string(list.status().message()), HasSubstr("idempotency-key"));
  EXPECT_EQ(Summary(Keyed("TodoReportRepository.NextUp", {{"most_each", 1}}, NewKey()).bytes),
            "INVALID_ARGUMENT INVALID_HEADER")
      << "a query that only reads";
  EXPECT_EQ(Summary(server_->Call("UnitOfWork.Begin", Json::object(), WithKey(NewKey()))),
            "INVALID_ARGUMENT INVALID_HEADER");
}

TEST_F(IdempotencyTest, MalformedKeysAreRefused) {
  const std::string handle = RandomHex(8);
  EXPECT_EQ(Summary(Keyed(kCreate, ProfileOf(handle), "").bytes), "INVALID_ARGUMENT INVALID_HEADER");
  EXPECT_EQ(Summary(Keyed(kCreate, ProfileOf(handle), std::string(256, 'k')).bytes), "INVALID_ARGUMENT INVALID_HEADER");
  EXPECT_EQ(Summary(Keyed(kCreate, ProfileOf(handle), "one", WithKey("two")).bytes), "INVALID_ARGUMENT INVALID_HEADER");
  EXPECT_EQ(ProfilesWith(server_, handle), "0");
  const std::string longest = RandomHex(16) + std::string(223, 'k');
  EXPECT_TRUE(Keyed(kCreate, ProfileOf(handle), longest).bytes.ok());
  EXPECT_TRUE(Keyed(kCreate, ProfileOf(handle), longest).replayed);
}

TEST_F(IdempotencyTest, TextOfAKeyIsNeverSql) {
  for (const std::string& key :
       {std::string("'; DROP TABLE profiles; --"), std::string("$1"), std::string("a') ON CONFLICT DO NOTHING; --"),
        std::string("\\x41"), std::string("%s \" ` ~"), std::string("NULL")}) {
    const std::string handle = RandomHex(8);
    ASSERT_TRUE(Keyed(kCreate, ProfileOf(handle), key).bytes.ok()) << key;
    EXPECT_TRUE(Keyed(kCreate, ProfileOf(handle), key).replayed) << key;
    EXPECT_EQ(ProfilesWith(server_, handle), "1") << key;
  }
}

TEST_F(IdempotencyTest, TheKeyCostsTwoStatementsMoreAndAReplayOneInAll) {
  const CallOptions options = WithKey(NewKey());
  const Json request = ProfileOf(RandomHex(8));
  EXPECT_EQ(CallCosted(server_, kCreate, request, options).statements, 3);
  EXPECT_EQ(CallCosted(server_, kCreate, request, options).statements, 1);
}

TEST_F(IdempotencyTest, AResponseThatIsTooLargeToKeepUndoesTheWrite) {
  InProcessServer::Options options;
  options.serve.max_idempotent_response_kib = 1;
  InProcessServer small(CompileExample("planner/v1"), options);
  CreateKeyTable(&small.database());
  const std::string owner = small.MustCall(kCreate, ProfileOf(RandomHex(8))).value("id", "");
  const Json todo = {{"todo", {{"owner_id", owner}, {"title", "water"}, {"notes", std::string(2000, 'n')}}}};
  const auto refused = CallWithKey(&small, "TodoRepository.Create", todo, NewKey()).bytes;
  EXPECT_EQ(Summary(refused), "RESOURCE_EXHAUSTED RESPONSE_TOO_LARGE");
  EXPECT_EQ(MetadataOf(refused.status(), "limit"), "max-idempotent-response");
  EXPECT_EQ(small.database().Value("SELECT count(*) FROM todos"), "0");
  const Unit unit(&small);
  EXPECT_EQ(Summary(CallWithKey(&small, "TodoRepository.Create", todo, NewKey(), unit.Inside()).bytes),
            "RESOURCE_EXHAUSTED RESPONSE_TOO_LARGE");
  EXPECT_TRUE(unit.Commit().ok());
  EXPECT_EQ(small.database().Value("SELECT count(*) FROM todos"), "0");
  EXPECT_EQ(small.database().Value("SELECT count(*) FROM rowkeeper_idempotency_keys"), "0");
}

TEST_F(IdempotencyTest, AResponseThatCannotBeStoredIsNoFaultOfTheCallers) {
  server_->database().Run(
      "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
      "CREATE TRIGGER keep BEFORE UPDATE ON rowkeeper_idempotency_keys FOR EACH ROW EXECUTE FUNCTION keep()");
  const std::string key = NewKey(), handle = RandomHex(8);
  EXPECT_EQ(Summary(Keyed(kCreate, ProfileOf(handle), key).bytes), "INTERNAL INTERNAL");
  EXPECT_EQ(ProfilesWith(server_, handle), "0");
  server_->database().Run("DROP FUNCTION keep CASCADE");
  EXPECT_TRUE(Keyed(kCreate, ProfileOf(handle), key).bytes.ok());
}

TEST_F(IdempotencyTest, WithoutTheTableCallsSayWhatToRunAndOthersWork) {
  InProcessServer::Options options;
  options.serve.migrations = "migrations/planner";
  InProcessServer bare(CompileExample("planner/v1"), options);
  const std::string handle = RandomHex(8);
  const KeyedAnswer refused = CallWithKey(&bare, kCreate, ProfileOf(handle), NewKey());
  EXPECT_EQ(Summary(refused.bytes), "FAILED_PRECONDITION SCHEMA_MISMATCH");
  EXPECT_THAT(std::string(refused.bytes.status().message()),
              HasSubstr("rowkeeper migrate new idempotency_keys --idempotency-keys --migrations migrations/planner"));
  EXPECT_EQ(ProfilesWith(&bare, handle), "0");
  EXPECT_TRUE(bare.Call(kCreate, ProfileOf(handle)).ok());
  CreateKeyTable(&bare.database());
  EXPECT_TRUE(CallWithKey(&bare, kCreate, ProfileOf(RandomHex(8)), NewKey()).bytes.ok()) << "no restart is needed";
}

}  // namespace
}  // namespace rowkeeper::testing
