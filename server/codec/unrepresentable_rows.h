#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::codec {

/// The rows that one response leaves out because a field cannot carry what is stored.
class UnrepresentableRows {
 public:
  /// So many are listed; more are only counted.
  static constexpr size_t kMaxListed = 1000;

  /// Whether `status` is about such a row, which is then among these. One that many rows share is among them once.
  bool Take(const absl::Status& status);

  int64_t count() const { return static_cast<int64_t>(seen_.size()); }
  /// UNREPRESENTABLE_VALUE errors, in the order of the rows.
  const std::vector<absl::Status>& listed() const { return listed_; }

 private:
  absl::flat_hash_set<std::string> seen_;
  std::vector<absl::Status> listed_;
};

/// Writes such rows into the responses of one method. Immutable; any thread.
class UnrepresentableRowsEncoder {
 public:
  /// `plan` is used during the call only.
  explicit UnrepresentableRowsEncoder(const plan::ResponsePlan& plan);

  /// Appends what the response has fields for.
  void Append(const UnrepresentableRows& rows, std::string* out) const;

 private:
  /// Empty where the response has no such field.
  std::string rows_tag_;
  std::string count_tag_;
};

}  // namespace rowkeeper::codec
