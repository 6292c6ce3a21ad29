#include "server/codec/request_decoder.h"

#include <limits>
#include <utility>

#include "server/base/text.h"
#include "server/catalogue/entity.h"
#include "server/codec/wire_check.h"

namespace rowkeeper::codec {
namespace {

using plan::InputRole;

bool IsArgument(InputRole role) { return role == InputRole::kFilter || role == InputRole::kValue; }

/// Copies the paths of a FieldMask that may be in several pieces; false as soon as there are too many.
bool MaskPaths(const MessageShape& mask, const Slot& pieces, std::vector<std::string>* paths) {
  const uint32_t path_tag = MakeTag(mask.fields[0].number, WireType::kLength);
  for (const Occurrence& piece : pieces) {
    Reader reader(piece.payload);
    uint32_t tag = 0;
    while (!reader.done() && reader.ReadTag(&tag)) {
      Occurrence path;
      if (tag != path_tag) {
        if (!reader.Skip(tag, kMaxNesting)) return true;  // cannot be: the request was checked
        continue;
      }
      if (!reader.ReadValue(WireType::kLength, &path)) return true;
      if (paths->size() == RequestDecoder::kMaxMaskPaths) return false;
      paths->emplace_back(path.payload);
    }
  }
  return true;
}

/// rowkeeper.v1.Deleted. False for a number that it does not have.
bool ReadDeleted(int64_t number, plan::Deleted* deleted) {
  constexpr plan::Deleted kByNumber[] = {plan::Deleted::kExclude, plan::Deleted::kExclude, plan::Deleted::kInclude,
                                         plan::Deleted::kOnly};
  if (number < 0 || number > 3) return false;
  *deleted = kByNumber[number];
  return true;
}

/// rowkeeper.v1.CountMode. False for a number that it does not have.
bool ReadCountMode(int64_t number, std::optional<plan::CountMode>* mode) {
  constexpr plan::CountMode kByNumber[] = {plan::CountMode::kNone, plan::CountMode::kExact,
                                           plan::CountMode::kEstimated};
  if (number < 0 || number > 3) return false;
  if (number > 0) *mode = kByNumber[number - 1];
  return true;
}

/// The number of an integer, bool or enum field.
int64_t Number(const FieldShape& field, const Slot& slot) {
  return static_cast<int64_t>(NormalizeBits(field.type, slot.back().bits));
}

}  // namespace

std::unique_ptr<const RequestDecoder> RequestDecoder::Compile(const plan::MethodPlan& plan,
                                                              const plan::BatchLimits& limits, SharedShapes shapes) {
  std::unique_ptr<RequestDecoder> decoder(new RequestDecoder(std::move(shapes)));
  decoder->root_ = std::make_unique<Bound>();
  decoder->root_->shape = decoder->shapes_->Get(*plan.method->input_type());
  decoder->root_->fields.resize(decoder->root_->shape->fields.size());
  decoder->empty_ = plan::EmptyRequest(plan);
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    if (!plan.inputs[i].element) decoder->Bind(plan.inputs[i], static_cast<int>(i), plan);
  }
  if (plan.batch.has_value()) decoder->BindBatch(plan, limits);
  CompileOneofs(decoder->root_.get());
  return decoder;
}

void RequestDecoder::BindBatch(const plan::MethodPlan& plan, const plan::BatchLimits& limits) {
  batch_ = std::make_unique<BatchDecoder>(plan, limits, shapes_.get());
  const int field = root_->shape->IndexOf(static_cast<uint32_t>(plan.batch->field->number()));
  batch_source_ = static_cast<int>(sources_.size());
  root_->fields[field].sources.push_back(batch_source_);
  Source source;
  source.name = plan.batch->field->name();
  source.role = InputRole::kIgnored;
  source.field = &root_->shape->fields[field];
  sources_.push_back(std::move(source));
}

void RequestDecoder::Bind(const plan::Input& input, int index, const plan::MethodPlan& plan) {
  Bound* bound = root_.get();
  for (size_t level = 0; level + 1 < input.path.size(); ++level) {
    const int field = bound->shape->IndexOf(static_cast<uint32_t>(input.path[level]->number()));
    std::unique_ptr<Bound>& nested = bound->fields[field].nested;
    if (nested == nullptr) {
      nested = std::make_unique<Bound>();
      nested->shape = bound->shape->fields[field].message;
      nested->fields.resize(nested->shape->fields.size());
    }
    bound = nested.get();
  }
  const int field = bound->shape->IndexOf(static_cast<uint32_t>(input.path.back()->number()));
  std::vector<int>& known = bound->fields[field].sources;
  // The key of an update is value and filter: one source with two arguments, so that it is read and refused once.
  for (const int source : known) {
    const plan::Input& first = plan.inputs[sources_[source].arguments.empty() ? 0 : sources_[source].arguments.front()];
    if (IsArgument(input.role) && IsArgument(sources_[source].role) && first.column == input.column) {
      sources_[source].arguments.push_back(index);
      return;
    }
  }
  known.push_back(AddSource(input, index, plan));
  sources_.back().field = &bound->shape->fields[field];
}

int RequestDecoder::AddSource(const plan::Input& input, int index, const plan::MethodPlan& plan) {
  Source source;
  source.name = input.name;
  source.role = input.role;
  if (IsArgument(input.role)) {
    source.arguments.push_back(index);
    source.codec = std::make_unique<WireToText>(
        *input.path.back(), input.type.has_value() ? *input.type : plan.entity->columns[input.column].type,
        shapes_.get());
  }
  if (input.role == InputRole::kOlderThan) {
    catalogue::ValueType interval;
    interval.kind = catalogue::ValueKind::kDuration;
    source.codec = std::make_unique<WireToText>(*input.path.back(), interval, shapes_.get());
  }
  sources_.push_back(std::move(source));
  return static_cast<int>(sources_.size()) - 1;
}

void RequestDecoder::CompileOneofs(Bound* bound) {
  const auto below = [](const Bound::Field& top) {
    std::vector<int> sources;
    std::vector<const Bound::Field*> open = {&top};
    while (!open.empty()) {
      const Bound::Field* field = open.back();
      open.pop_back();
      sources.insert(sources.end(), field->sources.begin(), field->sources.end());
      if (field->nested == nullptr) continue;
      for (const Bound::Field& member : field->nested->fields) open.push_back(&member);
    }
    return sources;
  };
  for (size_t i = 0; i < bound->fields.size(); ++i) {
    for (const int sibling : bound->shape->fields[i].oneof_siblings) {
      const std::vector<int> sources = below(bound->fields[sibling]);
      std::vector<int>& displaced = bound->fields[i].displaced;
      displaced.insert(displaced.end(), sources.begin(), sources.end());
    }
    if (bound->fields[i].nested != nullptr) CompileOneofs(bound->fields[i].nested.get());
  }
}

absl::Status RequestDecoder::Decode(std::string_view bytes, plan::Request* request) const {
  if (batch_ != nullptr) {
    if (absl::Status status = batch_->CheckSize(bytes.size()); !status.ok()) return status;
  }
  std::string problem;
  if (!CheckMessage(*root_->shape, bytes, &problem)) return MalformedRequest(root_->shape->full_name, problem);
  Slots slots(sources_.size());
  if (!Collect(*root_, bytes, &slots)) return MalformedRequest(root_->shape->full_name, "the bytes are damaged");

  *request = empty_;
  FieldViolations violations;
  if (batch_ != nullptr) {
    if (absl::Status status = batch_->Decode(slots[batch_source_], &request->as<plan::BatchRequest>(), &violations);
        !status.ok())
      return status;
  }
  for (size_t i = 0; i < sources_.size(); ++i) {
    const Source& source = sources_[i];
    if (source.codec == nullptr) {
      if (!slots[i].empty()) Control(source, slots[i], request, &violations);
      continue;
    }
    if (source.arguments.empty()) {
      plan::Argument age;
      if (!source.codec->Convert(slots[i], &age, &problem)) violations.Add(source.name, std::exchange(problem, ""));
      if (age.present) request->as<plan::BulkRequest>().older_than = age.text;
      continue;
    }
    plan::Argument& argument = request->arguments[source.arguments.front()];
    if (!source.codec->Convert(slots[i], &argument, &problem)) violations.Add(source.name, std::exchange(problem, ""));
    for (size_t copy = 1; copy < source.arguments.size(); ++copy) request->arguments[source.arguments[copy]] = argument;
  }
  return violations.ToStatus();
}

bool RequestDecoder::Collect(const Bound& bound, std::string_view bytes, Slots* slots) {
  Reader reader(bytes);
  while (!reader.done()) {
    uint32_t tag = 0;
    if (!reader.ReadTag(&tag)) return false;
    const int index = bound.shape->IndexOf(NumberOfTag(tag));
    if (index < 0 || bound.shape->fields[index].MatchWire(TypeOfTag(tag)) == FieldShape::Match::kUnknown) {
      if (!reader.Skip(tag, kMaxNesting)) return false;
      continue;
    }
    const Bound::Field& field = bound.fields[index];
    Occurrence occurrence;
    if (!reader.ReadValue(TypeOfTag(tag), &occurrence)) return false;
    for (const int displaced : field.displaced) (*slots)[displaced].clear();
    for (const int source : field.sources) Accumulate(bound.shape->fields[index], occurrence, &(*slots)[source]);
    if (field.nested != nullptr && !Collect(*field.nested, occurrence.payload, slots)) return false;
  }
  return true;
}

std::vector<std::string> RequestDecoder::Mask(const Source& source, const Slot& slot, FieldViolations* violations) {
  std::vector<std::string> paths;
  if (!MaskPaths(*source.field->message, slot, &paths)) {
    violations->Add(source.name, Cat("has more than ", kMaxMaskPaths, " paths; name fewer"));
  }
  return paths;
}

std::string RequestDecoder::Text(const Source& source, const Slot& slot, size_t max_bytes,
                                 FieldViolations* violations) {
  const std::string_view text = slot.back().payload;
  if (text.size() <= max_bytes) return std::string(text);
  violations->Add(source.name, Cat("has ", text.size(), " bytes; at most ", max_bytes, " are allowed"));
  return "";
}

void RequestDecoder::Control(const Source& source, const Slot& slot, plan::Request* request,
                             FieldViolations* violations) {
  const FieldShape& field = *source.field;
  switch (source.role) {
    case InputRole::kPageSize:
      request->as<plan::ListRequest>().page_size = static_cast<int32_t>(Number(field, slot));
      break;
    case InputRole::kPageToken:
      request->as<plan::ListRequest>().page_token = Text(source, slot, kMaxPageTokenBytes, violations);
      break;
    case InputRole::kOrderBy:
      request->as<plan::ListRequest>().order_by = Text(source, slot, kMaxOrderByBytes, violations);
      break;
    case InputRole::kReadMask:
      plan::PartOf<plan::WithReadMask>(&request->family)->read_mask = Mask(source, slot, violations);
      break;
    case InputRole::kUpdateMask:
      plan::PartOf<plan::WithUpdateMask>(&request->family)->update_mask = Mask(source, slot, violations);
      break;
    case InputRole::kDeleted:
      if (!ReadDeleted(Number(field, slot), &plan::PartOf<plan::WithDeleted>(&request->family)->deleted)) {
        violations->Add(source.name, Cat(Number(field, slot), " is no value of rowkeeper.v1.Deleted"));
      }
      break;
    case InputRole::kVersion:
      request->as<plan::WriteRequest>().version = Number(field, slot);
      break;
    case InputRole::kAllowMissing:
      plan::PartOf<plan::WithAllowMissing>(&request->family)->allow_missing = Number(field, slot) != 0;
      break;
    case InputRole::kExpression:
      plan::PartOf<plan::WithExpression>(&request->family)->expression =
          Text(source, slot, kMaxExpressionBytes, violations);
      break;
    case InputRole::kSkip:
      request->as<plan::ListRequest>().skip = static_cast<int32_t>(Number(field, slot));
      break;
    case InputRole::kCount:
      if (!ReadCountMode(Number(field, slot), &request->as<plan::ListRequest>().count)) {
        violations->Add(source.name, Cat(Number(field, slot), " is no value of rowkeeper.v1.CountMode"));
      }
      break;
    case InputRole::kSkipUnrepresentable:
      plan::PartOf<plan::WithSkipUnrepresentable>(&request->family)->skip_unrepresentable = Number(field, slot) != 0;
      break;
    case InputRole::kMaxAffected:
      request->as<plan::BulkRequest>().max_affected = Number(field, slot);
      break;
    default:
      break;
  }
}

}  // namespace rowkeeper::codec
