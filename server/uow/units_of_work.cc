#include "server/uow/units_of_work.h"

#include <algorithm>
#include <utility>

#include "server/base/errors.h"
#include "server/base/ids.h"
#include "server/base/unit_of_work_errors.h"
#include "server/uow/admission.h"
#include "server/uow/begin_runner.h"
#include "server/uow/handle.h"
#include "server/uow/handle_seal.h"
#include "server/uow/registry.h"
#include "server/uow/unit_driver.h"
#include "server/uow/worker_threads.h"

namespace rowkeeper::uow {
namespace {

using Kind = UnitTask::Kind;

/// How often idle units' connections are checked, and ended units that are old are forgotten.
constexpr std::chrono::milliseconds kCheckPeriod{1000};

UnitTask::Request EndingRequest(Kind kind, const char* name, const UnitsOfWork::Reference& reference,
                                Clock::time_point deadline) {
  UnitTask::Request request;
  request.kind = kind;
  request.step.name = name;
  request.call = reference.call;
  request.options.deadline = deadline;
  return request;
}

UnitTask::Request SavepointRequest(Kind kind, const char* name, const std::string& savepoint,
                                   const UnitsOfWork::StepOptions& options) {
  UnitTask::Request request;
  request.kind = kind;
  request.step.name = name;
  request.savepoint = savepoint;
  request.options = options;
  return request;
}

/// Where a handle leads to: a unit, a memory of one, or an error.
struct Located {
  Registry::Found found;
  absl::Status problem;
};

UnitsOfWork::OperatorEnd OperatorEndOf(Unit::EndEffect effect) {
  switch (effect) {
    case Unit::EndEffect::kNone:
      break;
    case Unit::EndEffect::kEnds:
      return UnitsOfWork::OperatorEnd::kEnded;
    case Unit::EndEffect::kCommits:
      return UnitsOfWork::OperatorEnd::kCommitting;
  }
  return UnitsOfWork::OperatorEnd::kEndsAlready;
}

/// What is said of the outcome of a unit that is not to be found for `problem`.
absl::Status OutcomeWhenNotHeld(const absl::Status& problem) {
  const bool went_with_server = ReasonOf(problem) == Reason::kUnitOfWorkExpired;
  return went_with_server ? UnitOutcomeUnknown(problem) : problem;
}

}  // namespace

struct UnitsOfWork::Impl {
  Impl(UnitOptions unit_options, db::Pool* pool, std::shared_ptr<CommitResolver> commit_resolver, Timers* timers);
  ~Impl();

  Located Locate(const Reference& reference) const;
  std::shared_ptr<Task> Submit(std::shared_ptr<Unit> unit, UnitTask::Request request, StepDone done);
  std::shared_ptr<Task> SubmitStep(const Reference& reference, UnitTask::Request request, StepDone done);
  /// Ends what is late now; gives when to check again.
  Clock::time_point Tick(Clock::time_point now);
  void CheckConnections();
  void Drain(Clock::time_point deadline);

  const UnitOptions options;
  Clock& clock;
  const std::string instance;
  const HandleSeal seal;
  const std::shared_ptr<CommitResolver> resolver;
  const std::shared_ptr<Admission> admission;
  Registry registry;
  Timer ticks;
  BeginRunner begins;
  UnitDriver driver;
  /// Dies before what its tasks use.
  WorkerThreads workers;
  PeriodicTimer connection_checks;
};

UnitsOfWork::Impl::Impl(UnitOptions unit_options, db::Pool* pool, std::shared_ptr<CommitResolver> commit_resolver,
                        Timers* timers)
    : options(std::move(unit_options)),
      clock(timers->clock()),
      instance(RandomBytes(Handle::kInstanceBytes)),
      seal(options.handle_keys),
      resolver(std::move(commit_resolver)),
      admission(std::make_shared<Admission>(options)),
      registry(options, &clock),
      ticks(timers, [this](Clock::time_point now) { return Tick(now); }),
      begins(&options, instance, {admission, &registry, &workers, pool, &clock, &ticks, &seal}),
      driver({admission.get(), &registry, &workers, &begins, resolver.get(), &ticks}),
      connection_checks(timers, kCheckPeriod, [this] { CheckConnections(); }) {}

UnitsOfWork::Impl::~Impl() {
  Drain(clock.Now());
  // Workers may still end their tasks, and ask for rings that are none of anybody's business any more.
  connection_checks.Stop();
  ticks.Stop();
}

Located UnitsOfWork::Impl::Locate(const Reference& reference) const {
  const std::optional<Handle> handle = Handle::Parse(reference.handle);
  if (!handle) {
    return {{}, InvalidHeader("rowkeeper-unit-of-work", "is not a handle; send the one that Begin gave, unchanged")};
  }
  // Whoever forges a handle chooses its address.
  if (handle->server != options.server) {
    return {{}, UnitOfWorkElsewhere(seal.Fits(*handle) ? std::string_view(handle->server) : "")};
  }
  if (handle->of_another_release) return {{}, UnitOfWorkOfAnotherRelease()};
  if (handle->instance != instance) return {{}, UnitOfWorkLostInRestart()};
  Located located{registry.Find(handle->secret, reference.caller), absl::OkStatus()};
  if (located.found.unit == nullptr && located.found.ended == nullptr) located.problem = UnitOfWorkNotFound();
  return located;
}

std::shared_ptr<Task> UnitsOfWork::Impl::Submit(std::shared_ptr<Unit> unit, UnitTask::Request request, StepDone done) {
  auto task = std::make_shared<UnitTask>(std::move(request), unit, std::move(done));
  driver.Proceed(unit, unit->Admit(task));
  return task;
}

std::shared_ptr<Task> UnitsOfWork::Impl::SubmitStep(const Reference& reference, UnitTask::Request request,
                                                    StepDone done) {
  Located located = Locate(reference);
  if (!located.problem.ok()) {
    done(located.problem);
  } else if (located.found.ended != nullptr) {
    done(LateCall(*located.found.ended));
  } else {
    request.call = reference.call;
    return Submit(std::move(located.found.unit), std::move(request), std::move(done));
  }
  return nullptr;
}

Clock::time_point UnitsOfWork::Impl::Tick(Clock::time_point now) {
  for (Admission::Refusal& refusal : admission->TakeLate(now)) refusal.task->done(std::move(refusal.status));
  for (const std::shared_ptr<Unit>& unit : registry.OpenUnits()) {
    driver.Proceed(unit, unit->Tick(now, Unit::Check::kClock));  // asks for the next ring itself
  }
  return admission->NextLate();
}

void UnitsOfWork::Impl::CheckConnections() {
  const Clock::time_point now = clock.Now();
  for (const std::shared_ptr<Unit>& unit : registry.OpenUnits()) {
    driver.Proceed(unit, unit->Tick(now, Unit::Check::kClockAndConnection));
  }
  registry.Forget(now);
}

void UnitsOfWork::Impl::Drain(Clock::time_point deadline) {
  for (const std::shared_ptr<BeginTask>& task : admission->Close()) task->done(ShuttingDown());
  registry.Close();
  if (!registry.WaitUntilNoneOpen(deadline)) {
    for (const std::shared_ptr<Unit>& unit : registry.OpenUnits()) {
      driver.Proceed(unit, unit->RequestEnd(EndCause::kShutdown));
    }
    resolver->GiveUp();
    registry.WaitUntilNoneOpen(Clock::time_point::max());
  }
  admission->WaitUntilFree();
}

UnitsOfWork::UnitsOfWork(UnitOptions options, db::Pool* pool, std::shared_ptr<CommitResolver> resolver, Timers* timers)
    : impl_(std::make_unique<Impl>(std::move(options), pool, std::move(resolver), timers)) {}

UnitsOfWork::UnitsOfWork(UnitOptions options, db::Pool* pool, db::ConnectionOptions connection, Timers* timers)
    : UnitsOfWork(options, pool,
                  std::make_shared<CommitResolver>(std::move(connection), options.in_doubt_limit, &timers->clock()),
                  timers) {}

UnitsOfWork::~UnitsOfWork() = default;

void UnitsOfWork::Ticket::Cancel(db::Cancellation::Cause cause) {
  if (const std::shared_ptr<Task> task = task_.lock()) task->Cancel(cause);
}

UnitsOfWork::Ticket UnitsOfWork::Begin(const BeginOptions& options, const std::string& caller,
                                       Clock::time_point deadline, BeginDone done) {
  return Ticket(impl_->begins.Begin(options, caller, deadline, std::move(done)));
}

UnitsOfWork::Ticket UnitsOfWork::Execute(const Reference& reference, Step step, const StepOptions& options,
                                         StepDone done) {
  UnitTask::Request request;
  request.step = std::move(step);
  request.options = options;
  return Ticket(impl_->SubmitStep(reference, std::move(request), std::move(done)));
}

UnitsOfWork::Ticket UnitsOfWork::Savepoint(const Reference& reference, const std::string& name,
                                           const StepOptions& options, StepDone done) {
  auto request = SavepointRequest(Kind::kSavepoint, "rowkeeper.v1.UnitOfWork.Savepoint", name, options);
  return Ticket(impl_->SubmitStep(reference, std::move(request), std::move(done)));
}

UnitsOfWork::Ticket UnitsOfWork::RollbackTo(const Reference& reference, const std::string& name,
                                            const StepOptions& options, StepDone done) {
  auto request = SavepointRequest(Kind::kRollbackTo, "rowkeeper.v1.UnitOfWork.RollbackTo", name, options);
  return Ticket(impl_->SubmitStep(reference, std::move(request), std::move(done)));
}

UnitsOfWork::Ticket UnitsOfWork::Release(const Reference& reference, const std::string& name,
                                         const StepOptions& options, StepDone done) {
  auto request = SavepointRequest(Kind::kRelease, "rowkeeper.v1.UnitOfWork.Release", name, options);
  return Ticket(impl_->SubmitStep(reference, std::move(request), std::move(done)));
}

UnitsOfWork::Ticket UnitsOfWork::Commit(const Reference& reference, Clock::time_point deadline, CommitDone done) {
  Located located = impl_->Locate(reference);
  if (!located.problem.ok()) {
    done(OutcomeWhenNotHeld(located.problem));
    return {};
  }
  if (const auto& ended = located.found.ended) {
    ended->outcome.ok() ? done(ended->info) : done(ended->outcome);
    return {};
  }
  const std::shared_ptr<Unit> unit = std::move(located.found.unit);
  auto answer = [unit, done = std::move(done)](const absl::StatusOr<std::string>& result) {
    result.ok() ? done(unit->Info()) : done(result.status());
  };
  return Ticket(impl_->Submit(unit, EndingRequest(Kind::kCommit, "rowkeeper.v1.UnitOfWork.Commit", reference, deadline),
                              std::move(answer)));
}

UnitsOfWork::Ticket UnitsOfWork::Rollback(const Reference& reference, Clock::time_point deadline, RollbackDone done) {
  Located located = impl_->Locate(reference);
  if (!located.problem.ok()) {
    const auto reason = ReasonOf(located.problem);
    if (reason == Reason::kUnitOfWorkNotFound || reason == Reason::kUnitOfWorkExpired) {
      done(UnitState::kUnspecified);
    } else {
      done(located.problem);
    }
    return {};
  }
  if (const auto& ended = located.found.ended) {
    done(ended->info.state);
    return {};
  }
  const std::shared_ptr<Unit> unit = std::move(located.found.unit);
  auto answer = [unit, done = std::move(done)](const absl::StatusOr<std::string>& result) {
    result.ok() ? done(unit->ended()->info.state) : done(result.status());
  };
  return Ticket(impl_->Submit(unit,
                              EndingRequest(Kind::kRollback, "rowkeeper.v1.UnitOfWork.Rollback", reference, deadline),
                              std::move(answer)));
}

std::shared_ptr<const void> UnitsOfWork::CatalogueOf(std::string_view text) const {
  const std::optional<Handle> handle = Handle::Parse(text);
  if (!handle || handle->of_another_release || handle->instance != impl_->instance) return nullptr;
  const std::shared_ptr<Unit> unit = impl_->registry.FindOpen(handle->secret);
  return unit == nullptr ? nullptr : unit->catalogue();
}

absl::StatusOr<UnitInfo> UnitsOfWork::Get(const Reference& reference) const {
  const Located located = impl_->Locate(reference);
  if (!located.problem.ok()) return OutcomeWhenNotHeld(located.problem);
  return located.found.unit != nullptr ? located.found.unit->Info() : located.found.ended->info;
}

UnitsOfWork::OperatorEnd UnitsOfWork::EndByOperator(std::string_view id) {
  for (const std::shared_ptr<Unit>& unit : impl_->registry.OpenUnits()) {
    if (unit->id() != id) continue;
    Unit::Work work = unit->RequestEnd(EndCause::kOperator);
    const Unit::EndEffect effect = work.effect;
    impl_->driver.Proceed(unit, std::move(work));
    return OperatorEndOf(effect);
  }
  return OperatorEnd::kNotOpen;
}

std::vector<UnitInfo> UnitsOfWork::List() const {
  std::vector<UnitInfo> infos;
  for (const std::shared_ptr<Unit>& unit : impl_->registry.OpenUnits()) {
    UnitInfo info = unit->Info();
    if (info.end == EndCause::kNone) infos.push_back(std::move(info));
  }
  std::sort(infos.begin(), infos.end(),
            [](const UnitInfo& a, const UnitInfo& b) { return a.begin_time < b.begin_time; });
  return infos;
}

UnitStats UnitsOfWork::stats() const {
  UnitStats stats;
  stats.capacity = impl_->options.capacity;
  stats.waiting_begins = impl_->admission->waiting();
  stats.ended = impl_->registry.Ended();
  const std::vector<UnitInfo> open = List();
  stats.open = open.size();
  if (open.empty()) return stats;
  const Clock::wall_time_point now = impl_->clock.WallNow();
  stats.oldest = std::max<Clock::duration>(now - open.front().begin_time, Clock::duration::zero());
  return stats;
}

const std::string& UnitsOfWork::server() const { return impl_->options.server; }

void UnitsOfWork::Drain(Clock::time_point deadline) { impl_->Drain(deadline); }

}  // namespace rowkeeper::uow
