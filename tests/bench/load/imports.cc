#include "tests/bench/load/imports.h"

#include <grpcpp/client_context.h>

#include <atomic>
#include <deque>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "bench/v1/todo.grpc.pb.h"
#include "server/base/text.h"
#include "tests/bench/load/requests.h"

namespace rowkeeper::bench {
namespace {

using ImportClock = std::chrono::steady_clock;
constexpr size_t kUnanswered = 2;

class Imports {
 public:
  Imports(int rows, LoopResult* result) : rows_(rows), result_(result) {}

  void Stop() { running_ = false; }
  void Count(bool counts) { counting_ = counts; }

  /// One import, until Stop.
  void Run(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext context;
    const auto stream = ::bench::v1::TodoRepository::NewStub(channel)->Import(&context);
    ::bench::v1::ImportTodosRequest request;
    request.mutable_todos()->CopyFrom(BatchCreate(0, rows_).todos());
    ::bench::v1::ImportTodosResponse response;
    std::deque<ImportClock::time_point> sent;
    bool open = true;
    while (open && running_) {
      sent.push_back(ImportClock::now());
      open = stream->Write(request) && (sent.size() < kUnanswered || Read(stream.get(), &sent));
    }
    stream->WritesDone();
    while (Read(stream.get(), &sent)) {
    }
    const grpc::Status status = stream->Finish();
    if (!status.ok()) Failed(status);
  }

 private:
  bool Read(grpc::ClientReaderWriter<::bench::v1::ImportTodosRequest, ::bench::v1::ImportTodosResponse>* stream,
            std::deque<ImportClock::time_point>* sent) {
    ::bench::v1::ImportTodosResponse response;
    if (!stream->Read(&response) || sent->empty()) return false;
    if (counting_) result_->latencies.Record(ImportClock::now() - sent->front());
    sent->pop_front();
    return true;
  }

  void Failed(const grpc::Status& status) {
    absl::MutexLock lock(&mutex_);
    if (result_->errors++ == 0) result_->error = Cat("Import: ", int{status.error_code()}, " ", status.error_message());
  }

  const int rows_;
  LoopResult* const result_;
  std::atomic<bool> running_{true};
  std::atomic<bool> counting_{false};
  absl::Mutex mutex_;
};

}  // namespace

void RunImports(const Channels& channels, int rows, const LoopOptions& options, LoopResult* result) {
  Imports imports(rows, result);
  std::vector<std::thread> threads;
  for (int i = 0; i < options.in_flight; ++i) {
    threads.emplace_back([&, i] { imports.Run(channels[static_cast<size_t>(i) % channels.size()]); });
  }
  std::this_thread::sleep_for(options.warm_up);
  options.at_begin();
  const ImportClock::time_point begin = ImportClock::now();
  imports.Count(true);
  std::this_thread::sleep_for(options.duration);
  for (int waits = 0; waits < 6000 && result->latencies.count() == 0; ++waits) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  imports.Count(false);
  result->seconds = std::chrono::duration<double>(ImportClock::now() - begin).count();
  options.at_end();
  imports.Stop();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace rowkeeper::bench
