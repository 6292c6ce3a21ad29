#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/codec/batch_response_encoder.h"
#include "server/codec/response_encoder.h"
#include "server/codec/row_encoder.h"
#include "server/exec/runner.h"
#include "server/plan/method_plan.h"
#include "server/wire/row_encoders.h"

namespace rowkeeper::wire {

/// The last stage of the pipeline: what a call found or wrote becomes the response's bytes. Thread-safe.
class ResponseWriter {
 public:
  /// `plan` outlives the writer. Of a response that is larger than `max_bytes`, rows that many
  /// others share are not even written: that is RESPONSE_TOO_LARGE, whoever asks.
  ResponseWriter(const plan::MethodPlan* plan, size_t max_bytes);

  const plan::MethodPlan& plan() const { return plan_; }
  /// The response's bytes, of any size.
  absl::StatusOr<std::string> Write(const exec::Outcome& outcome) const;
  /// The same, within the limit: RESOURCE_EXHAUSTED RESPONSE_TOO_LARGE.
  absl::StatusOr<std::string> WriteWithinLimit(const exec::Outcome& outcome) const;

 private:
  absl::Status WriteQuery(const exec::Outcome& outcome, std::string* response) const;
  absl::Status WriteRows(const exec::Outcome& outcome, std::string* response) const;

  const plan::MethodPlan& plan_;
  const size_t max_bytes_;
  const std::unique_ptr<const codec::ResponseEncoder> response_encoder_;
  /// nullptr unless the method is a batch or upsert.
  const std::unique_ptr<const codec::BatchResponseEncoder> batch_encoder_;
  const RowEncoders row_encoders_;
  /// nullptr unless the method is a custom query.
  const std::unique_ptr<const codec::RowEncoder> query_encoder_;
};

}  // namespace rowkeeper::wire
