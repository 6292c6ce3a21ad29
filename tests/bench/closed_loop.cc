#include "tests/bench/closed_loop.h"

#include <grpcpp/generic/generic_stub.h>

#include <algorithm>
#include <atomic>
#include <cstdio>

#include "absl/synchronization/blocking_counter.h"

namespace rowkeeper::bench {
namespace {

using Clock = std::chrono::steady_clock;

std::string ToString(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return {};
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

/// One of the operations under way; starts itself again until the time is over.
class Slot {
 public:
  Slot(std::shared_ptr<grpc::Channel> channel, const Load& load, Clock::time_point end, std::atomic<uint64_t>* next,
       absl::BlockingCounter* finished)
      : stub_(std::move(channel)), load_(load), end_(end), next_(next), finished_(finished) {
    micros_.reserve(1 << 16);
  }

  void Start() {
    number_ = next_->fetch_add(1, std::memory_order_relaxed);
    step_ = 0;
    handle_.clear();
    started_ = Clock::now();
    Call();
  }

  const std::vector<float>& micros() const { return micros_; }
  uint64_t errors() const { return errors_; }

 private:
  void Call() {
    const Step& step = load_.steps[step_];
    context_ = std::make_unique<grpc::ClientContext>();
    if (!handle_.empty()) context_->AddMetadata("rowkeeper-unit-of-work", handle_);
    const grpc::Slice slice(step.request(number_, handle_));
    request_ = grpc::ByteBuffer(&slice, 1);
    stub_.UnaryCall(context_.get(), step.path, grpc::StubOptions(), &request_, &response_,
                    [this](const grpc::Status& status) { Answered(status); });
  }

  void Answered(const grpc::Status& status) {
    const Step& step = load_.steps[step_];
    if (!status.ok() && errors_++ == 0) {
      std::fprintf(stderr, "%s: %s\n", step.path.c_str(), status.error_message().c_str());
    }
    if (status.ok() && step.handle) handle_ = step.handle(ToString(response_));
    if (status.ok() && ++step_ < load_.steps.size()) {
      Call();
    } else {
      Finish();
    }
  }

  void Finish() {
    const Clock::time_point now = Clock::now();
    micros_.push_back(std::chrono::duration<float, std::micro>(now - started_).count());
    if (now < end_) {
      Start();
    } else {
      finished_->DecrementCount();
    }
  }

  grpc::GenericStub stub_;
  const Load& load_;
  const Clock::time_point end_;
  std::atomic<uint64_t>* const next_;
  absl::BlockingCounter* const finished_;
  std::unique_ptr<grpc::ClientContext> context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  uint64_t number_ = 0;
  size_t step_ = 0;
  std::string handle_;
  Clock::time_point started_;
  std::vector<float> micros_;
  uint64_t errors_ = 0;
};

double Percentile(std::vector<float>* sorted, double share) {
  if (sorted->empty()) return 0;
  return (*sorted)[std::min(sorted->size() - 1, static_cast<size_t>(share * static_cast<double>(sorted->size())))];
}

}  // namespace

Measurement RunClosedLoop(const std::vector<std::shared_ptr<grpc::Channel>>& channels, const Load& load) {
  std::atomic<uint64_t> next{0};
  absl::BlockingCounter finished(load.in_flight);
  const Clock::time_point start = Clock::now();
  std::vector<std::unique_ptr<Slot>> slots;
  for (int i = 0; i < load.in_flight; ++i) {
    slots.push_back(
        std::make_unique<Slot>(channels[i % channels.size()], load, start + load.duration, &next, &finished));
  }
  for (const auto& slot : slots) slot->Start();
  finished.Wait();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();

  Measurement result;
  std::vector<float> all;
  for (const auto& slot : slots) {
    all.insert(all.end(), slot->micros().begin(), slot->micros().end());
    result.errors += slot->errors();
  }
  std::sort(all.begin(), all.end());
  result.per_second = static_cast<double>(all.size()) / seconds;
  result.p50 = Percentile(&all, 0.50);
  result.p95 = Percentile(&all, 0.95);
  result.p99 = Percentile(&all, 0.99);
  return result;
}

}  // namespace rowkeeper::bench
