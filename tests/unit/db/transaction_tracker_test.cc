#include "server/db/transaction_tracker.h"

#include <gtest/gtest.h>

#include <string_view>

namespace rowkeeper::db {
namespace {

using Effect = TransactionEffect;
using State = TransactionTracker::State;

TEST(ClassifyStatementTest, ReadsTheFirstWords) {
  struct Case {
    const char* text;
    Effect effect;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"BEGIN", Effect::kBegin},
           {"begin isolation level serializable", Effect::kBegin},
           {"START TRANSACTION", Effect::kBegin},
           {"BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE; SET LOCAL idle_in_transaction_session_timeout = 15000",
            Effect::kBegin},
           {"BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY, DEFERRABLE; SET LOCAL statement_timeout = 1",
            Effect::kBeginReadOnly},
           {"start transaction read only", Effect::kBeginReadOnly},
           {"COMMIT", Effect::kCommit},
           {" \n\tCommit;", Effect::kCommit},
           {"END", Effect::kCommit},
           {"COMMIT AND CHAIN", Effect::kUnknown},
           {"COMMIT PREPARED 'x'", Effect::kNone},
           {"PREPARE TRANSACTION 'x'", Effect::kCommit},
           {"PREPARE p AS SELECT 1", Effect::kNone},
           {"ROLLBACK", Effect::kRollback},
           {"ABORT", Effect::kRollback},
           {"ROLLBACK TO SAVEPOINT s", Effect::kRollbackTo},
           {"ROLLBACK WORK TO s", Effect::kRollbackTo},
           {"ROLLBACK AND CHAIN", Effect::kUnknown},
           {"ROLLBACK PREPARED 'x'", Effect::kNone},
           {"SELECT 1", Effect::kNone},
           {"SAVEPOINT s", Effect::kSavepoint},
           {"savepoint s1;", Effect::kSavepoint},
           {"SAVEPOINTS", Effect::kNone},
           {"RELEASE SAVEPOINT s1", Effect::kNone},
           {"ROLLBACK TO SAVEPOINT s1", Effect::kRollbackTo},
           {"COMMITTED", Effect::kNone},
           {"COMMENT ON TABLE t IS 'commit'", Effect::kNone},
           {"/* x */ BEGIN", Effect::kBegin},
           {"/*rowkeeper:planner.v1.Todo/List*/ SELECT 1", Effect::kNone},
           {"/* begin; /* commit */ */ -- end\n ROLLBACK", Effect::kRollback},
           {"-- x", Effect::kNone},
           {"(COMMIT)", Effect::kUnknown},
           {"", Effect::kNone},
           {"  ", Effect::kNone},
       }) {
    EXPECT_EQ(ClassifyStatement(c.text), c.effect) << c.text;
  }
}

TEST(TransactionTrackerTest, FailureInsideStaysUntilRolledBack) {
  TransactionTracker tracker;
  tracker.Failed(Effect::kNone);
  EXPECT_EQ(tracker.state(), State::kNone);
  tracker.Succeeded(Effect::kBegin, "BEGIN");
  EXPECT_TRUE(tracker.certainly_open());
  tracker.Failed(Effect::kNone);
  EXPECT_EQ(tracker.state(), State::kFailed);
  tracker.Failed(Effect::kRollbackTo);
  EXPECT_EQ(tracker.state(), State::kFailed);
  tracker.Succeeded(Effect::kRollbackTo, "ROLLBACK TO s");
  EXPECT_EQ(tracker.state(), State::kOpen);
  tracker.Succeeded(Effect::kRollback, "ROLLBACK");
  EXPECT_EQ(tracker.state(), State::kNone);
}

TEST(TransactionTrackerTest, BeginWhoseTailFailedMayHaveBegun) {
  TransactionTracker tracker;
  tracker.Failed(Effect::kBegin);
  EXPECT_EQ(tracker.state(), State::kUnknown);
  EXPECT_TRUE(tracker.may_have_failed());
  tracker.Succeeded(Effect::kRollback, "ROLLBACK");
  EXPECT_EQ(tracker.state(), State::kNone);
}

TEST(TransactionTrackerTest, TheWayBackIsThatOfTheStatementBeforeAlone) {
  TransactionTracker tracker;
  const auto back_after = [&tracker](std::string_view text) {
    tracker.Succeeded(ClassifyStatement(text), text);
    return tracker.way_back();
  };
  EXPECT_EQ(back_after("SELECT 1"), "");
  EXPECT_EQ(back_after("BEGIN READ ONLY; SET LOCAL x = 1"), "ROLLBACK; BEGIN READ ONLY; SET LOCAL x = 1");
  EXPECT_EQ(back_after("SELECT 1"), "");
  EXPECT_EQ(back_after("SAVEPOINT s"), "ROLLBACK TO SAVEPOINT s");
  EXPECT_EQ(back_after("RELEASE s"), "");
  EXPECT_EQ(back_after("SAVEPOINT s"), "ROLLBACK TO SAVEPOINT s");
  tracker.Failed(Effect::kNone);
  EXPECT_EQ(tracker.way_back(), "");
  EXPECT_EQ(back_after("ROLLBACK TO s"), "ROLLBACK TO s");
  EXPECT_EQ(back_after("COMMIT"), "");
  back_after("BEGIN");
  tracker.ScriptSucceeded();
  EXPECT_EQ(tracker.way_back(), "");
  EXPECT_EQ(back_after("SAVEPOINT s"), "") << "nobody knows whether it is in a transaction";
}

TEST(TransactionTrackerTest, BehindASavepointOnlyReadCommittedSeesWhatIsNew) {
  TransactionTracker tracker;
  EXPECT_TRUE(tracker.next_has_new_snapshot());
  for (const std::string begin : {"BEGIN ISOLATION LEVEL READ COMMITTED", "BEGIN ISOLATION LEVEL REPEATABLE READ",
                                  "BEGIN ISOLATION LEVEL SERIALIZABLE", "BEGIN"}) {
    tracker.Succeeded(Effect::kBegin, begin);
    EXPECT_TRUE(tracker.next_has_new_snapshot()) << "its first statement: " << begin;
    tracker.Succeeded(Effect::kNone, "SELECT 1");
    EXPECT_FALSE(tracker.next_has_new_snapshot());
    tracker.Succeeded(Effect::kSavepoint, "SAVEPOINT a");
    EXPECT_EQ(tracker.next_has_new_snapshot(), begin.find("COMMITTED") != std::string::npos) << begin;
    tracker.Failed(Effect::kNone);
    EXPECT_FALSE(tracker.next_has_new_snapshot());
    tracker.Succeeded(Effect::kRollbackTo, "ROLLBACK TO SAVEPOINT a");
    EXPECT_EQ(tracker.next_has_new_snapshot(), begin.find("COMMITTED") != std::string::npos) << begin;
    tracker.Succeeded(Effect::kRollback, "ROLLBACK");
    EXPECT_TRUE(tracker.next_has_new_snapshot());
  }
}

TEST(TransactionTrackerTest, BeginAndSavepointsTakeNoSnapshot) {
  TransactionTracker tracker;
  EXPECT_FALSE(tracker.has_no_snapshot());
  for (const std::string first : {"a statement", "a failure", "a script"}) {
    tracker.Succeeded(Effect::kBegin, "BEGIN ISOLATION LEVEL REPEATABLE READ");
    EXPECT_TRUE(tracker.has_no_snapshot());
    tracker.Succeeded(Effect::kSavepoint, "SAVEPOINT a");
    tracker.Succeeded(Effect::kRollbackTo, "ROLLBACK TO SAVEPOINT a");
    EXPECT_TRUE(tracker.has_no_snapshot());
    if (first == "a statement") tracker.Succeeded(Effect::kNone, "SELECT 1");
    if (first == "a failure") tracker.Failed(Effect::kNone);
    if (first == "a script") tracker.ScriptSucceeded();
    EXPECT_FALSE(tracker.has_no_snapshot()) << first;
    tracker.Succeeded(Effect::kRollbackTo, "ROLLBACK TO SAVEPOINT a");
    EXPECT_FALSE(tracker.has_no_snapshot()) << first;
    tracker.Succeeded(Effect::kRollback, "ROLLBACK");
    EXPECT_FALSE(tracker.has_no_snapshot());
  }
}

TEST(TransactionTrackerTest, ReadOnlyLastsAsLongAsItsTransaction) {
  TransactionTracker tracker;
  tracker.Succeeded(Effect::kBeginReadOnly, "BEGIN READ ONLY");
  EXPECT_TRUE(tracker.certainly_open());
  EXPECT_TRUE(tracker.read_only());
  tracker.Failed(Effect::kNone);
  tracker.Succeeded(Effect::kRollbackTo, "ROLLBACK TO s");
  EXPECT_TRUE(tracker.read_only());
  tracker.Succeeded(Effect::kCommit, "COMMIT");
  EXPECT_FALSE(tracker.read_only());
}

TEST(TransactionTrackerTest, WhatCannotBeKnownIsUnknown) {
  TransactionTracker tracker;
  tracker.Succeeded(Effect::kBegin, "BEGIN");
  tracker.Failed(Effect::kCommit);
  EXPECT_EQ(tracker.state(), State::kUnknown);
  tracker.Succeeded(Effect::kRollback, "ROLLBACK");
  tracker.ScriptSucceeded();
  EXPECT_EQ(tracker.state(), State::kUnknown);
  EXPECT_FALSE(tracker.certainly_open());
}

TEST(TransactionTrackerTest, ScriptInsideATransactionMayHaveEndedIt) {
  TransactionTracker tracker;
  tracker.Succeeded(Effect::kBegin, "BEGIN");
  tracker.ScriptSucceeded();
  EXPECT_EQ(tracker.state(), State::kUnknown);
  EXPECT_FALSE(tracker.may_have_failed());
  tracker.Succeeded(Effect::kBegin, "BEGIN");
  tracker.ScriptFailed();
  EXPECT_EQ(tracker.state(), State::kUnknown);
  EXPECT_TRUE(tracker.may_have_failed());
  tracker.Succeeded(Effect::kNone, "SELECT 1");
  EXPECT_TRUE(tracker.may_have_failed());
  tracker.Succeeded(Effect::kRollback, "ROLLBACK");
  EXPECT_FALSE(tracker.may_have_failed());
}

TEST(TransactionTrackerTest, FailureAfterAScriptMayBeInATransaction) {
  TransactionTracker tracker;
  tracker.Failed(Effect::kNone);
  EXPECT_FALSE(tracker.may_have_failed()) << "autocommitted";
  tracker.ScriptSucceeded();
  tracker.Failed(Effect::kNone);
  EXPECT_TRUE(tracker.may_have_failed());
}

}  // namespace
}  // namespace rowkeeper::db
