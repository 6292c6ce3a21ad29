#include "server/wire/import_method.h"

#include <google/protobuf/descriptor.h>

#include <optional>
#include <utility>

#include "server/base/stream_errors.h"

namespace rowkeeper::wire {

/// One import. Every event leads to Advance, which starts whatever may start now; flags under the lock say what is
/// under way, so that each thing is started once.
class ImportSession : public StreamSession {
 public:
  ImportSession(const ImportMethod* method, StreamRpc rpc)
      : StreamSession({StreamKind::kImport, &method->served_, method->backend_, method->serving_}, std::move(rpc)),
        method_(*method),
        answers_stream_(method->plan().method->server_streaming()) {}

 private:
  void OnMessage(std::string bytes) override {
    {
      const absl::MutexLock lock(&mutex_);
      reading_ = false;
      next_ = std::move(bytes);
    }
    Advance();
  }

  void OnEnd() override {
    {
      const absl::MutexLock lock(&mutex_);
      reading_ = false;
      no_more_ = true;
    }
    Advance();
  }

  void OnWritten() override {
    {
      const absl::MutexLock lock(&mutex_);
      writing_ = false;
    }
    Advance();
  }

  std::string IdleRemedy() const override {
    return "what is stored stays: import again, from the first row that the last answer did not count";
  }

  void Interrupt(const absl::Status& why) override {
    bool running = false;
    {
      const absl::MutexLock lock(&mutex_);
      if (over_) return;
      if (interruption_.ok()) interruption_ = why;
      running = running_;
    }
    if (running) {
      StopWork(why);  // ends when the chunk has
    } else {
      Stop(why);
    }
  }

  void Advance() {
    std::optional<std::string> chunk;
    bool read = false, answer = false, end = false;
    {
      const absl::MutexLock lock(&mutex_);
      if (over_) return;
      if (!running_ && !writing_ && next_.has_value()) {
        chunk = std::exchange(next_, std::nullopt);
        running_ = true;
      }
      if (!reading_ && !no_more_ && !next_.has_value()) reading_ = read = true;
      const bool all_stored = no_more_ && !next_.has_value() && !running_ && !writing_;
      if (all_stored && !answers_stream_ && !answered_) {
        answer = answered_ = writing_ = true;
      } else if (all_stored) {
        end = over_ = true;
      }
      Note(writing_ || (reading_ && !running_ && !next_.has_value()) ? Turn::kCaller : Turn::kServer);
    }
    if (read) rpc().Read();
    if (chunk.has_value()) StartChunk(*chunk);
    if (answer) rpc().Write(method_.encoder_.Encode(progress()));
    if (end) End(absl::OkStatus(), progress().imported);
  }

  codec::ImportProgress progress() {
    const absl::MutexLock lock(&mutex_);
    return progress_;
  }

  void StartChunk(std::string_view bytes) {
    absl::Status refusal = CheckServed();
    absl::StatusOr<plan::Call> chunk = refusal.ok() ? method_.reader_.Read(bytes, owner()) : refusal;
    if (!chunk.ok()) return FinishChunk(0, chunk.status());
    const auto rows = static_cast<int64_t>(chunk->request.as<plan::BatchRequest>().elements.size());
    const auto self = std::static_pointer_cast<ImportSession>(shared_from_this());
    exec::Executor::Terms terms(rpc().deadline(), this);
    terms.context = work_context();
    terms.runner = RunnerOf(rpc().methods());
    work_slot().FillWithTicket([&] {
      return backend().executor->Submit(
          *std::move(chunk), terms,
          [self, rows](const absl::StatusOr<exec::Outcome>& outcome) { self->FinishChunk(rows, outcome); });
    });
  }

  void FinishChunk(int64_t rows, const absl::StatusOr<exec::Outcome>& outcome) {
    absl::Status problem = outcome.status();
    codec::ImportProgress stored;
    {
      const absl::MutexLock lock(&mutex_);
      running_ = false;
      if (outcome.ok()) Count(rows, *outcome);
      const bool told = problem.ok() || problem.code() == absl::StatusCode::kCancelled;
      if (told && !interruption_.ok()) problem = interruption_;
      writing_ = problem.ok() && answers_stream_;
      stored = progress_;
    }
    if (!problem.ok()) return Stop(problem);
    if (answers_stream_) rpc().Write(method_.encoder_.Encode(stored));
    Advance();
  }

  void Count(int64_t rows, const exec::Outcome& outcome) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    ++progress_.chunks;
    progress_.imported += rows;
    rpc().progress()->NoteRows(progress_.imported);
    for (const plan::WriteOutcome write : std::get<exec::BatchFacts>(outcome.facts).writes) {
      if (write == plan::WriteOutcome::kInserted) ++progress_.inserted;
      if (write == plan::WriteOutcome::kUpdated) ++progress_.updated;
      if (write == plan::WriteOutcome::kUnchanged) ++progress_.unchanged;
    }
  }

  void Stop(const absl::Status& why) {
    codec::ImportProgress stored;
    {
      const absl::MutexLock lock(&mutex_);
      over_ = true;
      stored = progress_;
    }
    End(ImportStopped(why, stored.chunks + 1, stored.imported), stored.imported);
  }

  const ImportMethod& method_;
  /// An answer after each message, not one at the end.
  const bool answers_stream_;

  absl::Mutex mutex_;
  codec::ImportProgress progress_ ABSL_GUARDED_BY(mutex_);
  /// Read ahead.
  std::optional<std::string> next_ ABSL_GUARDED_BY(mutex_);
  bool reading_ ABSL_GUARDED_BY(mutex_) = true;  // as Start has begun
  bool no_more_ ABSL_GUARDED_BY(mutex_) = false;
  bool running_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  /// The only answer, where there is one.
  bool answered_ ABSL_GUARDED_BY(mutex_) = false;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status interruption_ ABSL_GUARDED_BY(mutex_);
};

ImportMethod::ImportMethod(const plan::MethodPlan* plan, const StreamBackend* backend)
    : StreamMethod(plan, backend),
      reader_(plan, backend->limits, {&backend->parts->tokens, backend->codecs->shapes(), backend->policies}),
      encoder_(plan::ImportFieldsOf(*plan->method->output_type())) {}

void ImportMethod::Serve(StreamRpc rpc) const { std::make_shared<ImportSession>(this, std::move(rpc))->Start(); }

}  // namespace rowkeeper::wire
