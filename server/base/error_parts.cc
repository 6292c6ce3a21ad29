#include "server/base/error_parts.h"

#include "google/rpc/error_details.pb.h"
#include "server/base/utf8.h"

namespace rowkeeper::error_parts {

std::string Shown(std::string_view text) {
  constexpr size_t kShownBytes = 200;
  return ShortenUtf8(text, kShownBytes);
}

absl::Status Error(Reason reason, std::string_view message, std::initializer_list<MetadataItem> metadata) {
  absl::Status status(CodeOf(reason), ToAbsl(message));
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(ReasonName(reason)));
  info.set_domain(std::string(kErrorDomain));
  for (const auto& [key, value] : metadata) {
    if (!value.empty()) (*info.mutable_metadata())[std::string(key)] = Shown(value);
  }
  Attach(info, &status);
  return status;
}

absl::Status WithRetry(absl::Status status, std::chrono::milliseconds delay) {
  google::rpc::RetryInfo retry;
  auto* duration = retry.mutable_retry_delay();
  duration->set_seconds(delay.count() / 1000);
  duration->set_nanos(static_cast<int32_t>(delay.count() % 1000) * 1000000);
  Attach(retry, &status);
  return status;
}

absl::Status WithPrecondition(absl::Status status, std::string_view type, std::string_view subject) {
  google::rpc::PreconditionFailure failure;
  auto* violation = failure.add_violations();
  violation->set_type(std::string(type));
  violation->set_subject(Shown(subject));
  violation->set_description(std::string(status.message()));
  Attach(failure, &status);
  return status;
}

}  // namespace rowkeeper::error_parts
