#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "server/observe/bursts.h"
#include "server/observe/call_context.h"
#include "server/observe/log_format.h"
#include "server/observe/log_level.h"

namespace rowkeeper::observe {

/// Ids of the rows that a call is about, as its line has them: the first ten, and how many there are.
class NotedIds {
 public:
  void Add(std::string_view id);
  /// With commas between them.
  const std::string& text() const { return text_; }
  int64_t count() const { return count_; }
  /// Not all of them are in the text.
  bool is_cut() const;

 private:
  std::string text_;
  int64_t count_ = 0;
};

/// What is logged about one RPC: which rows it was about, by their ids, and how it ended. Values of other columns,
/// request bodies and credentials have no place here. Owns all that it needs: its line is written after the call, and
/// after the server, have gone.
struct CallRecord {
  /// "planner.v1.TodoRepository.GetById"
  std::string method;
  /// Full entity name; empty for calls without one.
  std::string entity;
  NotedIds ids;
  absl::Status status;
  std::chrono::nanoseconds duration{0};
  /// The caller's request id and trace, so that its logs and ours can be joined, and where the time went.
  CallContext context;
  /// Who called: the authenticated name, or the peer's address.
  std::string caller;
  /// Empty outside a unit of work. Never the handle itself, which is a credential.
  std::string unit_of_work;
  /// What its caller calls a unit of work that begins; empty otherwise.
  std::string label;
  /// Rows returned or changed; negative when it does not apply.
  int64_t rows = -1;
  /// It took as long as SlowCallLimit(): the line says where the time went.
  bool slow = false;
  /// When it ended.
  std::chrono::system_clock::time_point end;
};

/// How a call ended, as far as its line depends on it.
struct CallEnd {
  absl::StatusCode code = absl::StatusCode::kOk;
  std::chrono::nanoseconds duration{0};
  /// A stream takes as long as its caller likes: it is never slow.
  bool is_stream = false;
};

/// Whether a call has a line of its own, by level, CallLines and SlowCallLimit: ask before gathering what it holds.
bool WantsCallLine(const CallEnd& end);
bool IsSlow(const CallEnd& end);

/// Hands the record over to the log's thread, which writes its line: info for answers and callers' mistakes, warning
/// when a limit or the database refused or the call was slow, error for what should not happen (then with the message,
/// which callers got as well). Thread-safe; does not block.
void LogCall(CallRecord record);

LogLevel CallLevel(const CallRecord& record);
LineKind CallKind(const CallRecord& record);
/// The line's fields, without time and level.
std::string CallFields(const CallRecord& record, LogFormat format);
/// Appends request_id, trace_id and span_id, those that there are.
void AppendCaller(const CallContext& context, LogFormat format, std::string* line);

}  // namespace rowkeeper::observe
