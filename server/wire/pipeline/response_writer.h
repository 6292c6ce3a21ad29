#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/built_once.h"
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
  /// `plan` and `shared` outlive the writer. Of a response that is larger than `max_bytes`, rows that many
  /// others share are not even written: that is RESPONSE_TOO_LARGE, whoever asks. Encoders are compiled for the first
  /// response.
  ResponseWriter(const plan::MethodPlan* plan, size_t max_bytes, const SharedCodecs* shared);

  const plan::MethodPlan& plan() const { return plan_; }
  /// The response's bytes, of any size.
  absl::StatusOr<std::string> Write(const exec::Outcome& outcome) const;
  /// The same, within the limit: RESOURCE_EXHAUSTED RESPONSE_TOO_LARGE.
  absl::StatusOr<std::string> WriteWithinLimit(const exec::Outcome& outcome) const;

 private:
  struct Encoders {
    Encoders(const plan::MethodPlan& plan, const SharedCodecs* shared);

    const std::unique_ptr<const codec::ResponseEncoder> response;
    /// nullptr unless the method is a batch or upsert.
    const std::unique_ptr<const codec::BatchResponseEncoder> batch;
    const RowEncoders rows;
    /// nullptr unless the method is a custom query.
    const std::unique_ptr<const codec::RowEncoder> query;
  };

  absl::Status WriteQuery(const Encoders& encoders, const exec::Outcome& outcome, std::string* response) const;
  absl::Status WriteRows(const Encoders& encoders, const exec::Outcome& outcome, std::string* response) const;

  const plan::MethodPlan& plan_;
  const size_t max_bytes_;
  const SharedCodecs* const shared_;
  const BuiltOnce<Encoders> encoders_;
};

}  // namespace rowkeeper::wire
