// The bank test: many clients move money between accounts in units of work over gRPC, while sessions of the server, the
// server and PostgreSQL are killed under them. Afterwards the books are audited (audit.h).
//
// ROWKEEPER_BANK_SECONDS: how long all phases take, about (default 32). ROWKEEPER_BANK_SEED: repeats a run's decisions.
#include <gmock/gmock.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "server/base/text.h"
#include "server/embedded/process.h"
#include "tests/bank/audit.h"
#include "tests/bank/chaos.h"
#include "tests/bank/own_postgres.h"
#include "tests/bank/server_program.h"
#include "tests/bank/teller.h"

namespace rowkeeper::bank {
namespace {

using std::chrono::milliseconds;
using ::testing::IsEmpty;
using testing::OwnPostgres;
using testing::ServerProgram;
using Clock = std::chrono::steady_clock;

constexpr int kTellers = 10;
constexpr int kPhases = 4;
/// The tellers must have moved money so often before the first fault, and again after each.
constexpr int kCommitsBetweenFaults = 25;
constexpr auto kRecoveryLimit = std::chrono::seconds(30);

int Setting(const char* variable, int otherwise) {
  const char* value = std::getenv(variable);
  return value == nullptr ? otherwise : std::atoi(value);
}

/// What may end a unit here without being a mistake. Anything else fails the test.
const std::set<std::string>& ExpectedRefusals() {
  static const auto* const names = new std::set<std::string>{
      "changed mind",       "insufficient funds",        "SERIALIZATION_FAILURE",  "DEADLOCK",
      "LOCK_TIMEOUT",       "VERSION_MISMATCH",          "DATABASE_UNAVAILABLE",   "UNIT_OF_WORK_EXPIRED",
      "UNIT_OF_WORK_LIMIT", "UNIT_OF_WORK_CALLER_LIMIT", "UNAVAILABLE (no reason)"};
  return *names;
}

/// A PostgreSQL and a server, which serve all phases.
class BankTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();

  void SetUp() override { ASSERT_NE(server_, nullptr) << "PostgreSQL or the server did not start"; }

  void RunPhase(const Branch& branch, Balances balances);

 private:
  struct Staff {
    std::vector<std::unique_ptr<Teller>> tellers;
    std::vector<std::unique_ptr<Reader>> readers;

    int commits() const {
      int sum = 0;
      for (const auto& teller : tellers) sum += teller->commits();
      return sum;
    }
  };

  static absl::Status Start();
  static void OpenAccounts(const Branch& branch);
  static Accounts ReadAccounts(const Branch& branch);
  static std::vector<Transfer> ReadLedger(const Branch& branch);
  static Staff Hire(const Branch& branch);
  /// Faults in the middle of the work, until the phase's time is up and each has struck.
  static void MakeTrouble(const Staff& staff, Chaos* chaos);
  static bool CommitsReach(const Staff& staff, int commits);
  static void WaitUntilNothingIsWritten();
  static void Report(const Staff& staff, const Chaos& chaos, const Branch& branch,
                     const std::vector<Attempt>& attempts);

  static std::filesystem::path directory_;
  static std::unique_ptr<OwnPostgres> postgres_;
  static std::unique_ptr<ServerProgram> server_;
  static std::mt19937 random_;
};

std::filesystem::path BankTest::directory_;
std::unique_ptr<OwnPostgres> BankTest::postgres_;
std::unique_ptr<ServerProgram> BankTest::server_;
std::mt19937 BankTest::random_;

void BankTest::SetUpTestSuite() {
  const auto seed =
      static_cast<uint32_t>(Setting("ROWKEEPER_BANK_SEED", static_cast<int>(std::random_device()() >> 1)));
  std::printf("ROWKEEPER_BANK_SEED=%u\n", seed);
  random_.seed(seed);
  const absl::Status status = Start();
  ASSERT_TRUE(status.ok()) << status;
}

absl::Status BankTest::Start() {
  std::string pattern = (std::filesystem::temp_directory_path() / "rowkeeper-bank.XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return absl::InternalError("mkdtemp");
  directory_ = pattern;
  chmod(pattern.c_str(), 0711);  // PostgreSQL's system user goes through it
  std::filesystem::create_directory(directory_ / "postgres");
  absl::StatusOr<std::unique_ptr<OwnPostgres>> postgres = OwnPostgres::Start((directory_ / "postgres").string());
  if (!postgres.ok()) return postgres.status();
  postgres_ = *std::move(postgres);

  const char* program = std::getenv("ROWKEEPER");
  if (program == nullptr) return absl::InternalError("ROWKEEPER must name the program, as ctest does");
  const std::filesystem::path bank = std::filesystem::absolute("tests/bank");
  embedded::Command migrate;
  migrate.program = program;
  migrate.arguments = {"migrate",       "up", "--migrations", (bank / "migrations").string(), "--database-url",
                       postgres_->url()};
  const absl::StatusOr<embedded::CommandResult> result = embedded::Run(migrate, "");
  if (!result.ok()) return result.status();
  if (result->exit_code != 0) return absl::InternalError(result->output);

  ServerProgram::Options options;
  options.program = program;
  options.arguments = {"--proto-path", (bank / "proto").string(), "--database-url", postgres_->url(), "--log-level",
                       "warning"};
  options.log_file = (directory_ / "server.log").string();
  absl::StatusOr<std::unique_ptr<ServerProgram>> server = ServerProgram::Start(options);
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  return absl::OkStatus();
}

void BankTest::TearDownTestSuite() {
  if (server_ != nullptr) {
    EXPECT_EQ(server_->Stop(), 0) << "exit code of the server";
  }
  server_.reset();
  postgres_.reset();
  if (::testing::UnitTest::GetInstance()->Failed()) {
    std::printf("the logs are kept in %s\n", directory_.c_str());
  } else {
    std::filesystem::remove_all(directory_);
  }
}

void BankTest::OpenAccounts(const Branch& branch) {
  const absl::StatusOr<db::Rows> rows = postgres_->Execute(
      Cat("INSERT INTO accounts (id, branch, balance) SELECT id, ", branch.number, ", ", branch.balance,
          " FROM generate_series(", branch.first_account, ", ", branch.first_account + branch.accounts - 1, ") id"));
  ASSERT_TRUE(rows.ok()) << rows.status();
}

int64_t Number(std::string_view cell) { return std::stoll(std::string(cell)); }

Accounts BankTest::ReadAccounts(const Branch& branch) {
  Accounts accounts;
  const absl::StatusOr<db::Rows> rows =
      postgres_->Execute(Cat("SELECT id, balance, version FROM accounts WHERE branch = ", branch.number));
  EXPECT_TRUE(rows.ok()) << rows.status();
  for (int row = 0; rows.ok() && row < rows->size(); ++row) {
    accounts[Number(rows->cell(row, 0))] = {Number(rows->cell(row, 1)), Number(rows->cell(row, 2))};
  }
  return accounts;
}

std::vector<Transfer> BankTest::ReadLedger(const Branch& branch) {
  std::vector<Transfer> ledger;
  const absl::StatusOr<db::Rows> rows = postgres_->Execute(
      Cat("SELECT transfer_id, from_account, to_account, amount FROM transfers WHERE branch = ", branch.number));
  EXPECT_TRUE(rows.ok()) << rows.status();
  for (int row = 0; rows.ok() && row < rows->size(); ++row) {
    ledger.push_back({std::string(rows->cell(row, 0)), Number(rows->cell(row, 1)), Number(rows->cell(row, 2)),
                      Number(rows->cell(row, 3))});
  }
  return ledger;
}

BankTest::Staff BankTest::Hire(const Branch& branch) {
  Staff staff;
  for (int i = 0; i < kTellers; ++i) {
    // Even seeds send calls again whose reply was lost; half of the tellers are to.
    const uint32_t seed = static_cast<uint32_t>(random_()) / 2 * 2 + i % 2;
    staff.tellers.push_back(std::make_unique<Teller>(server_->address(), branch, seed));
  }
  for (const client::Isolation isolation : {client::Isolation::kRepeatableRead, client::Isolation::kSerializable}) {
    client::RunOptions options;
    options.unit.isolation = isolation;
    options.unit.access = client::Access::kReadOnly;
    options.max_attempts = 100;
    staff.readers.push_back(std::make_unique<Reader>(server_->address(), branch, options));
  }
  return staff;
}

bool BankTest::CommitsReach(const Staff& staff, int commits) {
  const auto give_up = Clock::now() + kRecoveryLimit;
  while (staff.commits() < commits) {
    if (Clock::now() > give_up) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

void BankTest::MakeTrouble(const Staff& staff, Chaos* chaos) {
  const auto end = Clock::now() + std::chrono::seconds(Setting("ROWKEEPER_BANK_SECONDS", 32)) / kPhases;
  ASSERT_TRUE(CommitsReach(staff, kCommitsBetweenFaults)) << "nobody gets anything done";
  std::vector<Fault> faults = chaos->Shuffled();
  bool all_have_struck = false;
  while (!all_have_struck || Clock::now() < end) {
    std::this_thread::sleep_for(milliseconds(chaos->Below(400)));
    const Fault fault = faults.back();
    faults.pop_back();
    const absl::Status status = chaos->Strike(fault);
    ASSERT_TRUE(status.ok()) << NameOf(fault) << ": " << status;
    const auto mended = Clock::now();
    ASSERT_TRUE(CommitsReach(staff, staff.commits() + kCommitsBetweenFaults))
        << "nobody gets anything done after: " << NameOf(fault);
    std::printf("  %s; %d commits later after %lld ms\n", NameOf(fault).c_str(), kCommitsBetweenFaults,
                static_cast<long long>(std::chrono::duration_cast<milliseconds>(Clock::now() - mended).count()));
    if (faults.empty()) {
      all_have_struck = true;
      faults = chaos->Shuffled();
    }
  }
}

void BankTest::WaitUntilNothingIsWritten() {
  const auto give_up = Clock::now() + kRecoveryLimit;
  const char* const open =
      "SELECT count(*) FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() AND "
      "backend_type = 'client backend'";
  while (postgres_->Value(open) != "0") {
    ASSERT_LT(Clock::now(), give_up) << "a transaction stays open though every client has ended its own";
    std::this_thread::sleep_for(milliseconds(20));
  }
}

void BankTest::Report(const Staff& staff, const Chaos& chaos, const Branch& branch,
                      const std::vector<Attempt>& attempts) {
  Tally tally;
  int sums = 0;
  for (const auto& teller : staff.tellers) {
    for (const auto& [name, count] : teller->tally()) tally[name] += count;
  }
  for (const auto& reader : staff.readers) {
    sums += reader->sums();
    for (const auto& [name, count] : reader->tally()) tally[name] += count;
  }
  std::set<std::string> ids;
  for (const Transfer& row : ReadLedger(branch)) ids.insert(row.id);
  int landed = 0;
  for (const Attempt& attempt : attempts) {
    if (attempt.outcome == Outcome::kUnknown && ids.count(attempt.transfer.id) > 0) ++landed;
  }
  for (const auto& [name, count] : tally) std::printf("  %6d %s\n", count, name.c_str());
  std::printf("  %6d of unknown outcome were committed\n", landed);
  std::printf("  %6d sessions ended in COMMIT before PostgreSQL had committed, %d after\n", chaos.ended_before_commit(),
              chaos.ended_after_commit());
  std::printf("  %6d sums of all accounts were read meanwhile\n", sums);
}

void BankTest::RunPhase(const Branch& branch, Balances balances) {
  OpenAccounts(branch);
  Books books;
  books.before = ReadAccounts(branch);
  Staff staff = Hire(branch);
  Chaos chaos(postgres_.get(), server_.get(), static_cast<uint32_t>(random_()));
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (const auto& teller : staff.tellers) threads.emplace_back([&] { teller->Work(stop); });
  for (const auto& reader : staff.readers) threads.emplace_back([&] { reader->Work(stop); });
  MakeTrouble(staff, &chaos);
  stop = true;
  for (std::thread& thread : threads) thread.join();
  WaitUntilNothingIsWritten();

  std::vector<Attempt> attempts;
  for (const auto& teller : staff.tellers) {
    attempts.insert(attempts.end(), teller->attempts().begin(), teller->attempts().end());
    for (const auto& [name, count] : teller->tally()) {
      if (name.rfind("refused: ", 0) != 0) continue;
      EXPECT_EQ(ExpectedRefusals().count(name.substr(9)), 1u) << count << " times " << name;
    }
  }
  books.after = ReadAccounts(branch);
  books.ledger = ReadLedger(branch);
  Report(staff, chaos, branch, attempts);
  EXPECT_THAT(Audit(attempts, books, balances), IsEmpty());
  for (const auto& reader : staff.readers) {
    EXPECT_GT(reader->sums(), 10);
    if (balances == Balances::kMustAgree) {
      EXPECT_THAT(reader->wrong_sums(), IsEmpty());
    }
  }
}

Branch BranchOf(int number, client::Isolation isolation, Branch::Guard guard) {
  Branch branch;
  branch.number = number;
  branch.first_account = number * 1000;
  branch.isolation = isolation;
  branch.guard = guard;
  return branch;
}

TEST_F(BankTest, SerializableKeepsEveryCent) {
  RunPhase(BranchOf(1, client::Isolation::kSerializable, Branch::Guard::kNone), Balances::kMustAgree);
}

TEST_F(BankTest, RepeatableReadKeepsEveryCent) {
  RunPhase(BranchOf(2, client::Isolation::kRepeatableRead, Branch::Guard::kNone), Balances::kMustAgree);
}

TEST_F(BankTest, ReadCommittedWithVersionsKeepsEveryCent) {
  RunPhase(BranchOf(3, client::Isolation::kReadCommitted, Branch::Guard::kVersion), Balances::kMustAgree);
}

TEST_F(BankTest, ReadCommittedWithoutVersionsKeepsEveryTransfer) {
  RunPhase(BranchOf(4, client::Isolation::kReadCommitted, Branch::Guard::kNone), Balances::kMayBeLost);
}

}  // namespace
}  // namespace rowkeeper::bank
