#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  bool is_null(int row, int column) const;
  /// The cell's text; empty when NULL. `row` and `column` must be in range.
  std::string_view cell(int row, int column) const;
  std::string column_name(int column) const;

 private:
  friend class RowsBuilder;  // in db/, where pqxx::result is known
  std::shared_ptr<const void> result_;
  int size_ = 0;
  int columns_ = 0;
  int64_t affected_ = 0;
};

}  // namespace rowkeeper::db
