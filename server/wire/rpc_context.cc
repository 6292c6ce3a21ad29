#include "server/wire/rpc_context.h"

#include <grpc/support/time.h>

#include <utility>

#include "server/wire/answer_log.h"

namespace rowkeeper::wire {
namespace {

/// A client ends its call when its own timer fires, which may be a little before ours.
constexpr std::chrono::milliseconds kDeadlineSlack{20};
/// Below it a copy costs less than handing the string over.
constexpr size_t kCopiedBytes = 256;

/// Until the deadline, by gRPC's own clock, on which it ends the call; nullopt when there is none worth the name.
std::optional<Clock::duration> TimeLeft(const grpc::CallbackServerContext& context) {
  const gpr_timespec deadline = context.raw_deadline();
  if (gpr_time_cmp(deadline, gpr_inf_future(deadline.clock_type)) == 0) return std::nullopt;
  const gpr_timespec left = gpr_time_sub(deadline, gpr_now(deadline.clock_type));
  constexpr int64_t kYearSeconds = 365 * 86400;
  if (left.tv_sec > kYearSeconds) return std::nullopt;
  return std::chrono::seconds(left.tv_sec) + std::chrono::nanoseconds(left.tv_nsec);
}

grpc::Slice ToSlice(std::string bytes) {
  if (bytes.size() <= kCopiedBytes) return grpc::Slice(bytes);
  auto* owned = new std::string(std::move(bytes));
  return grpc::Slice(
      owned->data(), owned->size(), [](void* string) { delete static_cast<std::string*>(string); }, owned);
}

}  // namespace

Clock::time_point DeadlineOf(const grpc::CallbackServerContext& context, Clock::time_point now) {
  const std::optional<Clock::duration> left = TimeLeft(context);
  return left.has_value() ? now + *left : Clock::time_point::max();
}

CancelCause CauseOfCancel(const grpc::CallbackServerContext& context) {
  const std::optional<Clock::duration> left = TimeLeft(context);
  return left.has_value() && *left <= kDeadlineSlack ? CancelCause::kDeadline : CancelCause::kCaller;
}

std::optional<std::string_view> FindHeader(const grpc::CallbackServerContext& context, std::string_view name) {
  const auto& headers = context.client_metadata();
  const auto found = headers.find(grpc::string_ref(name.data(), name.size()));
  if (found == headers.end()) return std::nullopt;
  return std::string_view(found->second.data(), found->second.size());
}

observe::CallContext CallContextOf(const grpc::CallbackServerContext& context) {
  return ReadCallContext(FindHeader(context, kRequestIdHeader), FindHeader(context, kTraceParentHeader));
}

std::vector<HeaderField> HeadersStartingWith(const grpc::CallbackServerContext& context, std::string_view prefix) {
  const auto& headers = context.client_metadata();  // ordered by name
  std::vector<HeaderField> found;
  for (auto it = headers.lower_bound(grpc::string_ref(prefix.data(), prefix.size())); it != headers.end(); ++it) {
    const std::string_view name(it->first.data(), it->first.size());
    if (name.substr(0, prefix.size()) != prefix) break;
    found.emplace_back(name, std::string_view(it->second.data(), it->second.size()));
  }
  return found;
}

grpc::Slice OneSlice(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.TrySingleSlice(&slice).ok()) buffer.DumpToSingleSlice(&slice);
  return slice;
}

grpc::ByteBuffer ToBuffer(std::string bytes) {
  const grpc::Slice slice = ToSlice(std::move(bytes));
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace rowkeeper::wire
