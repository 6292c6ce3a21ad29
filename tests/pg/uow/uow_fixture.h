#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "server/db/pool.h"
#include "server/uow/units_of_work.h"
#include "tests/support/fake_clock.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::uow {

/// Units of work on a database of their suite's, in which every test begins with the table t (id, n) and its rows 1 to
/// 10, n = 0. Callers' side of the callbacks: every method waits for its answer. Time stands still unless Advance lets
/// it pass, or UseSystemClock was called.
class UowTest : public ::testing::Test {
 protected:
  using Effect = db::Query::Effect;
  using Text = absl::StatusOr<std::string>;

  /// Ends before any default limit does.
  static UnitOptions FastOptions();
  static db::PoolOptions SmallPool();

  static void SetUpTestSuite() { database_ = std::make_unique<testing::ScratchDatabase>("uow"); }
  static void TearDownTestSuite() { database_.reset(); }
  void SetUp() override;
  /// Fails the test when a connection is still on lease.
  void TearDown() override;

  /// For what is started from now on.
  void UseSystemClock() { timers_ = &system_timers_; }
  void Start(const UnitOptions& options = FastOptions(), const db::PoolOptions& pool = SmallPool());
  void Start(const UnitOptions& options, db::PoolOptions pool, const db::ConnectionOptions& connection);

  Clock& clock() { return timers_->clock(); }
  /// Lets time pass, and what is due by then happen.
  void Advance(Clock::duration time);

  UnitsOfWork::Reference Ref(const std::string& handle, const std::string& caller = "alice") const {
    return {handle, caller};
  }
  absl::StatusOr<UnitsOfWork::Begun> TryBegin(const BeginOptions& options = {}, const std::string& caller = "alice");
  /// The handle; fails the test when there is none.
  std::string Begin(const BeginOptions& options = {}, const std::string& caller = "alice");
  std::string Begin(sql::TransactionMode::Isolation isolation);

  /// The first cell that `sql` gives, or the error.
  UnitsOfWork::Step Statement(const std::string& sql, Effect effect = Effect::kWrite) const;
  std::future<Text> Send(const std::string& handle, const std::string& sql,
                         const UnitsOfWork::StepOptions& options = {}, UnitsOfWork::Ticket* ticket = nullptr);
  Text Run(const std::string& handle, const std::string& sql, const UnitsOfWork::StepOptions& options = {});
  Text Read(const std::string& handle, const std::string& sql);
  Text Savepoint(const std::string& handle, const std::string& name = "");
  Text RollbackTo(const std::string& handle, const std::string& name);
  Text Release(const std::string& handle, const std::string& name);
  std::future<absl::StatusOr<UnitInfo>> SendCommit(const std::string& handle);
  absl::StatusOr<UnitInfo> Commit(const std::string& handle, const std::string& caller = "alice");
  absl::StatusOr<UnitState> Rollback(const std::string& handle, const std::string& caller = "alice");
  absl::StatusOr<UnitInfo> Get(const std::string& handle) { return units_->Get(Ref(handle)); }

  /// n of a row, as others see it.
  std::string Committed(int id);
  /// From now on, COMMIT of a transaction that changed rows waits for the lock of row `id`, which is to be another one.
  void CommitWaitsForRow(int id);
  /// A unit that holds the lock of a row.
  std::string LockRow(int id);
  /// Waits until a backend waits for a lock.
  void WaitForLockWaiter();
  /// Whether `ready` comes true within `limit` of real time.
  static bool Within(std::chrono::milliseconds limit, const std::function<bool()>& ready);
  bool NothingLeased(std::chrono::milliseconds limit);

  testing::FakeClock fake_clock_;
  Timers fake_timers_{&fake_clock_};
  Timers system_timers_{&Clock::System()};
  Timers* timers_ = &fake_timers_;
  static inline std::unique_ptr<testing::ScratchDatabase> database_;
  std::unique_ptr<db::Pool> pool_;
  std::unique_ptr<UnitsOfWork> units_;
};

/// Whether a call has its answer.
template <typename T>
bool IsReady(const std::future<T>& future) {
  return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

/// The reason of the error, or "OK".
std::string ReasonOf(const absl::Status& status);

template <typename T>
std::string Reason(const absl::StatusOr<T>& result) {
  return ReasonOf(result.status());
}

/// Whether the error's message or details hold `text`.
bool Mentions(const absl::Status& status, const std::string& text);

}  // namespace rowkeeper::uow
