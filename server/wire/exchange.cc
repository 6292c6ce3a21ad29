#include "server/wire/exchange.h"

#include <functional>
#include <utility>

#include "server/base/errors.h"
#include "server/base/verdict.h"
#include "server/uow/handle.h"
#include "server/wire/debug_header.h"

namespace rowkeeper::wire {
namespace {

constexpr char kReplayTrailer[] = "rowkeeper-idempotent-replay";

}  // namespace

Exchange::Exchange(const ServedMethod* method, UnaryRpc rpc) : rpc_(std::move(rpc)), log_(method) {
  log_.NoteContext(BeginCallContext(rpc_));
  context()->memory_owner = rpc_.memory_owner();
  context()->progress = rpc_.progress();
  rpc_.progress()->NoteStage(observe::CallProgress::Stage::kWaiting);
}

const std::string& Exchange::caller() {
  if (log_.caller().empty()) log_.NoteCaller(rpc_.caller());
  return log_.caller();
}

RequestOwner Exchange::owner() const { return OwnerOf(rpc_.identity()); }

uint64_t Exchange::Fingerprint() const {
  const std::hash<std::string_view> hash;
  return hash(rpc_.path()) * 31 ^ hash(rpc_.request());
}

void Exchange::NoteUnit(std::string_view handle) {
  if (!noting()) return;
  const auto parsed = uow::Handle::Parse(handle);
  if (parsed.has_value() && !parsed->of_another_release) log_.NoteUnitId(parsed->Id());
}

void Exchange::Answer(absl::StatusOr<std::string> response) {
  const bool cancelled = response.status().code() == absl::StatusCode::kCancelled;
  // SHUTTING_DOWN means that nothing was executed; a purge may have removed rows before. Calls that ran together may
  // have been stopped for the sake of another of them.
  if (cancelled && !IsChangeMade(response.status())) {
    if (rpc_.aborted()) {
      response = ShuttingDown();
    } else if (rpc_.ended_by_operator()) {
      response = EndedByOperator();
    }
  }
  if (response.ok() && censor_) response = censor_(*std::move(response));
  const absl::Status status = response.status();
  const auto so_far = rpc_.elapsed();
  log_.Count(status, so_far);
  if (status.ok() && replayed()) rpc_.AddTrailer(kReplayTrailer, "true");
  if (trace_ != nullptr) AddDebugTrailers(*trace_, status, &rpc_);
  const bool has_line = log_.Wants(status, so_far);
  if (has_line) caller();
  if (response.ok()) {
    rpc_.Finish(*std::move(response));
  } else {
    rpc_.Finish(status);
  }
  const int64_t rows = status.ok() ? rows_ : -1;
  log_.EndSpans(status, rows);
  if (has_line) log_.Write(status, rows, rpc_.elapsed());
}

std::shared_ptr<CancelSlot> Exchange::MakeCancelSlot() {
  auto slot = std::make_shared<CancelSlot>();
  rpc_.OnCancel([slot](CancelCause cause) { slot->Cancel(cause); });
  return slot;
}

}  // namespace rowkeeper::wire
