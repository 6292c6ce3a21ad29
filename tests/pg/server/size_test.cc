// What a large catalogue costs before anybody calls. Times and whole processes are measured by hand: tests/bench.

#include <gmock/gmock.h>
#include <malloc.h>

#include "server/app/server_process.h"
#include "server/app/statement_trials.h"
#include "server/base/text.h"
#include "server/sql/variants.h"
#include "tests/support/in_process_server.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/wide_catalogue.h"

namespace rowkeeper {
namespace {

using app::StatementTrials;
using ::testing::ElementsAreArray;
using testing::InProcessServer;
using ::testing::IsEmpty;
using testing::ReasonOf;

std::unique_ptr<const catalogue::Catalogue> WideCatalogue(int entities) {
  const testing::TemporaryDirectory directory;
  testing::WriteWideCatalogue(entities, directory.path());
  return testing::CompileDirectory(directory.path());
}

/// 0 where the allocator is not glibc's, as under a sanitizer.
size_t BytesInUse() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

/// What a catalogue of this size takes: compiled, and served beside that.
struct Size {
  double methods = 0;
  double compiled = 0;
  double served = 0;
};

Size Measure(int entities) {
  const size_t before = BytesInUse();
  auto catalogue = WideCatalogue(entities);
  const auto loaded = testing::WithPlans(std::move(catalogue));
  const size_t compiled = BytesInUse();
  const InProcessServer server(WideCatalogue(entities));
  const size_t both = BytesInUse();
  Size size;
  size.methods = static_cast<double>(loaded->plans.size());
  size.compiled = static_cast<double>(compiled - before);
  size.served = static_cast<double>(both - compiled) - size.compiled;
  return size;
}

TEST(SizeTest, AMethodCostsFewBytesUntilItIsCalled) {
  if (BytesInUse() == 0) GTEST_SKIP() << "this allocator does not count";
  Measure(1);  // what is made once
  const Size small = Measure(10);
  const Size large = Measure(50);
  const double methods = large.methods - small.methods;
  ASSERT_GT(methods, 900);
  const double compiled = (large.compiled - small.compiled) / methods;
  const double served = (large.served - small.served) / methods;
  RecordProperty("compiled_bytes", static_cast<int>(compiled));
  RecordProperty("served_bytes", static_cast<int>(served));
  std::printf("bytes for a method: %.0f compiled, %.0f served\n", compiled, served);
  EXPECT_LT(compiled, 9000);
  EXPECT_LT(served, 4000);
}

TEST(SizeTest, StatementsAndCodersAreMadeWhenTheyAreFirstNeeded) {
  InProcessServer server(WideCatalogue(50));
  ASSERT_TRUE(server.ok());
  EXPECT_EQ(server.process().statements().size(), 0u);
  EXPECT_EQ(server.process().codecs().shapes()->size(), 0u);
  const testing::Json item = server.MustCall("Item0005Repository.Create", {{"item0005", {{"code", "a"}}}});
  EXPECT_EQ(item.at("code"), "a") << item;
  EXPECT_EQ(server.process().statements().size(), 1u);
  EXPECT_GT(server.process().codecs().shapes()->size(), 0u);
}

/// Counts the scripts that go over a connection. Owns nothing.
class CountingConnection final : public db::Connection {
 public:
  explicit CountingConnection(db::Connection* connection) : connection_(*connection) {}

  int scripts() const { return scripts_; }

  absl::StatusOr<db::Rows> Execute(const db::Query& query) override { return connection_.Execute(query); }
  absl::Status ExecuteScript(std::string_view text, int* position) override {
    ++scripts_;
    return connection_.ExecuteScript(text, position);
  }
  bool broken() const override { return connection_.broken(); }
  bool in_failed_transaction() const override { return connection_.in_failed_transaction(); }
  bool in_transaction() const override { return connection_.in_transaction(); }
  int backend_pid() const override { return connection_.backend_pid(); }
  bool SocketLooksAlive() const override { return connection_.SocketLooksAlive(); }
  absl::Status Ping() override { return connection_.Ping(); }
  absl::Status Reset() override { return connection_.Reset(); }

 private:
  db::Connection& connection_;
  int scripts_ = 0;
};

const sql::LiveNames kDeclared;

class StatementTrialsTest : public ::testing::Test {
 protected:
  static constexpr int kEntities = 6;

  StatementTrialsTest() {
    options_.url = database_.url();
    options_.lock_timeout_ms = 300;
    connection_ = db::Connection::Open(options_).value();
    testing::CreateSchema(*loaded_->catalogue, &database_);
  }

  /// Over one connection, that its use can be counted.
  StatementTrials Try(CountingConnection* connection) {
    db::ConnectionOptions nowhere = options_;
    nowhere.url = "postgresql://nobody@127.0.0.1:1/nowhere";
    return app::TryStatements(loaded_->plans, kDeclared, *connection, nowhere).value();
  }

  StatementTrials TryWithSeveral() {
    return app::TryStatements(loaded_->plans, kDeclared, *connection_, options_).value();
  }

  /// Every statement by itself.
  StatementTrials TryOneByOne() {
    StatementTrials trials;
    for (const auto& plan : loaded_->plans) {
      for (const sql::SampledStatement& sample : sql::SampleStatements(*plan)) {
        ++trials.prepared;
        const absl::Status status =
            connection_->ExecuteScript(sql::PrepareText("rowkeeper_check", sample.statement), nullptr);
        connection_->ExecuteScript("DEALLOCATE ALL", nullptr).IgnoreError();
        const std::string what = sample.label.empty() ? plan->full_name : Cat(plan->full_name, ", ", sample.label);
        if (!status.ok()) trials.refused.push_back({what, status});
      }
    }
    return trials;
  }

  static std::vector<std::string> Lines(const StatementTrials& trials) {
    std::vector<std::string> lines;
    for (const auto& refusal : trials.refused) lines.push_back(Cat(refusal.what, ": ", refusal.why.ToString()));
    return lines;
  }

  testing::ScratchDatabase database_{"trials"};
  db::ConnectionOptions options_;
  std::unique_ptr<db::Connection> connection_;
  const std::unique_ptr<app::LoadedCatalogue> loaded_ = testing::WithPlans(WideCatalogue(kEntities));
};

TEST_F(StatementTrialsTest, TheStatementsOfARepositoryGoInOneRoundTrip) {
  CountingConnection counting(connection_.get());
  const StatementTrials trials = Try(&counting);
  EXPECT_THAT(Lines(trials), IsEmpty());
  EXPECT_EQ(trials.prepared, TryOneByOne().prepared);
  EXPECT_GT(trials.prepared, kEntities * 100);
  EXPECT_EQ(counting.scripts(), kEntities);
}

TEST_F(StatementTrialsTest, TheyAreRefusedAsOneByOne) {
  for (const char* change : {"ALTER TABLE item0003s DROP COLUMN title", "ALTER TABLE item0005s RENAME TO gone"}) {
    database_.Run(change);
    const StatementTrials expected = TryOneByOne();
    ASSERT_FALSE(expected.refused.empty()) << change;
    EXPECT_LT(expected.refused.size(), static_cast<size_t>(expected.prepared)) << change;
    EXPECT_THAT(Lines(TryWithSeveral()), ElementsAreArray(Lines(expected))) << change;
  }
}

TEST_F(StatementTrialsTest, OnlyWhatNeedsALockedTableIsRefusedAndTheTimeoutIsAsBefore) {
  database_.Run("ALTER TABLE item0004s RENAME TO gone");
  std::vector<std::string> expected;
  for (const auto& refusal : TryOneByOne().refused) expected.push_back(refusal.what);
  database_.Run("ALTER TABLE gone RENAME TO item0004s");
  const auto blocker = db::Connection::Open(options_).value();
  ASSERT_TRUE(blocker->ExecuteScript("BEGIN; LOCK TABLE item0004s", nullptr).ok());
  CountingConnection counting(connection_.get());
  std::vector<std::string> refused;
  for (const auto& refusal : Try(&counting).refused) {
    refused.push_back(refusal.what);
    EXPECT_EQ(refusal.why.code(), absl::StatusCode::kAborted) << refusal.what << ": " << refusal.why;
  }
  EXPECT_THAT(refused, ElementsAreArray(expected));
  db::Query query;
  query.text = "SELECT current_setting('lock_timeout')";
  query.result = ResultShape::Columns(1);
  const auto timeout = connection_->Execute(query);
  ASSERT_TRUE(timeout.ok()) << timeout.status();
  EXPECT_EQ(timeout->cell(0, 0), "300ms");
}

TEST_F(StatementTrialsTest, ALostConnectionIsNoRefusal) {
  CountingConnection counting(connection_.get());
  database_.Run(Cat("SELECT pg_terminate_backend(", connection_->backend_pid(), ", 5000)"));
  db::ConnectionOptions nowhere = options_;
  nowhere.url = "postgresql://nobody@127.0.0.1:1/nowhere";
  EXPECT_EQ(ReasonOf(app::TryStatements(loaded_->plans, kDeclared, counting, nowhere)), "DATABASE_UNAVAILABLE");
}

}  // namespace
}  // namespace rowkeeper
