#include "server/uow/begin_runner.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "server/base/database_errors.h"
#include "server/base/errors.h"
#include "server/base/ids.h"
#include "server/base/text.h"
#include "server/db/reconnect_delays.h"
#include "server/uow/handle.h"

namespace rowkeeper::uow {
namespace {

using std::chrono::milliseconds;

constexpr char kBeginning[] = "beginning a unit of work";
constexpr milliseconds kShortestLimit{100};
/// Begin may take so long to open a connection, however short it is to wait for a slot.
constexpr milliseconds kConnectAllowance{1000};

/// Adds to `violations` unless `asked` is in the range.
milliseconds Allowed(std::string_view field, std::optional<milliseconds> asked, milliseconds otherwise,
                     milliseconds shortest, milliseconds longest, FieldViolations* violations) {
  if (!asked) return otherwise;
  if (*asked < shortest || *asked > longest) {
    violations->Add(field, Cat("must be from ", shortest.count(), " ms to ", longest.count(), " ms"));
  }
  return *asked;
}

}  // namespace

BeginRunner::BeginRunner(const UnitOptions* options, std::string instance, Parts parts)
    : options_(*options), instance_(std::move(instance)), parts_(std::move(parts)) {}

absl::StatusOr<BeginTask::Request> BeginRunner::Check(const BeginOptions& options, const std::string& caller,
                                                      Clock::time_point deadline) const {
  FieldViolations violations;
  BeginTask::Request request;
  request.mode = options.mode;
  request.limits.idle = Allowed("idle_limit", options.idle_limit, options_.idle_limit, kShortestLimit,
                                options_.max_idle_limit, &violations);
  request.limits.total = Allowed("total_limit", options.total_limit, options_.total_limit, kShortestLimit,
                                 options_.max_total_limit, &violations);
  request.capacity_wait = Allowed("capacity_wait", options.capacity_wait, options_.capacity_wait, milliseconds(0),
                                  options_.max_capacity_wait, &violations);
  if (options.label.size() > kMaxLabelBytes) {
    violations.Add("label", Cat("must have at most ", kMaxLabelBytes, " bytes"));
  }
  if (!DeferrableFits(options.mode)) {
    violations.Add("transaction.deferrable", "is for serializable read-only units alone; leave it out");
  }
  if (!violations.empty()) return violations.ToStatus();
  request.label = options.label;
  request.catalogue = options.catalogue;
  request.caller = caller;
  request.call = options.call;
  request.deadline = deadline;
  request.wait_until = parts_.clock->Now() + request.capacity_wait;
  return request;
}

std::shared_ptr<Task> BeginRunner::Begin(const BeginOptions& options, const std::string& caller,
                                         Clock::time_point deadline, UnitsOfWork::BeginDone done) {
  auto request = Check(options, caller, deadline);
  if (!request.ok()) {
    done(request.status());
    return nullptr;
  }
  auto task = std::make_shared<BeginTask>(*std::move(request), parts_.admission, std::move(done));
  absl::Status refusal;
  switch (parts_.admission->Admit(task, &refusal)) {
    case Admission::Decision::kGranted:
      Start({task});
      break;
    case Admission::Decision::kWaits:
      parts_.ticks->RingBy(std::min(task->request.deadline, task->request.wait_until));
      break;
    case Admission::Decision::kRefused:
      task->done(refusal);
      break;
  }
  return task;
}

void BeginRunner::Start(Admission::Tasks granted) {
  for (std::shared_ptr<BeginTask>& task : granted) {
    parts_.workers->Submit([this, task = std::move(task)] { Run(task); });
  }
}

void BeginRunner::Run(const std::shared_ptr<BeginTask>& task) {
  absl::StatusOr<UnitsOfWork::Begun> begun = Open(task);
  if (begun.ok()) {
    parts_.admission->Settle(task);
  } else {
    Start(parts_.admission->GiveUp(task));
    if (parts_.admission->closed()) begun = ShuttingDown();
  }
  task->done(std::move(begun));
}

absl::StatusOr<UnitsOfWork::Begun> BeginRunner::Open(const std::shared_ptr<BeginTask>& task) {
  const observe::CallScope scope(task->request.call);
  absl::StatusOr<db::Lease> lease = BeginTransaction(*task);
  if (!lease.ok()) return lease.status();
  // Nobody would learn of the unit: the lease rolls back.
  if (parts_.clock->Now() >= task->request.deadline) return DeadlineExceeded(kBeginning);
  if (const auto cause = task->cancellation.cause()) return db::CancelledStatus(*cause, kBeginning);
  const std::string secret = RandomBytes(Handle::kSecretBytes);
  UnitsOfWork::Begun begun;
  Handle handle;
  handle.server = options_.server;
  handle.instance = instance_;
  handle.secret = secret;
  parts_.seal->Seal(&handle);
  begun.handle = handle.Encode();
  begun.info = Describe(task->request);
  begun.info.id = handle.Id();
  begun.info.backend = (*lease)->backend_pid();
  auto unit = std::make_shared<Unit>(secret, begun.info, UnitSettings(task->request), parts_.clock, *std::move(lease));
  if (!parts_.registry->Open(secret, unit)) return ShuttingDown();
  parts_.ticks->RingBy(unit->TickBy());
  return begun;
}

/// The wait for a slot and that for a connection are one to the caller.
absl::StatusOr<db::Lease> BeginRunner::Acquire(BeginTask& task) {
  const auto now = parts_.clock->Now();
  const auto until = std::max(task.request.wait_until, now + kConnectAllowance);
  Clock::duration waited{0};
  auto lease = parts_.pool->Acquire({std::min(task.request.deadline, until), &task.cancellation, &waited});
  if (task.request.call != nullptr) task.request.call->NoteConnection(waited);
  const bool waited_enough = until < task.request.deadline && absl::IsDeadlineExceeded(lease.status());
  if (!waited_enough || task.cancellation.cancelled()) return lease;
  return LimitReached(Reason::kUnitOfWorkLimit, "no connection to the database came free in time",
                      Limit::kUnitCapacityWait, Cat((until - now) / milliseconds(1), " ms"));
}

absl::StatusOr<db::Lease> BeginRunner::BeginTransaction(BeginTask& task) {
  const Transaction::Options options{task.request.mode, task.request.limits.idle + options_.backstop};
  for (size_t attempt = 0;; ++attempt) {
    absl::StatusOr<db::Lease> lease = Acquire(task);
    if (!lease.ok()) return lease;
    const absl::Status status = Transaction(&**lease).Begin(options, &task.cancellation);
    if (status.ok()) return lease;
    const bool passes = ReasonOf(status) == Reason::kDatabaseUnavailable && !IsOverdue(status);
    if (!passes || attempt >= std::size(db::kReconnectDelays)) return status;
    lease = absl::CancelledError();  // the broken connection goes back before the next is asked for
    parts_.clock->SleepFor(db::kReconnectDelays[attempt]);
  }
}

UnitInfo BeginRunner::Describe(const BeginTask::Request& request) const {
  UnitInfo info;
  info.label = request.label;
  info.mode = request.mode;
  info.server = options_.server;
  info.caller = request.caller;
  info.begin_time = parts_.clock->WallNow();
  info.total_expire_time = info.begin_time + request.limits.total;
  info.expire_time = info.begin_time + std::min(request.limits.idle, request.limits.total);
  return info;
}

Unit::Options BeginRunner::UnitSettings(const BeginTask::Request& request) const {
  Unit::Options settings;
  settings.limits = request.limits;
  settings.catalogue = request.catalogue;
  settings.busy_wait = options_.busy_wait;
  settings.waiting_calls = options_.waiting_calls;
  settings.savepoints = options_.savepoints;
  settings.kept = {options_.kept_results, options_.kept_result_bytes};
  return settings;
}

}  // namespace rowkeeper::uow
