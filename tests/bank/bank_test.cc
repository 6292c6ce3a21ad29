// The bank test: many clients move money between accounts in units of work over gRPC, while sessions of the server, the
// server and PostgreSQL are killed under them. Afterwards the books are audited (audit.h).
//
// ROWKEEPER_BANK_SECONDS: how long all phases take, about (default 32). ROWKEEPER_BANK_SEED: repeats a run's decisions.
#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "tests/bank/audit.h"
#include "tests/bank/chaos.h"
#include "tests/bank/premises.h"
#include "tests/bank/teller.h"

namespace rowkeeper::bank {
namespace {

using std::chrono::milliseconds;
using ::testing::IsEmpty;
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
      "changed mind",       "insufficient funds",        "SERIALIZATION_FAILURE", "DEADLOCK",
      "LOCK_TIMEOUT",       "VERSION_MISMATCH",          "DATABASE_UNAVAILABLE",  "UNIT_OF_WORK_EXPIRED",
      "UNIT_OF_WORK_LIMIT", "UNIT_OF_WORK_CALLER_LIMIT", "SERVER_STARTING",       "UNAVAILABLE (no reason)"};
  return *names;
}

/// Everybody who works in a branch, each on a thread, until Stop.
class Staff {
 public:
  Staff(const std::string& address, const Branch& branch, const Chaos& chaos, std::mt19937* random);
  ~Staff() { Stop(); }

  void Stop();
  /// Waits until so many transfers more were committed; false when that takes too long.
  bool Achieve(int commits) const;

  // For after Stop.
  std::vector<Attempt> attempts() const;
  Tally tally() const;
  int needless_doubts() const;
  const std::vector<std::unique_ptr<Reader>>& readers() const { return readers_; }

 private:
  int commits() const;

  std::vector<std::unique_ptr<Teller>> tellers_;
  std::vector<std::unique_ptr<Reader>> readers_;
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

Staff::Staff(const std::string& address, const Branch& branch, const Chaos& chaos, std::mt19937* random) {
  using LostReply = client::CallOptions::LostReply;
  for (int i = 0; i < kTellers; ++i) {
    Teller::Options options;
    options.address = address;
    options.branch = branch;
    options.lost_reply = i % 2 == 0 ? LostReply::kSendAgain : LostReply::kGiveUp;
    options.seed = static_cast<uint32_t>((*random)());
    options.server_age = &chaos.server_age();
    tellers_.push_back(std::make_unique<Teller>(options));
    threads_.emplace_back([this, teller = tellers_.back().get()] { teller->Work(stop_); });
  }
  for (const auto isolation : {client::Isolation::kRepeatableRead, client::Isolation::kSerializable}) {
    readers_.push_back(std::make_unique<Reader>(address, branch, isolation));
    threads_.emplace_back([this, reader = readers_.back().get()] { reader->Work(stop_); });
  }
}

void Staff::Stop() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

int Staff::commits() const {
  int sum = 0;
  for (const auto& teller : tellers_) sum += teller->commits();
  return sum;
}

bool Staff::Achieve(int commits) const {
  const int goal = this->commits() + commits;
  const auto give_up = Clock::now() + kRecoveryLimit;
  while (this->commits() < goal) {
    if (Clock::now() > give_up) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

std::vector<Attempt> Staff::attempts() const {
  std::vector<Attempt> all;
  for (const auto& teller : tellers_) all.insert(all.end(), teller->attempts().begin(), teller->attempts().end());
  return all;
}

Tally Staff::tally() const {
  Tally sum;
  for (const auto& teller : tellers_) {
    for (const auto& [name, count] : teller->tally()) sum[name] += count;
  }
  return sum;
}

int Staff::needless_doubts() const {
  int sum = 0;
  for (const auto& teller : tellers_) sum += teller->needless_doubts();
  return sum;
}

class BankTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();
  void SetUp() override { ASSERT_NE(premises_, nullptr) << "PostgreSQL or the server did not start"; }

  /// One isolation level, with its own accounts.
  void RunPhase(const Branch& branch, Balances balances);

 private:
  /// Faults in the middle of the work, until the phase's time is up and each has struck.
  static void MakeTrouble(const Staff& staff, Chaos* chaos);
  static void Report(const Staff& staff, const Chaos& chaos, const Books& books);
  static void CheckOutcomes(const Staff& staff, const Books& books);

  static std::unique_ptr<Premises> premises_;
  static std::mt19937 random_;
};

std::unique_ptr<Premises> BankTest::premises_;
std::mt19937 BankTest::random_;

void BankTest::SetUpTestSuite() {
  const int seed = Setting("ROWKEEPER_BANK_SEED", static_cast<int>(std::random_device()() >> 1));
  std::printf("ROWKEEPER_BANK_SEED=%d\n", seed);
  random_.seed(static_cast<uint32_t>(seed));
  absl::StatusOr<std::unique_ptr<Premises>> premises = Premises::Open();
  ASSERT_TRUE(premises.ok()) << premises.status();
  premises_ = *std::move(premises);
}

void BankTest::TearDownTestSuite() {
  if (premises_ == nullptr) return;
  EXPECT_EQ(premises_->server().Stop(), 0) << "exit code of the server";
  const std::filesystem::path directory = premises_->directory();
  premises_.reset();
  testing::ShowLogOfFailure(directory / "server.log");
  if (::testing::UnitTest::GetInstance()->Failed()) {
    std::printf("the logs are kept in %s\n", directory.c_str());
  } else {
    std::filesystem::remove_all(directory);
  }
}

void BankTest::MakeTrouble(const Staff& staff, Chaos* chaos) {
  const auto end = Clock::now() + std::chrono::seconds(Setting("ROWKEEPER_BANK_SECONDS", 32)) / kPhases;
  ASSERT_TRUE(staff.Achieve(kCommitsBetweenFaults)) << "nobody gets anything done";
  for (bool all_have_struck = false; !all_have_struck || Clock::now() < end; all_have_struck = true) {
    for (const Fault fault : chaos->Shuffled()) {
      if (all_have_struck && Clock::now() > end) return;
      std::this_thread::sleep_for(milliseconds(chaos->Below(300)));
      const absl::Status status = chaos->Strike(fault);
      ASSERT_TRUE(status.ok()) << NameOf(fault) << ": " << status;
      std::printf("  %s\n", NameOf(fault).c_str());
      if (chaos->Below(4) == 0) continue;  // the next one follows at once
      ASSERT_TRUE(staff.Achieve(kCommitsBetweenFaults)) << "nobody gets anything done after: " << NameOf(fault);
    }
  }
  ASSERT_TRUE(staff.Achieve(kCommitsBetweenFaults)) << "nobody gets anything done in the end";
}

/// Transfers of unknown outcome, and those of them that are in the ledger.
struct Unknowns {
  int all = 0;
  int committed = 0;
};

Unknowns CountUnknowns(const Staff& staff, const Books& books) {
  std::set<std::string> ids;
  for (const Transfer& row : books.ledger) ids.insert(row.id);
  Unknowns unknowns;
  for (const Attempt& attempt : staff.attempts()) {
    if (attempt.outcome != Outcome::kUnknown) continue;
    ++unknowns.all;
    unknowns.committed += static_cast<int>(ids.count(attempt.transfer.id));
  }
  return unknowns;
}

void BankTest::Report(const Staff& staff, const Chaos& chaos, const Books& books) {
  for (const auto& [name, count] : staff.tally()) std::printf("  %6d %s\n", count, name.c_str());
  const Unknowns unknowns = CountUnknowns(staff, books);
  std::printf("  %6d of unknown outcome, %d of them committed\n", unknowns.all, unknowns.committed);
  std::printf("  %6d sessions ended in COMMIT before it happened, %d after; %d kills of the server\n",
              chaos.ended_before_commit(), chaos.ended_after_commit(), chaos.server_kills());
  for (const auto& reader : staff.readers()) {
    std::printf("  %6d sums of all accounts, %zu of them wrong\n", reader->sums(), reader->wrong_sums().size());
  }
  std::printf("  the total was %lld and is %lld\n", static_cast<long long>(Total(books.before)),
              static_cast<long long>(Total(books.after)));
}

void BankTest::CheckOutcomes(const Staff& staff, const Books& books) {
  const std::string prefix = "refused: ";
  for (const auto& [name, count] : staff.tally()) {
    if (name.rfind(prefix, 0) != 0) continue;
    EXPECT_EQ(ExpectedRefusals().count(name.substr(prefix.size())), 1u) << count << " times " << name;
  }
  EXPECT_EQ(staff.needless_doubts(), 0) << "a server that lives finds out what became of a commit";
  EXPECT_GE(CountUnknowns(staff, books).committed, 1) << "the server was killed after commits that it did not know of";
}

void BankTest::RunPhase(const Branch& branch, Balances balances) {
  ASSERT_TRUE(premises_->OpenAccounts(branch).ok());
  absl::StatusOr<Accounts> before = premises_->ReadAccounts(branch);
  ASSERT_TRUE(before.ok()) << before.status();
  Chaos chaos(&premises_->postgres(), &premises_->server(), static_cast<uint32_t>(random_()));
  Staff staff(premises_->server().address(), branch, chaos, &random_);
  MakeTrouble(staff, &chaos);
  staff.Stop();
  const absl::Status idle = premises_->WaitUntilIdle();
  EXPECT_TRUE(idle.ok()) << idle;

  absl::StatusOr<Accounts> after = premises_->ReadAccounts(branch);
  absl::StatusOr<std::vector<Transfer>> ledger = premises_->ReadLedger(branch);
  ASSERT_TRUE(after.ok() && ledger.ok()) << after.status() << ledger.status();
  const Books books = {*std::move(before), *std::move(after), *std::move(ledger)};
  Report(staff, chaos, books);
  EXPECT_THAT(Audit(staff.attempts(), books, balances), IsEmpty());
  CheckOutcomes(staff, books);
  for (const auto& reader : staff.readers()) {
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
