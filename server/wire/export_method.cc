#include "server/wire/export_method.h"

#include <algorithm>
#include <utility>

#include "server/base/errors.h"
#include "server/exec/export_run.h"
#include "server/wire/unrepresentable_log.h"

namespace rowkeeper::wire {
namespace {

/// Rows of the first piece, when nothing is known yet of their size.
constexpr int kFirstPiece = 100;
/// How much larger than the last a piece may be.
constexpr int kGrowth = 4;
/// How much later than the server PostgreSQL would end the transaction of a caller that does nothing.
constexpr std::chrono::seconds kBackstop{30};

}  // namespace

class ExportSession : public StreamSession {
 public:
  ExportSession(const ExportMethod* method, StreamRpc rpc)
      : StreamSession({StreamKind::kExport, &method->served_, method->backend_, method->serving_}, std::move(rpc)),
        method_(*method) {}

 private:
  void OnMessage(std::string bytes) override {
    Note(Turn::kServer);
    absl::StatusOr<plan::Call> request = method_.reader_.Read(bytes, owner());
    if (!request.ok()) return Finish(request.status());
    request_ = *std::move(request);
    const auto self = std::static_pointer_cast<ExportSession>(shared_from_this());
    {
      const absl::MutexLock lock(&mutex_);
      submitted_ = true;
    }
    exec::Executor::Terms terms(rpc().deadline(), this);
    terms.context = work_context();
    terms.runner = RunnerOf(rpc().methods());
    terms.duration = exec::CallQueue::Duration::kStream;
    work_slot().FillWithTicket([&] {
      return backend().executor->Submit(
          [self](db::Connection& connection, db::Cancellation* cancellation) {
            return self->Run(connection, cancellation);
          },
          method_.plan().entity->full_name, terms, [self](const absl::Status& status) { self->Finish(status); });
    });
  }

  void OnEnd() override { Finish(MalformedRequest(method_.plan().method->input_type()->full_name(), "it is missing")); }

  void OnWritten() override {
    Note(Turn::kServer);
    const absl::MutexLock lock(&mutex_);
    writing_ = false;
    changed_.Signal();
  }

  std::string IdleRemedy() const override {
    return "export again with the resume_token of the last message that was read";
  }

  void Interrupt(const absl::Status& why) override {
    bool submitted = false;
    {
      const absl::MutexLock lock(&mutex_);
      if (interruption_.ok()) interruption_ = why;
      changed_.Signal();
      submitted = submitted_;
    }
    if (submitted) {
      StopWork(why);
    } else {
      Finish(why);
    }
  }

  /// What the executor says of the job, or what is wrong before there is one.
  void Finish(const absl::Status& status) {
    absl::Status result;
    int64_t rows = 0;
    {
      const absl::MutexLock lock(&mutex_);
      result = status.ok() ? result_ : status;
      if (result.code() == absl::StatusCode::kCancelled && !interruption_.ok()) result = interruption_;
      rows = sent_rows_;
    }
    End(result, rows);
  }

  /// On a worker. Once something was sent the executor must not run it again, so what happened then is kept apart.
  absl::Status Run(db::Connection& connection, db::Cancellation* cancellation) {
    const absl::Status status = Export(connection, cancellation);
    const absl::MutexLock lock(&mutex_);
    if (sent_rows_ == 0) return status;
    result_ = status;
    return absl::OkStatus();
  }

  absl::Status Export(db::Connection& connection, db::Cancellation* cancellation) {
    exec::ExportRun run(*backend().parts, request_, connection, cancellation,
                        backend().registry->limits().idle_limit + kBackstop);
    if (absl::Status status = run.Open(); !status.ok()) return status;
    int rows = std::min(kFirstPiece, backend().export_rows);
    while (true) {
      const absl::StatusOr<db::Rows> piece = run.Fetch(rows);
      if (!piece.ok() || piece->size() == 0) return piece.status();
      size_t bytes = 0;
      if (absl::Status status = Send(run, *piece, &bytes); !status.ok()) return status;
      // As many as make one message, going by the size of these.
      const size_t average = std::max<size_t>(bytes / static_cast<size_t>(piece->size()), 1);
      const size_t fitting = std::max<size_t>(backend().export_bytes / average, 1);
      rows = static_cast<int>(
          std::min<size_t>({fitting, static_cast<size_t>(rows) * kGrowth, static_cast<size_t>(backend().export_rows)}));
    }
  }

  /// Sends the rows in as many messages as they need.
  absl::Status Send(const exec::ExportRun& run, const db::Rows& rows, size_t* bytes) {
    const auto encoder = method_.row_encoders().For(&run.statement());
    std::string message;
    codec::UnrepresentableRows left_out;
    int first = 0;
    for (int row = 0; row < rows.size(); ++row) {
      const size_t before = message.size();
      if (absl::Status status = method_.encoder_.AppendRow(rows, row, *encoder, &message); !status.ok()) {
        if (!skips_unrepresentable() || !left_out.Take(status)) return Unsent(std::move(status));
        message.resize(before);
        continue;
      }
      if (message.size() <= backend().export_bytes || before == 0) continue;
      std::string last = message.substr(before);
      message.resize(before);
      *bytes += message.size();
      Report(std::exchange(left_out, {}), &message);
      if (absl::Status status = SendMessage(run, rows, first, row, std::move(message)); !status.ok()) return status;
      message = std::move(last);
      first = row;
    }
    *bytes += message.size();
    Report(left_out, &message);
    return SendMessage(run, rows, first, rows.size(), std::move(message));
  }

  bool skips_unrepresentable() const { return request_.request.as<plan::ListRequest>().skip_unrepresentable; }

  absl::Status Unsent(absl::Status status) const {
    LogIfUnrepresentable(method_.plan().full_name, status);
    return status;
  }

  /// Says in a message which rows were left out of it.
  void Report(const codec::UnrepresentableRows& left_out, std::string* message) const {
    LogUnrepresentable(method_.plan().full_name, left_out);
    method_.encoder_.AppendUnrepresentable(left_out, message);
  }

  /// Sends the rows from `first` up to, not including, `end`, and waits until the next message may follow. `message`
  /// has those of them that can be shown.
  absl::Status SendMessage(const exec::ExportRun& run, const db::Rows& rows, int first, int end, std::string message) {
    method_.encoder_.AppendToken(run.TokenAfter(rows, end - 1), &message);
    if (message.size() > backend().max_response_bytes) {
      return ResponseTooLarge(message.size(), backend().max_response_bytes,
                              "a single row is too large to send; ask for fewer fields with read_mask");
    }
    Note(Turn::kCaller);
    {
      const absl::MutexLock lock(&mutex_);
      if (!interruption_.ok()) return interruption_;
      writing_ = true;
      sent_rows_ += end - first;
      rpc().progress()->NoteRows(sent_rows_);
    }
    rpc().Write(std::move(message));
    const absl::MutexLock lock(&mutex_);
    while (writing_ && interruption_.ok()) changed_.Wait(&mutex_);
    return interruption_;
  }

  const ExportMethod& method_;
  /// Written before the job is submitted.
  plan::Call request_;

  absl::Mutex mutex_;
  absl::CondVar changed_;
  bool submitted_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t sent_rows_ ABSL_GUARDED_BY(mutex_) = 0;
  /// How the job ended after it had sent something.
  absl::Status result_ ABSL_GUARDED_BY(mutex_);
  absl::Status interruption_ ABSL_GUARDED_BY(mutex_);
};

ExportMethod::ExportMethod(const plan::MethodPlan* plan, const StreamBackend* backend)
    : StreamMethod(plan, backend),
      reader_(plan, backend->limits, {&backend->parts->tokens, backend->codecs->shapes(), backend->policies}),
      encoder_(plan->response) {}

const RowEncoders& ExportMethod::row_encoders() const {
  return row_encoders_.Get([this] { return std::make_unique<const RowEncoders>(plan_->entity, backend_->codecs); });
}

void ExportMethod::Serve(StreamRpc rpc) const { std::make_shared<ExportSession>(this, std::move(rpc))->Start(); }

}  // namespace rowkeeper::wire
