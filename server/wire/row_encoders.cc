#include "server/wire/row_encoders.h"

#include <algorithm>
#include <vector>

namespace rowkeeper::wire {
namespace {

/// The cells with the key of a row whose cells are `columns` of its entity; nothing where they lack some of it.
std::vector<int> KeyCells(const catalogue::Entity& entity, const std::vector<int>& columns) {
  std::vector<int> places;
  for (const int column : entity.key) {
    const auto found = std::find(columns.begin(), columns.end(), column);
    if (found == columns.end()) return {};
    places.push_back(static_cast<int>(found - columns.begin()));
  }
  return places;
}

}  // namespace

std::shared_ptr<const codec::RowEncoder> SharedCodecs::WholeRows(const catalogue::Entity& entity) const {
  const absl::MutexLock lock(&mutex_);
  std::shared_ptr<const codec::RowEncoder>& encoder = whole_[&entity];
  if (encoder == nullptr) {
    const std::vector<int> columns = entity.AllColumns();
    encoder = codec::RowEncoder::Compile(entity, {columns, KeyCells(entity, columns)}, shapes_);
  }
  return encoder;
}

RowEncoders::RowEncoders(const catalogue::Entity* entity, const SharedCodecs* shared)
    : entity_(entity), shared_(*shared), all_columns_(shared->WholeRows(*entity)) {}

std::shared_ptr<const codec::RowEncoder> RowEncoders::For(const sql::Statement* statement) const {
  const bool all = statement == nullptr || (statement->json == nullptr &&
                                            statement->visible_cells == static_cast<int>(entity_->columns.size()));
  if (all) return all_columns_;
  return Find(*entity_, *statement);
}

std::shared_ptr<const codec::RowEncoder> RowEncoders::ForRelation(const catalogue::Entity& target,
                                                                  const sql::Statement& statement) const {
  return Find(target, statement);
}

std::shared_ptr<const codec::RowEncoder> RowEncoders::Find(const catalogue::Entity& entity,
                                                           const sql::Statement& statement) const {
  // Which parts of JSON columns a call wants is its own affair, not that of its statement.
  const bool kept = statement.id != 0 && statement.json == nullptr;
  if (kept) {
    absl::ReaderMutexLock lock(&mutex_);
    const auto found = by_statement_.find(statement.id);
    if (found != by_statement_.end()) return found->second;
  }
  codec::RowEncoder::Layout layout;
  layout.cells.assign(statement.cells.begin(), statement.cells.begin() + statement.visible_cells);
  layout.key_cells = KeyCells(entity, statement.cells);
  layout.json = statement.json.get();
  std::shared_ptr<const codec::RowEncoder> encoder = codec::RowEncoder::Compile(entity, layout, shared_.shapes());
  if (!kept) return encoder;
  absl::MutexLock lock(&mutex_);
  return by_statement_.try_emplace(statement.id, std::move(encoder)).first->second;
}

}  // namespace rowkeeper::wire
