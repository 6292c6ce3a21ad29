#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "server/codec/row_encoder.h"
#include "server/codec/unrepresentable_rows.h"
#include "server/codec/wire_format.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::codec {

/// What a response says beside its rows. What the response has no field for is left out.
struct ResponseFacts {
  /// Empty: there is no such page.
  std::string_view next_page_token = {};
  std::string_view previous_page_token = {};
  std::optional<int64_t> total_size = std::nullopt;
  std::optional<int64_t> affected = std::nullopt;
  bool more = false;
  /// Takes rows that cannot be written, which are left out; nullptr: they fail the response.
  UnrepresentableRows* unrepresentable = nullptr;
};

/// Writes the response messages of one method. Immutable once compiled; any thread.
class ResponseEncoder {
 public:
  /// `plan` is used during the call only.
  static std::unique_ptr<const ResponseEncoder> Compile(const plan::ResponsePlan& plan);

  /// Appends the response that the first `count` rows of `rows` make. `encoder` is a RowEncoder, or anything with its
  /// Append. An empty response takes
  /// none, an entity or its holder at most one; no row leaves the message empty. Facts are written where the
  /// response has fields for them. Fails as `encoder` does; FAILED_PRECONDITION, reason UNREPRESENTABLE_VALUE, for a
  /// number that does not fit into an int32.
  template <typename Rows, typename Encoder>
  absl::Status Encode(const Rows& rows, int count, const Encoder& encoder, const ResponseFacts& facts,
                      std::string* out) const {
    if (shape_ == plan::ResponseShape::kEmpty || shape_ == plan::ResponseShape::kFacts) count = 0;
    if (shape_ != plan::ResponseShape::kList && count > 1) count = 1;
    for (int row = 0; row < count; ++row) {
      const size_t start = out->size();
      const absl::Status status = AppendRow(rows, row, encoder, out);
      if (status.ok()) continue;
      if (facts.unrepresentable == nullptr || !facts.unrepresentable->Take(status)) return status;
      out->resize(start);
    }
    return AppendFacts(facts, out);
  }

 private:
  /// Where a fact goes; an empty tag: nowhere.
  struct Place {
    std::string name;
    std::string tag;
    /// Zero is written too, for it is not the same as nothing.
    bool presence = false;
    bool narrow = false;
  };

  explicit ResponseEncoder(const plan::ResponsePlan& plan) : unrepresentable_(plan) {}
  static Place PlaceOf(const google::protobuf::FieldDescriptor* field);
  static void AppendText(const Place& place, std::string_view text, std::string* out);
  static absl::Status AppendNumber(const Place& place, std::optional<int64_t> number, std::string* out);
  absl::Status AppendFacts(const ResponseFacts& facts, std::string* out) const;

  template <typename Rows, typename Encoder>
  absl::Status AppendRow(const Rows& rows, int row, const Encoder& encoder, std::string* out) const {
    if (shape_ == plan::ResponseShape::kEntity) return encoder.Append(rows, row, out);
    out->append(rows_tag_);
    return AppendLengthPrefixed(out, [&] { return encoder.Append(rows, row, out); });
  }

  plan::ResponseShape shape_ = plan::ResponseShape::kEmpty;
  std::string rows_tag_;
  Place next_page_token_;
  Place previous_page_token_;
  Place total_size_;
  Place affected_;
  Place more_;
  UnrepresentableRowsEncoder unrepresentable_;
};

}  // namespace rowkeeper::codec
