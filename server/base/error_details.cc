#include "server/base/error_details.h"

#include "absl/strings/match.h"
#include "google/rpc/error_details.pb.h"
#include "server/base/error_builder.h"

namespace rowkeeper {
namespace {

using google::rpc::BadRequest;
using google::rpc::ErrorInfo;

std::string FieldUnder(std::string_view prefix, const std::string& field) {
  return field.empty() ? std::string(prefix) : Cat(prefix, ".", field);
}

bool IsUnder(std::string_view prefix, const std::string& field) {
  return absl::StartsWith(field, ToAbsl(prefix)) && (field.size() == prefix.size() || field[prefix.size()] == '.');
}

/// `error` with its violations, each about the field that `renamed` makes of its own; errors without any as they are.
template <typename Renamed>
absl::Status WithFields(const absl::Status& error, Renamed renamed) {
  std::optional<BadRequest> details = FindDetail<BadRequest>(error);
  if (!details.has_value() || details->field_violations().empty()) return error;
  for (auto& violation : *details->mutable_field_violations()) violation.set_field(renamed(violation.field()));
  absl::Status status = WithMetadata(error, "field", details->field_violations(0).field(), "");
  SetDetail(*details, &status);
  return status;
}

}  // namespace

std::string ErrorReason(const absl::Status& status) {
  const std::optional<ErrorInfo> info = FindDetail<ErrorInfo>(status);
  return info.has_value() ? info->reason() : std::string();
}

std::string ErrorMetadataValue(const absl::Status& status, std::string_view key) {
  const std::optional<ErrorInfo> info = FindDetail<ErrorInfo>(status);
  if (!info.has_value()) return {};
  const auto found = info->metadata().find(std::string(key));
  return found == info->metadata().end() ? std::string() : found->second;
}

std::string ErrorLogId(const absl::Status& status) { return ErrorMetadataValue(status, "log_id"); }

std::vector<std::string> ErrorFields(const absl::Status& status) {
  std::vector<std::string> fields;
  const std::optional<BadRequest> details = FindDetail<BadRequest>(status);
  if (!details.has_value()) return fields;
  for (const auto& violation : details->field_violations()) fields.push_back(violation.field());
  return fields;
}

std::optional<std::string> ProblemOfField(const absl::Status& status, std::string_view field) {
  const std::optional<BadRequest> details = FindDetail<BadRequest>(status);
  if (!details.has_value() || details->field_violations_size() != 1) return std::nullopt;
  const auto& violation = details->field_violations(0);
  if (violation.field() != field) return std::nullopt;
  return violation.description();
}

absl::Status WithMessage(const absl::Status& error, std::string_view message) {
  absl::Status status(error.code(), ToAbsl(message));
  error.ForEachPayload([&status](absl::string_view url, const absl::Cord& bytes) { status.SetPayload(url, bytes); });
  return status;
}

absl::Status WithMetadata(const absl::Status& error, std::string_view key, std::string_view value,
                          std::string_view prefix) {
  absl::Status status = WithMessage(error, Cat(prefix, MessageOf(error)));
  ErrorInfo info = FindDetail<ErrorInfo>(error).value_or(ErrorInfo());
  (*info.mutable_metadata())[std::string(key)] = ShownInError(value);
  SetDetail(info, &status);
  return status;
}

absl::Status WithFieldsUnder(const absl::Status& error, std::string_view prefix) {
  return WithFields(error, [prefix](const std::string& field) { return FieldUnder(prefix, field); });
}

absl::Status OfElement(const absl::Status& error, std::string_view element) {
  return WithFields(error, [element](const std::string& field) {
    return IsUnder(element, field) ? field : FieldUnder(element, field);
  });
}

}  // namespace rowkeeper
