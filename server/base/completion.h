#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace rowkeeper {

/// The completions of one thread, one after the other. What completes a call may start or refuse others, which complete
/// in turn: were each run on the stack of the one before, a long chain of them would overflow it. A completion that
/// comes while another one runs on the same thread waits here until that one has returned.
class CompletionRound {
 public:
  /// Whether a completion runs on this thread.
  static bool Running();
  /// Runs `complete`, and then all that was deferred meanwhile; not from within a completion. Whoever calls it holds no
  /// lock. The first of what completions throw is thrown when all have run.
  template <typename Complete>
  static void Run(const Complete& complete) {
    const CompletionRound round;
    std::exception_ptr thrown;
    try {
      complete();
    } catch (...) {
      thrown = std::current_exception();
    }
    RunDeferred(std::move(thrown));
  }
  /// Has `complete` called, once, after the completion that runs.
  template <typename Complete>
  static void Defer(Complete complete) {
    Defer(std::unique_ptr<Pending>(std::make_unique<PendingOf<Complete>>(std::move(complete))));
  }

  CompletionRound(const CompletionRound&) = delete;
  CompletionRound& operator=(const CompletionRound&) = delete;

 private:
  struct Pending {
    virtual ~Pending() = default;
    virtual void Run() = 0;
  };
  template <typename Complete>
  struct PendingOf final : Pending {
    explicit PendingOf(Complete to_run) : complete(std::move(to_run)) {}
    void Run() override { complete(); }
    Complete complete;
  };

  struct OfThread;

  CompletionRound();
  ~CompletionRound();
  static OfThread& Mine();
  static void Defer(std::unique_ptr<Pending> pending);
  /// Throws `thrown`, or the first of what those throw.
  static void RunDeferred(std::exception_ptr thrown);
};

/// Called once, with the result of a call, by whoever has it: the type of the callbacks that may lead to further calls.
/// It has run when the call of it returns, except within another completion, where it runs after that one. Copyable.
template <typename Result>
class Completion {
 public:
  template <typename Function, typename = std::enable_if_t<!std::is_same_v<std::decay_t<Function>, Completion>>>
  Completion(Function function) : function_(std::move(function)) {}  // NOLINT(google-explicit-constructor)

  void operator()(Result result) const {
    if (CompletionRound::Running()) {
      CompletionRound::Defer(
          [function = function_, result = std::move(result)]() mutable { function(std::move(result)); });
    } else {
      CompletionRound::Run([&] { function_(std::move(result)); });
    }
  }

 private:
  std::function<void(Result)> function_;
};

}  // namespace rowkeeper
