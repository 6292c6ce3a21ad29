#include "server/codec/batch_response_encoder.h"

#include <utility>

#include "google/protobuf/descriptor.h"
#include "rowkeeper/v1/annotations.pb.h"
#include "server/base/array_literal.h"
#include "server/base/database_errors.h"
#include "server/base/error_details.h"
#include "server/base/utf8.h"
#include "server/catalogue/entity.h"
#include "server/codec/wire_format.h"

namespace rowkeeper::codec {

BatchResponseEncoder::BatchResponseEncoder(const plan::MethodPlan& plan, SharedShapes shapes)
    : shapes_(std::move(shapes)) {
  const plan::ResponsePlan& response = plan.response;
  if (response.missing != nullptr) {
    values_only_ = plan.batch->values_only;
    missing_name_ = response.missing->name();
    AppendVarint(MakeTag(response.missing->number(), WireType::kLength), &missing_tag_);
    for (size_t i = 0; i < response.missing_keys.size(); ++i) {
      catalogue::ValueType type = plan.entity->columns[plan.filters[i].column].type;
      type.array = values_only_;
      keys_.emplace_back(*response.missing_keys[i], std::move(type), shapes_.get());
    }
  }
  if (response.results != nullptr) {
    AppendVarint(MakeTag(response.results->number(), WireType::kLength), &results_tag_);
  }
  if (response.outcomes == nullptr) return;
  repeated_outcomes_ = response.outcomes->is_repeated();
  const WireType type = repeated_outcomes_ ? WireType::kLength : WireType::kVarint;
  AppendVarint(MakeTag(response.outcomes->number(), type), &outcomes_tag_);
}

absl::Status BatchResponseEncoder::Append(const std::vector<std::vector<std::string>>& missing,
                                          const std::vector<plan::WriteOutcome>& writes,
                                          const std::vector<absl::Status>& results, std::string* out) const {
  CellProblem problem;
  if (!keys_.empty() && !missing.empty() && !AppendMissing(missing, out, &problem)) {
    return UnrepresentableValue(missing_name_, problem.words);
  }
  if (!outcomes_tag_.empty() && !writes.empty()) AppendWrites(writes, out);
  if (!results_tag_.empty()) AppendResults(results, out);
  return absl::OkStatus();
}

void BatchResponseEncoder::AppendResults(const std::vector<absl::Status>& results, std::string* out) const {
  for (const absl::Status& status : results) {
    v1::RowResult result;
    if (!status.ok()) {
      result.set_code(static_cast<int32_t>(status.code()));
      result.set_reason(ErrorReason(status));
      result.set_message(RepairUtf8(MessageOf(status)));
      for (std::string& field : ErrorFields(status)) result.add_fields(std::move(field));
    }
    out->append(results_tag_);
    AppendLengthDelimited(result.SerializeAsString(), out);
  }
}

bool BatchResponseEncoder::AppendMissing(const std::vector<std::vector<std::string>>& missing, std::string* out,
                                         CellProblem* problem) const {
  if (values_only_) {
    std::string literal = "{";
    for (const auto& key : missing) {
      if (literal.size() > 1) literal.push_back(',');
      AppendQuotedElement(key.front(), &literal);
    }
    return keys_.front().Append(literal + "}", out, problem);
  }
  for (const auto& key : missing) {
    out->append(missing_tag_);
    const bool fits = AppendLengthPrefixed(out, [&] {
      for (size_t i = 0; i < keys_.size(); ++i) {
        if (!keys_[i].Append(key[i], out, problem)) return false;
      }
      return true;
    });
    if (!fits) return false;
  }
  return true;
}

void BatchResponseEncoder::AppendWrites(const std::vector<plan::WriteOutcome>& writes, std::string* out) const {
  out->append(outcomes_tag_);
  if (!repeated_outcomes_) return AppendVarint(static_cast<uint64_t>(writes.front()), out);
  AppendLengthPrefixed(out, [&] {
    for (const plan::WriteOutcome write : writes) AppendVarint(static_cast<uint64_t>(write), out);
    return true;
  });
}

}  // namespace rowkeeper::codec
