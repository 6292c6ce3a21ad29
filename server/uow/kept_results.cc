#include "server/uow/kept_results.h"

#include "server/base/errors.h"
#include "server/base/unit_of_work_errors.h"

namespace rowkeeper::uow {
namespace {

size_t SizeOf(const KeptResults::Result& result) { return result.ok() ? result->size() : 0; }

}  // namespace

std::optional<KeptResults::Result> KeptResults::Answer(uint64_t sequence, uint64_t fingerprint) const {
  if (!last_ || sequence > *last_) return std::nullopt;
  for (const Kept& kept : kept_) {
    if (kept.sequence != sequence) continue;
    if (kept.fingerprint == fingerprint) return kept.result;
    return InvalidHeader("rowkeeper-sequence",
                         "this number was used for another call of the unit of work; count up from call to call");
  }
  return UnitOfWorkSequence(sequence, *last_);
}

void KeptResults::Keep(uint64_t sequence, uint64_t fingerprint, const Result& result) {
  last_ = sequence;
  bytes_ += SizeOf(result);
  kept_.push_back({sequence, fingerprint, result});
  while (kept_.size() > 1 && (kept_.size() > static_cast<size_t>(limits_.count) || bytes_ > limits_.bytes)) {
    bytes_ -= SizeOf(kept_.front().result);
    kept_.pop_front();
  }
}

void KeptResults::Clear() {
  kept_.clear();
  bytes_ = 0;
}

}  // namespace rowkeeper::uow
