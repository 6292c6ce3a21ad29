#include <cstdlib>
#include <filesystem>
#include <future>
#include <thread>

#include "server/sql/ddl.h"
#include "tests/bank/own_postgres.h"
#include "tests/bank/server_program.h"
#include "tests/pg/server/blocker.h"
#include "tests/pg/server/idempotency_fixture.h"
#include "tests/support/tcp_gate.h"

namespace rowkeeper::testing {
namespace {

using Action = TcpGate::Action;
using std::chrono::milliseconds;

constexpr char kCrashCreate[] = "ProfileRepository.Create";
/// On a connection that has stored a response before it travels with the next one, as a message of the extended
/// protocol ('P').
const std::string kCommit("COMMIT\0", 7);

/// A server over a network that loses the answers to COMMIT.
class IdempotencyInDoubtTest : public ::testing::Test {
 protected:
  void SetUp() override {
    InProcessServer::Options options;
    options.route = [this](const std::string& url) {
      gate_ = std::make_unique<TcpGate>(url);
      return gate_->url();
    };
    server_ = std::make_unique<InProcessServer>(CompileExample("planner/v1"), options);
    ASSERT_TRUE(server_->ok());
    CreateKeyTable(&server_->database());
  }
  /// Has the connection prepare what a call with a key executes.
  void Prepare() {
    const KeyedAnswer answer = CallWithKey(server_.get(), kCrashCreate, ProfileOf(RandomHex(8)), NewKey());
    ASSERT_TRUE(answer.bytes.ok()) << answer.bytes.status();
  }
  void TearDown() override {
    server_.reset();
    gate_.reset();
  }

  std::unique_ptr<TcpGate> gate_;
  std::unique_ptr<InProcessServer> server_;
};

TEST_F(IdempotencyInDoubtTest, ACommitWhoseAnswerWasLostIsFoundOut) {
  int fired = 0;
  for (const char type : {'Q', 'P'}) {
    if (type == 'P') Prepare();
    const std::string key = NewKey();
    const std::string handle = RandomHex(8);
    gate_->Add({type, kCommit, Action::kLoseReply});
    const KeyedAnswer first = CallWithKey(server_.get(), kCrashCreate, ProfileOf(handle), key);
    ASSERT_TRUE(first.bytes.ok()) << first.bytes.status();
    EXPECT_EQ(gate_->seen().fired, ++fired);
    const KeyedAnswer again = CallWithKey(server_.get(), kCrashCreate, ProfileOf(handle), key);
    ASSERT_TRUE(again.bytes.ok()) << again.bytes.status();
    EXPECT_TRUE(again.replayed);
    EXPECT_EQ(*again.bytes, *first.bytes);
    EXPECT_EQ(ProfilesWith(server_.get(), handle), "1");
  }
}

TEST_F(IdempotencyInDoubtTest, ACommitThatWasLostOnTheWayIsExecutedAgain) {
  int fired = 0;
  for (const char type : {'Q', 'P'}) {
    if (type == 'P') Prepare();
    const std::string key = NewKey();
    const std::string handle = RandomHex(8);
    gate_->Add({type, kCommit, Action::kCutBefore});
    const KeyedAnswer first = CallWithKey(server_.get(), kCrashCreate, ProfileOf(handle), key);
    ASSERT_TRUE(first.bytes.ok()) << first.bytes.status();
    EXPECT_EQ(gate_->seen().fired, ++fired);
    EXPECT_EQ(ProfilesWith(server_.get(), handle), "1");
    EXPECT_EQ(KeysStored(server_.get(), key), "1");
  }
}

TEST_F(IdempotencyInDoubtTest, ACallOfUnknownOutcomeMayBeRepeated) {
  Prepare();
  const std::string key = NewKey();
  const std::string handle = RandomHex(8);
  gate_->Add({'P', kCommit, Action::kLoseReply});
  gate_->Add({'P', "pg_xact_status", Action::kStall});
  CallOptions hasty;
  hasty.timeout = milliseconds(1500);
  const KeyedAnswer first = CallWithKey(server_.get(), kCrashCreate, ProfileOf(handle), key, hasty);
  EXPECT_FALSE(first.bytes.ok()) << "nobody could tell";
  const KeyedAnswer again = CallWithKey(server_.get(), kCrashCreate, ProfileOf(handle), key);
  ASSERT_TRUE(again.bytes.ok()) << again.bytes.status();
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(ProfilesWith(server_.get(), handle), "1");
}

/// A server over a PostgreSQL of its own, which crashes.
class IdempotencyDatabaseCrashTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = (std::filesystem::temp_directory_path() / Cat("rk_idempotency_pg_", RandomHex(4))).string();
    std::filesystem::create_directory(directory_);
    auto postgres = OwnPostgres::Start(directory_);
    ASSERT_TRUE(postgres.ok()) << postgres.status();
    postgres_ = *std::move(postgres);
    auto catalogue = CompileExample("planner/v1");
    std::vector<const catalogue::Entity*> entities;
    for (const auto& entity : catalogue->entities()) entities.push_back(entity.get());
    for (const std::string& statement : sql::CreateTables(entities)) Run(statement);
    for (const std::string& statement : sql::CreateIdempotencyKeys()) Run(statement);
    InProcessServer::Options options;
    options.route = [this](const std::string&) { return postgres_->url(); };
    server_ = std::make_unique<InProcessServer>(std::move(catalogue), options);
    ASSERT_TRUE(server_->ok());
  }
  void TearDown() override {
    server_.reset();
    postgres_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  void Run(const std::string& statement) {
    const auto rows = postgres_->Execute(statement);
    ASSERT_TRUE(rows.ok()) << statement << ": " << rows.status();
  }
  KeyedAnswer CallUntilAnswered(const Json& request, const std::string& key) {
    KeyedAnswer answer;
    (void)Eventually([&] {
      answer = CallWithKey(server_.get(), kCrashCreate, request, key);
      return answer.bytes.ok();
    });
    return answer;
  }

  std::string directory_;
  std::unique_ptr<OwnPostgres> postgres_;
  std::unique_ptr<InProcessServer> server_;
};

TEST_F(IdempotencyDatabaseCrashTest, WhatWasCommittedBeforeTheDatabaseCrashedIsReplayed) {
  const std::string key = NewKey();
  const std::string handle = RandomHex(8);
  const KeyedAnswer first = CallWithKey(server_.get(), kCrashCreate, ProfileOf(handle), key);
  ASSERT_TRUE(first.bytes.ok()) << first.bytes.status();
  ASSERT_TRUE(postgres_->Restart(OwnPostgres::Shutdown::kImmediate).ok());
  const KeyedAnswer again = CallUntilAnswered(ProfileOf(handle), key);
  ASSERT_TRUE(again.bytes.ok()) << again.bytes.status();
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(*again.bytes, *first.bytes);
}

TEST_F(IdempotencyDatabaseCrashTest, CallsThatRunWhileItCrashesAgainAndAgainAreExecutedOnceEach) {
  constexpr int kCalls = 40;
  std::vector<std::future<KeyedAnswer>> answers;
  for (int i = 0; i < kCalls; ++i) {
    answers.push_back(std::async(std::launch::async, [this, i] {
      std::this_thread::sleep_for(milliseconds(20 * i));
      const std::string name = Cat("crash", i);
      return CallUntilAnswered(ProfileOf(name), name);
    }));
  }
  for (int i = 0; i < 3; ++i) {
    std::this_thread::sleep_for(milliseconds(150));
    ASSERT_TRUE(postgres_->Restart(OwnPostgres::Shutdown::kImmediate).ok());
  }
  for (auto& answer : answers) {
    const KeyedAnswer given = answer.get();
    EXPECT_TRUE(given.bytes.ok()) << given.bytes.status();
  }
  EXPECT_EQ(postgres_->Value("SELECT count(*) FROM profiles WHERE handle LIKE 'crash%'"), Cat(kCalls));
  EXPECT_EQ(postgres_->Value("SELECT count(*) FROM rowkeeper_idempotency_keys WHERE response IS NOT NULL"),
            Cat(kCalls));
}

/// `rowkeeper serve` as a process that is killed, over the database of a server in this process.
class IdempotencyCrashTest : public ::testing::Test {
 protected:
  void SetUp() override {
    home_ = std::make_unique<InProcessServer>(CompileExample("planner/v1"));
    ASSERT_TRUE(home_->ok());
    CreateKeyTable(&home_->database());
    log_file_ = (std::filesystem::temp_directory_path() / Cat("rk_idempotency_", RandomHex(4), ".log")).string();
    ServerProgram::Options options;
    options.program = ROWKEEPER_PROGRAM;
    options.arguments = {"--proto-path", PROTO_PATH, "--database-url", home_->database().url()};
    for (const auto& file : std::filesystem::directory_iterator(std::string(PROTO_PATH) + "/planner/v1")) {
      options.arguments.insert(options.arguments.end(),
                               {"--proto-file", "planner/v1/" + file.path().filename().string()});
    }
    options.log_file = log_file_;
    auto program = ServerProgram::Start(options);
    ASSERT_TRUE(program.ok()) << program.status();
    program_ = *std::move(program);
  }
  void TearDown() override {
    program_.reset();
    ShowLogOfFailure(log_file_);
    std::filesystem::remove(log_file_);
  }

  /// As a caller does who waits for a server that comes back.
  KeyedAnswer CallProgram(const Json& request, const std::string& key) {
    CallOptions options;
    KeyedAnswer answer;
    (void)Eventually([&] {
      options.channel = NewChannel(program_->address());
      answer = CallWithKey(home_.get(), kCrashCreate, request, key, options);
      return answer.bytes.status().code() != absl::StatusCode::kUnavailable;
    });
    return answer;
  }

  std::unique_ptr<InProcessServer> home_;
  std::string log_file_;
  std::unique_ptr<ServerProgram> program_;
};

TEST_F(IdempotencyCrashTest, WhatWasCommittedBeforeTheServerWasKilledIsReplayed) {
  const std::string key = NewKey();
  const std::string handle = RandomHex(8);
  const KeyedAnswer first = CallProgram(ProfileOf(handle), key);
  ASSERT_TRUE(first.bytes.ok()) << first.bytes.status();
  ASSERT_TRUE(program_->KillAndRestart().ok());
  const KeyedAnswer again = CallProgram(ProfileOf(handle), key);
  ASSERT_TRUE(again.bytes.ok()) << again.bytes.status();
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(*again.bytes, *first.bytes);
  EXPECT_EQ(ProfilesWith(home_.get(), handle), "1");
}

TEST_F(IdempotencyCrashTest, WhatWasNotCommittedWhenTheServerWasKilledIsExecutedOnce) {
  const std::string key = NewKey();
  const std::string handle = RandomHex(8);
  ASSERT_TRUE(CallProgram(ProfileOf(RandomHex(8)), NewKey()).bytes.ok());
  Blocker blocker(home_.get(), "LOCK TABLE profiles IN EXCLUSIVE MODE");
  auto lost = std::async(std::launch::async, [&] {
    CallOptions options;
    options.channel = NewChannel(program_->address());
    return CallWithKey(home_.get(), kCrashCreate, ProfileOf(handle), key, options);
  });
  ASSERT_TRUE(Eventually(home_.get(),
                         "EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND "
                         "wait_event_type = 'Lock' AND query LIKE '%profiles%')"));
  ASSERT_TRUE(program_->KillAndRestart().ok());
  EXPECT_FALSE(lost.get().bytes.ok());
  blocker.End();
  const KeyedAnswer again = CallProgram(ProfileOf(handle), key);
  ASSERT_TRUE(again.bytes.ok()) << again.bytes.status();
  EXPECT_EQ(ProfilesWith(home_.get(), handle), "1");
  EXPECT_EQ(KeysStored(home_.get(), key), "1");
}

}  // namespace
}  // namespace rowkeeper::testing
