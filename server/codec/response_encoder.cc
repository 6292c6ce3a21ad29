#include "server/codec/response_encoder.h"

#include <limits>

#include "google/protobuf/descriptor.h"
#include "server/base/database_errors.h"
#include "server/base/text.h"

namespace rowkeeper::codec {

using google::protobuf::FieldDescriptor;

std::unique_ptr<const ResponseEncoder> ResponseEncoder::Compile(const plan::ResponsePlan& plan) {
  std::unique_ptr<ResponseEncoder> encoder(new ResponseEncoder(plan));
  encoder->shape_ = plan.shape;
  if (plan.rows != nullptr) AppendVarint(MakeTag(plan.rows->number(), WireType::kLength), &encoder->rows_tag_);
  encoder->next_page_token_ = PlaceOf(plan.next_page_token);
  encoder->previous_page_token_ = PlaceOf(plan.previous_page_token);
  encoder->total_size_ = PlaceOf(plan.total_size);
  encoder->affected_ = PlaceOf(plan.affected);
  encoder->more_ = PlaceOf(plan.more);
  return encoder;
}

ResponseEncoder::Place ResponseEncoder::PlaceOf(const FieldDescriptor* field) {
  Place place;
  if (field == nullptr) return place;
  place.name = field->name();
  place.presence = field->has_presence();
  place.narrow = field->type() == FieldDescriptor::TYPE_INT32;
  const bool text = field->type() == FieldDescriptor::TYPE_STRING;
  AppendVarint(MakeTag(field->number(), text ? WireType::kLength : WireType::kVarint), &place.tag);
  return place;
}

void ResponseEncoder::AppendText(const Place& place, std::string_view text, std::string* out) {
  if (place.tag.empty() || text.empty()) return;
  out->append(place.tag);
  AppendLengthDelimited(text, out);
}

absl::Status ResponseEncoder::AppendNumber(const Place& place, std::optional<int64_t> number, std::string* out) {
  if (place.tag.empty() || !number.has_value() || (*number == 0 && !place.presence)) return absl::OkStatus();
  if (place.narrow && *number > std::numeric_limits<int32_t>::max()) {
    return UnrepresentableValue(place.name, Cat(*number, " is too large for int32; declare the field as int64"));
  }
  out->append(place.tag);
  AppendVarint(static_cast<uint64_t>(*number), out);
  return absl::OkStatus();
}

absl::Status ResponseEncoder::AppendFacts(const ResponseFacts& facts, std::string* out) const {
  if (facts.unrepresentable != nullptr) unrepresentable_.Append(*facts.unrepresentable, out);
  AppendText(next_page_token_, facts.next_page_token, out);
  AppendText(previous_page_token_, facts.previous_page_token, out);
  if (absl::Status status = AppendNumber(total_size_, facts.total_size, out); !status.ok()) return status;
  if (absl::Status status = AppendNumber(affected_, facts.affected, out); !status.ok()) return status;
  return AppendNumber(more_, facts.more ? 1 : 0, out);
}

}  // namespace rowkeeper::codec
