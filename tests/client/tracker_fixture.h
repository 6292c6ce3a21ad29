#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "rowkeeper/client/channel.h"
#include "rowkeeper/client/error_details.h"
#include "rowkeeper/client/run_in_unit_of_work.h"
#include "rowkeeper/client/savepoint.h"
#include "rowkeeper/v1/unit_of_work.grpc.pb.h"
#include "server/base/ids.h"
#include "tests/support/in_process_server.h"
#include "tests/support/random_catalogue.h"
#include "tracker/v1/account.grpc.pb.h"
#include "tracker/v1/user.grpc.pb.h"

namespace rowkeeper::client {

using std::chrono::milliseconds;
using tracker::v1::Account;
using tracker::v1::User;
using Accounts = tracker::v1::AccountRepository::Stub;
using Users = tracker::v1::UserRepository::Stub;

/// One tracker server for the tests of a suite, and this library's channel to it. Each test has an owner of its own.
class TrackerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    testing::InProcessServer::Options options;
    socket_ = "unix:" + ::testing::TempDir() + "rk-client-" + std::to_string(getpid()) + ".sock";
    options.serve.listen = {socket_};
    options.connection.lock_timeout_ms = 1500;  // above PostgreSQL's deadlock_timeout
    server_ = new testing::InProcessServer(testing::CompileExample("tracker/v1"), options);
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }

  void SetUp() override {
    ASSERT_TRUE(server_ != nullptr && server_->ok());
    tracker::v1::CreateUserRequest request;
    request.mutable_user()->set_email(RandomHex(8) + "@example.org");
    request.mutable_user()->set_display_name("Ada");
    const auto user = Call(&Users::Create, users_, request);
    ASSERT_TRUE(user.ok()) << user.status();
    owner_ = user->id();
  }

  static testing::InProcessServer& server() { return *server_; }
  static const std::string& address() { return socket_; }

  tracker::v1::CreateAccountRequest NewAccount(const std::string& balance = "100.00") const {
    tracker::v1::CreateAccountRequest request;
    request.mutable_account()->set_owner_id(owner_);
    request.mutable_account()->set_currency("EUR");
    request.mutable_account()->set_balance(balance);
    return request;
  }
  /// The id of an account that everybody sees.
  int64_t CommittedAccount(const std::string& balance = "100.00") {
    const auto account = Call(&Accounts::Create, accounts_, NewAccount(balance));
    EXPECT_TRUE(account.ok()) << account.status();
    return account.ok() ? account->id() : 0;
  }
  static tracker::v1::GetAccountByIdRequest WithId(int64_t id) {
    tracker::v1::GetAccountByIdRequest request;
    request.set_id(id);
    return request;
  }
  static tracker::v1::UpdateAccountRequest SetBalance(int64_t id, const std::string& balance) {
    tracker::v1::UpdateAccountRequest request;
    request.mutable_account()->set_id(id);
    request.mutable_account()->set_balance(balance);
    request.mutable_update_mask()->add_paths("balance");
    return request;
  }

  UnitOfWork Begin(Isolation isolation = Isolation::kReadCommitted) {
    UnitOfWorkOptions options;
    options.isolation = isolation;
    options.label = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    auto unit = UnitOfWork::Begin(channel_, options);
    EXPECT_TRUE(unit.ok()) << unit.status();
    return *std::move(unit);
  }
  absl::Status Create(UnitOfWork& unit, const std::string& balance = "100.00") {
    return unit.Call(&Accounts::Create, accounts_, NewAccount(balance)).status();
  }
  absl::Status Update(UnitOfWork& unit, int64_t id, const std::string& balance) {
    return unit.Call(&Accounts::Update, accounts_, SetBalance(id, balance)).status();
  }
  /// A statement that the database refuses: the second account of an id.
  absl::Status Collide(UnitOfWork& unit, int64_t id) {
    auto request = NewAccount();
    request.mutable_account()->set_id(id);
    return unit.Call(&Accounts::Create, accounts_, request).status();
  }

  /// Balances that others see, oldest account first.
  std::vector<std::string> Balances() {
    tracker::v1::ListAccountsByOwnerRequest request;
    request.set_owner_id(owner_);
    request.set_order_by("id");
    auto accounts =
        List(&Accounts::ListByOwner, accounts_, request, &tracker::v1::ListAccountsResponse::mutable_accounts);
    std::vector<std::string> balances;
    for (const Account& account : accounts) balances.push_back(account.balance());
    EXPECT_TRUE(accounts.status().ok()) << accounts.status();
    return balances;
  }
  std::string Balance(int64_t id) {
    const auto account = Call(&Accounts::GetById, accounts_, WithId(id));
    EXPECT_TRUE(account.ok()) << account.status();
    return account.ok() ? account->balance() : "";
  }

  /// Units that are open on the server.
  int OpenUnits() {
    const auto open = Call(&v1::UnitOfWork::Stub::List, v1::UnitOfWork::NewStub(channel_), {});
    EXPECT_TRUE(open.ok()) << open.status();
    return open.ok() ? open->units_of_work_size() : -1;
  }

  const std::shared_ptr<grpc::Channel> channel_ = MakeChannel(socket_);
  Accounts accounts_{channel_};
  Users users_{channel_};
  std::string owner_;

 private:
  static inline testing::InProcessServer* server_ = nullptr;
  static inline std::string socket_;
};

/// A door that opens once so many have come to it.
class Barrier {
 public:
  explicit Barrier(int count) : missing_(count) {}
  void ArriveAndWait() {
    std::unique_lock<std::mutex> lock(mutex_);
    if (--missing_ <= 0) all_here_.notify_all();
    all_here_.wait_for(lock, std::chrono::seconds(10), [&] { return missing_ <= 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable all_here_;
  int missing_;
};

}  // namespace rowkeeper::client
