#include "server/wire/exchange.h"

#include <functional>
#include <utility>

#include "server/base/errors.h"
#include "server/observe/call_record.h"
#include "server/observe/log.h"
#include "server/uow/handle.h"
#include "server/wire/caller.h"
#include "server/wire/debug_header.h"

namespace rowkeeper::wire {
namespace {

constexpr char kReplayTrailer[] = "rowkeeper-idempotent-replay";

}  // namespace

Exchange::Exchange(const ServedMethod* method, UnaryCall call)
    : method_(*method),
      call_(std::move(call)),
      noting_(observe::LogEnabled(observe::LogLevel::kInfo)),
      start_(call_.start()) {
  if (!noting_) return;
  caller();
  request_id_ = std::string(call_.Header("x-request-id").value_or(""));
}

const std::string& Exchange::caller() {
  if (caller_.empty()) caller_ = CallerOf(call_);
  return caller_;
}

uint64_t Exchange::Fingerprint() const {
  const std::hash<std::string_view> hash;
  return hash(call_.path()) * 31 ^ hash(call_.request());
}

void Exchange::NoteUnit(std::string_view handle) {
  if (!noting_) return;
  const auto parsed = uow::Handle::Parse(handle);
  if (parsed.has_value()) unit_of_work_ = parsed->Id();
}

void Exchange::Answer(absl::StatusOr<std::string> response) {
  if (response.status().code() == absl::StatusCode::kCancelled && call_.cut()) response = ShuttingDown();
  const absl::Status status = response.status();
  method_.counter->Count(status.code());
  if (!status.ok()) observe::Counters::Process().CountRefusal(status);
  if (status.ok() && replayed()) call_.AddTrailer(kReplayTrailer, "true");
  if (trace_ != nullptr) AddDebugTrailers(*trace_, status, &call_);
  if (response.ok()) {
    call_.Finish(*std::move(response));
  } else {
    call_.Finish(status);
  }
  Log(status);
}

void Exchange::Log(const absl::Status& status) const {
  observe::CallRecord record;
  record.method = method_.name;
  record.entity = method_.entity;
  record.ids = ids_;
  record.status = status;
  record.duration = std::chrono::steady_clock::now() - start_;
  record.request_id = request_id_;
  record.caller = caller_;
  record.unit_of_work = unit_of_work_;
  record.label = label_;
  record.rows = status.ok() ? rows_ : -1;
  observe::LogCall(record);
}

std::shared_ptr<CancelSlot> Exchange::MakeCancelSlot() {
  auto slot = std::make_shared<CancelSlot>();
  call_.OnCancel([slot](CancelCause cause) { slot->Cancel(cause); });
  return slot;
}

}  // namespace rowkeeper::wire
