#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "server/base/memory_budget.h"
#include "server/exec/executor.h"

namespace rowkeeper::exec {

/// What is known of many calls that are executed together. Their rows are charged to one of the callers.
struct TogetherContext final : MemoryOwner {
  explicit TogetherContext(std::shared_ptr<MemoryAccount> of_one) : account(std::move(of_one)) {
    call.memory_owner = this;
    call.progress = &progress;
  }
  std::shared_ptr<MemoryAccount> Account() override { return account; }

  const std::shared_ptr<MemoryAccount> account;
  /// Its number is that which its statement runs under.
  observe::CallProgress progress;
  observe::CallContext call;
};

/// A call or job from its submission to its end. Whoever has taken it out of the queue has it alone, but for its
/// cancellation.
struct Executor::Ticket::Work final : CallQueue::Waiter, MergeLanes::Call, db::InputThreads::Reader {
  Work(Executor* runs, Done when_done) : executor(*runs), done(std::move(when_done)) {}

  void OnInput() override { executor.OnInput(*this); }

  /// That of its terms, or of the executor.
  const Runner& runner() const { return own_runner != nullptr ? *own_runner : *executor.runner_; }

  /// For a worker, or for its lane.
  void NoteWaited(Clock::time_point from, Clock::time_point until) const {
    if (context != nullptr) context->NoteQueue(from, until);
  }

  /// Of a call: what `together`, whose statement it is, runs under; 0: it is executed alone.
  void NoteTogether(uint64_t number) const {
    if (context != nullptr && context->progress != nullptr) context->progress->NoteTogether(number);
  }

  Executor& executor;
  /// Of its terms; goes last, for all that follows may point into its catalogue.
  std::shared_ptr<const Runner> own_runner;
  Task task;
  /// What SendAhead asks for is so.
  bool is_one_statement = false;
  /// That of a call which is the only one, where it has been looked up; null: not yet.
  std::shared_ptr<const sql::Statement> main;
  /// It may be executed with others, in these lanes.
  bool is_mergeable = false;
  uint64_t lane = 0;
  // Of a call that may have to wait for its lane: whose it is. Empty of one that never had to.
  CallerId caller;
  std::shared_ptr<MemoryAccount> account;
  /// When it came, if it waited for its lane.
  Clock::time_point came_at{};
  /// By what it is executed, if together with others. Guarded by the executor's lock.
  std::weak_ptr<Work> together;
  /// Nobody waits for it, though it is to be told what came of it. Guarded by the executor's lock.
  bool is_given_up = false;
  // Of many calls that are executed together.
  bool writes() const { return !CallOf(task)->plan->reads_only(); }
  MergeLanes::Together members;
  /// Tells one of them what was executed for all.
  void ShareSpansWith(const Work& member) const {
    if (context == nullptr || context->spans == nullptr) return;
    if (member.context == nullptr || member.context->spans == nullptr) return;
    member.context->spans->AddSharedBy(members.size(), *context->spans);
  }
  // Guarded by the executor's lock: how many of them nobody has answered yet, and whether their statement is on its
  // way.
  int open_members = 0;
  bool is_under_way = false;
  std::unique_ptr<TogetherContext> own_context;
  /// Their statement has failed, as far as the connection knows.
  bool has_failed = false;
  /// It has given more than it should.
  bool is_large = false;
  /// What each would have got alone, in the order of the members, once their statement has succeeded …
  MergedCalls::Parts parts;
  /// … and how long it took.
  Clock::duration took{0};
  /// Of a call, or many, that have waited for a lane: how many the lane gave. 0: they have not, or have begun.
  size_t given = 0;
  db::Cancellation cancellation;
  const Done done;
  /// May be null.
  observe::CallContext* context = nullptr;
  // Of the thread that runs it.
  MergeLanes::End end = MergeLanes::End::kAlone;
  bool started = false;
  Clock::time_point started_at{};
  bool connected = false;
  size_t reconnects = 0;
  int conflicts = 0;
  /// What another thread has left to go on with.
  db::Lease lease;
  SentAhead ahead;
  /// What came of the first try, which may be tried again.
  std::optional<absl::Status> failed;
  /// While an answer is awaited.
  std::shared_ptr<Work> self;
};

}  // namespace rowkeeper::exec
