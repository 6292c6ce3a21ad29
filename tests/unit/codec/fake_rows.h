#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowkeeper::codec {

/// Result rows as RowEncoder reads them, without a database.
struct FakeRows {
  std::vector<std::vector<std::optional<std::string>>> rows;

  bool is_null(int row, int column) const { return !rows[row][column].has_value(); }
  std::string_view cell(int row, int column) const { return *rows[row][column]; }
};

}  // namespace rowkeeper::codec
