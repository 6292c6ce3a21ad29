#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rowkeeper::db {

/// A parameter in PostgreSQL's text form; nullopt is NULL. Must not hold a NUL byte.
using Param = std::optional<std::string>;

/// The rows of one statement, in PostgreSQL's text form. Cheap to copy (shared, immutable); cells stay valid as long as
/// one copy lives, beyond the lease that made it. Any thread may read it.
class Rows {
 public:
  Rows() = default;

  int size() const { return size_; }
  int columns() const { return columns_; }
  /// For statements that return no rows: how many they changed.
  int64_t affected() const { return affected_; }
  bool is_null(int row, int column) const { return At(row, column).data == nullptr; }
  /// The cell's text; empty when NULL. A row or column out of range ends the process: the result does not have what its
  /// reader was promised, see Query::result.
  std::string_view cell(int row, int column) const {
    const Cell& cell = At(row, column);
    return {cell.data, cell.size};
  }
  std::string column_name(int column) const;
  /// `count` of them, from `first` on, which are there.
  Rows Part(int first, int count) const {
    Rows part = *this;
    part.cells_ += static_cast<size_t>(first) * static_cast<size_t>(columns_);
    part.size_ = count;
    return part;
  }
  /// The OID of the column's type; 0 for rows that were put together of several results.
  uint32_t column_type(int column) const;

 private:
  friend class RowsBuilder;  // in db/, where the results of libpqxx and libpq are known

  struct Cell {
    const char* data = nullptr;
    size_t size = 0;
  };
  struct Storage;

  const Cell& At(int row, int column) const {
    if (row < 0 || row >= size_ || column < 0 || column >= columns_) OutOfRange(row, column);
    return cells_[static_cast<size_t>(row) * columns_ + column];
  }
  [[noreturn]] void OutOfRange(int row, int column) const;

  std::shared_ptr<const Storage> storage_;
  const Cell* cells_ = nullptr;
  int size_ = 0;
  int columns_ = 0;
  int64_t affected_ = 0;
};

}  // namespace rowkeeper::db
