#include "server/identity/cache_control.h"

#include <gtest/gtest.h>

#include <string>

namespace rowkeeper::identity {
namespace {

/// Seconds; -1: the answer does not say.
int64_t Fresh(std::string_view cache_control, std::string_view age = "") {
  const auto fresh = FreshFor(cache_control, age);
  return fresh.has_value() ? fresh->count() : -1;
}

TEST(CacheControlTest, TheAgeOfAnAnswerIsReadHoweverItIsWritten) {
  EXPECT_EQ(Fresh("max-age=600"), 600);
  EXPECT_EQ(Fresh("public, Max-Age=600 , must-revalidate"), 600);
  EXPECT_EQ(Fresh("max-age=\"600\""), 600);
  EXPECT_EQ(Fresh("no-cache,max-age=0"), 0);
}

TEST(CacheControlTest, WhatCannotBeReadSaysNothing) {
  for (const char* text : {"", "no-store", "max-age", "max-age=", "max-age=-1", "max-age=1h", "s-maxage=600",
                           "x-max-age=600", "max-age=\"600"}) {
    EXPECT_EQ(Fresh(text), -1) << text;
  }
}

TEST(CacheControlTest, MoreThanFitsIsVeryLong) {
  EXPECT_EQ(Fresh("max-age=99999999999999999999999"), int64_t{1} << 31);
  EXPECT_EQ(Fresh("max-age=4294967296"), int64_t{1} << 31);
}

TEST(CacheControlTest, TheTimeInCachesCounts) {
  EXPECT_EQ(Fresh("max-age=600", "200"), 400);
  EXPECT_EQ(Fresh("max-age=600", " 601 "), 0);
  EXPECT_EQ(Fresh("max-age=600", "soon"), 600);
}

}  // namespace
}  // namespace rowkeeper::identity
