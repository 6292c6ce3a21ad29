#include "server/codec/row_encoder.h"

#include "server/base/database_errors.h"

namespace rowkeeper::codec {

std::unique_ptr<const RowEncoder> RowEncoder::Compile(const catalogue::Entity& entity, const std::vector<int>& cells,
                                                      const plan::JsonMask* json) {
  std::unique_ptr<RowEncoder> encoder(new RowEncoder());
  encoder->cells_.reserve(cells.size());
  for (const int cell : cells) {
    const catalogue::Column& column = entity.columns[static_cast<size_t>(cell)];
    encoder->cells_.emplace_back(*column.field, column.type, &encoder->shapes_);
    if (json == nullptr) continue;
    const auto parts = json->reads.find(cell);
    if (parts != json->reads.end()) encoder->cells_.back().KeepOnly(parts->second);
  }
  return encoder;
}

std::unique_ptr<const RowEncoder> RowEncoder::Compile(const std::vector<catalogue::Column>& columns) {
  std::unique_ptr<RowEncoder> encoder(new RowEncoder());
  encoder->cells_.reserve(columns.size());
  for (const catalogue::Column& column : columns) {
    encoder->cells_.emplace_back(*column.field, column.type, &encoder->shapes_);
  }
  return encoder;
}

absl::Status RowEncoder::Unrepresentable(int column, std::string_view problem) const {
  return UnrepresentableValue(cells_[column].field_name(), problem);
}

}  // namespace rowkeeper::codec
