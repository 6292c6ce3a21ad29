#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "server/codec/row_encoder.h"
#include "server/sql/statement.h"

namespace rowkeeper::wire {

/// A result in which columns stand at other places than the row encoder wants them.
template <typename Rows>
class ReorderedRows {
 public:
  /// `places`: for each column that is wanted its cell in `rows`, which must outlive this; -1: it is left out.
  ReorderedRows(const Rows& rows, const std::vector<int>& places) : rows_(rows), places_(places) {}

  bool is_null(int row, int column) const {
    const int place = places_[static_cast<size_t>(column)];
    return place < 0 || rows_.is_null(row, place);
  }
  std::string_view cell(int row, int column) const { return rows_.cell(row, places_[static_cast<size_t>(column)]); }

 private:
  const Rows& rows_;
  const std::vector<int>& places_;
};

/// Writes the rows of a custom query, whose columns come in whatever order its text has. Lives for one response.
class QueryEncoder {
 public:
  /// `encoder` takes the fields in the order of QueryPlan::columns; `cells` names, for each result cell, its column,
  /// or that it is hidden.
  QueryEncoder(const codec::RowEncoder& encoder, const std::vector<int>& cells)
      : encoder_(encoder), places_(cells.size(), -1) {
    for (size_t cell = 0; cell < cells.size(); ++cell) {
      if (cells[cell] != sql::Statement::kHiddenCell)
        places_[static_cast<size_t>(cells[cell])] = static_cast<int>(cell);
    }
  }

  /// As RowEncoder::Append.
  template <typename Rows>
  absl::Status Append(const Rows& rows, int row, std::string* out) const {
    return encoder_.Append(ReorderedRows<Rows>(rows, places_), row, out);
  }

 private:
  const codec::RowEncoder& encoder_;
  std::vector<int> places_;
};

}  // namespace rowkeeper::wire
