#include "server/observe/recent_errors.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "server/base/errors.h"
#include "server/base/load_errors.h"
#include "server/observe/counters.h"

namespace rowkeeper::observe {
namespace {

RecentErrors::Entry EntryAt(int number) {
  RecentErrors::Entry entry;
  entry.time = Clock::wall_time_point(std::chrono::microseconds(number));
  return entry;
}

TEST(RecentErrorsTest, TheNewestComeFirstAndOldOnesGo) {
  RecentErrors errors;
  EXPECT_TRUE(errors.Latest().empty());
  for (int i = 1; i <= 1000; ++i) errors.Note(EntryAt(i));
  const auto latest = errors.Latest();
  ASSERT_EQ(latest.size(), RecentErrors::kKept);
  for (size_t i = 0; i < latest.size(); ++i) EXPECT_EQ(latest[i].time, EntryAt(1000 - static_cast<int>(i)).time);
}

TEST(RecentErrorsTest, WhatIsKnownOfAnErrorIsTheCodesOwn) {
  Counters counters;
  const CallDurations* list = counters.Method("p.R.List");
  counters.CountRefusal(LimitReached(Reason::kQueueFull, "a caller's own words", Limit::kQueueLimit, "1 call"), list);
  counters.CountRefusal(absl::NotFoundError("secret"), counters.UnknownMethod());
  counters.CountRefusal(absl::OkStatus(), list);
  const auto latest = counters.LatestErrors();
  ASSERT_EQ(latest.size(), 2u);
  EXPECT_EQ(latest[0].method, "_OTHER");
  EXPECT_EQ(latest[0].code, "NOT_FOUND");
  EXPECT_EQ(latest[0].reason, "");
  EXPECT_EQ(latest[0].limit, "");
  EXPECT_EQ(latest[1].method, "p.R.List");
  EXPECT_EQ(latest[1].code, "RESOURCE_EXHAUSTED");
  EXPECT_EQ(latest[1].reason, "QUEUE_FULL");
  EXPECT_EQ(latest[1].limit, "queue-limit");
}

/// Each writer notes entries whose parts belong together, and a reader sees no others.
TEST(RecentErrorsTest, NoEntryIsMixedFromTwo) {
  RecentErrors errors;
  std::atomic<bool> stop{false};
  const std::vector<CallDurations> methods(4);
  std::vector<std::thread> writers;
  for (size_t writer = 0; writer < methods.size(); ++writer) {
    writers.emplace_back([&, writer] {
      RecentErrors::Entry entry = EntryAt(static_cast<int>(writer));
      entry.method = &methods[writer];
      entry.code = static_cast<absl::StatusCode>(writer + 1);
      entry.limit = static_cast<Limit>(writer);
      while (!stop) errors.Note(entry);
    });
  }
  int seen = 0, mixed = 0;
  for (int round = 0; round < 200 || seen == 0; ++round) {
    for (const RecentErrors::Entry& entry : errors.Latest()) {
      const auto writer = static_cast<size_t>(entry.time.time_since_epoch() / std::chrono::microseconds(1));
      ++seen;
      mixed += entry.method != &methods[writer] || entry.code != static_cast<absl::StatusCode>(writer + 1) ||
               entry.limit != static_cast<Limit>(writer);
    }
  }
  stop = true;
  for (std::thread& writer : writers) writer.join();
  EXPECT_GT(seen, 0);
  EXPECT_EQ(mixed, 0);
}

}  // namespace
}  // namespace rowkeeper::observe
