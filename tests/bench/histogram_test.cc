#include "tests/bench/load/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace rowkeeper::bench {
namespace {

using std::chrono::nanoseconds;

TEST(HistogramTest, HasNothingToSayAboutNothing) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.Percentile(0.5).count(), 0);
  EXPECT_EQ(histogram.Mean().count(), 0);
}

TEST(HistogramTest, CountsSmallValuesExactly) {
  Histogram histogram;
  for (int i = 1; i <= 60; ++i) histogram.Record(nanoseconds(i));
  EXPECT_EQ(histogram.Percentile(0.5).count(), 30);
  EXPECT_EQ(histogram.Percentile(1).count(), 60);
}

TEST(HistogramTest, PercentilesAreAtMostOne64thTooHighAtAnyMagnitude) {
  std::mt19937_64 random(7);
  Histogram histogram;
  std::vector<int64_t> values;
  for (int i = 0; i < 20000; ++i) values.push_back(static_cast<int64_t>(random() >> (1 + random() % 62)));
  for (const int64_t value : values) histogram.Record(nanoseconds(value));
  std::sort(values.begin(), values.end());
  for (const double share : {0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const int64_t exact = values[static_cast<size_t>(share * 20000) - 1];
    const int64_t told = histogram.Percentile(share).count();
    EXPECT_GE(told, exact) << share;
    EXPECT_LE(told - exact, exact / 64) << share;
  }
  EXPECT_EQ(histogram.max().count(), values.back());
}

TEST(HistogramTest, TakesWhatAClockThatWentBackWouldGive) {
  Histogram histogram;
  histogram.Record(nanoseconds(-5));
  EXPECT_EQ(histogram.count(), 1u);
  EXPECT_EQ(histogram.Percentile(1).count(), 0);
}

}  // namespace
}  // namespace rowkeeper::bench
