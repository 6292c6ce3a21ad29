#pragma once

#include <atomic>
#include <cstdint>

namespace rowkeeper::observe {

/// How far a call has come, for whoever looks at it while it runs. Whoever serves the call writes, others read; no
/// locks. Thread-safe.
class CallProgress {
 public:
  enum class Stage : uint8_t {
    /// It is being taken in: nobody else may look at its headers yet.
    kArriving,
    /// For a thread, its lane or its turn in a unit of work.
    kWaiting,
    kRunning,
    /// A stream whose caller is to send or to read.
    kWaitingForCaller,
  };

  CallProgress() : number_(NextNumber()) {}
  CallProgress(const CallProgress&) = delete;
  CallProgress& operator=(const CallProgress&) = delete;

  /// Names the call in this process; never 0, and never that of another one.
  uint64_t number() const { return number_; }

  void NoteStage(Stage stage) { stage_.store(stage, std::memory_order_release); }
  Stage stage() const { return stage_.load(std::memory_order_acquire); }

  /// So many rows went over the wire until now.
  void NoteRows(int64_t rows) { rows_.store(rows, std::memory_order_relaxed); }
  /// Negative: nobody has counted any.
  int64_t rows() const { return rows_.load(std::memory_order_relaxed); }

  /// It is executed with others, by a statement of this number; 0: no more.
  void NoteTogether(uint64_t number) { together_.store(number, std::memory_order_relaxed); }
  /// The number that its statements run under.
  uint64_t runs_as() const {
    const uint64_t together = together_.load(std::memory_order_relaxed);
    return together != 0 ? together : number_;
  }
  bool runs_with_others() const { return together_.load(std::memory_order_relaxed) != 0; }

 private:
  static uint64_t NextNumber() {
    static std::atomic<uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
  }

  const uint64_t number_;
  std::atomic<Stage> stage_{Stage::kArriving};
  std::atomic<int64_t> rows_{-1};
  std::atomic<uint64_t> together_{0};
};

}  // namespace rowkeeper::observe
