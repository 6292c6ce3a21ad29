#include "server/base/completion.h"

#include <deque>

namespace rowkeeper {

struct CompletionRound::OfThread {
  bool running = false;
  std::deque<std::unique_ptr<Pending>> deferred;
};

CompletionRound::OfThread& CompletionRound::Mine() {
  thread_local OfThread mine;
  return mine;
}

CompletionRound::CompletionRound() { Mine().running = true; }

CompletionRound::~CompletionRound() { Mine().running = false; }

bool CompletionRound::Running() { return Mine().running; }

void CompletionRound::Defer(std::unique_ptr<Pending> pending) { Mine().deferred.push_back(std::move(pending)); }

void CompletionRound::RunDeferred(std::exception_ptr thrown) {
  std::deque<std::unique_ptr<Pending>>& deferred = Mine().deferred;
  while (!deferred.empty()) {
    const std::unique_ptr<Pending> next = std::move(deferred.front());
    deferred.pop_front();
    try {
      next->Run();
    } catch (...) {
      if (thrown == nullptr) thrown = std::current_exception();
    }
  }
  if (thrown != nullptr) std::rethrow_exception(std::move(thrown));
}

}  // namespace rowkeeper
