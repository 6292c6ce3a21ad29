#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "server/observe/call_durations.h"

namespace rowkeeper::wire {

/// What is the same for all calls of a method.
struct ServedMethod {
  /// "planner.v1.TodoRepository.GetById"
  std::string_view name;
  /// Full name of the entity; empty for methods without one.
  std::string_view entity;
  observe::CallDurations* durations = nullptr;
};

/// What counters and the log are told of one call, unary or streaming. One thread at a time.
class AnswerLog {
 public:
  /// `method` outlives it.
  explicit AnswerLog(const ServedMethod* method);

  std::string_view entity() const { return method_.entity; }
  /// Whether what is noted below will be logged.
  bool noting() const { return noting_; }
  /// Who calls; see CallerOf.
  void NoteCaller(std::string caller) { caller_ = std::move(caller); }
  /// Empty until it is noted.
  const std::string& caller() const { return caller_; }
  /// The caller's x-request-id.
  void NoteRequestId(std::string_view id) { request_id_ = id; }
  /// The id of a row that the call is about.
  void NoteId(std::string id) { ids_.push_back(std::move(id)); }
  /// The id of the unit of work that the call belongs to.
  void NoteUnitId(std::string_view id) { unit_of_work_ = id; }
  void NoteLabel(std::string_view label) { label_ = label; }

  /// Before the answer is sent, which took `duration`: whoever has it finds it counted.
  void Count(const absl::Status& status, std::chrono::nanoseconds duration) const;
  /// After it was sent, which took `duration`. `rows` were returned or changed; negative when that does not apply.
  void Write(const absl::Status& status, int64_t rows, std::chrono::nanoseconds duration) const;

 private:
  const ServedMethod& method_;
  const bool noting_;
  std::string caller_;
  std::string request_id_;
  std::vector<std::string> ids_;
  std::string unit_of_work_;
  std::string label_;
};

}  // namespace rowkeeper::wire
