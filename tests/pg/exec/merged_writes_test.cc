// Writes that run as one statement.
#include <atomic>
#include <future>
#include <set>
#include <thread>

#include "absl/strings/str_split.h"
#include "tests/pg/exec/executor_pg_fixture.h"

namespace rowkeeper::exec {
namespace {

using std::chrono::milliseconds;
using Cause = db::Cancellation::Cause;

/// A row whose title begins with "nap" is not written while somebody holds the advisory lock 1; the first that begins
/// with "sleep" takes a minute; "bad" is refused.
constexpr char kNaps[] = R"(
CREATE FUNCTION nap(title text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
  IF title LIKE 'nap%' THEN PERFORM pg_advisory_xact_lock_shared(1); END IF;
  IF title LIKE 'sleep%' AND nextval('sleeps') = 1 THEN PERFORM pg_sleep(60); END IF;
  RETURN title <> 'bad';
END $$;
CREATE SEQUENCE sleeps;
ALTER TABLE article ADD CONSTRAINT nap CHECK (nap(title));
CREATE UNIQUE INDEX by_title ON article (title))";

class MergedWritesTest : public ExecutorPgTest {
 protected:
  using Answers = std::vector<std::future<std::string>>;

  void SetUp() override {
    ExecutorPgTest::SetUp();
    database_.Run("SELECT setval(pg_get_serial_sequence('article', 'id'), 1000)");
    database_.Run(kNaps);
  }

  plan::Call Create(const std::string& title) const { return Call("Create", {{"article.title", title}}); }

  /// Calls that take all lanes of creates and of renames until Wake.
  void Nap() {
    Block("BEGIN; SELECT pg_advisory_xact_lock(1)");
    for (int i = 0; i < 2; ++i) naps_.push_back(Submit(Create(Cat("nap ", i))));
    for (int i = 0; i < 2; ++i) naps_.push_back(Submit(Rename(100 - i, Cat("nap of ", i))));
    WaitForLockWaiters("4");
  }
  void Wake() {
    blocker_.reset();
    for (auto& nap : naps_) EXPECT_THAT(nap.get(), ::testing::StartsWith("nap"));
    naps_.clear();
  }

  Answers CreateAll(int count, std::vector<Executor::Ticket>* tickets = nullptr) {
    Answers answers;
    if (tickets != nullptr) tickets->resize(static_cast<size_t>(count));
    for (int i = 0; i < count; ++i) {
      answers.push_back(Submit(Create(Cat("new ", i)), tickets == nullptr ? nullptr : &(*tickets)[i]));
    }
    return answers;
  }

  std::string Titles(const std::string& pattern) {
    return database_.Value("SELECT count(*) || ' of ' || count(DISTINCT title) FROM article WHERE title LIKE '" +
                           pattern + "'");
  }
  uint64_t merged() const { return executor_->stats().merged_calls_total; }

  Answers naps_;
};

TEST_F(MergedWritesTest, CreatesThatComeMeanwhileAreOneStatementAndEachGetsItsRow) {
  Start(8, kOneLane, &still_);
  Nap();
  Answers answers = CreateAll(40);
  PassTime();
  for (int i = 0; i < 40; ++i) EXPECT_EQ(answers[i].get(), Cat("new ", i));
  EXPECT_EQ(merged(), 40u);
  EXPECT_EQ(executor_->stats().unmerged_calls.total(), 0u);
  EXPECT_EQ(Titles("new%"), "40 of 40");
  Wake();
}

TEST_F(MergedWritesTest, OneThatIsRefusedIsToldWhyAndTheOthersSucceed) {
  Start(8, kOneLane);
  Nap();
  Answers answers;
  for (int i = 0; i < 40; ++i) {
    answers.push_back(Submit(Create(i == 7 ? "bad" : i == 21 ? "55" : Cat("new ", i))));
  }
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(answers[i].get(), i == 7 ? "INVALID_FIELD" : i == 21 ? "UNIQUE_VIOLATION" : Cat("new ", i));
  }
  EXPECT_GT(executor_->stats().unmerged_calls.total(), 0u);
  EXPECT_GT(merged(), 0u);
  EXPECT_EQ(Titles("new%"), "38 of 38");
  Wake();
}

TEST_F(MergedWritesTest, UpdatesChangeTheirOwnRows) {
  Start(8, kOneLane, &still_);
  Nap();
  Answers answers;
  for (int i = 1; i <= 40; ++i) answers.push_back(Submit(Rename(i == 13 ? 5000 : i, Cat("new ", i))));
  PassTime();
  for (int i = 1; i <= 40; ++i) EXPECT_EQ(answers[i - 1].get(), i == 13 ? "ROW_NOT_FOUND" : Cat("new ", i));
  EXPECT_GE(merged(), 30u);
  EXPECT_EQ(database_.Value("SELECT count(*) FROM article WHERE title = 'new ' || id AND version_id = 2"), "39");
  Wake();
}

TEST_F(MergedWritesTest, UpdatesOfOneRowFollowEachOther) {
  Start(8, kOneLane);
  Nap();
  Answers answers;
  for (int i = 0; i < 40; ++i) answers.push_back(Submit(Rename(1 + i % 3, Cat("new ", i))));
  for (int i = 0; i < 40; ++i) EXPECT_EQ(answers[i].get(), Cat("new ", i));
  EXPECT_GT(merged(), 0u);
  EXPECT_EQ(database_.Value("SELECT sum(version_id) FROM article WHERE id <= 3"), "43") << "none is lost";
  Wake();
}

TEST_F(MergedWritesTest, AVersionGuardsItsOwnRowOnly) {
  Start(8, kOneLane);
  Nap();
  Answers answers;
  for (int i = 1; i <= 30; ++i) {
    answers.push_back(Submit(Rename(i, Cat("new ", i), i % 10 == 0 ? 7 : 1)));
  }
  for (int i = 1; i <= 30; ++i) EXPECT_EQ(answers[i - 1].get(), i % 10 == 0 ? "VERSION_MISMATCH" : Cat("new ", i));
  EXPECT_EQ(Titles("new%"), "27 of 27");
  Wake();
}

TEST_F(MergedWritesTest, ARowThatSomebodyLocksDelaysNobodyElse) {
  Start(8, kOneLane);
  Nap();
  Answers answers;
  std::unique_ptr<db::Connection> naps = std::move(blocker_);
  LockFirst();
  for (int i = 1; i <= 30; ++i) answers.push_back(Submit(Rename(i, Cat("new ", i))));
  for (int i = 2; i <= 30; ++i) EXPECT_EQ(answers[i - 1].get(), Cat("new ", i));
  EXPECT_EQ(answers[0].wait_for(milliseconds(0)), std::future_status::timeout);
  blocker_.reset();
  EXPECT_EQ(answers[0].get(), "new 1");
  blocker_ = std::move(naps);
  Wake();
}

TEST_F(MergedWritesTest, AKeyThatAnotherTransactionHoldsDelaysNobodyElse) {
  Start(8, kOneLane);
  Nap();
  std::unique_ptr<db::Connection> naps = std::move(blocker_);
  Block("BEGIN; INSERT INTO article (title, body) VALUES ('new 3', '')");
  Answers answers = CreateAll(30);
  for (int i = 0; i < 30; ++i) {
    if (i == 3) continue;
    EXPECT_EQ(answers[i].get(), Cat("new ", i));
  }
  EXPECT_EQ(answers[3].wait_for(milliseconds(0)), std::future_status::timeout);
  blocker_.reset();
  EXPECT_EQ(answers[3].get(), "new 3");
  blocker_ = std::move(naps);
  Wake();
}

TEST_F(MergedWritesTest, TriggersAndRulesSeeEachWriteByItself) {
  database_.Run(
      "CREATE TABLE seen (n bigint); CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO "
      "seen "
      "SELECT count(*) FROM added; RETURN NULL; END $$");
  database_.Run(
      "CREATE TRIGGER see AFTER INSERT ON article REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION "
      "see()");
  Start(8, kOneLane);
  Nap();
  Answers answers = CreateAll(40);
  for (int i = 0; i < 40; ++i) EXPECT_EQ(answers[i].get(), Cat("new ", i));
  EXPECT_EQ(merged(), 0u);
  EXPECT_EQ(database_.Value("SELECT count(*) || ' of ' || max(n) FROM seen"), "40 of 1");
  Wake();
}

/// What must not see writes together, and what shows that it saw each by itself.
struct Surrounding {
  std::string name;
  std::string script;
  std::string seen = "SELECT 'nothing to see'";
  std::string wanted = "nothing to see";
};

std::vector<Surrounding> Surroundings() {
  const std::string see =
      "CREATE TABLE seen (n bigint); CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO "
      "seen "
      "VALUES (1); RETURN coalesce(NEW, OLD); END $$;";
  const std::string count = "SELECT count(*) FROM seen";
  return {
      {"AfterStatement", see + "CREATE TRIGGER see AFTER UPDATE ON article EXECUTE FUNCTION see()", count, "40"},
      {"BeforeStatement", see + "CREATE TRIGGER see BEFORE UPDATE ON article EXECUTE FUNCTION see()", count, "40"},
      {"Row", see + "CREATE TRIGGER see BEFORE UPDATE ON article FOR EACH ROW EXECUTE FUNCTION see()", count, "40"},
      {"View",
       see + "ALTER TABLE article RENAME TO stored; COMMENT ON TABLE stored IS NULL; CREATE VIEW article AS SELECT * "
             "FROM stored; "
             "CREATE TRIGGER see AFTER UPDATE ON stored EXECUTE FUNCTION see()",
       count, "40"},
      {"Heirs", "CREATE TABLE heir () INHERITS (article)"},
      {"DeferrableKey", "ALTER TABLE article ADD CONSTRAINT later UNIQUE (title) DEFERRABLE"},
      {"ReferenceToItself", "ALTER TABLE article ADD COLUMN parent bigint REFERENCES article"},
      {"Isolation",
       "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation TO ''repeatable read''', "
       "current_database()); END $$"},
  };
}

class MergedWritesAmongTest : public MergedWritesTest, public ::testing::WithParamInterface<Surrounding> {};

TEST_P(MergedWritesAmongTest, EachRunsByItself) {
  database_.Run(GetParam().script);
  Start(8, kOneLane);
  Nap();
  Answers answers;
  for (int i = 1; i <= 40; ++i) answers.push_back(Submit(Rename(i, Cat("new ", i))));
  for (int i = 1; i <= 40; ++i) EXPECT_EQ(answers[i - 1].get(), Cat("new ", i));
  EXPECT_EQ(merged(), 0u);
  EXPECT_GT(executor_->stats().unmerged_calls.total(), 0u);
  EXPECT_EQ(database_.Value(GetParam().seen), GetParam().wanted);
  Wake();
}

INSTANTIATE_TEST_SUITE_P(All, MergedWritesAmongTest, ::testing::ValuesIn(Surroundings()),
                         [](const auto& test) { return test.param.name; });

TEST_F(MergedWritesTest, AValueThatPostgresqlCannotDealWithHarmsNobodyElse) {
  database_.Run("ALTER TABLE article ADD COLUMN words tsquery GENERATED ALWAYS AS (to_tsquery('simple', body)) STORED");
  Start(8, kOneLane);
  Nap();
  Answers answers;
  for (int i = 0; i < 20; ++i) {
    answers.push_back(
        Submit(Call("Create", {{"article.title", Cat("new ", i)}, {"article.body", i == 5 ? "cat dog" : "cat"}})));
  }
  for (int i = 0; i < 20; ++i) EXPECT_EQ(answers[i].get(), i == 5 ? "INTERNAL" : Cat("new ", i));
  Wake();
}

TEST_F(MergedWritesTest, OneThatIsGivenUpIsToldTheTruthAndTheOthersGetTheirs) {
  database_.Run(
      "CREATE FUNCTION pause(title text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN IF title LIKE 'new%' THEN "
      "PERFORM "
      "pg_advisory_xact_lock_shared(2); END IF; RETURN true; END $$");
  database_.Run("ALTER TABLE article ADD CONSTRAINT pause CHECK (pause(title))");
  database_.Run("SELECT pg_advisory_lock(2)");
  Start(8, kOneLane, &still_);
  Nap();
  std::vector<Executor::Ticket> tickets;
  Answers answers = CreateAll(4, &tickets);
  PassTime();
  EXPECT_TRUE(testing::Eventually([&] {
    return database_.Value(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory' "
               "AND "
               "query LIKE '%merged%'") == "1";
  }));
  tickets[1].Cancel(Cause::kCaller);
  database_.Run("SELECT pg_advisory_unlock(2)");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(answers[i].get(), Cat("new ", i));
  EXPECT_EQ(Titles("new%"), "4 of 4");
  Wake();
}

TEST_F(MergedWritesTest, WhenAllAreGivenUpTheStatementIsCancelled) {
  Start(8, kOneLane);
  Nap();
  std::vector<Executor::Ticket> tickets(4);
  Answers answers;
  for (int i = 0; i < 4; ++i) answers.push_back(Submit(Create(Cat("sleep ", i)), &tickets[i]));
  EXPECT_TRUE(testing::Eventually([&] {
    return database_.Value(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'") ==
           "1";
  }));
  for (Executor::Ticket& ticket : tickets) ticket.Cancel(Cause::kCaller);
  for (auto& answer : answers) EXPECT_EQ(answer.get(), "CANCELLED");
  EXPECT_EQ(Titles("sleep%"), "0 of 0");
  Wake();
}

TEST_F(MergedWritesTest, WhenPostgresqlEndsTheirSessionEachRunsAlone) {
  Start(8, kOneLane);
  Nap();
  Answers answers;
  for (int i = 0; i < 4; ++i) answers.push_back(Submit(Create(Cat("sleep ", i))));
  EXPECT_TRUE(testing::Eventually([&] {
    return database_.Value(
               "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = current_database() "
               "AND wait_event = 'PgSleep'") == "1";
  }));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(answers[i].get(), Cat("sleep ", i));
  EXPECT_EQ(Titles("sleep%"), "4 of 4");
  Wake();
}

/// Four callers create, rename and read, some of them in vain, while connections are lost; what they were told is what
/// is there.
TEST_F(MergedWritesTest, WhatCallersWereToldIsWhatIsThere) {
  Start(6, {/*lanes=*/1, /*most_merged=*/16});
  // How many of those below meet depends on the machine; these do.
  Nap();
  Answers first = CreateAll(20);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(first[i].get(), Cat("new ", i));
  EXPECT_GT(MergesTried(), 0u);
  Wake();
  constexpr int kCallers = 8, kCalls = 400;
  std::vector<std::set<std::string>> stored(kCallers), unknown(kCallers);
  std::vector<std::thread> callers;
  std::atomic<int> odd{0};
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      std::vector<std::pair<std::string, std::future<std::string>>> open;
      const auto settle = [&] {
        for (auto& [title, answer] : open) {
          const std::string told = answer.get();
          if (told == title) stored[caller].insert(title);
          if (told == "COMMIT_OUTCOME_UNKNOWN") unknown[caller].insert(title);
          const bool known = told == title || told == "COMMIT_OUTCOME_UNKNOWN" || told == "DATABASE_UNAVAILABLE" ||
                             told == "UNIQUE_VIOLATION" || told == "INVALID_FIELD";
          odd += known ? 0 : 1;
        }
        open.clear();
      };
      for (int i = 0; i < kCalls; ++i) {
        const std::string title = i % 40 == 7 ? "bad" : i % 50 == 9 ? "55" : Cat("w", caller, "-", i);
        open.emplace_back(title, Submit(Create(title)));
        if (open.size() == 8) settle();
        if (caller == 0 && i % 100 == 60) LoseConnection();
      }
      settle();
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(odd, 0);
  std::set<std::string> there;
  for (const auto title : absl::StrSplit(
           database_.Value("SELECT coalesce(string_agg(title, ','), '') FROM article WHERE title LIKE 'w%'"), ',')) {
    there.insert(std::string(title));
  }
  size_t told = 0;
  for (int caller = 0; caller < kCallers; ++caller) {
    told += stored[caller].size();
    for (const std::string& title : stored[caller]) EXPECT_EQ(there.count(title), 1u) << title;
    for (const std::string& title : unknown[caller]) there.erase(title);
  }
  EXPECT_EQ(there.size(), told);
}

}  // namespace
}  // namespace rowkeeper::exec
