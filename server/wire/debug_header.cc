#include "server/wire/debug_header.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "absl/strings/cord.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/wire/status.h"

namespace rowkeeper::wire {
namespace {

constexpr size_t kLeastPlanBytes = 256;

/// Receivers refuse more than 8 KiB of metadata, of which an error may use a good part.
size_t PlanBytesBeside(const absl::Status& status) {
  if (status.ok()) return exec::CallTrace::kMaxPlanBytes;
  size_t used = 3 * std::min(status.message().size(), kMaxErrorMessageBytes);
  status.ForEachPayload([&used](absl::string_view, const absl::Cord& detail) { used += detail.size(); });
  constexpr size_t kMost = exec::CallTrace::kMaxPlanBytes;
  return std::max(kMost - std::min(kMost, used), kLeastPlanBytes);
}

/// "1.374": three decimals.
std::string Milliseconds(std::chrono::microseconds time) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.3f", static_cast<double>(time.count()) / 1000);
  return text;
}

}  // namespace

absl::StatusOr<DebugLevel> ReadDebugLevel(std::string_view value) {
  if (value == "cost") return DebugLevel::kCost;
  if (value == "plan") return DebugLevel::kPlan;
  return InvalidHeader(kDebugHeader, "is neither cost nor plan; send one of them, or leave the header out");
}

DebugLevel ToDebugLevel(std::string_view setting) {
  if (setting == "cost") return DebugLevel::kCost;
  return setting == "plan" ? DebugLevel::kPlan : DebugLevel::kOff;
}

absl::StatusOr<std::shared_ptr<exec::CallTrace>> StartTrace(DebugLevel asked, DebugLevel most, Clock* clock) {
  if (asked == DebugLevel::kOff) return nullptr;
  if (asked > most) {
    return InvalidHeader(kDebugHeader, most == DebugLevel::kCost
                                           ? "this server tells cost, but not plan; send cost, or have the server "
                                             "started with --debug-header=plan"
                                           : "this server tells neither cost nor plan; leave the header out, or have "
                                             "the server started with --debug-header=cost");
  }
  return std::make_shared<exec::CallTrace>(
      asked == DebugLevel::kPlan ? exec::CallTrace::Detail::kPlans : exec::CallTrace::Detail::kCost, clock);
}

void AddDebugTrailers(const exec::CallTrace& trace, const absl::Status& status, UnaryRpc* rpc) {
  const exec::CallTrace::Cost cost = trace.cost();
  rpc->AddTrailer("rowkeeper-statements", Cat(cost.statements));
  rpc->AddTrailer("rowkeeper-rows", Cat(cost.rows));
  rpc->AddTrailer("rowkeeper-database-ms", Milliseconds(cost.time));
  if (trace.has_plans()) rpc->AddTrailer("rowkeeper-plan-bin", trace.Plans(PlanBytesBeside(status)));
}

}  // namespace rowkeeper::wire
