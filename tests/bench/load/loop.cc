#include "tests/bench/load/loop.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>

#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/text.h"

namespace rowkeeper::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

std::string ToString(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return {};
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

class Loop;

/// One operation at a time.
class Slot {
 public:
  Slot(Loop* loop, const std::shared_ptr<grpc::Channel>& channel, int number) : loop_(loop), stub_(channel) {
    seat_.number = number;
  }

  void Start(SteadyClock::time_point intended);

 private:
  void Call();
  void Answered(const grpc::Status& status);
  void Finish();

  Loop* const loop_;
  grpc::GenericStub stub_;
  Seat seat_;
  const Operation* operation_ = nullptr;
  size_t step_ = 0;
  SteadyClock::time_point intended_;
  std::unique_ptr<grpc::ClientContext> context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
};

class Loop {
 public:
  Loop(const Channels& channels, const Load& load, const LoopOptions& options, LoopResult* result)
      : load_(load), options_(options), result_(result) {
    for (int i = 0; i < options.in_flight; ++i) {
      slots_.push_back(std::make_unique<Slot>(this, channels[static_cast<size_t>(i) % channels.size()], i));
    }
  }

  void Run() {
    if (options_.rate > 0) {
      RunOpen();
    } else {
      RunClosed();
    }
  }

  const std::string& authorization() const { return options_.authorization; }

  /// The operation that `seat` runs next.
  const Operation* Next(Seat* seat) {
    seat->operation = begun_.fetch_add(1, std::memory_order_relaxed);
    return &load_.operations[load_.choose == nullptr ? 0 : load_.choose(seat->operation)];
  }

  void Saw(size_t request_bytes, size_t response_bytes) {
    result_->request_bytes.store(request_bytes, std::memory_order_relaxed);
    result_->response_bytes.store(response_bytes, std::memory_order_relaxed);
  }

  void Succeeded(SteadyClock::time_point intended) {
    if (Counts(intended)) result_->latencies.Record(SteadyClock::now() - intended);
  }

  void Failed(const std::string& path, const grpc::Status& status) {
    {
      absl::MutexLock lock(&mutex_);
      if (result_->errors++ == 0) {
        result_->error = Cat(path, ": ", int{status.error_code()}, " ", status.error_message());
      }
    }
    // What fails at once must not begin again at once: the machine would do nothing else.
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  void Free(Slot* slot) {
    if (options_.rate <= 0 && running_.load(std::memory_order_relaxed)) {
      slot->Start(SteadyClock::now());
      return;
    }
    absl::MutexLock lock(&mutex_);
    idle_.push_back(slot);
  }

 private:
  bool Counts(SteadyClock::time_point intended) const {
    return options_.rate > 0 ? intended >= begin_ && intended < end_ : counting_.load(std::memory_order_relaxed);
  }

  void RunClosed() {
    for (const auto& slot : slots_) slot->Start(SteadyClock::now());
    std::this_thread::sleep_for(options_.warm_up);
    options_.at_begin();
    begin_ = SteadyClock::now();
    counting_ = true;
    std::this_thread::sleep_for(options_.duration);
    for (int waits = 0; waits < 6000 && result_->latencies.count() == 0; ++waits) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    counting_ = false;
    result_->seconds = SecondsSinceBegin();
    options_.at_end();
    running_ = false;
    WaitForAll();
  }

  void RunOpen() {
    {
      absl::MutexLock lock(&mutex_);
      for (const auto& slot : slots_) idle_.push_back(slot.get());
    }
    const SteadyClock::time_point start = SteadyClock::now();
    begin_ = start + options_.warm_up;
    end_ = begin_ + options_.duration;
    bool begun = false;
    for (uint64_t i = 0;; ++i) {
      const std::chrono::duration<double> offset(static_cast<double>(i) / options_.rate);
      const auto intended = start + std::chrono::duration_cast<SteadyClock::duration>(offset);
      if (intended >= end_) break;
      std::this_thread::sleep_until(intended);
      if (!begun && intended >= begin_) {
        begun = true;
        options_.at_begin();
      }
      TakeIdle()->Start(intended);
    }
    WaitForAll();
    result_->seconds = SecondsSinceBegin();
    options_.at_end();
  }

  Slot* TakeIdle() {
    absl::MutexLock lock(&mutex_, absl::Condition(this, &Loop::SomeAreIdle));
    Slot* const slot = idle_.back();
    idle_.pop_back();
    return slot;
  }
  void WaitForAll() { absl::MutexLock lock(&mutex_, absl::Condition(this, &Loop::AllAreIdle)); }
  bool SomeAreIdle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !idle_.empty(); }
  bool AllAreIdle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return idle_.size() == slots_.size(); }
  double SecondsSinceBegin() const { return std::chrono::duration<double>(SteadyClock::now() - begin_).count(); }

  const Load& load_;
  const LoopOptions& options_;
  LoopResult* const result_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::atomic<uint64_t> begun_{0};
  std::atomic<bool> running_{true};
  std::atomic<bool> counting_{false};
  SteadyClock::time_point begin_;
  SteadyClock::time_point end_;
  absl::Mutex mutex_;
  std::vector<Slot*> idle_ ABSL_GUARDED_BY(mutex_);
};

void Slot::Start(SteadyClock::time_point intended) {
  intended_ = intended;
  operation_ = loop_->Next(&seat_);
  step_ = 0;
  Call();
}

void Slot::Call() {
  const Step& step = (*operation_)[step_];
  context_ = std::make_unique<grpc::ClientContext>();
  if (!seat_.handle.empty()) context_->AddMetadata("rowkeeper-unit-of-work", seat_.handle);
  if (!loop_->authorization().empty()) context_->AddMetadata("authorization", loop_->authorization());
  if (step.headers) step.headers(seat_, context_.get());
  const grpc::Slice slice(step.request(seat_));
  request_ = grpc::ByteBuffer(&slice, 1);
  stub_.UnaryCall(context_.get(), step.path, grpc::StubOptions(), &request_, &response_,
                  [this](const grpc::Status& status) { Answered(status); });
}

void Slot::Answered(const grpc::Status& status) {
  const Step& step = (*operation_)[step_];
  if (status.error_code() != step.expected) {
    loop_->Failed(step.path, status);
    Finish();
    return;
  }
  loop_->Saw(request_.Length(), response_.Length());
  if (status.ok() && step.keep) step.keep(ToString(response_), &seat_);
  if (++step_ < operation_->size()) {
    Call();
  } else {
    loop_->Succeeded(intended_);
    Finish();
  }
}

void Slot::Finish() {
  seat_.handle.clear();
  ++seat_.turn;
  loop_->Free(this);
}

}  // namespace

Channels Connect(const std::string& address, int count, const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  Channels channels;
  for (int i = 0; i < count; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
    arguments.SetMaxReceiveMessageSize(64 << 20);
    channels.push_back(grpc::CreateCustomChannel(address, credentials, arguments));
  }
  return channels;
}

void RunLoop(const Channels& channels, const Load& load, const LoopOptions& options, LoopResult* result) {
  Loop(channels, load, options, result).Run();
}

}  // namespace rowkeeper::bench
