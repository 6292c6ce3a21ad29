#pragma once

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "server/base/reason.h"
#include "server/base/text.h"

/// What the constructors of errors in this folder are made of; others use those.
namespace rowkeeper::error_parts {

using MetadataItem = std::pair<std::string_view, std::string_view>;

/// `text` as far as a trailer can hold it: errors travel in a few KiB.
std::string Shown(std::string_view text);

/// The key of a google.rpc detail in a status.
template <typename Detail>
std::string TypeUrl() {
  return Cat("type.googleapis.com/", Detail::descriptor()->full_name());
}

template <typename Detail>
void Attach(const Detail& detail, absl::Status* status) {
  status->SetPayload(TypeUrl<Detail>(), absl::Cord(detail.SerializeAsString()));
}

/// An error with ErrorInfo, and the code of `reason`; empty metadata is left out.
absl::Status Error(Reason reason, std::string_view message, std::initializer_list<MetadataItem> metadata = {});

/// Adds RetryInfo, and PreconditionFailure with the status's own message.
absl::Status WithRetry(absl::Status status, std::chrono::milliseconds delay);
absl::Status WithPrecondition(absl::Status status, std::string_view type, std::string_view subject);

}  // namespace rowkeeper::error_parts
