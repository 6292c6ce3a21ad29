#pragma once

#include <cstdint>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "server/catalogue/entity.h"
#include "server/codec/row_encoder.h"
#include "server/sql/statement.h"

namespace rowkeeper::wire {

/// What the coders of all methods of a server share: the shapes of messages, and an encoder of whole rows for each
/// entity. Each is made when a method needs it first. Thread-safe.
class SharedCodecs {
 public:
  const codec::SharedShapes& shapes() const { return shapes_; }
  /// For rows with all columns of `entity`, in its order.
  std::shared_ptr<const codec::RowEncoder> WholeRows(const catalogue::Entity& entity) const;

 private:
  const codec::SharedShapes shapes_ = std::make_shared<codec::ShapeSet>();
  mutable absl::Mutex mutex_;
  mutable absl::flat_hash_map<const catalogue::Entity*, std::shared_ptr<const codec::RowEncoder>> whole_
      ABSL_GUARDED_BY(mutex_);
};

/// The row encoders of one method: one for all columns, and one for each statement with fewer. There are no more of
/// them than statements that are kept; one for parts of JSON columns is made for its call. Thread-safe.
class RowEncoders {
 public:
  /// Both outlive the encoders.
  RowEncoders(const catalogue::Entity* entity, const SharedCodecs* shared);

  /// For the visible cells of `statement`; nullptr stands for a response without rows.
  std::shared_ptr<const codec::RowEncoder> For(const sql::Statement* statement) const;
  /// For the visible cells of a relation's statement, whose rows are of `target`.
  std::shared_ptr<const codec::RowEncoder> ForRelation(const catalogue::Entity& target,
                                                       const sql::Statement& statement) const;

 private:
  std::shared_ptr<const codec::RowEncoder> Find(const catalogue::Entity& entity, const sql::Statement& statement) const;

  const catalogue::Entity* const entity_;
  const SharedCodecs& shared_;
  const std::shared_ptr<const codec::RowEncoder> all_columns_;
  mutable absl::Mutex mutex_;
  mutable absl::flat_hash_map<uint64_t, std::shared_ptr<const codec::RowEncoder>> by_statement_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::wire
