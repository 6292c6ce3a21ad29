// Calls that run as one statement, which a rename meets.
#include <functional>
#include <future>
#include <string>
#include <vector>

#include "tests/pg/exec/executor_pg_fixture.h"

namespace rowkeeper::exec {
namespace {

class MergedRenamesTest : public ExecutorPgTest {
 protected:
  static constexpr int kCalls = 40;

  void SetUp() override {
    ExecutorPgTest::SetUp();
    database_.Run("SELECT setval(pg_get_serial_sequence('article', 'id'), 1000)");
  }

  /// Of which all but the first few have to wait, and find the table renamed.
  std::vector<std::string> AnswersAfter(const std::string& change, const std::function<plan::Call(int)>& call) {
    Block(Cat("BEGIN; LOCK TABLE article IN ACCESS EXCLUSIVE MODE; ", change).c_str());
    std::vector<std::future<std::string>> calls;
    for (int i = 1; i <= kCalls; ++i) calls.push_back(Submit(call(i)));
    EXPECT_TRUE(blocker_->ExecuteScript("COMMIT", /*position=*/nullptr).ok());
    PassTime();
    std::vector<std::string> answers;
    for (auto& answer : calls) answers.push_back(answer.get());
    return answers;
  }

  void WarmUp() {
    for (int i = 0; i < 8; ++i) {
      EXPECT_EQ(Submit(Get(7)).get(), "7");
      EXPECT_EQ(Submit(Rename(7, "7")).get(), "7");
    }
  }
};

TEST_F(MergedRenamesTest, EachReadGetsItsOwnRow) {
  Start(4, kOneLane, &still_);
  WarmUp();
  for (const char* change :
       {"ALTER TABLE article RENAME title TO headline", "ALTER TABLE article RENAME headline TO title",
        "ALTER TABLE article RENAME title TO headline; ALTER TABLE article RENAME body TO title"}) {
    const uint64_t merged = executor_->stats().merged_calls_total;
    const auto answers = AnswersAfter(change, [this](int i) { return Get(i); });
    for (int i = 1; i <= kCalls; ++i) EXPECT_EQ(answers[i - 1], Cat(i)) << change;
    EXPECT_GT(executor_->stats().merged_calls_total, merged);
  }
}

/// Whose statements were looked up before a swap, and are sent after it was learnt.
class LateStatementsTest : public ExecutorPgTest {
 protected:
  void SetUp() override {
    ExecutorPgTest::SetUp();
    connection_ = Connect();
    ASSERT_NE(connection_, nullptr);
    Learn();
    for (const MergedCalls* calls : {&one_, &many_}) EXPECT_EQ(TitleOf(*calls, 0), "7");
    EXPECT_EQ(TitleOf(write_, 0), "new");
  }

  std::unique_ptr<db::Connection> Connect() {
    db::ConnectionOptions options;
    options.url = database_.url();
    auto connection = db::Connection::Open(options);
    EXPECT_TRUE(connection.ok()) << connection.status();
    return connection.ok() ? *std::move(connection) : nullptr;
  }
  void Learn() {
    const auto read = names_->Read(*Connect());
    EXPECT_TRUE(read.ok()) << read.status();
  }
  void Swap() {
    database_.Run(
        "BEGIN; ALTER TABLE article RENAME title TO swapped; ALTER TABLE article RENAME body TO title; "
        "ALTER TABLE article RENAME swapped TO body; COMMIT");
  }
  void Execute(const char* text) {
    db::Query query;
    query.text = text;
    const auto rows = connection_->Execute(query);
    EXPECT_TRUE(rows.ok()) << rows.status();
  }
  void Enqueue(const char* text) {
    db::Query query;
    query.text = text;
    const absl::Status queued = connection_->Enqueue(query);
    EXPECT_TRUE(queued.ok()) << queued;
  }
  std::string TitleOf(const MergedCalls& calls, int row) {
    const auto rows = calls.Run(*connection_, nullptr);
    return rows.ok() ? std::string(rows->cell(row, 1)) : ErrorReason(rows.status());
  }
  /// What both columns of article 8 hold: its title's now has the other name.
  std::string Written() { return database_.Value("SELECT body || '/' || title FROM article WHERE id = 8"); }

  const plan::Call get_ = Get(7), other_ = Get(9), rename_ = Rename(8, "new");
  const MergedCalls one_ = runner_.Merge({&get_}), many_ = runner_.Merge({&get_, &other_}),
                    write_ = runner_.Merge({&rename_});
  std::unique_ptr<db::Connection> connection_;
};

TEST_F(LateStatementsTest, AreWrittenAnewBeforeTheyAreSent) {
  EXPECT_TRUE(one_.SendAhead(*connection_, nullptr));
  EXPECT_EQ(TitleOf(one_, 0), "7");
  Swap();
  database_.Run("UPDATE article SET body = 'old' WHERE id = 8");
  Learn();
  for (const MergedCalls* calls : {&one_, &many_, &write_}) {
    EXPECT_FALSE(calls->SendAhead(*connection_, nullptr)) << "for its text is out of date";
  }
  EXPECT_EQ(TitleOf(one_, 0), "7");
  EXPECT_EQ(TitleOf(many_, 1), "9");
  EXPECT_EQ(TitleOf(write_, 0), "new");
  EXPECT_EQ(Written(), "new/");
  Execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
  EXPECT_EQ(TitleOf(many_, 0), "7");
  EXPECT_EQ(TitleOf(one_, 0), "7");
  Execute("COMMIT");
}

TEST_F(LateStatementsTest, AskFirstWhileNamesAreInDoubt) {
  Swap();
  database_.Run("UPDATE article SET body = 'old' WHERE id = 8");
  names_->Doubt();
  EXPECT_FALSE(one_.SendAhead(*connection_, nullptr));
  EXPECT_EQ(TitleOf(write_, 0), "new");
  EXPECT_EQ(Written(), "new/");
  Swap();
  names_->Doubt();
  EXPECT_EQ(TitleOf(one_, 0), "7");
  const uint64_t questions = names_->questions();
  EXPECT_EQ(TitleOf(one_, 0), "7");
  EXPECT_EQ(names_->questions(), questions) << "for the answer is known then";
}

TEST_F(LateStatementsTest, AskBeforeATransactionBegins) {
  for (const char* begin : {"BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ", "BEGIN READ ONLY"}) {
    Swap();
    names_->Doubt();
    Enqueue(begin);
    EXPECT_EQ(TitleOf(one_, 0), "7") << begin;
    EXPECT_EQ(TitleOf(many_, 1), "9");
    Execute("COMMIT");
  }
}

/// As VACUUM FULL locks a catalog. Plans that are made need none of it.
TEST_F(LateStatementsTest, GoOnByWhatIsKnownWhereTheDoubtCannotBeSettled) {
  Block("BEGIN; LOCK TABLE pg_catalog.pg_description IN ACCESS EXCLUSIVE MODE");
  names_->Doubt();
  EXPECT_EQ(TitleOf(one_, 0), "7");
  EXPECT_FALSE(names_->doubtful()) << "or each call would try it";
  EXPECT_TRUE(one_.SendAhead(*connection_, nullptr));
  EXPECT_EQ(TitleOf(one_, 0), "7");
  names_->Doubt();
  Enqueue("BEGIN");
  EXPECT_EQ(TitleOf(many_, 1), "9");
  Execute("COMMIT");
  EXPECT_FALSE(connection_->broken());
}

TEST_F(LateStatementsTest, DoNotWaitForWhoAsksInDoubt) {
  names_->Doubt();
  const db::CurrentNames::Turn of_another(names_.get());
  EXPECT_EQ(TitleOf(one_, 0), "7");
  EXPECT_EQ(names_->questions(), 2u) << "that of SetUp, and the other one's";
}

/// Before anybody has been told anything.
TEST_F(MergedRenamesTest, TheFirstStatementOfAllAsksInATransactionToo) {
  database_.Run("ALTER TABLE article RENAME title TO headline; ALTER TABLE article RENAME body TO title");
  db::ConnectionOptions options;
  options.url = database_.url();
  const auto connection = db::Connection::Open(options);
  ASSERT_TRUE(connection.ok()) << connection.status();
  db::Query begin;
  begin.text = "BEGIN ISOLATION LEVEL REPEATABLE READ";
  ASSERT_TRUE((*connection)->Execute(begin).ok());
  const plan::Call get = Get(7);
  const auto rows = runner_.Merge({&get}).Run(**connection, nullptr);
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(rows->cell(0, 1), "7");
}

/// The question is for a worker: the thread that reads answers has others to read.
TEST_F(LateStatementsTest, AnAnswerThatMissesANameIsForAnotherThread) {
  EXPECT_TRUE(one_.SendAhead(*connection_, nullptr));
  EXPECT_EQ(TitleOf(one_, 0), "7");
  database_.Run("ALTER TABLE article RENAME title TO headline");
  ASSERT_TRUE(one_.SendAhead(*connection_, nullptr));
  db::Arrival arrival = db::Arrival::kUnderWay;
  EXPECT_TRUE(testing::Eventually([&] {
    arrival = connection_->ReadAhead();
    return arrival != db::Arrival::kUnderWay;
  }));
  EXPECT_EQ(arrival, db::Arrival::kOther);
  EXPECT_EQ(TitleOf(one_, 0), "7");
}

TEST_F(MergedRenamesTest, EachWriteWritesItsOwnRowOnce) {
  Start(4, kOneLane, &still_);
  WarmUp();
  const uint64_t merged = executor_->stats().merged_calls_total;
  const auto created = AnswersAfter("ALTER TABLE article RENAME title TO headline", [this](int i) {
    return Call("Create", {{"article.title", Cat("new ", i)}});
  });
  for (int i = 1; i <= kCalls; ++i) EXPECT_EQ(created[i - 1], Cat("new ", i));
  EXPECT_EQ(
      database_.Value("SELECT count(*) || ' of ' || count(DISTINCT headline) FROM article WHERE headline LIKE 'new%'"),
      "40 of 40");
  const auto updated = AnswersAfter("ALTER TABLE article RENAME headline TO title",
                                    [this](int i) { return Rename(i, Cat("changed ", i)); });
  for (int i = 1; i <= kCalls; ++i) EXPECT_EQ(updated[i - 1], Cat("changed ", i));
  EXPECT_EQ(database_.Value("SELECT count(*) FROM article WHERE title = 'changed ' || id"), "40");
  EXPECT_GT(executor_->stats().merged_calls_total, merged);
}

}  // namespace
}  // namespace rowkeeper::exec
