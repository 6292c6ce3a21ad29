#include "server/base/memory_budget.h"

#include <algorithm>

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

/// The same of a single caller.
std::string_view DescribedAsTheirs(MemoryBudget::Use use) {
  switch (use) {
    case MemoryBudget::Use::kRequests:
      return "the requests of this caller fill its part of the server's memory for requests";
    case MemoryBudget::Use::kResults:
      return "the rows of this caller's calls fill its part of the server's memory for rows";
    case MemoryBudget::Use::kResponses:
      return "responses that this caller has not read fill its part of the server's memory for responses";
    case MemoryBudget::Use::kStreams:
      return "this caller's imports and exports fill its part of the server's memory for streams";
  }
  return "";
}

/// `held` of `used`, which are `limit` at most: three times as many as are free.
bool IsFair(size_t held, size_t used, size_t limit) { return used <= limit && held <= 3 * (limit - used); }

}  // namespace

MemoryBudget::MemoryBudget(size_t bytes) : bytes_(bytes) {
  for (size_t use = 0; use < kUses; ++use) parts_[use].limit = bytes / 100 * static_cast<size_t>(kPercent[use]);
}

std::shared_ptr<MemoryAccount> MemoryBudget::AccountOf(const CallerId& caller) {
  const absl::MutexLock lock(&mutex_);
  std::weak_ptr<MemoryAccount>& known = accounts_[caller.text()];
  std::shared_ptr<MemoryAccount> account = known.lock();
  if (account != nullptr) return account;
  account = std::make_shared<MemoryAccount>(caller);
  known = account;
  if (accounts_.size() >= prune_at_) {
    absl::erase_if(accounts_, [](const auto& entry) { return entry.second.expired(); });
    prune_at_ = std::max<size_t>(1024, 2 * accounts_.size());
  }
  return account;
}

MemoryBudget::Room MemoryBudget::Take(Use use, size_t bytes, MemoryAccount* account, size_t held) {
  Part& part = PartOf(use);
  TakeAnyway(use, bytes, account);
  const size_t used = part.used.load(std::memory_order_relaxed);
  const size_t theirs = account == nullptr ? 0 : account->used(use);
  const bool has_others = theirs > held + bytes;
  if (used <= part.limit && (!has_others || IsFair(theirs, used, part.limit))) return Room::kEnough;
  GiveBack(use, bytes, account);
  return Refuse(&part,
                has_others && !IsFair(theirs, std::min(used, part.limit), part.limit) ? Room::kTheirFull : Room::kFull);
}

void MemoryBudget::TakeAnyway(Use use, size_t bytes, MemoryAccount* account) {
  PartOf(use).used.fetch_add(bytes, std::memory_order_relaxed);
  if (account != nullptr) account->used_[static_cast<size_t>(use)].fetch_add(bytes, std::memory_order_relaxed);
}

void MemoryBudget::GiveBack(Use use, size_t bytes, MemoryAccount* account) {
  PartOf(use).used.fetch_sub(bytes, std::memory_order_relaxed);
  if (account != nullptr) account->used_[static_cast<size_t>(use)].fetch_sub(bytes, std::memory_order_relaxed);
}

bool MemoryBudget::IsCrowded(Use use) const {
  const Part& part = PartOf(use);
  return part.used.load(std::memory_order_relaxed) > part.limit / 2;
}

MemoryBudget::Room MemoryBudget::CheckRoom(Use use, MemoryAccount* account) {
  Part& part = PartOf(use);
  const size_t used = part.used.load(std::memory_order_relaxed);
  const size_t theirs = account == nullptr ? 0 : account->used(use);
  if (theirs > 0 && !IsFair(theirs, std::min(used, part.limit), part.limit)) return Refuse(&part, Room::kTheirFull);
  return used <= part.limit ? Room::kEnough : Refuse(&part, Room::kFull);
}

MemoryBudget::Room MemoryBudget::Refuse(Part* part, Room room) {
  part->refused.fetch_add(1, std::memory_order_relaxed);
  return room;
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

absl::Status MemoryFull(const MemoryBudget& budget, MemoryBudget::Use use, MemoryBudget::Room room) {
  if (room == MemoryBudget::Room::kTheirFull) {
    return LimitReached(Reason::kMemoryFull, DescribedAsTheirs(use), Limit::kMemoryShare,
                        Cat(budget.share(use).limit / kMebibyte, " MiB"));
  }
  return LimitReached(Reason::kMemoryFull, Described(use), Limit::kMemoryBudget,
                      Cat(budget.bytes() / kMebibyte, " MiB"));
}

void MemoryCharge::SetAccount(std::shared_ptr<MemoryAccount> account) {
  const size_t bytes = bytes_;
  if (bytes > 0) budget_->GiveBack(use_, bytes, account_.get());
  account_ = std::move(account);
  if (bytes > 0) budget_->TakeAnyway(use_, bytes, account_.get());
}

MemoryBudget::Room MemoryCharge::Grow(size_t more) {
  if (budget_ == nullptr) return MemoryBudget::Room::kEnough;
  const MemoryBudget::Room room = budget_->Take(use_, more, account_.get(), bytes_);
  if (room == MemoryBudget::Room::kEnough) bytes_ += more;
  return room;
}

void MemoryCharge::GrowAnyway(size_t more) {
  if (budget_ == nullptr) return;
  budget_->TakeAnyway(use_, more, account_.get());
  bytes_ += more;
}

void MemoryCharge::Release() {
  if (bytes_ == 0) return;
  budget_->GiveBack(use_, bytes_, account_.get());
  bytes_ = 0;
}

}  // namespace rowkeeper
