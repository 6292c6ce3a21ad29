#include "server/base/error_builder.h"

#include <utility>

#include "server/base/error_details.h"
#include "server/base/text.h"
#include "server/base/utf8.h"

namespace rowkeeper {

std::string ShownInError(std::string_view text) {
  constexpr size_t kShownBytes = 200;
  return ShortenUtf8(text, kShownBytes);
}

ErrorBuilder::ErrorBuilder(Reason reason, std::string_view message) : status_(CodeOf(reason), ToAbsl(message)) {
  info_.set_reason(std::string(ReasonName(reason)));
  info_.set_domain(std::string(kErrorDomain));
}

ErrorBuilder& ErrorBuilder::With(std::string_view key, std::string_view value) {
  if (!value.empty()) (*info_.mutable_metadata())[std::string(key)] = ShownInError(value);
  return *this;
}

ErrorBuilder& ErrorBuilder::WithList(std::string_view key, const std::vector<std::string_view>& words) {
  constexpr size_t kListedBytes = 2000;
  std::string& list = (*info_.mutable_metadata())[std::string(key)];
  for (const std::string_view word : words) {
    if (list.size() + word.size() > kListedBytes) {
      list += ",…";
      break;
    }
    list += Cat(list.empty() ? "" : ",", word);
  }
  return *this;
}

ErrorBuilder& ErrorBuilder::WithLimit(Limit limit, std::string_view value) {
  return With("limit", LimitName(limit)).With("value", value);
}

ErrorBuilder& ErrorBuilder::WithField(std::string_view field, std::string_view description) {
  if (bad_request_.field_violations().empty()) With("field", field);
  auto* violation = bad_request_.add_field_violations();
  violation->set_field(std::string(field));
  violation->set_description(std::string(description));
  return *this;
}

ErrorBuilder& ErrorBuilder::WithRetry(std::chrono::milliseconds delay) {
  google::rpc::RetryInfo retry;
  auto* duration = retry.mutable_retry_delay();
  duration->set_seconds(delay.count() / 1000);
  duration->set_nanos(static_cast<int32_t>(delay.count() % 1000) * 1000000);
  SetDetail(retry, &status_);
  return *this;
}

ErrorBuilder& ErrorBuilder::WithPrecondition(std::string_view type, std::string_view subject) {
  google::rpc::PreconditionFailure failure;
  auto* violation = failure.add_violations();
  violation->set_type(std::string(type));
  violation->set_subject(ShownInError(subject));
  violation->set_description(std::string(MessageOf(status_)));
  SetDetail(failure, &status_);
  return *this;
}

ErrorBuilder& ErrorBuilder::WithResource(std::string_view type, std::string_view name) {
  google::rpc::ResourceInfo resource;
  resource.set_resource_type(std::string(type));
  resource.set_resource_name(ShownInError(name));
  SetDetail(resource, &status_);
  return *this;
}

absl::Status ErrorBuilder::Build() {
  SetDetail(info_, &status_);
  if (!bad_request_.field_violations().empty()) SetDetail(bad_request_, &status_);
  return std::move(status_);
}

}  // namespace rowkeeper
