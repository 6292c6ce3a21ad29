#include "rowkeeper/client/call.h"

#include <thread>

#include "tests/client/tracker_fixture.h"

namespace rowkeeper::client {
namespace {

using ::testing::ElementsAre;

class CallTest : public TrackerTest {};

TEST_F(CallTest, ErrorsCarryTheServersDetails) {
  const absl::Status missing = Call(&Accounts::GetById, accounts_, WithId(1000000)).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  const ErrorDetails details = DetailsOf(missing);
  EXPECT_EQ(details.reason, reason::kRowNotFound);
  ASSERT_TRUE(details.resource);
  EXPECT_EQ(details.resource->type, "tracker.v1.Account");

  tracker::v1::CreateUserRequest user;
  user.mutable_user()->set_email(RandomHex(8) + "@example.org");
  user.mutable_user()->set_display_name("Grace");
  ASSERT_TRUE(Call(&Users::Create, users_, user).ok());
  const ErrorDetails taken = DetailsOf(Call(&Users::Create, users_, user).status());
  EXPECT_EQ(taken.reason, reason::kUniqueViolation);
  EXPECT_THAT(taken.fields(), ElementsAre("email"));
  EXPECT_NE(taken.constraint(), "");

  auto wrong = NewAccount("1.234");
  wrong.mutable_account()->set_currency("EURO");
  const ErrorDetails invalid = DetailsOf(Call(&Accounts::Create, accounts_, wrong).status());
  EXPECT_EQ(invalid.reason, reason::kInvalidField);
  EXPECT_THAT(invalid.fields(), ::testing::UnorderedElementsAre("account.balance", "account.currency"));
}

TEST_F(CallTest, ItsDeadlineIsTheOneThatWasGiven) {
  const int64_t id = CommittedAccount();
  UnitOfWork holder = Begin();
  ASSERT_TRUE(Update(holder, id, "1.00").ok());
  CallOptions options;
  options.timeout = milliseconds(200);
  const auto begin = std::chrono::steady_clock::now();
  const auto late = Call(&Accounts::Update, accounts_, SetBalance(id, "2.00"), options);
  EXPECT_EQ(late.status().code(), absl::StatusCode::kDeadlineExceeded) << late.status();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(8000));
}

TEST_F(CallTest, PagesOfAListAreOneRange) {
  for (const char* balance : {"1.00", "2.00", "3.00", "4.00", "5.00"}) CommittedAccount(balance);
  tracker::v1::ListAccountsByOwnerRequest request;
  request.set_owner_id(owner_);
  request.set_order_by("balance desc");
  request.set_page_size(2);
  auto rows = List(&Accounts::ListByOwner, accounts_, request, &tracker::v1::ListAccountsResponse::mutable_accounts);
  std::vector<std::string> balances;
  for (const Account& account : rows) balances.push_back(account.balance());
  EXPECT_TRUE(rows.status().ok()) << rows.status();
  EXPECT_THAT(balances, ElementsAre("5.00", "4.00", "3.00", "2.00", "1.00"));

  request.set_page_size(-1);
  auto refused = List(&Accounts::ListByOwner, accounts_, request, &tracker::v1::ListAccountsResponse::mutable_accounts);
  EXPECT_EQ(refused.begin(), refused.end());
  EXPECT_THAT(DetailsOf(refused.status()).fields(), ElementsAre("page_size"));
}

}  // namespace
}  // namespace rowkeeper::client
