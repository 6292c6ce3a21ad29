#include "server/wire/row_encoders.h"

#include <numeric>
#include <vector>

namespace rowkeeper::wire {
namespace {

std::vector<int> AllColumns(const catalogue::Entity& entity) {
  std::vector<int> columns(entity.columns.size());
  std::iota(columns.begin(), columns.end(), 0);
  return columns;
}

}  // namespace

RowEncoders::RowEncoders(const catalogue::Entity* entity)
    : entity_(entity), all_columns_(codec::RowEncoder::Compile(*entity, AllColumns(*entity))) {}

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
  const std::vector<int> cells(statement.cells.begin(), statement.cells.begin() + statement.visible_cells);
  std::shared_ptr<const codec::RowEncoder> encoder = codec::RowEncoder::Compile(entity, cells, statement.json.get());
  if (!kept) return encoder;
  absl::MutexLock lock(&mutex_);
  return by_statement_.try_emplace(statement.id, std::move(encoder)).first->second;
}

}  // namespace rowkeeper::wire
