#include "tests/pg/locks/callers.h"

#include <algorithm>
#include <cstdlib>

#include "server/base/text.h"
#include "server/catalogue/operation.h"

namespace rowkeeper::testing {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

milliseconds LockTime(double otherwise) {
  const char* const wanted = std::getenv("ROWKEEPER_LOCK_SECONDS");
  return milliseconds(static_cast<int64_t>((wanted == nullptr ? otherwise : std::atof(wanted)) * 1000));
}

std::string ExampleName(const ::testing::TestParamInfo<const char*>& example) {
  const std::string folder = example.param;
  return folder.substr(0, folder.find('/'));
}

std::vector<PlainRead> PlainReads(const app::LoadedCatalogue& loaded) {
  std::vector<PlainRead> reads;
  std::set<const catalogue::Entity*> seen;
  for (const auto& plan : loaded.plans) {
    if (plan->operation != catalogue::Operation::kList) continue;
    const bool plain = std::none_of(plan->filters.begin(), plan->filters.end(),
                                    [](const plan::FilterTerm& term) { return term.required; });
    if (plain && seen.insert(plan->entity).second) reads.push_back({plan->entity, plan->full_name});
  }
  return reads;
}

Callers::Callers(InProcessServer* server, std::vector<PlainRead> reads, int threads)
    : server_(server), reads_(std::move(reads)) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this, i] { Call(static_cast<size_t>(i)); });
}

Callers::~Callers() { Stop(); }

void Callers::Stop() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Callers::Call(size_t first) {
  for (size_t i = first; !stop_; ++i) {
    const PlainRead& read = reads_[i % reads_.size()];
    const auto began = steady_clock::now();
    const absl::Status status = server_->Call(read.method, read.request).status();
    const auto time = std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
    {
      absl::MutexLock lock(&mutex_);
      times_.push_back(time);
      if (!status.ok()) errors_[Cat(Summary(status), ": ", std::string(status.message()))] = read.method;
    }
    std::this_thread::sleep_for(milliseconds(5));
  }
}

Callers::Result Callers::result() const {
  absl::MutexLock lock(&mutex_);
  Result result;
  std::vector<milliseconds> times = times_;
  std::sort(times.begin(), times.end());
  result.calls = static_cast<int>(times.size());
  if (!times.empty()) {
    result.slowest = times.back();
    result.p90 = times[times.size() * 9 / 10];
  }
  result.errors = errors_;
  return result;
}

HealthWatch::HealthWatch(InProcessServer* server) {
  thread_ = std::thread([this, server] {
    while (!stop_) {
      if (!server->IsServing()) always_served_ = false;
      std::this_thread::sleep_for(milliseconds(20));
    }
  });
}

HealthWatch::~HealthWatch() {
  stop_ = true;
  thread_.join();
}

}  // namespace rowkeeper::testing
