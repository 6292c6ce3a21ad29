#include "server/db/input_threads.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <memory>
#include <vector>

#include "tests/support/eventually.h"

namespace rowkeeper::db {
namespace {

/// Two connected sockets.
class Pair {
 public:
  Pair() {
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    near = FileDescriptor(ends[0]);
    far = FileDescriptor(ends[1]);
  }
  void Send() const { EXPECT_EQ(write(far.get(), "x", 1), 1); }
  void Take() const {
    char byte = 0;
    EXPECT_EQ(read(near.get(), &byte, 1), 1);
  }

  FileDescriptor near;
  FileDescriptor far;
};

struct Counter final : InputThreads::Reader {
  void OnInput() override { ++calls; }
  bool Reaches(int count) {
    return testing::Eventually([&] { return calls == count; });
  }
  std::atomic<int> calls{0};
};

TEST(InputThreadsTest, TellsOnceForEachTimeThatItIsAsked) {
  Pair pair;
  Counter counter;
  InputThreads threads(2);
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(threads.Await(pair.near.get(), &counter));
    EXPECT_EQ(counter.calls, i - 1) << "nothing has come";
    pair.Send();
    EXPECT_TRUE(counter.Reaches(i));
    pair.Send();  // nobody asks for it
    pair.Take();
    pair.Take();
  }
  EXPECT_EQ(counter.calls, 3);
}

TEST(InputThreadsTest, TellsOfWhatHasComeBefore) {
  Pair pair;
  Counter counter;
  InputThreads threads(1);
  pair.Send();
  ASSERT_TRUE(threads.Await(pair.near.get(), &counter));
  EXPECT_TRUE(counter.Reaches(1));
}

TEST(InputThreadsTest, TellsOfTheEnd) {
  Pair pair;
  Counter counter;
  InputThreads threads(1);
  ASSERT_TRUE(threads.Await(pair.near.get(), &counter));
  pair.far = FileDescriptor();
  EXPECT_TRUE(counter.Reaches(1));
}

TEST(InputThreadsTest, SaysThatItCannotWatchWhatIsNoSocket) {
  Counter counter;
  InputThreads threads(1);
  EXPECT_FALSE(threads.Await(-1, &counter));
}

TEST(InputThreadsTest, WatchesADescriptorThatStandsForAnotherSocketNow) {
  Counter counter;
  InputThreads threads(1);
  int number = -1;
  for (int i = 1; i <= 3; ++i) {
    Pair pair;
    EXPECT_TRUE(number < 0 || number == pair.near.get()) << "the test wants one that was closed to be used again";
    number = pair.near.get();
    ASSERT_TRUE(threads.Await(number, &counter));
    pair.Send();
    EXPECT_TRUE(counter.Reaches(i));
  }
}

TEST(InputThreadsTest, ReadersOfManySocketsHaveTheirOwnInput) {
  constexpr int kSockets = 40;
  std::vector<Pair> pairs(kSockets);
  std::vector<std::unique_ptr<Counter>> counters;
  InputThreads threads(3);
  for (const Pair& pair : pairs) {
    counters.push_back(std::make_unique<Counter>());
    ASSERT_TRUE(threads.Await(pair.near.get(), counters.back().get()));
  }
  for (int i = 0; i < kSockets; i += 2) pairs[i].Send();
  for (int i = 0; i < kSockets; i += 2) EXPECT_TRUE(counters[i]->Reaches(1));
  for (int i = 1; i < kSockets; i += 2) EXPECT_EQ(counters[i]->calls, 0);
}

}  // namespace
}  // namespace rowkeeper::db
