#include "server/codec/unrepresentable_rows.h"

#include <google/protobuf/descriptor.h>

#include "rowkeeper/v1/annotations.pb.h"
#include "server/base/error_details.h"
#include "server/base/reason.h"
#include "server/base/utf8.h"
#include "server/codec/wire_format.h"

namespace rowkeeper::codec {

bool UnrepresentableRows::Take(const absl::Status& status) {
  if (ReasonOf(status) != Reason::kUnrepresentableValue) return false;
  // The message names entity, key and field.
  if (seen_.emplace(MessageOf(status)).second && listed_.size() < kMaxListed) listed_.push_back(status);
  return true;
}

UnrepresentableRowsEncoder::UnrepresentableRowsEncoder(const plan::ResponsePlan& plan) {
  if (plan.unrepresentable != nullptr) {
    AppendVarint(MakeTag(plan.unrepresentable->number(), WireType::kLength), &rows_tag_);
  }
  if (plan.unrepresentable_count != nullptr) {
    AppendVarint(MakeTag(plan.unrepresentable_count->number(), WireType::kVarint), &count_tag_);
  }
}

void UnrepresentableRowsEncoder::Append(const UnrepresentableRows& rows, std::string* out) const {
  if (!rows_tag_.empty()) {
    for (const absl::Status& status : rows.listed()) {
      v1::UnrepresentableRow row;
      row.set_entity(ErrorMetadataValue(status, "entity"));
      row.set_key(ErrorMetadataValue(status, "key"));
      row.set_field(ErrorMetadataValue(status, "field"));
      row.set_message(RepairUtf8(MessageOf(status)));
      out->append(rows_tag_);
      AppendLengthDelimited(row.SerializeAsString(), out);
    }
  }
  if (count_tag_.empty() || rows.count() == 0) return;
  out->append(count_tag_);
  AppendVarint(static_cast<uint64_t>(rows.count()), out);
}

}  // namespace rowkeeper::codec
