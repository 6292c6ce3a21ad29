#include <array>
#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "server/base/text.h"
#include "tests/pg/uow/uow_fixture.h"

namespace rowkeeper::uow {
namespace {

using std::chrono::milliseconds;

constexpr int kRows = 5;
using Rows = std::array<int, kRows>;

/// One caller with rows of its own, who knows at any time what they must hold.
class Caller {
 public:
  using Execute = std::function<absl::StatusOr<std::string>(const std::string& handle, const std::string& sql,
                                                            const UnitsOfWork::StepOptions& options)>;

  struct Calls {
    std::function<std::string()> begin;
    Execute run;
    std::function<absl::Status(const std::string&, const std::string&)> savepoint, rollback_to, release;
    std::function<absl::Status(const std::string&)> commit, rollback;
  };

  Caller(int number, Calls calls) : first_id_(100 + number * kRows), calls_(std::move(calls)), random_(number) {}

  void Act() {
    if (handle_.empty()) return Begin();
    switch (Pick(10)) {
      case 0:
        return Commit();
      case 1:
        return Rollback();
      case 2:
        return Savepoint();
      case 3:
        return RollbackTo();
      case 4:
        return Release();
      case 5:
        return Fail();
      case 6:
        return Read();
      default:
        return Add();
    }
  }

  void Finish() {
    if (!handle_.empty()) Rollback();
  }

  int first_id() const { return first_id_; }
  const Rows& committed() const { return committed_; }

 private:
  struct Mark {
    std::string name;
    Rows rows;
  };

  int Pick(int choices) { return std::uniform_int_distribution<int>(0, choices - 1)(random_); }

  void Begin() {
    handle_ = calls_.begin();
    rows_ = committed_;
    marks_.clear();
    failed_ = false;
    sequence_ = 0;
  }

  void Commit() {
    EXPECT_EQ(ReasonOf(calls_.commit(handle_)), failed_ ? "UNIT_OF_WORK_FAILED" : "OK");
    if (!failed_) committed_ = rows_;
    handle_.clear();
  }

  void Rollback() {
    EXPECT_EQ(ReasonOf(calls_.rollback(handle_)), "OK");
    handle_.clear();
  }

  void Savepoint() {
    const std::string name = Cat("s", Pick(6));
    const bool taken = Find(name) < marks_.size();
    EXPECT_EQ(ReasonOf(calls_.savepoint(handle_, name)), Expected(taken ? "INVALID_FIELD" : "OK"));
    if (!failed_ && !taken) marks_.push_back({name, rows_});
  }

  void RollbackTo() {
    const std::string name = Cat("s", Pick(6));
    const size_t mark = Find(name);
    const bool found = mark < marks_.size();
    EXPECT_EQ(ReasonOf(calls_.rollback_to(handle_, name)), found ? "OK" : "SAVEPOINT_NOT_FOUND");
    if (!found) return;
    marks_.resize(mark + 1);
    rows_ = marks_.back().rows;
    failed_ = false;
  }

  void Release() {
    const std::string name = Cat("s", Pick(6));
    const size_t mark = Find(name);
    const bool found = mark < marks_.size();
    EXPECT_EQ(ReasonOf(calls_.release(handle_, name)), Expected(found ? "OK" : "SAVEPOINT_NOT_FOUND"));
    if (!failed_ && found) marks_.resize(mark);
  }

  void Fail() {
    EXPECT_EQ(ReasonOf(calls_.run(handle_, "INSERT INTO t VALUES (1, 1)", {}).status()), Expected("UNIQUE_VIOLATION"));
    failed_ = true;
  }

  void Read() {
    const int row = Pick(kRows);
    const auto value = calls_.run(handle_, Cat("SELECT n FROM t WHERE id = ", first_id_ + row), {});
    EXPECT_EQ(ReasonOf(value.status()), Expected("OK"));
    if (value.ok()) {
      EXPECT_EQ(*value, std::to_string(rows_[row]));
    }
  }

  void Add() {
    const int row = Pick(kRows);
    UnitsOfWork::StepOptions options;
    options.sequence = ++sequence_;
    const std::string sql = Cat("UPDATE t SET n = n + 1 WHERE id = ", first_id_ + row, " RETURNING n");
    if (!failed_) ++rows_[row];
    for (int sent = Pick(4) == 0 ? 0 : 1; sent < 2; ++sent) {
      const auto value = calls_.run(handle_, sql, options);
      EXPECT_EQ(ReasonOf(value.status()), Expected("OK"));
      if (value.ok()) {
        EXPECT_EQ(*value, std::to_string(rows_[row]));
      }
    }
  }

  size_t Find(const std::string& name) const {
    size_t i = 0;
    while (i < marks_.size() && marks_[i].name != name) ++i;
    return i;
  }

  std::string Expected(const std::string& when_well) const { return failed_ ? "UNIT_OF_WORK_FAILED" : when_well; }

  const int first_id_;
  const Calls calls_;
  std::minstd_rand random_;
  std::string handle_;
  Rows committed_{};
  Rows rows_{};
  std::vector<Mark> marks_;
  bool failed_ = false;
  uint64_t sequence_ = 0;
};

/// Connections die, and their replacements are waited for: that takes real time.
class RandomTest : public UowTest {
 protected:
  RandomTest() { UseSystemClock(); }

  Caller::Calls Calls() {
    Caller::Calls calls;
    calls.begin = [this] {
      BeginOptions options;
      options.capacity_wait = milliseconds(20000);
      return Begin(options);
    };
    calls.run = [this](const std::string& unit, const std::string& sql, const UnitsOfWork::StepOptions& options) {
      return Run(unit, sql, options);
    };
    calls.savepoint = [this](const auto& unit, const auto& name) { return Savepoint(unit, name).status(); };
    calls.rollback_to = [this](const auto& unit, const auto& name) { return RollbackTo(unit, name).status(); };
    calls.release = [this](const auto& unit, const auto& name) { return Release(unit, name).status(); };
    calls.commit = [this](const auto& unit) { return Commit(unit).status(); };
    calls.rollback = [this](const auto& unit) { return Rollback(unit).status(); };
    return calls;
  }
};

TEST_F(RandomTest, AThousandRandomOperationsOfEightCallersGoAsTheModelSays) {
  constexpr int kCallers = 8;
  UnitOptions options = FastOptions();
  options.capacity = 5;  // fewer than callers: Begins wait
  Start(options);
  database_->Run("INSERT INTO t SELECT i, 0 FROM generate_series(100, 200) i");
  std::vector<std::unique_ptr<Caller>> callers;
  std::vector<std::thread> threads;
  for (int i = 0; i < kCallers; ++i) callers.push_back(std::make_unique<Caller>(i, Calls()));
  for (auto& caller : callers) {
    threads.emplace_back([&caller] {
      for (int i = 0; i < 125; ++i) caller->Act();
      caller->Finish();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& caller : callers) {
    for (int row = 0; row < kRows; ++row) {
      EXPECT_EQ(Committed(caller->first_id() + row), std::to_string(caller->committed()[row]));
    }
  }
  EXPECT_TRUE(units_->List().empty());
  EXPECT_TRUE(NothingLeased(milliseconds(20000)));
}

/// What is asked of a unit, whoever ends it and however: one answer to each call, and nothing kept.
class Storm {
 public:
  explicit Storm(UnitsOfWork* units) : units_(units) {}

  void Send(const std::string& handle, int choice, const UnitsOfWork::Step& step) {
    const UnitsOfWork::Reference reference{handle, "alice"};
    ++sent;
    const auto answered = [this](const auto&) { ++answers; };
    UnitsOfWork::Ticket ticket;
    UnitsOfWork::StepOptions options;
    if (choice % 5 == 0) options.deadline = Clock::System().Now() + milliseconds(choice % 50);
    if (choice % 3 == 0) options.sequence = static_cast<uint64_t>(choice);
    switch (choice % 16) {
      case 0:
        ticket = units_->Commit(reference, options.deadline, answered);
        break;
      case 1:
        ticket = units_->Rollback(reference, options.deadline, answered);
        break;
      case 2:
        ticket = units_->Savepoint(reference, "s", options, answered);
        break;
      case 3:
        ticket = units_->RollbackTo(reference, "s", options, answered);
        break;
      default:
        ticket = units_->Execute(reference, step, options, answered);
    }
    if (choice % 7 == 0) ticket.Cancel(db::Cancellation::Cause::kCaller);
  }

  std::atomic<int> sent{0};
  std::atomic<int> answers{0};

 private:
  UnitsOfWork* const units_;
};

TEST_F(RandomTest, EveryCallHasOneAnswerThroughCancelsDeadlinesLimitsAndLostConnections) {
  UnitOptions options = FastOptions();
  options.capacity = 6;
  options.busy_wait = milliseconds(30);
  Start(options);
  Storm storm(units_.get());
  std::atomic<bool> stop{false};
  const auto until = clock().Now() + milliseconds(4000);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      std::minstd_rand random(i);
      while (clock().Now() < until) {
        BeginOptions begin;
        begin.idle_limit = milliseconds(150);
        begin.total_limit = milliseconds(100 + random() % 400);
        begin.capacity_wait = milliseconds(random() % 200);
        const auto begun = TryBegin(begin);
        if (!begun.ok()) continue;
        for (int call = static_cast<int>(random() % 40); call > 0; --call) {
          const bool slow = random() % 9 == 0;
          const char* const sql = slow                ? "SELECT pg_sleep(0.05)"
                                  : random() % 2 == 0 ? "UPDATE t SET n = n + 1 WHERE id = 1"
                                                      : "SELECT 1";
          storm.Send(begun->handle, static_cast<int>(random() % 1000), Statement(sql));
          if (random() % 3 == 0) std::this_thread::sleep_for(milliseconds(random() % 20));
        }
      }
    });
  }
  std::thread killer([&] {
    while (!stop) {
      std::this_thread::sleep_for(milliseconds(60));
      database_->Value(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
          "AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1");
    }
  });
  for (std::thread& thread : threads) thread.join();
  stop = true;
  killer.join();
  EXPECT_TRUE(NothingLeased(milliseconds(20000)));
  EXPECT_TRUE(Within(milliseconds(20000), [&] { return storm.answers == storm.sent; }));
  EXPECT_TRUE(units_->List().empty());
  units_.reset();
  EXPECT_EQ(storm.answers, storm.sent);
  EXPECT_GT(storm.sent, 200);
}

}  // namespace
}  // namespace rowkeeper::uow
