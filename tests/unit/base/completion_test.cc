#include "server/base/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace rowkeeper {
namespace {

using ::testing::ElementsAre;

/// Runs `task` on a thread whose stack is as small as the system allows.
void OnASmallStack(const std::function<void()>& task) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, 256 << 10), 0);
  pthread_t thread;
  const auto run = [](void* argument) -> void* {
    (*static_cast<const std::function<void()>*>(argument))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, run, const_cast<std::function<void()>*>(&task)), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

TEST(CompletionTest, HasRunWhenTheCallOfItReturns) {
  std::string got;
  const Completion<std::string> done = [&got](std::string result) { got = std::move(result); };
  done("result");
  EXPECT_EQ(got, "result");
}

TEST(CompletionTest, AChainOfAnyLengthNeedsNoStack) {
  constexpr int kLinks = 100000;
  int ended = 0;
  std::function<void()> start;
  start = [&] {
    const Completion<int> done = [&](int) {
      if (++ended < kLinks) start();
    };
    done(0);
  };
  OnASmallStack(start);
  EXPECT_EQ(ended, kLinks);
}

TEST(CompletionTest, OneWithinAnotherRunsAfterItInTheOrderInWhichTheyCame) {
  std::vector<std::string> order;
  const Completion<std::string> note = [&order](std::string name) { order.push_back(std::move(name)); };
  const Completion<int> outer = [&](int) {
    note("second");
    note("third");
    order.emplace_back("first");
  };
  outer(0);
  EXPECT_THAT(order, ElementsAre("first", "second", "third"));
}

TEST(CompletionTest, OneThatIsLeftToRunLaterKeepsWhatItNeeds) {
  std::string got;
  const Completion<int> outer = [&got](int) {
    const auto text = std::make_shared<std::string>("kept");
    const Completion<int> inner = [text, &got](int) { got = *text; };
    inner(0);
  };
  outer(0);
  EXPECT_EQ(got, "kept");
}

TEST(CompletionTest, OneThatThrowsKeepsNoOtherFromRunning) {
  std::vector<int> ran;
  const Completion<int> inner = [&ran](int number) {
    ran.push_back(number);
    if (number == 1) throw std::runtime_error("inner");
  };
  const Completion<int> outer = [&](int number) {
    for (int i = 1; i <= 3; ++i) inner(i);
    if (number > 0) throw std::runtime_error("outer");
  };
  const auto what_of = [&outer](int number) {
    try {
      outer(number);
    } catch (const std::runtime_error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(what_of(0), "inner");
  EXPECT_THAT(ran, ElementsAre(1, 2, 3));
  EXPECT_EQ(what_of(1), "outer");
  EXPECT_THAT(ran, ElementsAre(1, 2, 3, 1, 2, 3));
  inner(4);
  EXPECT_EQ(ran.back(), 4) << "the thread is as before";
}

}  // namespace
}  // namespace rowkeeper
