#include "server/wire/status.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/base/text.h"
#include "server/base/utf8.h"

namespace rowkeeper::wire {
namespace {

using google::rpc::BadRequest;

struct Payload {
  std::string type_url;
  std::string bytes;
};

template <typename Detail>
bool Holds(const Payload& payload) {
  const std::string_view name = payload.type_url;
  return name.substr(name.rfind('/') + 1) == Detail::descriptor()->full_name();
}

/// As opposed to what one part of the server tells another.
bool IsDetail(absl::string_view type_url) { return absl::StartsWith(type_url, "type.googleapis.com/"); }

/// ErrorInfo first, then by name: the same error always has the same bytes.
std::vector<Payload> OrderedPayloads(const absl::Status& status) {
  std::vector<Payload> payloads;
  status.ForEachPayload([&](absl::string_view type_url, const absl::Cord& bytes) {
    if (IsDetail(type_url)) payloads.push_back({std::string(type_url), std::string(bytes)});
  });
  std::sort(payloads.begin(), payloads.end(), [](const Payload& a, const Payload& b) {
    const bool a_last = !Holds<google::rpc::ErrorInfo>(a);
    const bool b_last = !Holds<google::rpc::ErrorInfo>(b);
    return std::tie(a_last, a.type_url) < std::tie(b_last, b.type_url);
  });
  return payloads;
}

google::rpc::Status Assemble(int code, const std::string& message, const std::vector<Payload>& payloads) {
  google::rpc::Status status;
  status.set_code(code);
  status.set_message(message);
  for (const Payload& payload : payloads) {
    auto* detail = status.add_details();
    detail->set_type_url(payload.type_url);
    detail->set_value(payload.bytes);
  }
  return status;
}

/// Keeps as many violations as fit into `budget` bytes, and says how many do not. False when none would be left.
bool TrimViolations(size_t budget, Payload* payload) {
  BadRequest all;
  if (!all.ParseFromString(payload->bytes)) return false;
  BadRequest kept;
  for (const auto& violation : all.field_violations()) {
    BadRequest attempt = kept;
    *attempt.add_field_violations() = violation;
    const int left_out = all.field_violations_size() - attempt.field_violations_size();
    BadRequest noted = attempt;
    if (left_out > 0)
      noted.add_field_violations()->set_description(Cat("and ", left_out, " more that do not fit here"));
    if (noted.ByteSizeLong() > budget) break;
    kept = std::move(attempt);
    payload->bytes = noted.SerializeAsString();
  }
  return kept.field_violations_size() > 0;
}

/// Makes `payloads` fit next to `message`.
void Fit(int code, const std::string& message, std::vector<Payload>* payloads) {
  const auto size = [&] { return Assemble(code, message, *payloads).ByteSizeLong(); };
  const auto bad_request = std::find_if(payloads->begin(), payloads->end(), Holds<BadRequest>);
  if (bad_request != payloads->end() && size() > kMaxErrorDetailsBytes) {
    const size_t others = size() - bad_request->bytes.size();
    const bool kept = others < kMaxErrorDetailsBytes && TrimViolations(kMaxErrorDetailsBytes - others, &*bad_request);
    if (!kept) payloads->erase(bad_request);
  }
  while (!payloads->empty() && size() > kMaxErrorDetailsBytes) payloads->pop_back();
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const absl::string_view text = status.message();
  const std::string message = ShortenUtf8({text.data(), text.size()}, kMaxErrorMessageBytes);
  const int code = static_cast<int>(status.code());
  std::vector<Payload> payloads = OrderedPayloads(status);
  std::string details;
  if (!payloads.empty()) {
    Fit(code, message, &payloads);
    details = Assemble(code, message, payloads).SerializeAsString();
  }
  return grpc::Status(static_cast<grpc::StatusCode>(code), message, details);
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  google::rpc::Status details;
  if (!status.error_details().empty() && details.ParseFromString(status.error_details())) {
    for (const auto& detail : details.details()) result.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return result;
}

}  // namespace rowkeeper::wire
