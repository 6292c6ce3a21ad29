#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "server/catalogue/entity.h"
#include "server/codec/message_shape.h"
#include "server/codec/text_to_wire.h"

namespace rowkeeper::codec {

/// Writes rows as serialized entity messages. Immutable once compiled; any thread.
class RowEncoder {
 public:
  /// `cells`: the entity's column of each result cell that is visible; further cells of a row are ignored.
  /// `entity` is used during the call only; the encoder refers to no descriptor.
  /// `json`: what of jsonb columns is written; nullptr: all.
  static std::unique_ptr<const RowEncoder> Compile(const catalogue::Entity& entity, const std::vector<int>& cells,
                                                   const plan::JsonMask* json = nullptr);

  /// The same for the fields of a custom query's rows, all of them in this order.
  static std::unique_ptr<const RowEncoder> Compile(const std::vector<catalogue::Column>& columns);

  /// Appends the message that row `row` of `rows` (db::Rows, or anything with its `is_null(row, column)` and
  /// `cell(row, column)`) makes. NULL is an absent field. INTERNAL, reason UNREPRESENTABLE_VALUE, when a cell does not
  /// fit its field; `out` is then of no use.
  template <typename Rows>
  absl::Status Append(const Rows& rows, int row, std::string* out) const {
    const int count = static_cast<int>(cells_.size());
    std::string problem;
    for (int column = 0; column < count; ++column) {
      if (rows.is_null(row, column)) continue;
      if (!cells_[column].Append(rows.cell(row, column), out, &problem)) return Unrepresentable(column, problem);
    }
    return absl::OkStatus();
  }

 private:
  RowEncoder() = default;
  absl::Status Unrepresentable(int column, std::string_view problem) const;

  ShapeSet shapes_;
  std::vector<TextToWire> cells_;
};

}  // namespace rowkeeper::codec
