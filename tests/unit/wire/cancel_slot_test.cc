#include "server/wire/cancel_slot.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace rowkeeper::wire {
namespace {

using Cause = db::Cancellation::Cause;

/// What a canceller was told, call by call.
CancelSlot::Canceller NoteIn(std::vector<CancelCause>* told) {
  return [told](CancelCause cause) { told->push_back(cause); };
}

/// As the executor's: copies stand for the same work.
struct CountingTicket {
  std::vector<Cause>* told;
  void Cancel(Cause cause) { told->push_back(cause); }
};

TEST(CancelSlotTest, ACancelReachesWhoeverFilledTheSlotOnce) {
  CancelSlot slot;
  std::vector<CancelCause> told;
  slot.Fill(slot.Begin(), NoteIn(&told));
  EXPECT_TRUE(told.empty());
  EXPECT_FALSE(slot.cancelled());
  slot.Cancel(CancelCause::kCaller);
  slot.Cancel(CancelCause::kShutdown);
  EXPECT_EQ(told, std::vector{CancelCause::kCaller});
  EXPECT_TRUE(slot.cancelled());
}

TEST(CancelSlotTest, ACancelBeforeTheSlotIsFilledIsRemembered) {
  CancelSlot slot;
  std::vector<CancelCause> told;
  const auto phase = slot.Begin();
  slot.Cancel(CancelCause::kDeadline);
  slot.Fill(phase, NoteIn(&told));
  EXPECT_EQ(told, std::vector{CancelCause::kDeadline});
}

TEST(CancelSlotTest, EveryPhaseAfterACancelHearsOfItWithTheFirstCause) {
  CancelSlot slot;
  std::vector<CancelCause> first, second;
  slot.Fill(slot.Begin(), NoteIn(&first));
  slot.Cancel(CancelCause::kShutdown);
  slot.Cancel(CancelCause::kCaller);
  slot.Fill(slot.Begin(), NoteIn(&second));
  EXPECT_EQ(first, std::vector{CancelCause::kShutdown});
  EXPECT_EQ(second, std::vector{CancelCause::kShutdown});
}

TEST(CancelSlotTest, AnEarlierPhaseIsNotToldAndCannotFillTheSlotAgain) {
  CancelSlot slot;
  std::vector<CancelCause> early, late, current;
  const auto overtaken = slot.Begin();
  slot.Fill(overtaken, NoteIn(&early));
  slot.Fill(slot.Begin(), NoteIn(&current));
  slot.Fill(overtaken, NoteIn(&late));  // as a thread does that was overtaken between submitting and filling
  slot.Cancel(CancelCause::kCaller);
  EXPECT_TRUE(early.empty());
  EXPECT_TRUE(late.empty());
  EXPECT_EQ(current, std::vector{CancelCause::kCaller});
}

TEST(CancelSlotTest, ATicketIsCancelledWithTheDatabasesCause) {
  CancelSlot slot;
  std::vector<Cause> told;
  slot.FillWithTicket([&] { return CountingTicket{&told}; });
  slot.Cancel(CancelCause::kDeadline);
  EXPECT_EQ(told, std::vector{Cause::kDeadline});
  EXPECT_EQ(ToDatabaseCause(CancelCause::kCaller), Cause::kCaller);
  EXPECT_EQ(ToDatabaseCause(CancelCause::kShutdown), Cause::kCaller);
}

TEST(CancelSlotTest, ATicketWhoseWorkWentOnBeforeItWasThereLeavesTheNextPhaseAlone) {
  CancelSlot slot;
  std::vector<Cause> stale;
  std::vector<CancelCause> current;
  slot.FillWithTicket([&] {
    slot.Fill(slot.Begin(), NoteIn(&current));  // the work is over, and another phase has begun
    return CountingTicket{&stale};
  });
  slot.Cancel(CancelCause::kCaller);
  EXPECT_TRUE(stale.empty());
  EXPECT_EQ(current, std::vector{CancelCause::kCaller});
}

TEST(CancelSlotTest, OfACancelAndAFillAtTheSameTimeNeitherIsLost) {
  for (int i = 0; i < 2000; ++i) {
    CancelSlot slot;
    std::atomic<int> told{0};
    const auto phase = slot.Begin();
    std::thread canceller([&] { slot.Cancel(CancelCause::kCaller); });
    slot.Fill(phase, [&](CancelCause) { ++told; });
    canceller.join();
    ASSERT_EQ(told, 1);
  }
}

}  // namespace
}  // namespace rowkeeper::wire
