#include "server/net/held_streams.h"

#include <gtest/gtest.h>

namespace rowkeeper::net {
namespace {

StreamCounts Counts(uint64_t open, uint64_t succeeded = 0, uint64_t failed = 0) {
  StreamCounts counts;
  counts.started = open + succeeded + failed;
  counts.succeeded = succeeded;
  counts.failed = failed;
  return counts;
}

TEST(HeldStreamsTest, APeersStreamsAreThoseOfAllItsConnections) {
  HeldStreams held;
  held.Note(1, "a", Counts(100));
  held.Note(2, "a", Counts(50));
  held.Note(3, "b", Counts(7));
  EXPECT_EQ(held.of("a"), 150u);
  EXPECT_EQ(held.of("b"), 7u);
  EXPECT_EQ(held.of("c"), 0u);
  held.Note(1, "a", Counts(10, 90));
  EXPECT_EQ(held.of("a"), 60u);
  held.Forget(2);
  held.Forget(2);
  EXPECT_EQ(held.of("a"), 10u);
}

TEST(HeldStreamsTest, StreamsOfAConnectionThatIsOverCountUntilTheyAreGone) {
  HeldStreams held;
  held.Note(1, "a", Counts(100));
  held.NoteOver(1, Counts(100), 100);
  EXPECT_EQ(held.of("a"), 100u);
  EXPECT_EQ(held.over(0, 10), std::vector<uint64_t>{1});
  held.NoteAgain(1, Counts(40, 0, 60));
  EXPECT_EQ(held.of("a"), 40u);
  held.Forget(1);
  EXPECT_EQ(held.of("a"), 0u);
  EXPECT_TRUE(held.over(0, 10).empty());
  held.NoteAgain(1, Counts(5));
  EXPECT_EQ(held.of("a"), 0u) << "it is not known any more";
}

TEST(HeldStreamsTest, RemainsThatCameToNothingAreToldOnce) {
  HeldStreams held;
  held.Note(1, "a", {});
  held.NoteOver(1, {}, 0);
  StreamCounts counts;
  counts.started = 1250;
  EXPECT_EQ(held.NoteRemains(1, counts), 1000u);
  EXPECT_EQ(held.NoteRemains(1, counts), 0u);
  counts.failed = 1250;
  EXPECT_EQ(held.NoteRemains(1, counts), std::nullopt);
}

TEST(HeldStreamsTest, AnswersOfLongAgoDoNotMakeUpForRemains) {
  HeldStreams held;
  StreamCounts counts = Counts(0, 100000);
  counts.messages = 100000;
  held.Note(1, "a", counts);
  held.NoteOver(1, counts, 50);
  counts.started += 1200;
  EXPECT_EQ(held.NoteRemains(1, counts), 1000u);
}

TEST(HeldStreamsTest, ThoseThatAreOverAreGivenInTurn) {
  HeldStreams held;
  for (uint64_t i = 1; i <= 5; ++i) {
    held.Note(i, "a", {});
    if (i != 2) held.NoteOver(i, {}, 0);
  }
  EXPECT_EQ(held.over(3, 3), (std::vector<uint64_t>{4, 5, 1}));
}

TEST(HeldStreamsTest, TheWorstAreThoseOnWhichLittleWasAnswered) {
  HeldStreams held;
  held.Note(1, "a", Counts(1000, 5000));
  held.Note(2, "a", Counts(300, 0, 700));
  held.Note(3, "a", Counts(400, 0, 100));
  held.Note(4, "b", Counts(9000));
  EXPECT_EQ(held.Worst("a", 1700), std::vector<uint64_t>{});
  EXPECT_EQ(held.Worst("a", 1699), std::vector<uint64_t>{2});
  EXPECT_EQ(held.Worst("a", 1300), (std::vector<uint64_t>{2, 3}));
  held.NoteOver(2, {}, 0);
  EXPECT_EQ(held.Worst("a", 1300), (std::vector<uint64_t>{3})) << "which cannot be ended again";
  EXPECT_EQ(held.Worst("a", 1400), std::vector<uint64_t>{}) << "nor is it the fault of the others";
}

TEST(HeldStreamsTest, NobodyIsEndedForAHandfulOfCalls) {
  HeldStreams held;
  for (uint64_t i = 0; i < 100; ++i) held.Note(i, "a", Counts(9));
  EXPECT_EQ(held.Worst("a", 0), std::vector<uint64_t>{});
}

}  // namespace
}  // namespace rowkeeper::net
