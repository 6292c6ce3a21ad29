#include "server/codec/row_encoder.h"

#include <utility>

#include "server/base/row_errors.h"

namespace rowkeeper::codec {

std::unique_ptr<const RowEncoder> RowEncoder::Compile(const catalogue::Entity& entity, const Layout& layout,
                                                      SharedShapes shapes) {
  std::unique_ptr<RowEncoder> encoder(new RowEncoder(std::move(shapes)));
  encoder->entity_ = entity.full_name;
  encoder->cells_.reserve(layout.cells.size());
  for (const int cell : layout.cells) {
    const catalogue::Column& column = entity.columns[static_cast<size_t>(cell)];
    encoder->cells_.emplace_back(*column.field, column.type, encoder->shapes_.get());
    if (layout.json == nullptr) continue;
    const auto parts = layout.json->reads.find(cell);
    if (parts != layout.json->reads.end()) encoder->cells_.back().KeepOnly(parts->second);
  }
  for (size_t i = 0; i < layout.key_cells.size(); ++i) {
    const catalogue::Column& column = entity.columns[static_cast<size_t>(entity.key[i])];
    encoder->key_.push_back({column.field->name(), layout.key_cells[i]});
  }
  return encoder;
}

std::unique_ptr<const RowEncoder> RowEncoder::Compile(const std::vector<catalogue::Column>& columns,
                                                      SharedShapes shapes) {
  std::unique_ptr<RowEncoder> encoder(new RowEncoder(std::move(shapes)));
  encoder->cells_.reserve(columns.size());
  for (const catalogue::Column& column : columns) {
    encoder->cells_.emplace_back(*column.field, column.type, encoder->shapes_.get());
  }
  return encoder;
}

absl::Status RowEncoder::Unrepresentable(std::string_view key, int column, const CellProblem& problem) const {
  const FieldShape& field = cells_[static_cast<size_t>(column)].field();
  const std::string place = Cat(entity_.empty() ? field.full_name : field.name, problem.path);
  return UnrepresentableValue(StoredValue{entity_, key, place}, problem.words);
}

}  // namespace rowkeeper::codec
