#include "server/db/statement_misses.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rowkeeper::db {
namespace {

Clock::time_point At(int time) { return Clock::time_point(std::chrono::milliseconds(time)); }

struct Noted {
  const char* text;
  int sent;
  int failed;
  int times;
};

void ExpectTimes(const std::vector<Noted>& all) {
  StatementMisses misses;
  for (const Noted& noted : all) {
    EXPECT_EQ(misses.Note(noted.text, At(noted.sent), At(noted.failed)), noted.times) << noted.text << noted.failed;
  }
}

TEST(StatementMisses, CountsThoseThatFollowOneAnother) {
  ExpectTimes({{"a", 0, 10, 1}, {"a", 11, 20, 2}, {"b", 21, 30, 1}, {"a", 31, 40, 3}});
}

TEST(StatementMisses, OfThoseThatRanAtTheSameTimeOneCounts) {
  ExpectTimes({{"a", 0, 10, 1}, {"a", 1, 11, 1}, {"a", 10, 12, 1}, {"a", 11, 20, 2}, {"a", 12, 21, 2}});
}

TEST(StatementMisses, ThoseOfLongAgoAreForgotten) {
  constexpr int kMinute = 60000;
  ExpectTimes({{"a", 0, 10, 1}, {"a", 11, kMinute, 2}, {"a", kMinute + 1, 2 * kMinute, 3}, {"a", 200000, 200001, 1}});
}

TEST(StatementMisses, ASuccessBeginsAnew) {
  StatementMisses misses;
  misses.Forget("a", At(0));
  EXPECT_EQ(misses.Note("a", At(0), At(10)), 1);
  EXPECT_EQ(misses.Note("b", At(0), At(10)), 1);
  misses.Forget("a", At(0));
  EXPECT_EQ(misses.Note("a", At(11), At(20)), 1);
  EXPECT_EQ(misses.Note("b", At(11), At(20)), 2);
}

TEST(StatementMisses, AnotherStatementChangesNothing) {
  StatementMisses misses;
  EXPECT_EQ(misses.Note("a", At(0), At(10)), 1);
  for (int i = 0; i < 1000; ++i) misses.Forget(std::to_string(i), At(11));
  EXPECT_FALSE(misses.empty());
  EXPECT_EQ(misses.Note("a", At(11), At(20)), 2);
}

/// One that stays broken and is not sent any more is no reason to look for it for ever.
TEST(StatementMisses, AreForgottenByWhateverSucceedsLater) {
  StatementMisses misses;
  misses.Note("a", At(0), At(10));
  misses.Forget("b", At(60000));
  EXPECT_FALSE(misses.empty());
  misses.Forget("b", At(60011));
  EXPECT_TRUE(misses.empty());
}

TEST(StatementMisses, AreBounded) {
  StatementMisses misses;
  EXPECT_EQ(misses.Note("first", At(0), At(1)), 1);
  for (int i = 0; i < 1000; ++i) misses.Note(std::to_string(i), At(0), At(1));
  EXPECT_EQ(misses.Note("first", At(2), At(3)), 1);
}

}  // namespace
}  // namespace rowkeeper::db
