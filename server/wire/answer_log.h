#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "server/observe/call_durations.h"
#include "server/observe/call_record.h"
#include "server/wire/stream_rpc.h"
#include "server/wire/unary_rpc.h"

namespace rowkeeper::wire {

/// What is the same for all calls of a method.
struct ServedMethod {
  /// "planner.v1.TodoRepository.GetById"
  std::string_view name;
  /// Full name of the entity; empty for methods without one.
  std::string_view entity;
  observe::CallDurations* durations = nullptr;
  bool is_stream = false;
};

inline constexpr std::string_view kRequestIdHeader = "x-request-id";
inline constexpr std::string_view kTraceParentHeader = "traceparent";
/// Of the headers x-request-id, of which 128 bytes are kept, and traceparent.
observe::CallContext ReadCallContext(std::optional<std::string_view> request_id,
                                     std::optional<std::string_view> trace_parent);
inline constexpr std::string_view kTraceStateHeader = "tracestate";
/// The same of a call that begins, with its spans if it is sampled.
observe::CallContext BeginCallContext(const UnaryRpc& rpc);
observe::CallContext BeginCallContext(const StreamRpc& rpc);

/// What counters and the log are told of one call, unary or streaming. One thread at a time.
class AnswerLog {
 public:
  /// `method` outlives it.
  explicit AnswerLog(const ServedMethod* method);

  std::string_view entity() const { return method_.entity; }
  /// Whether what is noted below may be logged.
  bool noting() const { return noting_; }
  /// Who calls; see CallerOf.
  void NoteCaller(std::string caller) { caller_ = std::move(caller); }
  /// Empty until it is noted.
  const std::string& caller() const { return caller_; }
  /// Who is named in what is logged; before anything else is noted.
  void NoteContext(observe::CallContext context) { context_ = std::move(context); }
  /// The id of a row that the call is about.
  void NoteId(std::string_view id) { ids_.Add(id); }
  /// The id of the unit of work that the call belongs to.
  void NoteUnitId(std::string_view id) { unit_of_work_ = id; }
  void NoteLabel(std::string_view label) { label_ = label; }
  /// What the call costs, and who is named in what is logged while it runs.
  observe::CallContext& context() { return context_; }
  const observe::CallContext& context() const { return context_; }

  /// Before the answer is sent, which took `duration`: whoever has it finds it counted.
  void Count(const absl::Status& status, std::chrono::nanoseconds duration) const;
  /// Before the answer is sent: whether there will be a line, for which the caller is to be noted.
  bool Wants(const absl::Status& status, std::chrono::nanoseconds so_far) const;
  /// After it was sent: hands over the spans of a call that is sampled; once. `rows` as of Write, which comes later.
  void EndSpans(const absl::Status& status, int64_t rows) const;
  /// After it was sent, which took `duration`, if there is to be a line; once. `rows` were returned or changed;
  /// negative when that does not apply.
  void Write(const absl::Status& status, int64_t rows, std::chrono::nanoseconds duration);

 private:
  const ServedMethod& method_;
  const bool noting_;
  std::string caller_;
  observe::CallContext context_;
  observe::NotedIds ids_;
  std::string unit_of_work_;
  std::string label_;
};

}  // namespace rowkeeper::wire
