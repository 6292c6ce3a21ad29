#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace rowkeeper::plan {

/// Which rows a call sees on a soft-deletable entity.
enum class Deleted { kExclude, kInclude, kOnly };

/// What a list says of the number of its rows.
enum class CountMode { kNone, kExact, kEstimated };

/// The value of one kFilter or kValue input.
struct Argument {
  /// Fields without presence (plain proto3 scalars, repeated fields, maps) are present when they are not the zero
  /// value; all others when they were on the wire. An enum's `..._UNSPECIFIED` is never present.
  bool present = false;
  /// PostgreSQL's text form of the value, valid for the column's type; meaningful only when present.
  std::string text;
};

/// One element of a batch.
struct Element {
  /// One for each MethodPlan::inputs; those that are not of elements stay empty.
  std::vector<Argument> arguments;
  int64_t version = 0;
  /// Partial batch: why this element is not tried; OK for the others.
  absl::Status refusal;
};

/// A decoded request: every input of a plan, checked as far as one field can be checked alone.
struct Request {
  /// One for each MethodPlan::inputs; those of other roles than kFilter and kValue stay empty.
  std::vector<Argument> arguments;

  int32_t page_size = 0;
  std::string page_token;
  std::string order_by;
  std::optional<std::vector<std::string>> read_mask;
  std::optional<std::vector<std::string>> update_mask;
  Deleted deleted = Deleted::kExclude;
  int64_t version = 0;
  bool allow_missing = false;
  /// An AIP-160 filter expression.
  std::string expression;
  int32_t skip = 0;
  /// Absent: the operation's default.
  std::optional<CountMode> count;
  /// Absent: no limit was given.
  std::optional<int64_t> max_affected;
  /// PostgreSQL's text form of the interval.
  std::optional<std::string> older_than;
  /// Batch: in the request's order. A single upsert has one.
  std::vector<Element> elements;
};

}  // namespace rowkeeper::plan
