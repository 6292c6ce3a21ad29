#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace rowkeeper::observe {

/// What is logged about one RPC: which rows it was about, by their ids, and how it ended. Values of other columns,
/// request bodies and credentials have no place here.
struct CallRecord {
  /// "planner.v1.TodoRepository.GetById"
  std::string_view method;
  /// Full entity name; empty for calls without one.
  std::string_view entity;
  /// Keys of the rows concerned; the first ten are written, and their number when there are more.
  std::vector<std::string> ids;
  absl::Status status;
  std::chrono::nanoseconds duration{0};
  /// The caller's `x-request-id`, so that its logs and ours can be joined; empty when it sent none.
  std::string_view request_id;
  /// Who called: the authenticated name, or the peer's address.
  std::string_view caller;
  /// Empty outside a unit of work. Never the handle itself, which is a credential.
  std::string_view unit_of_work;
  /// What its caller calls a unit of work that begins; empty otherwise.
  std::string_view label;
  /// Rows returned or changed; negative when it does not apply.
  int64_t rows = -1;
};

/// Writes one line: info for answers and callers' mistakes, warning when a limit or the database refused, error for
/// what should not happen (then with the message, which callers got as well). Thread-safe; does not block.
void LogCall(const CallRecord& record);

/// The line's fields as LogCall writes them, without time and level.
std::string CallFields(const CallRecord& record);

}  // namespace rowkeeper::observe
