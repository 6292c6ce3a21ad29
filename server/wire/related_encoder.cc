#include "server/wire/related_encoder.h"

#include <google/protobuf/descriptor.h>

#include <utility>

#include "server/base/errors.h"
#include "server/codec/wire_format.h"

namespace rowkeeper::wire {

RelatedEncoder::RelatedEncoder(const codec::RowEncoder& own, const RowEncoders& encoders,
                               const exec::RelatedRows& related, Options options)
    : own_(own), levels_(Compile(encoders, related.relations)), options_(options) {}

std::vector<RelatedEncoder::Level> RelatedEncoder::Compile(const RowEncoders& encoders,
                                                           const std::vector<exec::RelationRows>& relations) {
  std::vector<Level> levels;
  for (const exec::RelationRows& loaded : relations) {
    if (loaded.rows.size() == 0) continue;
    const catalogue::Relation& relation = *loaded.relation->relation;
    Level level;
    level.loaded = &loaded;
    level.encoder = encoders.ForRelation(*relation.target, *loaded.statement);
    codec::AppendVarint(codec::MakeTag(relation.field->number(), codec::WireType::kLength), &level.tag);
    level.below = Compile(encoders, loaded.below);
    levels.push_back(std::move(level));
  }
  return levels;
}

absl::Status RelatedEncoder::Append(const db::Rows& rows, int row, std::string* out) const {
  if (absl::Status status = own_.Append(rows, row, out); !status.ok()) return status;
  return AppendRelations(levels_, row, out);
}

absl::Status RelatedEncoder::AppendRelations(const std::vector<Level>& levels, int parent, std::string* out) const {
  for (const Level& level : levels) {
    const exec::RelationRows::Range range = level.loaded->of_parent[static_cast<size_t>(parent)];
    for (int row = range.first; row < range.first + range.count; ++row) {
      const size_t start = out->size();
      if (start > options_.max_bytes) {
        return ResponseTooLarge(start, options_.max_bytes, "ask for fewer rows or fields");
      }
      out->append(level.tag);
      const absl::Status status = codec::AppendLengthPrefixed(out, [&] { return AppendRow(level, row, out); });
      if (status.ok()) continue;
      if (options_.unrepresentable == nullptr || !options_.unrepresentable->Take(status)) return status;
      out->resize(start);
    }
  }
  return absl::OkStatus();
}

absl::Status RelatedEncoder::AppendRow(const Level& level, int row, std::string* out) const {
  if (absl::Status status = level.encoder->Append(level.loaded->rows, row, out); !status.ok()) return status;
  return AppendRelations(level.below, row, out);
}

}  // namespace rowkeeper::wire
