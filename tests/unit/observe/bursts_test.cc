#include "server/observe/bursts.h"

#include <gtest/gtest.h>

namespace rowkeeper::observe {
namespace {

using std::chrono::seconds;

class BurstsTest : public ::testing::Test {
 protected:
  static BurstOptions Options() {
    BurstOptions options;
    options.lines = 2;
    options.window = seconds(10);
    options.kinds = 3;
    return options;
  }
  int Admitted(const std::string& message, int lines) {
    int admitted = 0;
    for (int i = 0; i < lines; ++i) admitted += bursts_.Admit(LogLevel::kWarning, {message, "", "", ""}, now_) ? 1 : 0;
    return admitted;
  }

  Bursts bursts_{Options()};
  Bursts::time_point now_{seconds(1000)};
};

TEST_F(BurstsTest, TheFirstOfEachKindAreWrittenAndTheOthersSummedUp) {
  EXPECT_EQ(Admitted("a", 100), 2);
  EXPECT_EQ(Admitted("b", 2), 2);
  EXPECT_EQ(bursts_.next_end(), now_ + seconds(10));
  EXPECT_TRUE(bursts_.TakeEnded(now_ + seconds(9)).empty());
  now_ += seconds(10);
  const auto summaries = bursts_.TakeEnded(now_);
  ASSERT_EQ(summaries.size(), 1u) << "of b none was left out";
  EXPECT_EQ(summaries[0].kind.message, "a");
  EXPECT_EQ(summaries[0].lines, 98u);
  EXPECT_EQ(bursts_.next_end(), Bursts::time_point::max());
  EXPECT_EQ(Admitted("a", 1), 1) << "a new window";
}

TEST_F(BurstsTest, NoLineIsLostBetweenWindows) {
  int admitted = 0;
  uint64_t summed_up = 0;
  for (int second = 0; second < 60; ++second, now_ += seconds(1)) {
    admitted += Admitted("a", 10);
    for (const BurstSummary& summary : bursts_.TakeEnded(now_)) summed_up += summary.lines;
  }
  for (const BurstSummary& summary : bursts_.TakeAll()) summed_up += summary.lines;
  EXPECT_EQ(static_cast<uint64_t>(admitted) + summed_up, 600u);
  EXPECT_EQ(bursts_.left_out(), summed_up);
}

TEST_F(BurstsTest, BeyondTheKindsThatAreToldApartLinesAreWritten) {
  for (const char* kind : {"a", "b", "c"}) EXPECT_EQ(Admitted(kind, 5), 2);
  EXPECT_EQ(Admitted("d", 5), 5);
}

TEST_F(BurstsTest, CallsOfOneMethodAndEndAreOfOneKind) {
  const LineKind get{"call", "p.R.Get", "NOT_FOUND", ""};
  const LineKind list{"call", "p.R.List", "NOT_FOUND", ""};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(bursts_.Admit(LogLevel::kInfo, get, now_), i < 2);
  EXPECT_TRUE(bursts_.Admit(LogLevel::kInfo, list, now_));
}

TEST(KindOfWordsTest, NumbersAndIdsMakeNoOtherKind) {
  EXPECT_EQ(KindOfWords("statement rk_12ab failed: sqlstate=23505 table=todos log_id=ab12 x").message,
            "statement rk_ failed: sqlstate=23505 table=todos log_id= x");
  EXPECT_EQ(KindOfWords("").message, "");
  EXPECT_LE(KindOfWords(std::string(5000, 'x')).message.size(), 200u);
}

}  // namespace
}  // namespace rowkeeper::observe
