#include "server/base/memory_budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "server/base/error_details.h"
#include "server/base/machine_memory.h"

namespace rowkeeper {
namespace {

using ::testing::HasSubstr;
using Use = MemoryBudget::Use;

constexpr Use kAll[] = {Use::kRequests, Use::kResults, Use::kResponses, Use::kStreams};

TEST(MemoryBudgetTest, SharesAreAllOfIt) {
  const MemoryBudget budget(1000);
  size_t all = 0;
  for (const Use use : kAll) {
    EXPECT_GT(budget.share(use).limit, 0u);
    EXPECT_FALSE(MemoryUseName(use).empty());
    all += budget.share(use).limit;
  }
  EXPECT_EQ(all, 1000u);
  EXPECT_EQ(MemoryBudget::kUses, std::size(kAll));
}

TEST(MemoryBudgetTest, WhatOneUseTakesIsNotMissingForAnother) {
  MemoryBudget budget(1000);
  for (const Use use : kAll) {
    const size_t limit = budget.share(use).limit;
    EXPECT_TRUE(budget.Take(use, limit));
    EXPECT_FALSE(budget.Take(use, 1));
    EXPECT_EQ(budget.share(use).used, limit) << "what is refused is not charged";
    EXPECT_EQ(budget.share(use).refused_total, 1u);
  }
  EXPECT_EQ(budget.used(), 1000u);
}

TEST(MemoryBudgetTest, AChargeGivesBackWhatItTookOnce) {
  MemoryBudget budget(1000);
  const auto used = [&budget] { return budget.share(Use::kRequests).used; };
  {
    MemoryCharge charge(&budget, Use::kRequests);
    EXPECT_TRUE(charge.Grow(100));
    EXPECT_TRUE(charge.Grow(50));
    EXPECT_FALSE(charge.Grow(1000));
    EXPECT_EQ(used(), 150u);
    charge.GrowAnyway(1000);
    EXPECT_EQ(used(), 1150u);
    MemoryCharge moved = std::move(charge);
    EXPECT_EQ(used(), 1150u);
    MemoryCharge other(&budget, Use::kRequests);
    other.GrowAnyway(7);
    other = std::move(moved);
    EXPECT_EQ(used(), 1150u) << "what it had is given back";
    other.Release();
    EXPECT_EQ(used(), 0u);
    EXPECT_TRUE(other.Grow(1)) << "it goes on";
  }
  EXPECT_EQ(used(), 0u);
  MemoryCharge without;
  EXPECT_TRUE(without.Grow(1 << 30));
}

TEST(MemoryBudgetTest, TheRefusalNamesTheLimitAndWhatIsFull) {
  MemoryBudget budget(size_t{300} << 20);
  EXPECT_TRUE(budget.CheckRoom(Use::kResponses).ok());
  budget.TakeAnyway(Use::kResponses, budget.share(Use::kResponses).limit + 1);
  const absl::Status full = budget.CheckRoom(Use::kResponses);
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ErrorReason(full), "MEMORY_FULL");
  EXPECT_EQ(ErrorMetadataValue(full, "limit"), "memory-budget");
  EXPECT_EQ(ErrorMetadataValue(full, "value"), "300 MiB");
  EXPECT_THAT(std::string(full.message()), HasSubstr("responses"));
  EXPECT_EQ(budget.share(Use::kResponses).refused_total, 1u);
}

TEST(MemoryBudgetTest, NoShareIsExceededByAnyNumberOfThreads) {
  MemoryBudget budget(100000);
  const size_t limit = budget.share(Use::kResults).limit;
  std::atomic<size_t> held{0};
  std::atomic<size_t> most{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 20000; ++round) {
        const size_t bytes = limit / 3 + static_cast<size_t>(i);
        if (!budget.Take(Use::kResults, bytes)) continue;
        const size_t now = held.fetch_add(bytes) + bytes;
        if (now > most) most = now;
        held.fetch_sub(bytes);
        budget.GiveBack(Use::kResults, bytes);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, limit);
  EXPECT_GT(most, 0u);
  EXPECT_EQ(budget.share(Use::kResults).used, 0u);
}

}  // namespace
}  // namespace rowkeeper
