#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "google/rpc/error_details.pb.h"
#include "server/base/limits.h"
#include "server/base/reason.h"

namespace rowkeeper {

/// `text` of a caller or of the database as an error shows it: well-formed UTF-8, cut at 200 bytes, for errors travel
/// in trailers of a few KiB.
std::string ShownInError(std::string_view text);

/// Makes one error. The constructors of errors (`*errors.h` of this folder) use it; everybody else uses those:
///
///   return ErrorBuilder(Reason::kDeadlock, "…").With("entity", entity).WithRetry(milliseconds(50)).Build();
///
/// The code is the reason's, ErrorInfo is always there, and other details are added by what they are asked for.
class ErrorBuilder {
 public:
  ErrorBuilder(Reason reason, std::string_view message);

  /// ErrorInfo.metadata[key], as ShownInError(); an empty value is left out.
  ErrorBuilder& With(std::string_view key, std::string_view value);
  /// The same for several words, "ids[2],ids[5]", as many as 2000 bytes hold; "…" stands for more.
  ErrorBuilder& WithList(std::string_view key, const std::vector<std::string_view>& words);
  /// Metadata "limit" and "value" of a limit that was reached; `value` has its unit ("30 s").
  ErrorBuilder& WithLimit(Limit limit, std::string_view value);
  /// BadRequest: what is wrong with one field, and in metadata "field" the first one.
  ErrorBuilder& WithField(std::string_view field, std::string_view description);
  /// RetryInfo: the same call may succeed after `delay`.
  ErrorBuilder& WithRetry(std::chrono::milliseconds delay);
  /// PreconditionFailure, described by the error's message.
  ErrorBuilder& WithPrecondition(std::string_view type, std::string_view subject);
  /// ResourceInfo.
  ErrorBuilder& WithResource(std::string_view type, std::string_view name);

  absl::Status Build();

 private:
  absl::Status status_;
  google::rpc::ErrorInfo info_;
  google::rpc::BadRequest bad_request_;
};

}  // namespace rowkeeper
