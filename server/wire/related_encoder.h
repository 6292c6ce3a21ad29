#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/codec/row_encoder.h"
#include "server/db/rows.h"
#include "server/exec/relation_rows.h"
#include "server/wire/row_encoders.h"

namespace rowkeeper::wire {

/// Writes the rows of one outcome, each with the rows that its relations brought as nested messages. Lives no longer
/// than what it is made of.
class RelatedEncoder {
 public:
  /// `own` writes a row without its relations. A response that grows beyond `max_bytes` is given up.
  RelatedEncoder(const codec::RowEncoder& own, const RowEncoders& encoders, const exec::RelatedRows& related,
                 size_t max_bytes);

  /// As codec::RowEncoder::Append, for a row of the outcome; and RESOURCE_EXHAUSTED RESPONSE_TOO_LARGE: a row that many
  /// share is read once, but written for each of them.
  absl::Status Append(const db::Rows& rows, int row, std::string* out) const;

 private:
  struct Level {
    const exec::RelationRows* loaded;
    std::shared_ptr<const codec::RowEncoder> encoder;
    std::string tag;
    std::vector<Level> below;
  };

  static std::vector<Level> Compile(const RowEncoders& encoders, const std::vector<exec::RelationRows>& relations);
  absl::Status AppendRelations(const std::vector<Level>& levels, int parent, std::string* out) const;
  absl::Status AppendRow(const Level& level, int row, std::string* out) const;

  const codec::RowEncoder& own_;
  const std::vector<Level> levels_;
  const size_t max_bytes_;
};

}  // namespace rowkeeper::wire
