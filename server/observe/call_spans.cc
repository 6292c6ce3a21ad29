#include "server/observe/call_spans.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "server/base/error_details.h"
#include "server/base/text.h"
#include "server/base/utf8.h"
#include "server/observe/random_ids.h"

namespace rowkeeper::observe {
namespace {

constexpr std::string_view kUnknownError = "_OTHER";

/// gRPC's page of the semantic conventions: what else a server answers is the caller's affair.
bool IsServerError(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDataLoss:
      return true;
    default:
      return false;
  }
}

void AddText(std::string_view key, std::string_view value, Span* span) {
  if (!value.empty()) span->attributes.push_back({key, RepairUtf8(value)});
}

void AddNumber(std::string_view key, int64_t value, Span* span) { span->attributes.push_back({key, value}); }

/// "SELECT todos": the operation and what it is about.
std::string SummaryOf(const ExecutedSpan& statement) {
  if (statement.operation == kUnknownError) return "postgresql";
  return statement.table.empty() ? std::string(statement.operation) : Cat(statement.operation, " ", statement.table);
}

void AddFailure(const ExecutedSpan& statement, Span* span) {
  span->status = Span::Status::kError;
  AddText("db.response.status_code", statement.sqlstate, span);
  const std::string reason = ErrorReason(*statement.error);
  const std::string_view type = !statement.sqlstate.empty() ? statement.sqlstate : std::string_view(reason);
  AddText("error.type", type.empty() ? kUnknownError : type, span);
}

void AddServer(const ExecutedSpan& statement, Span* span) {
  AddText("db.system.name", "postgresql", span);
  AddText("db.namespace", statement.database, span);
  AddText("server.address", statement.host, span);
  int64_t port = 0;
  std::from_chars(statement.port.data(), statement.port.data() + statement.port.size(), port);
  if (port != 0) AddNumber("server.port", port, span);
}

std::string_view MethodOf(std::string_view path) {
  return path.substr(std::min<size_t>(path.find_first_not_of('/'), path.size()));
}

}  // namespace

CallSpans::CallSpans(Start start)
    : clock_(*start.clock),
      sink_(start.sink),
      trace_(start.trace),
      state_(std::move(start.state)),
      own_(RandomSpanId()),
      parent_(start.parent),
      method_(MethodOf(start.path)),
      came_at_(start.came_at),
      epoch_(clock_.WallNow() -
             std::chrono::duration_cast<Clock::wall_time_point::duration>(clock_.Now().time_since_epoch())) {}

std::shared_ptr<CallSpans> CallSpans::MakeShared() const {
  Start start;
  start.path = method_;
  start.came_at = came_at_;
  start.clock = &clock_;
  return std::make_shared<CallSpans>(std::move(start));
}

Span CallSpans::Make(Span::Kind kind, Clock::time_point from, Clock::time_point until) const {
  const auto wall = [this](Clock::time_point time) {
    return epoch_ + std::chrono::duration_cast<Clock::wall_time_point::duration>(time.time_since_epoch());
  };
  Span span;
  span.kind = kind;
  span.start = wall(from);
  span.end = std::max(wall(until), span.start);
  return span;
}

void CallSpans::Keep(Span span) {
  span.id = RandomSpanId();
  span.parent = own_;
  const absl::MutexLock lock(&mutex_);
  if (ended_) return;
  if (spans_.size() < kMostSpans) {
    spans_.push_back(std::move(span));
  } else {
    ++left_out_;
  }
}

void CallSpans::AddQueue(Clock::time_point from, Clock::time_point until) {
  Span span = Make(Span::Kind::kInternal, from, until);
  span.name = "queue";
  Keep(std::move(span));
}

void CallSpans::AddConnection(std::chrono::nanoseconds waited) {
  const Clock::time_point now = clock_.Now();
  Span span = Make(Span::Kind::kInternal, now - waited, now);
  span.name = "connection";
  Keep(std::move(span));
}

void CallSpans::AddStatement(const ExecutedSpan& statement) {
  const Clock::time_point now = clock_.Now();
  Span span = Make(Span::Kind::kClient, now - statement.time, now);
  span.name = SummaryOf(statement);
  AddServer(statement, &span);
  AddText("db.operation.name", statement.operation == kUnknownError ? "" : statement.operation, &span);
  AddText("db.collection.name", statement.table, &span);
  AddText("db.query.summary", span.name, &span);
  if (!statement.text.empty()) AddText("db.query.text", ShortenUtf8(statement.text, kMostTextBytes), &span);
  AddText("rowkeeper.statement.purpose", statement.purpose, &span);
  AddText("rowkeeper.statement.name", statement.name, &span);
  if (statement.query_id != 0) AddNumber("rowkeeper.query_id", statement.query_id, &span);
  if (statement.backend != 0) AddNumber("rowkeeper.backend", statement.backend, &span);
  if (statement.error != nullptr) {
    AddFailure(statement, &span);
  } else {
    AddNumber("db.response.returned_rows", statement.rows, &span);
  }
  Keep(std::move(span));
}

void CallSpans::AddSharedBy(size_t calls, const CallSpans& shared) {
  std::vector<Span> spans;
  {
    const absl::MutexLock lock(&shared.mutex_);
    spans = shared.spans_;
  }
  for (Span& span : spans) {
    if (span.kind == Span::Kind::kClient) AddNumber("rowkeeper.merged_calls", static_cast<int64_t>(calls), &span);
    Keep(std::move(span));
  }
}

void CallSpans::End(const EndedCall& end) {
  const absl::StatusCode code = end.status->code();
  const std::string name = absl::StatusCodeToString(code);
  Span span = Make(Span::Kind::kServer, came_at_, clock_.Now());
  span.id = own_;
  span.parent = parent_;
  span.name = method_;
  AddText("rpc.system.name", "grpc", &span);
  AddText("rpc.method", method_, &span);
  AddText("rpc.response.status_code", name, &span);
  if (code != absl::StatusCode::kOk) {
    AddText("error.type", name, &span);
    AddText("rowkeeper.reason", ErrorReason(*end.status), &span);
    AddText("rowkeeper.log_id", ErrorLogId(*end.status), &span);
  }
  if (IsServerError(code)) span.status = Span::Status::kError;
  AddText("rowkeeper.request_id", end.request_id, &span);
  AddText("rowkeeper.unit_of_work", end.unit_of_work, &span);
  if (end.rows >= 0) AddNumber("rowkeeper.rows", end.rows, &span);
  CallTrace trace;
  trace.id = trace_;
  trace.state = state_;
  {
    const absl::MutexLock lock(&mutex_);
    if (std::exchange(ended_, true)) return;
    trace.spans = std::move(spans_);
    trace.left_out = left_out_;
  }
  if (trace.left_out > 0) AddNumber("rowkeeper.spans_left_out", trace.left_out, &span);
  trace.spans.push_back(std::move(span));
  if (sink_ != nullptr) sink_->Add(std::move(trace));
}

}  // namespace rowkeeper::observe
