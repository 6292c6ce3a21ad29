#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/codec/message_shape.h"
#include "server/codec/text_to_wire.h"
#include "server/plan/batch/batch.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::codec {

/// Writes what the response of a batch says beside its rows. Immutable; any thread.
class BatchResponseEncoder {
 public:
  /// `plan` is used during the call only.
  explicit BatchResponseEncoder(const plan::MethodPlan& plan, SharedShapes shapes = std::make_shared<ShapeSet>());

  /// Appends missing keys (one text for each column that names a row), outcomes and what became of each element of a
  /// partial batch, where the response has fields for them. FAILED_PRECONDITION, reason UNREPRESENTABLE_VALUE, when a
  /// text does not fit its field.
  absl::Status Append(const std::vector<std::vector<std::string>>& missing,
                      const std::vector<plan::WriteOutcome>& writes, const std::vector<absl::Status>& results,
                      std::string* out) const;

 private:
  bool AppendMissing(const std::vector<std::vector<std::string>>& missing, std::string* out,
                     CellProblem* problem) const;
  void AppendResults(const std::vector<absl::Status>& results, std::string* out) const;
  void AppendWrites(const std::vector<plan::WriteOutcome>& writes, std::string* out) const;

  const SharedShapes shapes_;
  bool values_only_ = false;
  std::string missing_name_;
  std::string missing_tag_;
  std::vector<TextToWire> keys_;
  bool repeated_outcomes_ = false;
  std::string outcomes_tag_;
  std::string results_tag_;
};

}  // namespace rowkeeper::codec
