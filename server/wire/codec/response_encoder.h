#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "server/plan/method_plan.h"
#include "server/wire/codec/row_encoder.h"
#include "server/wire/codec/wire_format.h"

namespace rowkeeper::codec {

/// Writes the response messages of one method. Immutable once compiled; any thread.
class ResponseEncoder {
 public:
  /// `plan` is used during the call only.
  static std::unique_ptr<const ResponseEncoder> Compile(const plan::ResponsePlan& plan);

  /// Appends the response that the first `count` rows of `rows` make (see RowEncoder::Append). An empty response takes
  /// none, an entity or its holder at most one; no row leaves the message empty. `next_page_token` is written where the
  /// response has a field for it and the token is not empty. Fails as RowEncoder::Append does.
  template <typename Rows>
  absl::Status Encode(const Rows& rows, int count, const RowEncoder& encoder, std::string_view next_page_token,
                      std::string* out) const {
    if (shape_ != plan::ResponseShape::kEmpty && shape_ != plan::ResponseShape::kList && count > 1) count = 1;
    if (shape_ == plan::ResponseShape::kEmpty) count = 0;
    for (int row = 0; row < count; ++row) {
      const absl::Status status = AppendRow(rows, row, encoder, out);
      if (!status.ok()) return status;
    }
    if (!token_tag_.empty() && !next_page_token.empty()) {
      out->append(token_tag_);
      AppendLengthDelimited(next_page_token, out);
    }
    return absl::OkStatus();
  }

 private:
  ResponseEncoder() = default;

  template <typename Rows>
  absl::Status AppendRow(const Rows& rows, int row, const RowEncoder& encoder, std::string* out) const {
    if (shape_ == plan::ResponseShape::kEntity) return encoder.Append(rows, row, out);
    out->append(rows_tag_);
    return AppendLengthPrefixed(out, [&] { return encoder.Append(rows, row, out); });
  }

  plan::ResponseShape shape_ = plan::ResponseShape::kEmpty;
  std::string rows_tag_;
  std::string token_tag_;
};

}  // namespace rowkeeper::codec
