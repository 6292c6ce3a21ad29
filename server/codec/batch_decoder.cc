#include "server/codec/batch_decoder.h"

#include <utility>

#include "server/base/bulk_errors.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/catalogue/entity.h"

namespace rowkeeper::codec {

using plan::InputRole;

BatchDecoder::BatchDecoder(const plan::MethodPlan& plan, const plan::BatchLimits& limits, ShapeSet* shapes)
    : limits_(limits), partial_(plan.partial), argument_count_(plan.inputs.size()) {
  const MessageShape* request = shapes->Get(*plan.method->input_type());
  field_ = &request->fields[request->IndexOf(static_cast<uint32_t>(plan.batch->field->number()))];
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    if (plan.inputs[i].element) AddMember(plan.inputs[i], static_cast<int>(i), plan, shapes);
  }
}

void BatchDecoder::AddMember(const plan::Input& input, int index, const plan::MethodPlan& plan, ShapeSet* shapes) {
  Member member;
  if (input.path.size() > 1) member.field = field_->message->IndexOf(static_cast<uint32_t>(input.path[1]->number()));
  member.name = input.name;
  if (input.role != InputRole::kVersion) {
    member.argument = index;
    member.codec = std::make_unique<WireToText>(*input.path.back(), plan.entity->columns[input.column].type, shapes);
  }
  members_.push_back(std::move(member));
}

absl::Status BatchDecoder::CheckSize(size_t request_bytes) const {
  if (request_bytes <= limits_.max_bytes) return absl::OkStatus();
  return BatchTooLarge(field_->name,
                       Cat("makes a request of ", request_bytes, " bytes; at most ", limits_.max_bytes, " are allowed"),
                       Limit::kMaxBatchSize, Cat(limits_.max_bytes, " bytes"));
}

absl::Status BatchDecoder::Decode(const Slot& occurrences, plan::BatchRequest* request,
                                  FieldViolations* violations) const {
  if (!field_->repeated) {
    request->elements.resize(1);
    DecodeMessage(occurrences, 0, &request->elements[0], violations);
    return absl::OkStatus();
  }
  const auto most = static_cast<size_t>(limits_.max_rows);
  size_t count = 0;
  ForEachElement(*field_, occurrences, [&](const Occurrence&) { return ++count <= most; });
  if (count > most) {
    return BatchTooLarge(field_->name, Cat("has more than ", most, " elements"), Limit::kMaxBatchRows,
                         Cat(most, " rows"));
  }
  request->elements.resize(count);
  size_t index = 0;
  ForEachElement(*field_, occurrences, [&](const Occurrence& occurrence) {
    plan::Element* element = &request->elements[index];
    if (partial_) {
      FieldViolations own;
      DecodeElement(occurrence, index, element, &own);
      element->refusal = own.ToStatus();
    } else {
      DecodeElement(occurrence, index, element, violations);
    }
    ++index;
    return true;
  });
  return absl::OkStatus();
}

void BatchDecoder::DecodeElement(const Occurrence& occurrence, size_t index, plan::Element* element,
                                 FieldViolations* violations) const {
  if (field_->message != nullptr && members_.front().field >= 0) {
    DecodeMessage(Slot{occurrence}, index, element, violations);
  } else {
    DecodeValue(occurrence, index, element, violations);
  }
}

std::string BatchDecoder::ElementName(size_t index) const {
  return field_->repeated ? Cat(field_->name, "[", index, "]") : field_->name;
}

void BatchDecoder::DecodeMessage(const Slot& pieces, size_t index, plan::Element* element,
                                 FieldViolations* violations) const {
  element->arguments.resize(argument_count_);
  std::vector<Slot> slots;
  CollectFields(*field_->message, pieces, &slots);  // cannot fail: the request was checked
  std::string problem;
  for (const Member& member : members_) {
    const Slot& slot = slots[member.field];
    if (member.codec == nullptr) {
      const FieldShape& field = field_->message->fields[member.field];
      if (!slot.empty()) element->version = static_cast<int64_t>(NormalizeBits(field.type, slot.back().bits));
    } else if (!member.codec->Convert(slot, &element->arguments[member.argument], &problem)) {
      violations->Add(Cat(ElementName(index), ".", member.name), std::exchange(problem, ""));
    }
  }
}

void BatchDecoder::DecodeValue(const Occurrence& value, size_t index, plan::Element* element,
                               FieldViolations* violations) const {
  element->arguments.resize(argument_count_);
  const Member& member = members_.front();
  std::string problem;
  if (!member.codec->ConvertElement(value, &element->arguments[member.argument], &problem)) {
    violations->Add(ElementName(index), problem);
  }
}

}  // namespace rowkeeper::codec
