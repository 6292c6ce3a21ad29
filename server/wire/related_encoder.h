#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/codec/row_encoder.h"
#include "server/codec/unrepresentable_rows.h"
#include "server/db/rows.h"
#include "server/exec/relation_rows.h"
#include "server/wire/row_encoders.h"

namespace rowkeeper::wire {

/// Writes the rows of one outcome, each with the rows that its relations brought as nested messages. Lives no longer
/// than what it is made of.
class RelatedEncoder {
 public:
  struct Options {
    /// A response that grows beyond it is given up.
    size_t max_bytes = 0;
    /// Takes related rows that cannot be written, which are left out with all below them; nullptr: they fail the
    /// response.
    codec::UnrepresentableRows* unrepresentable = nullptr;
  };

  /// `own` writes a row without its relations.
  RelatedEncoder(const codec::RowEncoder& own, const RowEncoders& encoders, const exec::RelatedRows& related,
                 Options options);

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
  const Options options_;
};

}  // namespace rowkeeper::wire
