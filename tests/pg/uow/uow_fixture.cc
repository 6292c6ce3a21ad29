#include "tests/pg/uow/uow_fixture.h"

#include <utility>

#include "server/base/error_details.h"
#include "server/base/text.h"
#include "tests/support/eventually.h"

namespace rowkeeper::uow {
namespace {

using std::chrono::milliseconds;

/// A callback that fulfils a promise once; a second call would throw and end the test.
template <typename T>
std::function<void(T)> Fulfil(std::future<T>* future) {
  auto promise = std::make_shared<std::promise<T>>();
  *future = promise->get_future();
  return [promise](T value) { promise->set_value(std::move(value)); };
}

}  // namespace

std::string ReasonOf(const absl::Status& status) {
  if (status.ok()) return "OK";
  const std::string reason = ErrorReason(status);
  return reason.empty() ? status.ToString() : reason;
}

bool Mentions(const absl::Status& status, const std::string& text) {
  bool found = std::string(status.message()).find(text) != std::string::npos;
  status.ForEachPayload([&](absl::string_view, const absl::Cord& payload) {
    found = found || std::string(payload).find(text) != std::string::npos;
  });
  return found;
}

UnitOptions UowTest::FastOptions() {
  UnitOptions options;
  options.server = "127.0.0.1:50051";
  options.capacity = 8;
  options.per_caller = 0;
  options.busy_wait = milliseconds(300);
  options.capacity_wait = milliseconds(300);
  options.in_doubt_limit = milliseconds(5000);
  return options;
}

db::PoolOptions UowTest::SmallPool() {
  db::PoolOptions options;
  options.pool_size = 10;
  options.max_overflow = 2;
  return options;
}

void UowTest::SetUp() {
  ASSERT_TRUE(database_ != nullptr && database_->ok());
  database_->Run(
      "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL); INSERT "
      "INTO t SELECT i, 0 FROM generate_series(1, 10) i");
  Start();
}

void UowTest::TearDown() {
  units_.reset();
  if (pool_ != nullptr) {
    EXPECT_EQ(pool_->stats().leased, 0);
  }
  pool_.reset();
}

void UowTest::Start(const UnitOptions& options, const db::PoolOptions& pool) {
  db::ConnectionOptions connection;
  connection.url = database_->url();
  Start(options, pool, connection);
}

void UowTest::Start(const UnitOptions& options, db::PoolOptions pool, const db::ConnectionOptions& connection) {
  units_.reset();
  pool.clock = &clock();
  pool_ = std::make_unique<db::Pool>(pool, connection);
  units_ = std::make_unique<UnitsOfWork>(options, pool_.get(), connection, timers_);
}

void UowTest::Advance(Clock::duration time) {
  fake_clock_.Advance(time);
  fake_timers_.Settle();
}

absl::StatusOr<UnitsOfWork::Begun> UowTest::TryBegin(const BeginOptions& options, const std::string& caller) {
  std::future<absl::StatusOr<UnitsOfWork::Begun>> begun;
  units_->Begin(options, caller, Clock::time_point::max(), Fulfil(&begun));
  return begun.get();
}

std::string UowTest::Begin(const BeginOptions& options, const std::string& caller) {
  const auto begun = TryBegin(options, caller);
  EXPECT_TRUE(begun.ok()) << begun.status();
  return begun.ok() ? begun->handle : "";
}

std::string UowTest::Begin(sql::TransactionMode::Isolation isolation) {
  BeginOptions options;
  options.mode.isolation = isolation;
  return Begin(options);
}

UnitsOfWork::Step UowTest::Statement(const std::string& sql, Effect effect) const {
  UnitsOfWork::Step step;
  step.name = "test.Statement";
  step.effect = effect;
  step.run = [sql, effect](db::Connection& connection, db::Cancellation* cancellation) -> Text {
    db::Query query;
    query.result = ResultShape::Any();
    query.text = sql;
    query.effect = effect;
    query.cancellation = cancellation;
    const auto rows = connection.Execute(query);
    if (!rows.ok()) return rows.status();
    return rows->size() == 0 ? std::string() : std::string(rows->cell(0, 0));
  };
  return step;
}

std::future<UowTest::Text> UowTest::Send(const std::string& handle, const std::string& sql,
                                         const UnitsOfWork::StepOptions& options, UnitsOfWork::Ticket* ticket) {
  std::future<Text> result;
  UnitsOfWork::Ticket sent = units_->Execute(Ref(handle), Statement(sql), options, Fulfil(&result));
  if (ticket != nullptr) *ticket = sent;
  return result;
}

UowTest::Text UowTest::Run(const std::string& handle, const std::string& sql, const UnitsOfWork::StepOptions& options) {
  return Send(handle, sql, options).get();
}

UowTest::Text UowTest::Read(const std::string& handle, const std::string& sql) {
  std::future<Text> result;
  units_->Execute(Ref(handle), Statement(sql, Effect::kRead), {}, Fulfil(&result));
  return result.get();
}

UowTest::Text UowTest::Savepoint(const std::string& handle, const std::string& name) {
  std::future<Text> result;
  units_->Savepoint(Ref(handle), name, {}, Fulfil(&result));
  return result.get();
}

UowTest::Text UowTest::RollbackTo(const std::string& handle, const std::string& name) {
  std::future<Text> result;
  units_->RollbackTo(Ref(handle), name, {}, Fulfil(&result));
  return result.get();
}

UowTest::Text UowTest::Release(const std::string& handle, const std::string& name) {
  std::future<Text> result;
  units_->Release(Ref(handle), name, {}, Fulfil(&result));
  return result.get();
}

std::future<absl::StatusOr<UnitInfo>> UowTest::SendCommit(const std::string& handle) {
  std::future<absl::StatusOr<UnitInfo>> result;
  units_->Commit(Ref(handle), Clock::time_point::max(), Fulfil(&result));
  return result;
}

absl::StatusOr<UnitInfo> UowTest::Commit(const std::string& handle, const std::string& caller) {
  std::future<absl::StatusOr<UnitInfo>> result;
  units_->Commit(Ref(handle, caller), Clock::time_point::max(), Fulfil(&result));
  return result.get();
}

absl::StatusOr<UnitState> UowTest::Rollback(const std::string& handle, const std::string& caller) {
  std::future<absl::StatusOr<UnitState>> result;
  units_->Rollback(Ref(handle, caller), Clock::time_point::max(), Fulfil(&result));
  return result.get();
}

std::string UowTest::Committed(int id) { return database_->Value(Cat("SELECT n FROM t WHERE id = ", id)); }

void UowTest::CommitWaitsForRow(int id) {
  database_->Run(
      Cat("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
          "PERFORM n FROM t WHERE id = ",
          id,
          " FOR SHARE; RETURN NULL; END $$;"
          "CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON t DEFERRABLE INITIALLY DEFERRED "
          "FOR EACH ROW EXECUTE FUNCTION slow()"));
}

std::string UowTest::LockRow(int id) {
  const std::string unit = Begin();
  EXPECT_EQ(Reason(Read(unit, Cat("SELECT n FROM t WHERE id = ", id, " FOR UPDATE"))), "OK");
  return unit;
}

void UowTest::WaitForLockWaiter() {
  EXPECT_TRUE(testing::Eventually([] {
    return database_->Value(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = "
               "'Lock'") != "0";
  }));
}

bool UowTest::Within(milliseconds limit, const std::function<bool()>& ready) { return testing::Within(limit, ready); }

bool UowTest::NothingLeased(milliseconds limit) {
  return Within(limit, [this] { return pool_->stats().leased == 0; });
}

}  // namespace rowkeeper::uow
