#include "rowkeeper/client/error_details.h"

#include <absl/strings/cord.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "error_details.pb.h"
#include "errors.h"

namespace rowkeeper::client {
namespace {

constexpr char kDomain[] = "rowkeeper";
constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";

std::chrono::nanoseconds ToDuration(const internal::Delay& delay) {
  // A day is more than anybody waits, and keeps what a stranger sends from overflowing.
  constexpr int64_t kMostSeconds = 86400;
  const int64_t seconds = std::clamp<int64_t>(delay.seconds(), 0, kMostSeconds);
  return std::chrono::seconds(seconds) + std::chrono::nanoseconds(std::clamp(delay.nanos(), 0, 999999999));
}

template <typename Message>
bool Parse(const std::string& bytes, Message* message) {
  return message->ParseFromString(bytes);
}

void AddReason(const std::string& bytes, ErrorDetails* details) {
  internal::Reason info;
  if (!Parse(bytes, &info)) return;
  details->reason = info.reason();
  details->domain = info.domain();
  details->metadata.insert(info.metadata().begin(), info.metadata().end());
}

void AddFieldViolations(const std::string& bytes, ErrorDetails* details) {
  internal::WrongFields wrong;
  if (!Parse(bytes, &wrong)) return;
  for (const auto& item : wrong.fields()) details->field_violations.push_back({item.field(), item.description()});
}

void AddPreconditions(const std::string& bytes, ErrorDetails* details) {
  internal::Preconditions failure;
  if (!Parse(bytes, &failure)) return;
  for (const auto& item : failure.violations()) {
    details->preconditions.push_back({item.type(), item.subject(), item.description()});
  }
}

void AddRetryDelay(const std::string& bytes, ErrorDetails* details) {
  internal::Retry retry;
  if (Parse(bytes, &retry) && retry.has_delay()) details->retry_delay = ToDuration(retry.delay());
}

void AddResource(const std::string& bytes, ErrorDetails* details) {
  internal::NamedResource resource;
  if (Parse(bytes, &resource)) details->resource = {resource.type(), resource.name()};
}

/// "google.rpc.ErrorInfo" of "type.googleapis.com/google.rpc.ErrorInfo", whatever stands before the last slash.
std::string_view TypeName(absl::string_view url) {
  const std::string_view type_url(url.data(), url.size());
  return type_url.substr(type_url.rfind('/') + 1);
}

void Add(std::string_view type, const std::string& bytes, ErrorDetails* details) {
  if (type == "google.rpc.ErrorInfo") AddReason(bytes, details);
  if (type == "google.rpc.BadRequest") AddFieldViolations(bytes, details);
  if (type == "google.rpc.PreconditionFailure") AddPreconditions(bytes, details);
  if (type == "google.rpc.RetryInfo") AddRetryDelay(bytes, details);
  if (type == "google.rpc.ResourceInfo") AddResource(bytes, details);
}

}  // namespace

std::string ErrorDetails::Metadata(const std::string& key) const {
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string() : found->second;
}

std::vector<std::string> ErrorDetails::fields() const {
  const auto of_constraint = metadata.find("fields");
  if (of_constraint != metadata.end()) return absl::StrSplit(of_constraint->second, ", ");
  std::vector<std::string> names;
  for (const FieldViolation& violation : field_violations) names.push_back(violation.field);
  if (names.empty() && !Metadata("field").empty()) names.push_back(Metadata("field"));
  return names;
}

ErrorDetails DetailsOf(const absl::Status& status) {
  ErrorDetails details;
  status.ForEachPayload([&](absl::string_view type_url, const absl::Cord& bytes) {
    Add(TypeName(type_url), std::string(bytes), &details);
  });
  return details;
}

ErrorDetails DetailsOf(const grpc::Status& status) { return DetailsOf(ToAbslStatus(status)); }

std::string ReasonOf(const absl::Status& status) {
  ErrorDetails details = DetailsOf(status);
  return details.domain == kDomain ? std::move(details.reason) : std::string();
}

absl::Status ToAbslStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  internal::StatusDetails details;
  if (!Parse(status.error_details(), &details)) return result;
  for (const auto& detail : details.details()) result.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  return result;
}

namespace internal {

absl::Status MakeError(absl::StatusCode code, const std::string& error_reason, const std::string& message,
                       const std::string& unit_id) {
  absl::Status status(code, message);
  Reason info;
  info.set_reason(error_reason);
  info.set_domain(kDomain);
  if (!unit_id.empty()) (*info.mutable_metadata())["unit_of_work"] = unit_id;
  status.SetPayload(kErrorInfoUrl, absl::Cord(info.SerializeAsString()));
  return status;
}

bool WasDropped(const absl::Status& status) {
  bool has_details = false;
  status.ForEachPayload([&](absl::string_view, const absl::Cord&) { has_details = true; });
  return status.code() == absl::StatusCode::kCancelled && status.message() == "CANCELLED" && !has_details;
}

bool WasNotTaken(const absl::Status& status) {
  const ErrorDetails details = DetailsOf(status);
  const std::string why = ReasonOf(status);
  if (details.Metadata("executed") == "true") return false;
  return WasDropped(status) || why == reason::kShuttingDown || why == reason::kServerStarting;
}

absl::Status MovedFrom() {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason::kUnitOfWorkEnded,
                   "this object was moved from; use the one that it was moved to", "");
}

}  // namespace internal
}  // namespace rowkeeper::client
