#include "server/wire/units_slot.h"

#include <gtest/gtest.h>

#include "server/base/error_details.h"

namespace rowkeeper::wire {
namespace {

TEST(UnitsSlotTest, SaysWhetherTheServerStartsOrEnds) {
  UnitsSlot slot;
  EXPECT_EQ(slot.get(), nullptr);
  EXPECT_EQ(ErrorReason(slot.Missing()), "SERVER_STARTING");
  slot.Close();
  EXPECT_EQ(slot.get(), nullptr);
  EXPECT_EQ(ErrorReason(slot.Missing()), "SHUTTING_DOWN");
}

}  // namespace
}  // namespace rowkeeper::wire
