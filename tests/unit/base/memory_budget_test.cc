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
    EXPECT_EQ(budget.Take(use, limit), MemoryBudget::Room::kEnough);
    EXPECT_EQ(budget.Take(use, 1), MemoryBudget::Room::kFull);
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
    EXPECT_EQ(charge.Grow(100), MemoryBudget::Room::kEnough);
    EXPECT_EQ(charge.Grow(50), MemoryBudget::Room::kEnough);
    EXPECT_EQ(charge.Grow(1000), MemoryBudget::Room::kFull);
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
    EXPECT_EQ(other.Grow(1), MemoryBudget::Room::kEnough) << "it goes on";
  }
  EXPECT_EQ(used(), 0u);
  MemoryCharge without;
  EXPECT_EQ(without.Grow(1 << 30), MemoryBudget::Room::kEnough);
}

TEST(MemoryBudgetTest, TheRefusalNamesTheLimitAndWhatIsFull) {
  MemoryBudget budget(size_t{300} << 20);
  EXPECT_EQ(budget.CheckRoom(Use::kResponses), MemoryBudget::Room::kEnough);
  budget.TakeAnyway(Use::kResponses, budget.share(Use::kResponses).limit + 1);
  EXPECT_EQ(budget.CheckRoom(Use::kResponses), MemoryBudget::Room::kFull);
  const absl::Status full = MemoryFull(budget, Use::kResponses);
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ErrorReason(full), "MEMORY_FULL");
  EXPECT_EQ(ErrorMetadataValue(full, "limit"), "memory-budget");
  EXPECT_EQ(ErrorMetadataValue(full, "value"), "300 MiB");
  EXPECT_THAT(std::string(full.message()), HasSubstr("responses"));
  EXPECT_EQ(budget.share(Use::kResponses).refused_total, 1u);
}

TEST(MemoryBudgetTest, OneCallerLeavesAQuarterOfAShareToOthers) {
  using Room = MemoryBudget::Room;
  MemoryBudget budget(1000);  // 400 for results
  const auto charge = [&budget](const std::string& caller) {
    MemoryCharge made(&budget, Use::kResults);
    made.SetAccount(budget.AccountOf(CallerId(caller)));
    return made;
  };
  MemoryCharge first = charge("a"), second = charge("a"), other = charge("b"), third = charge("c");
  EXPECT_EQ(first.Grow(280), Room::kEnough);
  EXPECT_EQ(second.Grow(20), Room::kEnough);
  EXPECT_EQ(second.Grow(1), Room::kTheirFull);
  EXPECT_EQ(first.Grow(1), Room::kTheirFull);
  EXPECT_EQ(budget.share(Use::kResults).used, 300u) << "what is refused is not charged";
  EXPECT_EQ(budget.share(Use::kResults).refused_total, 2u);
  EXPECT_EQ(budget.CheckRoom(Use::kResults, budget.AccountOf(CallerId("a")).get()), Room::kEnough);
  EXPECT_EQ(other.Grow(75), Room::kEnough) << "the first of another may take all that is left";
  EXPECT_EQ(budget.CheckRoom(Use::kResults, budget.AccountOf(CallerId("a")).get()), Room::kTheirFull);
  EXPECT_EQ(budget.CheckRoom(Use::kResults, budget.AccountOf(CallerId("b")).get()), Room::kEnough);
  EXPECT_EQ(third.Grow(26), Room::kFull);
  EXPECT_EQ(third.Grow(25), Room::kEnough);
  first.Release();
  EXPECT_EQ(second.Grow(40), Room::kEnough) << "where others have less";
  EXPECT_EQ(budget.AccountOf(CallerId("a"))->used(Use::kResults), 60u);
  EXPECT_EQ(budget.AccountOf(CallerId("b"))->used(Use::kResults), 75u);
}

TEST(MemoryBudgetTest, TheLargestCallOfACallerFitsWhileItHasNothingElse) {
  using Room = MemoryBudget::Room;
  MemoryBudget budget(1000);
  MemoryCharge only(&budget, Use::kResults);
  only.SetAccount(budget.AccountOf(CallerId("a")));
  for (int step = 0; step < 4; ++step) EXPECT_EQ(only.Grow(100), Room::kEnough);
  EXPECT_EQ(only.Grow(1), Room::kFull);
}

TEST(MemoryBudgetTest, AChargeTakesWhatItHasToItsAccount) {
  MemoryBudget budget(1000);
  const auto account = budget.AccountOf(CallerId("a"));
  {
    MemoryCharge charge(&budget, Use::kRequests);
    charge.GrowAnyway(10);
    charge.SetAccount(account);
    charge.GrowAnyway(5);
    EXPECT_EQ(account->used(Use::kRequests), 15u);
    EXPECT_EQ(budget.share(Use::kRequests).used, 15u);
    MemoryCharge moved = std::move(charge);
    EXPECT_EQ(account->used(Use::kRequests), 15u);
  }
  EXPECT_EQ(account->used(Use::kRequests), 0u);
  EXPECT_EQ(budget.used(), 0u);
}

TEST(MemoryBudgetTest, TheRefusalOfOneCallerNamesItsPart) {
  const MemoryBudget budget(size_t{300} << 20);
  const absl::Status full = MemoryFull(budget, Use::kRequests, MemoryBudget::Room::kTheirFull);
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ErrorReason(full), "MEMORY_FULL");
  EXPECT_EQ(ErrorMetadataValue(full, "limit"), "memory-share");
  EXPECT_EQ(ErrorMetadataValue(full, "value"), "90 MiB");
  EXPECT_THAT(std::string(full.message()), HasSubstr("this caller"));
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
        if (budget.Take(Use::kResults, bytes) != MemoryBudget::Room::kEnough) continue;
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
