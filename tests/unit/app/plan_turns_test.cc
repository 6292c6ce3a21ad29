#include "server/app/plan_turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace rowkeeper::app {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PlanTurnsTest : public ::testing::Test {
 protected:
  PlanTurns::Statements Make(uint64_t count) {
    PlanTurns::Statements statements;
    for (uint64_t id = count; id > 0; --id) {  // in no order
      auto statement = std::make_shared<sql::Statement>();
      statement->id = id;
      statement->use = std::make_shared<observe::StatementUse>();
      statement->use->Add(seconds(0), 1);
      statements.push_back(std::move(statement));
    }
    return statements;
  }
  static std::vector<uint64_t> Ids(const PlanTurns::Statements& statements) {
    std::vector<uint64_t> ids;
    for (const auto& statement : statements) ids.push_back(statement->id);
    return ids;
  }
  static void Use(const PlanTurns::Statements& statements) {
    for (const auto& statement : statements) statement->use->Add(seconds(0), 1);
  }

  PlanTurns turns_;
  PlanTurns::Time now_;
};

TEST_F(PlanTurnsTest, EachIsAskedBeforeAnyIsAskedAgain) {
  const auto kept = Make(10);
  std::vector<uint64_t> asked;
  for (int round = 0; round < 4; ++round) {
    for (const auto& statement : turns_.Next(kept, 4, now_)) {
      turns_.Note(*statement, absl::OkStatus(), now_);
      asked.push_back(statement->id);
    }
    Use(kept);
    now_ += seconds(2);
  }
  EXPECT_THAT(asked, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  now_ += minutes(10);
  EXPECT_THAT(Ids(turns_.Next(kept, 4, now_)), ElementsAre(1, 2, 3, 4)) << "those that were asked the longest ago";
}

TEST_F(PlanTurnsTest, ManyThatFailKeepNobodyFromBeingAsked) {
  const auto kept = Make(100);
  const auto fails = [](uint64_t id) { return id <= 90; };
  std::set<uint64_t> answered;
  for (int round = 0; round < 25; ++round, now_ += seconds(2)) {
    for (const auto& statement : turns_.Next(kept, 4, now_)) {
      const uint64_t id = statement->id;
      turns_.Note(*statement, fails(id) ? absl::UnavailableError("its table is locked") : absl::OkStatus(), now_);
      if (!fails(id)) answered.insert(id);
    }
    Use(kept);
  }
  EXPECT_EQ(answered.size(), 10u);
}

TEST_F(PlanTurnsTest, OneThatFailsIsAskedAgainLaterAndLater) {
  const auto kept = Make(1);
  std::vector<int64_t> asked_at;
  const PlanTurns::Time begin = now_;
  for (; now_ < begin + minutes(60); now_ += seconds(1)) {
    if (turns_.Next(kept, 4, now_).empty()) continue;
    turns_.Note(*kept.front(), absl::UnavailableError("locked"), now_);
    asked_at.push_back(std::chrono::duration_cast<seconds>(now_ - begin).count());
  }
  EXPECT_THAT(asked_at, ElementsAre(0, 2, 6, 14, 30, 62, 126, 254, 510, 1022, 1622, 2222, 2822, 3422));
  now_ += minutes(10);
  turns_.Note(*kept.front(), absl::OkStatus(), now_);
  Use(kept);
  now_ += minutes(10);
  turns_.Note(*kept.front(), absl::UnavailableError("locked"), now_);
  EXPECT_THAT(turns_.Next(kept, 4, now_ + seconds(1)), IsEmpty());
  EXPECT_EQ(turns_.Next(kept, 4, now_ + seconds(2)).size(), 1u) << "it had answered in between";
}

TEST_F(PlanTurnsTest, WhatNobodyUsesIsNotAskedAbout) {
  const auto kept = Make(2);
  for (const auto& statement : kept) turns_.Note(*statement, absl::OkStatus(), now_);
  now_ += minutes(20);
  EXPECT_THAT(turns_.Next(kept, 4, now_), IsEmpty());
  kept.front()->use->Add(seconds(0), 1);
  EXPECT_THAT(Ids(turns_.Next(kept, 4, now_)), ElementsAre(kept.front()->id));
}

}  // namespace
}  // namespace rowkeeper::app
