#include "server/db/rows.h"

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "server/db/rows_builder.h"

namespace rowkeeper::db {

struct Rows::Storage {
  // One of these owns the cells' text.
  std::optional<pqxx::result> result;
  PgResult pg_result;
  std::vector<Rows> parts;
  bool assembled = false;
  MemoryCharge charge;

  /// Those of one row of most tables need no memory of their own.
  absl::InlinedVector<Cell, 12> cells;
};

std::string Rows::column_name(int column) const {
  if (column < 0 || column >= columns_) return {};
  if (storage_->assembled) return storage_->parts.empty() ? std::string() : storage_->parts[0].column_name(column);
  if (storage_->pg_result != nullptr) return PQfname(storage_->pg_result.get(), column);
  return storage_->result->column_name(static_cast<pqxx::row::size_type>(column));
}

uint32_t Rows::column_type(int column) const {
  if (column < 0 || column >= columns_ || storage_->assembled) return 0;
  if (storage_->pg_result != nullptr) return PQftype(storage_->pg_result.get(), column);
  return storage_->result->column_type(static_cast<pqxx::row::size_type>(column));
}

void Rows::OutOfRange(int row, int column) const {
  std::fprintf(stderr, "cell %d, %d of a result of %d rows and %d columns was read\n", row, column, size_, columns_);
  std::abort();
}

Rows RowsBuilder::Build(pqxx::result result) {
  Rows rows;
  rows.affected_ = static_cast<int64_t>(result.affected_rows());
  rows.columns_ = static_cast<int>(result.columns());
  rows.size_ = static_cast<int>(result.size());
  if (rows.columns_ == 0) return rows;

  auto storage = std::make_shared<Rows::Storage>();
  storage->result = std::move(result);
  storage->cells.reserve(static_cast<size_t>(rows.size_) * rows.columns_);
  // Indexing a libpqxx result copies two shared pointers a cell; stepping its iterators copies them once a row.
  for (auto row = storage->result->begin(); row != storage->result->end(); ++row) {
    auto field = row->begin();
    for (int column = 0; column < rows.columns_; ++column, ++field) {
      storage->cells.push_back(field->is_null() ? Rows::Cell{} : Rows::Cell{field->c_str(), field->size()});
    }
  }
  rows.cells_ = storage->cells.data();
  rows.storage_ = std::move(storage);
  return rows;
}

Rows RowsBuilder::Build(PgResult result, MemoryCharge charge) {
  Rows rows;
  rows.affected_ = std::strtoll(PQcmdTuples(result.get()), nullptr, 10);
  rows.columns_ = PQnfields(result.get());
  rows.size_ = PQntuples(result.get());
  if (rows.columns_ == 0) return rows;

  auto storage = std::make_shared<Rows::Storage>();
  storage->cells.reserve(static_cast<size_t>(rows.size_) * rows.columns_);
  for (int row = 0; row < rows.size_; ++row) {
    for (int column = 0; column < rows.columns_; ++column) {
      if (PQgetisnull(result.get(), row, column) != 0) {
        storage->cells.emplace_back();
      } else {
        storage->cells.push_back(
            {PQgetvalue(result.get(), row, column), static_cast<size_t>(PQgetlength(result.get(), row, column))});
      }
    }
  }
  storage->pg_result = std::move(result);
  storage->charge = std::move(charge);
  rows.cells_ = storage->cells.data();
  rows.storage_ = std::move(storage);
  return rows;
}

Rows RowsBuilder::Assemble(std::vector<Rows> parts, const std::vector<RowSource>& sources, int columns) {
  Rows rows;
  rows.columns_ = columns;
  rows.size_ = static_cast<int>(sources.size());
  auto storage = std::make_shared<Rows::Storage>();
  storage->assembled = true;
  storage->cells.reserve(sources.size() * static_cast<size_t>(columns));
  for (const RowSource& source : sources) {
    for (int column = 0; column < columns; ++column) {
      storage->cells.push_back(source.part < 0 ? Rows::Cell{}
                                               : parts[static_cast<size_t>(source.part)].At(source.row, column));
    }
  }
  storage->parts = std::move(parts);
  rows.cells_ = storage->cells.data();
  rows.storage_ = std::move(storage);
  return rows;
}

Rows AssembleRows(std::vector<Rows> parts, const std::vector<RowSource>& sources, int columns) {
  return RowsBuilder::Assemble(std::move(parts), sources, columns);
}

}  // namespace rowkeeper::db
