// Calls that are executed together: from the lane that gives them to the answer of each.

#include <algorithm>
#include <exception>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "server/base/database_errors.h"
#include "server/base/reason.h"
#include "server/exec/executor.h"
#include "server/exec/executor_work.h"
#include "server/exec/merged_calls.h"
#include "server/observe/caught.h"

namespace rowkeeper::exec {
namespace {

/// Those that somebody waits for.
uint64_t CountOf(const MergeLanes::Together& open) {
  return open.size() - static_cast<uint64_t>(std::count(open.begin(), open.end(), nullptr));
}

}  // namespace

std::shared_ptr<Executor::Work> Executor::MakeTogether(const MergeLanes::Together& calls) {
  MergeLanes::Together open;
  open.reserve(calls.size());
  {
    const absl::MutexLock lock(&mutex_);
    std::copy_if(calls.begin(), calls.end(), std::back_inserter(open),
                 [](const MergeLanes::Shared& call) { return MergeLanes::IsOpen(*call); });
  }
  if (open.empty()) return nullptr;
  const std::shared_ptr<Work> first = std::static_pointer_cast<Work>(open.front());
  if (open.size() == 1) {
    first->is_mergeable = false;
    first->given = calls.size();
    return first;
  }
  std::vector<const plan::Call*> parts;
  parts.reserve(open.size());
  std::shared_ptr<observe::CallSpans> spans;
  auto work = std::make_shared<Work>(this, Done(nullptr));
  work->deadline = Clock::time_point::min();
  for (const auto& call : open) {
    const Work& member = static_cast<const Work&>(*call);
    parts.push_back(CallOf(member.task));
    work->deadline = std::max(work->deadline, member.deadline);
    const bool is_sampled = member.context != nullptr && member.context->spans != nullptr;
    if (is_sampled && spans == nullptr) spans = member.context->spans->MakeShared();
  }
  work->own_runner = first->own_runner;
  work->task = std::make_shared<const MergedCalls>(first->runner().Merge(std::move(parts)));
  work->kind = first->kind;
  work->group = first->group;
  work->main = first->main;
  work->lane = first->lane;
  work->share = first->share;
  work->caller = first->caller;
  work->is_one_statement = true;
  work->own_context = std::make_unique<TogetherContext>(first->account);
  work->own_context->call.spans = std::move(spans);
  work->context = &work->own_context->call;
  work->members = std::move(open);
  work->given = calls.size();
  return work;
}

void Executor::RunTogether(MergeLanes::Together calls) {
  while (!calls.empty()) {
    std::shared_ptr<Work> work;
    try {
      work = MakeTogether(calls);
    } catch (const std::exception& error) {  // there is no memory for it
      (void)observe::Caught("a statement of many calls", NameOf(static_cast<const Work&>(*calls.front())), error);
    }
    Offered offered;
    if (work != nullptr) Offer(work, &work->caller, &offered);
    if (work != nullptr && !offered.unwanted) return GoOn(std::move(work), offered);
    MergeLanes::Together open, next;
    {
      const absl::MutexLock lock(&mutex_);
      open = MergeLanes::Release(calls);
      (work == nullptr ? stats_.unmerged_calls.failed : stats_.unmerged_calls.left) += CountOf(open);
      next = lanes_.Abandoned(static_cast<const Work&>(*calls.front()).lane, calls.size());
    }
    for (const MergeLanes::Shared& call : open) {
      if (call != nullptr) RunAlone(std::static_pointer_cast<Work>(call));
    }
    calls = std::move(next);
  }
}

bool Executor::BeginGiven(const std::shared_ptr<Work>& work) {
  const size_t given = std::exchange(work->given, 0);
  if (work->members.empty()) {
    if (!MergeLanes::IsOpen(*work)) return false;
  } else {
    const auto open = std::count_if(work->members.begin(), work->members.end(),
                                    [](const MergeLanes::Shared& call) { return MergeLanes::IsOpen(*call); });
    // What it writes is in it by now.
    if (open == 0 || (work->writes() && open < static_cast<ptrdiff_t>(work->members.size()))) return false;
    for (const auto& call : work->members) {
      if (!MergeLanes::IsOpen(*call)) continue;
      Work& member = static_cast<Work&>(*call);
      member.together = work;
      member.NoteTogether(work->own_context->progress.number());  // nobody has answered it
    }
    work->open_members = static_cast<int>(open);
  }
  lanes_.Began(work->lane, work, given, clock_.Now());
  return true;
}

absl::StatusOr<Outcome> Executor::AttemptTogether(Work& work, const MergedCalls& calls, db::Connection& connection) {
  absl::StatusOr<db::Rows> rows = calls.Run(connection, &work.cancellation);
  work.has_failed = !rows.ok();
  if (!rows.ok()) return rows.status();
  work.is_large = calls.IsLarge(*rows);
  absl::StatusOr<MergedCalls::Parts> parts = calls.Split(*rows);
  if (!parts.ok()) return parts.status();
  work.parts = *std::move(parts);
  return Outcome{};
}

void Executor::LeaveLane(Work& work) {
  MergeLanes::Together next;
  {
    const absl::MutexLock lock(&mutex_);
    next = lanes_.Ended(&work, work.end, clock_.Now());
  }
  RunTogether(next);
}

Clock::time_point Executor::RunOverdue(Clock::time_point now) {
  std::vector<MergeLanes::Together> overdue;
  Clock::time_point next;
  {
    const absl::MutexLock lock(&mutex_);
    overdue = lanes_.Overdue(now, &next);
  }
  for (const MergeLanes::Together& calls : overdue) RunTogether(calls);
  return next;
}

void Executor::NoteOutcome(Work* together, bool good) {
  if (together->members.empty() || !together->started) return;
  if (together->took == Clock::duration::zero()) together->took = clock_.Now() - together->started_at;
  const bool unwanted = !good && together->cancellation.cancelled();
  if (unwanted) return;
  // Where most of them get nothing, it is of no use.
  const auto left = static_cast<size_t>(std::count(together->parts.begin(), together->parts.end(), std::nullopt));
  using End = MergeLanes::End;
  together->end = !good                               ? End::kFailed
                  : left > together->parts.size() / 2 ? End::kInVain
                  : together->is_large                ? End::kLarge
                                                      : End::kTogether;
}

void Executor::Count(const Work& together, const absl::StatusOr<Outcome>& outcome, uint64_t open) {
  ExecutorStats::Unmerged& unmerged = stats_.unmerged_calls;
  if (outcome.ok()) {
    const auto alone = static_cast<uint64_t>(std::count(together.parts.begin(), together.parts.end(), std::nullopt));
    ++stats_.merged_statements_total;
    stats_.merged_calls_total += open - std::min(alone, open);
    unmerged.in_vain += std::min(alone, open);
  } else if (together.started) {
    unmerged.failed += open;
  } else {
    (absl::IsCancelled(outcome.status()) ? unmerged.left : unmerged.refused) += open;
  }
}

void Executor::Divide(Work& together, const absl::StatusOr<Outcome>& outcome) {
  NoteOutcome(&together, outcome.ok());
  const bool to_be_told = !outcome.ok() && IsToBeTold(together, outcome.status());
  MergeLanes::Together open;
  {
    const absl::MutexLock lock(&mutex_);
    open = MergeLanes::Release(together.members);
    if (!to_be_told) Count(together, outcome, CountOf(open));
  }
  if (outcome.ok()) return AnswerMembers(together, open);
  for (const MergeLanes::Shared& call : open) {
    if (call == nullptr) continue;
    std::shared_ptr<Work> member = std::static_pointer_cast<Work>(call);
    together.ShareSpansWith(*member);
    if (to_be_told) {
      AnswerMember(*member, outcome.status());
    } else {
      RunAlone(std::move(member));
    }
  }
}

bool Executor::IsToBeTold(const Work& together, const absl::Status& error) {
  if (!together.started) return false;
  if (!together.connected) return true;
  const MergedCalls& calls = *std::get<std::shared_ptr<const MergedCalls>>(together.task);
  if (!calls.writes()) return calls.IsOfEach(error);
  // What goes wrong besides the statement may go wrong when it has written. Only all of its callers cancel it.
  return together.cancellation.cancelled() || !together.has_failed || !calls.MayRunAlone(error);
}

void Executor::AnswerMembers(const Work& together, const MergeLanes::Together& open) {
  for (size_t i = 0; i < open.size(); ++i) {
    if (open[i] == nullptr) continue;
    Work& member = static_cast<Work&>(*open[i]);
    together.ShareSpansWith(static_cast<const Work&>(*open[i]));
    if (!together.parts[i].has_value()) {
      RunAlone(std::static_pointer_cast<Work>(open[i]));
      continue;
    }
    waits_.Record(together.started_at - member.came_at);
    member.NoteWaited(member.came_at, together.started_at);
    if (member.context != nullptr) {
      member.context->times.database += together.took;
      ++member.context->times.statements;
    }
    AnswerMember(member, *together.parts[i]);
  }
}

void Executor::AnswerMember(Work& member, const absl::StatusOr<Outcome>& outcome) {
  try {
    member.done(outcome);
  } catch (const std::exception& error) {
    const observe::CallScope scope(member.context);
    (void)observe::Caught("a worker's answer", NameOf(member), error);
  }
}

void Executor::RunAlone(std::shared_ptr<Work> member) {
  member->is_mergeable = false;
  member->NoteTogether(0);
  Offered offered;
  Offer(member, &member->caller, &offered);
  GoOn(std::move(member), offered);
}

bool Executor::WithdrawFromLane(Work& work, Withdrawn* withdrawn) {
  std::shared_ptr<Work> together = work.together.lock();
  // A write that is sent is told what came of it, also when nobody waits any more.
  const bool stays = together != nullptr && together->writes() && together->is_under_way;
  if (stays ? std::exchange(work.is_given_up, true) : !lanes_.Withdraw(&work)) return false;
  withdrawn->runs = together != nullptr && together->is_under_way;
  if (together != nullptr && --together->open_members == 0) withdrawn->unwanted = std::move(together);
  return !stays;
}

bool Executor::SetOut(Work& work) {
  if (work.members.empty()) return true;
  const absl::MutexLock lock(&mutex_);
  if (work.writes() && work.open_members < static_cast<int>(work.members.size())) return false;
  work.is_under_way = true;
  return true;
}

}  // namespace rowkeeper::exec
