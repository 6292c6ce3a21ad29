#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "server/base/text.h"
#include "server/catalogue/entity.h"
#include "server/codec/message_shape.h"
#include "server/codec/text_to_wire.h"

namespace rowkeeper::codec {

/// Writes rows as serialized entity messages. Immutable once compiled; any thread.
class RowEncoder {
 public:
  /// What the cells of a row are.
  struct Layout {
    /// The entity's column of each cell that is written; further cells are ignored.
    std::vector<int> cells;
    /// The cells with the row's key, in the key's order, by which errors name the row. They need not be among `cells`.
    /// Empty: rows have no key.
    std::vector<int> key_cells = {};
    /// What of jsonb columns is written; nullptr: all.
    const plan::JsonMask* json = nullptr;
  };

  /// `entity` and `layout` are used during the call only; the encoder refers to no descriptor.
  static std::unique_ptr<const RowEncoder> Compile(const catalogue::Entity& entity, const Layout& layout,
                                                   SharedShapes shapes = std::make_shared<ShapeSet>());

  /// The same for the fields of a custom query's rows, all of them in this order.
  static std::unique_ptr<const RowEncoder> Compile(const std::vector<catalogue::Column>& columns,
                                                   SharedShapes shapes = std::make_shared<ShapeSet>());

  /// Appends the message that row `row` of `rows` (db::Rows, or anything with its `is_null(row, column)` and
  /// `cell(row, column)`) makes. NULL is an absent field. FAILED_PRECONDITION, reason UNREPRESENTABLE_VALUE, naming
  /// entity, key and field, when a cell does not fit its field; `out` is then of no use.
  template <typename Rows>
  absl::Status Append(const Rows& rows, int row, std::string* out) const {
    const int count = static_cast<int>(cells_.size());
    CellProblem problem;
    for (int column = 0; column < count; ++column) {
      if (rows.is_null(row, column)) continue;
      if (!cells_[column].Append(rows.cell(row, column), out, &problem)) {
        return Unrepresentable(KeyOf(rows, row), column, problem);
      }
    }
    return absl::OkStatus();
  }

 private:
  explicit RowEncoder(SharedShapes shapes) : shapes_(std::move(shapes)) {}
  absl::Status Unrepresentable(std::string_view key, int column, const CellProblem& problem) const;

  /// "id 0b52…", or the row's place where it has no key.
  template <typename Rows>
  std::string KeyOf(const Rows& rows, int row) const {
    if (key_.empty()) return Cat("row ", row + 1, " of the result");
    std::string key;
    for (const KeyCell& cell : key_) {
      key += Cat(key.empty() ? "" : ", ", cell.name, " ",
                 rows.is_null(row, cell.place) ? std::string_view("NULL") : rows.cell(row, cell.place));
    }
    return key;
  }

  struct KeyCell {
    std::string name;
    int place = 0;
  };

  const SharedShapes shapes_;
  std::vector<TextToWire> cells_;
  /// Empty for rows of no entity.
  std::string entity_;
  std::vector<KeyCell> key_;
};

}  // namespace rowkeeper::codec
