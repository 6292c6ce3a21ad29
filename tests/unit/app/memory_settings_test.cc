#include "server/app/memory_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/error_details.h"
#include "server/base/machine_memory.h"
#include "server/base/memory_budget.h"

namespace rowkeeper::app {
namespace {

using Use = MemoryBudget::Use;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr size_t kMebibyte = size_t{1} << 20;

TEST(MemorySettingsTest, ByDefaultItIsAPartOfTheMemoryThatThereIs) {
  const auto budget = ToMemoryBudget(ServeSettings());
  ASSERT_TRUE(budget.ok()) << budget.status();
  EXPECT_GE(*budget, UsableMemory() / 10 * 29 / 10);
  EXPECT_LT(*budget, UsableMemory());
}

TEST(MemorySettingsTest, OneCallOfEachKindFindsRoomHoweverSmallTheMachine) {
  ServeSettings settings;
  settings.max_request_kib = 1 << 20;
  settings.max_response_kib = 1 << 20;
  const auto bytes = ToMemoryBudget(settings);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  MemoryBudget budget(*bytes);
  EXPECT_EQ(budget.Take(Use::kRequests, size_t{1} << 30), MemoryBudget::Room::kEnough);
  EXPECT_EQ(budget.Take(Use::kResults, size_t{4} << 30), MemoryBudget::Room::kEnough);
  EXPECT_EQ(budget.Take(Use::kResponses, size_t{1} << 30), MemoryBudget::Room::kEnough);
}

TEST(MemorySettingsTest, OneThatIsGivenHoldsOrIsRefusedWithTheLeast) {
  ServeSettings settings;
  settings.memory_budget_mib = 100;
  EXPECT_EQ(ToMemoryBudget(settings).value(), 100 * kMebibyte);
  settings.memory_budget_mib = 50;
  const absl::Status refused = ToMemoryBudget(settings).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()), AllOf(HasSubstr("memory-budget"), HasSubstr("needs 81 MiB")));
  settings.max_response_kib = 1024;
  EXPECT_TRUE(ToMemoryBudget(settings).ok()) << "smaller messages need less";
}

}  // namespace
}  // namespace rowkeeper::app
