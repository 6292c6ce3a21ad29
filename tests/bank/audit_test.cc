#include "tests/bank/audit.h"

#include <gmock/gmock.h>

namespace rowkeeper::bank {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Two accounts and two transfers of 10 and 5 from 1 to 2: one acknowledged, one of unknown outcome that is there.
class AuditTest : public ::testing::Test {
 protected:
  std::vector<std::string> Problems(Balances balances = Balances::kMustAgree) const {
    return Audit(attempts_, books_, balances);
  }

  std::vector<Attempt> attempts_ = {{{"a", 1, 2, 10}, Outcome::kCommitted},
                                    {{"b", 1, 2, 5}, Outcome::kUnknown},
                                    {{"c", 2, 1, 7}, Outcome::kUnknown},
                                    {{"d", 2, 1, 9}, Outcome::kRefused}};
  Books books_ = {{{1, {100, 1}}, {2, {100, 1}}}, {{1, {85, 3}}, {2, {115, 3}}}, {{"a", 1, 2, 10}, {"b", 1, 2, 5}}};
};

TEST_F(AuditTest, BooksThatAgreeHaveNoProblem) { EXPECT_THAT(Problems(), IsEmpty()); }

TEST_F(AuditTest, ALostCommitIsFound) {
  books_.ledger.erase(books_.ledger.begin());
  books_.after = {{1, {95, 2}}, {2, {105, 2}}};
  EXPECT_THAT(Problems(), ElementsAre("transfer a was committed, and is not in the ledger"));
}

TEST_F(AuditTest, ADoubledTransferIsFound) {
  books_.ledger.push_back(books_.ledger.front());
  books_.after = {{1, {75, 4}}, {2, {125, 4}}};
  EXPECT_THAT(Problems(), ElementsAre("transfer a is in the ledger more than once"));
}

TEST_F(AuditTest, ARefusedTransferThatHappenedIsFound) {
  books_.ledger.push_back(attempts_[3].transfer);
  books_.after = {{1, {94, 4}}, {2, {106, 4}}};
  EXPECT_THAT(Problems(), ElementsAre("transfer d was refused, and is in the ledger"));
}

TEST_F(AuditTest, RowsThatWereNotSentSoAreFound) {
  books_.ledger[0].amount = 11;
  books_.ledger[1].id = "e";
  books_.after = {{1, {84, 3}}, {2, {116, 3}}};
  EXPECT_THAT(Problems(), ElementsAre("transfer a is in the ledger with other values than were sent",
                                      "transfer e is in the ledger, and nobody sent it"));
}

TEST_F(AuditTest, AnUpdateThatWasDoneTwiceIsFound) {
  books_.after[2] = {115, 4};
  EXPECT_THAT(Problems(), ElementsAre("account 2 has version 4; the ledger gives 3"));
  EXPECT_THAT(Problems(Balances::kMayBeLost), ElementsAre("account 2 has version 4; the ledger gives 3"));
}

TEST_F(AuditTest, ALostUpdateIsFoundUnlessItIsAllowed) {
  books_.after[2].balance = 105;
  EXPECT_THAT(Problems(), ElementsAre("account 2 holds 105; the ledger gives 115", "the total was 200 and is 190"));
  EXPECT_THAT(Problems(Balances::kMayBeLost), IsEmpty());
}

TEST_F(AuditTest, ANegativeBalanceIsFound) {
  books_.before[1].balance = 0;
  books_.after[1].balance = -15;
  EXPECT_THAT(Problems(), Contains(HasSubstr("account 1 holds -15")));
}

TEST_F(AuditTest, AnAccountThatIsGoneIsFound) {
  books_.after.erase(2);
  EXPECT_THAT(Problems(), Contains("there are 1 accounts instead of 2"));
}

}  // namespace
}  // namespace rowkeeper::bank
