#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "server/base/text.h"

/// What an error carries beside its code: reading it, and telling more of an error that somebody else made. Reasons are
/// read by ReasonOf() of reason.h.
namespace rowkeeper {

/// The key of a google.rpc detail among a status's payloads.
template <typename Detail>
std::string DetailUrl() {
  return Cat("type.googleapis.com/", Detail::descriptor()->full_name());
}

/// The detail of this type; none when `status` carries none, or one that does not parse.
template <typename Detail>
std::optional<Detail> FindDetail(const absl::Status& status) {
  const auto payload = status.GetPayload(DetailUrl<Detail>());
  Detail detail;
  if (!payload.has_value() || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

/// Adds the detail, or replaces the one of its type. `status` is an error.
template <typename Detail>
void SetDetail(const Detail& detail, absl::Status* status) {
  status->SetPayload(DetailUrl<Detail>(), absl::Cord(detail.SerializeAsString()));
}

/// The message of `status`, a view into it.
inline std::string_view MessageOf(const absl::Status& status) {
  const absl::string_view message = status.message();
  return std::string_view(message.data(), message.size());
}

/// The ErrorInfo reason of `status` as text, for messages and logs; empty when it carries none. Code compares
/// ReasonOf().
std::string ErrorReason(const absl::Status& status);
/// The value of `key` in the ErrorInfo metadata of `status`, or empty.
std::string ErrorMetadataValue(const absl::Status& status, std::string_view key);
/// The "log_id" of an Internal() status, or empty.
std::string ErrorLogId(const absl::Status& status);
/// The fields that the BadRequest of `status` is about; empty when it has none.
std::vector<std::string> ErrorFields(const absl::Status& status);
/// What is wrong with `field`, when the BadRequest of `status` is about that field alone.
std::optional<std::string> ProblemOfField(const absl::Status& status, std::string_view field);

/// `error` with other words: code and details stay.
absl::Status WithMessage(const absl::Status& error, std::string_view message);
/// `error` with metadata `key` = `value`, and `prefix` before the message.
absl::Status WithMetadata(const absl::Status& error, std::string_view key, std::string_view value,
                          std::string_view prefix);
/// `error` as it is, but that its field violations are about fields below `prefix` ("calls[1].request").
absl::Status WithFieldsUnder(const absl::Status& error, std::string_view prefix);
/// As WithFieldsUnder, but that what is below `element` ("todos[2]") already stays as it is: "title" becomes
/// "todos[2].title", and "todos[2].slug" remains.
absl::Status OfElement(const absl::Status& error, std::string_view element);

}  // namespace rowkeeper
