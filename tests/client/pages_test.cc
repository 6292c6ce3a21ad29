#include "rowkeeper/client/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tracker/v1/account.pb.h"

namespace rowkeeper::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tracker::v1::Account;
using tracker::v1::ListAccountsRequest;
using tracker::v1::ListAccountsResponse;
using Accounts = RowRange<ListAccountsRequest, ListAccountsResponse, Account>;

/// Pages that were written down. The token of a page is its index.
struct Book {
  std::vector<std::vector<int64_t>> pages;
  /// Index of a page that cannot be read.
  size_t torn = SIZE_MAX;
  std::vector<std::string> tokens = {};

  absl::StatusOr<ListAccountsResponse> Fetch(const ListAccountsRequest& request) {
    tokens.push_back(request.page_token());
    const size_t index = request.page_token().empty() ? 0 : std::stoul(request.page_token());
    if (index == torn) return absl::UnavailableError("torn");
    ListAccountsResponse response;
    for (const int64_t id : pages[index]) response.add_accounts()->set_id(id);
    if (index + 1 < pages.size()) response.set_next_page_token(std::to_string(index + 1));
    return response;
  }

  Accounts Read(const ListAccountsRequest& request = {}) {
    return Accounts(request, &ListAccountsResponse::mutable_accounts,
                    [this](const ListAccountsRequest& page) { return Fetch(page); });
  }
};

std::vector<int64_t> Ids(Accounts& accounts) {
  std::vector<int64_t> ids;
  for (const Account& account : accounts) ids.push_back(account.id());
  return ids;
}

TEST(Pages, RowsOfAllPagesComeInOrder) {
  Book book{{{1, 2}, {3}, {4, 5}}};
  Accounts accounts = book.Read();
  EXPECT_THAT(Ids(accounts), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_TRUE(accounts.status().ok());
  EXPECT_THAT(book.tokens, ElementsAre("", "1", "2"));
}

TEST(Pages, AnEmptyPageIsNoEndUnlessItIsTheLast) {
  Book book{{{}, {1}, {}, {}, {2}, {}}};
  Accounts accounts = book.Read();
  EXPECT_THAT(Ids(accounts), ElementsAre(1, 2));
  EXPECT_EQ(book.tokens.size(), 6u);
  Book nothing{{{}}};
  Accounts none = nothing.Read();
  EXPECT_THAT(Ids(none), IsEmpty());
  EXPECT_TRUE(none.status().ok());
}

TEST(Pages, AnErrorEndsTheLoopAndCanBeAskedFor) {
  Book book{{{1, 2}, {3}, {4}}};
  book.torn = 1;
  Accounts accounts = book.Read();
  EXPECT_THAT(Ids(accounts), ElementsAre(1, 2));
  EXPECT_EQ(accounts.status(), absl::UnavailableError("torn"));
  EXPECT_THAT(Ids(accounts), IsEmpty()) << "a second loop asks again";
  EXPECT_EQ(book.tokens.size(), 2u);
}

TEST(Pages, APageIsFetchedOnlyWhenItsRowsAreNeeded) {
  Book book{{{1, 2}, {3}, {4}}};
  Accounts accounts = book.Read();
  EXPECT_THAT(book.tokens, IsEmpty());
  for (const Account& account : accounts) {
    if (account.id() == 2) break;
  }
  EXPECT_THAT(book.tokens, ElementsAre(""));
}

TEST(Pages, ALoopGoesOnWhereAnotherWasLeft) {
  Book book{{{1, 2}, {3}}};
  Accounts accounts = book.Read();
  for (Account& account : accounts) {
    if (account.id() == 2) break;
  }
  EXPECT_THAT(Ids(accounts), ElementsAre(2, 3));
}

TEST(Pages, ALoopAfterAllRowsHasNone) {
  Book book{{{1}, {2}}};
  Accounts accounts = book.Read();
  EXPECT_THAT(Ids(accounts), ElementsAre(1, 2));
  EXPECT_THAT(Ids(accounts), IsEmpty());
  EXPECT_TRUE(accounts.status().ok());
  EXPECT_EQ(book.tokens.size(), 2u);
}

TEST(Pages, APageThatLeadsToItselfIsAnError) {
  int fetched = 0;
  Accounts accounts({}, &ListAccountsResponse::mutable_accounts,
                    [&](const ListAccountsRequest&) -> absl::StatusOr<ListAccountsResponse> {
                      if (++fetched > 5) return absl::CancelledError("it would never end");
                      ListAccountsResponse response;
                      response.add_accounts()->set_id(fetched);
                      response.set_next_page_token("same");
                      return response;
                    });
  EXPECT_THAT(Ids(accounts), ElementsAre(1));
  EXPECT_EQ(accounts.status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(fetched, 2);
}

TEST(Pages, TheRequestsTokenAndPageSizeAreKept) {
  Book book{{{1}, {2}, {3}}};
  ListAccountsRequest request;
  request.set_page_size(7);
  request.set_page_token("1");
  std::vector<int> sizes;
  Accounts accounts(request, &ListAccountsResponse::mutable_accounts, [&](const ListAccountsRequest& page) {
    sizes.push_back(page.page_size());
    return book.Fetch(page);
  });
  EXPECT_THAT(Ids(accounts), ElementsAre(2, 3));
  EXPECT_THAT(sizes, ElementsAre(7, 7));
}

TEST(Pages, RowsMayBeMovedOut) {
  Book book{{{1, 2}, {3}}};
  std::vector<Account> kept;
  Accounts accounts = book.Read();
  for (Account& account : accounts) kept.push_back(std::move(account));
  ASSERT_EQ(kept.size(), 3u);
  EXPECT_EQ(kept[2].id(), 3);
}

}  // namespace
}  // namespace rowkeeper::client
