#include "server/base/memory_budget.h"

#include "server/base/errors.h"
#include "server/base/text.h"

namespace rowkeeper {
namespace {

constexpr size_t kMebibyte = size_t{1} << 20;

/// What has no room, for the message.
std::string_view Described(MemoryBudget::Use use) {
  switch (use) {
    case MemoryBudget::Use::kRequests:
      return "the requests of other calls fill the server's memory for requests";
    case MemoryBudget::Use::kResults:
      return "the rows of other calls fill the server's memory for rows";
    case MemoryBudget::Use::kResponses:
      return "responses that their callers have not read fill the server's memory for responses";
    case MemoryBudget::Use::kStreams:
      return "imports and exports fill the server's memory for streams";
  }
  return "";
}

}  // namespace

MemoryBudget::MemoryBudget(size_t bytes) : bytes_(bytes) {
  for (size_t use = 0; use < kUses; ++use) parts_[use].limit = bytes / 100 * static_cast<size_t>(kPercent[use]);
}

bool MemoryBudget::Take(Use use, size_t bytes) {
  Part& part = PartOf(use);
  const size_t before = part.used.fetch_add(bytes, std::memory_order_relaxed);
  if (before + bytes <= part.limit) return true;
  part.used.fetch_sub(bytes, std::memory_order_relaxed);
  part.refused.fetch_add(1, std::memory_order_relaxed);
  return false;
}

absl::Status MemoryBudget::CheckRoom(Use use) {
  Part& part = PartOf(use);
  if (part.used.load(std::memory_order_relaxed) <= part.limit) return absl::OkStatus();
  part.refused.fetch_add(1, std::memory_order_relaxed);
  return MemoryFull(*this, use);
}

MemoryBudget::Share MemoryBudget::share(Use use) const {
  const Part& part = PartOf(use);
  return {part.limit, part.used.load(std::memory_order_relaxed), part.refused.load(std::memory_order_relaxed)};
}

size_t MemoryBudget::used() const {
  size_t used = 0;
  for (const Part& part : parts_) used += part.used.load(std::memory_order_relaxed);
  return used;
}

std::string_view MemoryUseName(MemoryBudget::Use use) {
  switch (use) {
    case MemoryBudget::Use::kRequests:
      return "requests";
    case MemoryBudget::Use::kResults:
      return "results";
    case MemoryBudget::Use::kResponses:
      return "responses";
    case MemoryBudget::Use::kStreams:
      return "streams";
  }
  return "";
}

absl::Status MemoryFull(const MemoryBudget& budget, MemoryBudget::Use use) {
  return LimitReached(Reason::kMemoryFull, Described(use), Limit::kMemoryBudget,
                      Cat(budget.bytes() / kMebibyte, " MiB"));
}

bool MemoryCharge::Grow(size_t more) {
  if (budget_ == nullptr) return true;
  if (!budget_->Take(use_, more)) return false;
  bytes_ += more;
  return true;
}

void MemoryCharge::GrowAnyway(size_t more) {
  if (budget_ == nullptr) return;
  budget_->TakeAnyway(use_, more);
  bytes_ += more;
}

void MemoryCharge::Release() {
  if (bytes_ == 0) return;
  budget_->GiveBack(use_, bytes_);
  bytes_ = 0;
}

}  // namespace rowkeeper
