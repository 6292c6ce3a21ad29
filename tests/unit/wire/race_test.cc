#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <random>
#include <thread>

#include "server/base/database_errors.h"
#include "server/base/errors.h"
#include "tests/support/eventually.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::wire {
namespace {

using std::chrono::microseconds;

/// Answers calls on threads of its own after a random pause, as lanes do, half of the time racing the cancel callback.
class Workers {
 public:
  Workers() {
    for (int i = 0; i < 3; ++i) threads_.emplace_back([this, i] { Run(static_cast<unsigned>(i)); });
  }
  ~Workers() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void Take(UnaryRpc call) {
    auto held = std::make_shared<UnaryRpc>(std::move(call));
    if (sequence_++ % 2 == 0) {
      held->OnCancel([this, held](CancelCause) { answers_ += held->Finish(Cancelled()); });
    } else {
      held->OnCancel([this](CancelCause) { ++notices_; });
    }
    {
      std::lock_guard<std::mutex> lock(mutex_);
      queue_.push_back(std::move(held));
    }
    changed_.notify_one();
  }

  int taken() const { return sequence_; }
  int answers() const { return answers_; }
  int notices() const { return notices_; }

 private:
  void Run(unsigned seed) {
    std::mt19937 random(seed);
    while (true) {
      std::shared_ptr<UnaryRpc> call;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        call = std::move(queue_.front());
        queue_.pop_front();
      }
      if (random() % 4 == 0) std::this_thread::sleep_for(microseconds(random() % 300));
      if (random() % 8 == 0) {
        answers_ += call->Finish(Deadlock());
      } else {
        answers_ += call->Finish(std::string(call->request()) + std::string(random() % 2000, 'r'));
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<UnaryRpc>> queue_;
  bool stopping_ = false;
  std::atomic<int> sequence_{0};
  std::atomic<int> answers_{0};
  std::atomic<int> notices_{0};
  std::vector<std::thread> threads_;
};

struct ClientCall {
  grpc::ClientContext context;
  grpc::ByteBuffer response;
};

/// Starts `count` calls, at most 64 at a time, and ends a third of them by cancelling and a third by a short deadline.
void Storm(const std::shared_ptr<grpc::Channel>& channel, int count, unsigned seed, std::atomic<int>* completed) {
  std::mt19937 random(seed);
  grpc::GenericStub stub(channel);
  const grpc::Slice slice("request");
  const grpc::ByteBuffer request(&slice, 1);
  std::atomic<int> in_flight{0};
  for (int i = 0; i < count; ++i) {
    while (in_flight >= 64) std::this_thread::sleep_for(microseconds(50));
    auto call = std::make_shared<ClientCall>();
    const auto kind = random() % 3;
    if (kind == 0) call->context.set_deadline(std::chrono::system_clock::now() + microseconds(random() % 3000));
    ++in_flight;
    stub.UnaryCall(&call->context, kCall, {}, &request, &call->response, [call, completed, &in_flight](grpc::Status) {
      ++*completed;
      --in_flight;
    });
    if (kind == 1) {
      if (random() % 2 == 0) std::this_thread::sleep_for(microseconds(random() % 200));
      call->context.TryCancel();
    }
  }
  while (in_flight > 0) std::this_thread::sleep_for(microseconds(100));
}

TEST(RaceTest, CancellationsAndDeadlinesRacingAnswersLoseNoCall) {
  constexpr int kCalls = 20000;
  std::atomic<int> completed{0};
  Workers workers;
  {
    const auto service = OneMethod([&](UnaryRpc call) { workers.Take(std::move(call)); });
    TestServer server({service.get()});
    server.channel()->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(20));
    std::thread other([&] { Storm(server.channel(), kCalls / 2, 1, &completed); });
    Storm(server.channel(), kCalls / 2, 2, &completed);
    other.join();
    EXPECT_EQ(completed, kCalls);
    server.server().Shutdown(std::chrono::seconds(20));
    EXPECT_GT(workers.taken(), kCalls / 4) << "the test needs calls that arrive";
    // A worker counts an answer after its caller may have it.
    EXPECT_TRUE(testing::Eventually([&] { return workers.answers() >= workers.taken(); }));
    EXPECT_EQ(workers.answers(), workers.taken()) << "each call is answered exactly once";
    EXPECT_GT(workers.notices(), 0) << "the test needs cancellations that overtake answers";
  }
}

TEST(RaceTest, AnAbortRacingAnswersLosesNoCall) {
  for (unsigned round = 0; round < 20; ++round) {
    constexpr int kCalls = 500;
    std::atomic<int> completed{0};
    Workers workers;  // may let go of a call after the service is gone
    const auto service = OneMethod([&](UnaryRpc call) { workers.Take(std::move(call)); });
    TestServer server({service.get()});
    server.channel()->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(20));
    std::thread storm([&] { Storm(server.channel(), kCalls, round, &completed); });
    while (completed < static_cast<int>(round) * 20) std::this_thread::sleep_for(microseconds(100));
    for (int i = 0; i < 3; ++i) service->AbortCalls();
    storm.join();
    EXPECT_EQ(completed, kCalls);
    server.server().Shutdown(std::chrono::seconds(20));
    EXPECT_TRUE(testing::Eventually([&] { return workers.answers() >= workers.taken(); }));
    EXPECT_EQ(workers.answers(), workers.taken()) << "each call is answered exactly once";
  }
}

}  // namespace
}  // namespace rowkeeper::wire
