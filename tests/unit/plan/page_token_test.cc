#include "server/plan/page/page_token.h"

#include <set>

#include "server/base/ids.h"
#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using Cells = PageTokens::Cells;

TEST(PageTokens, OpenWhatTheySealed) {
  const PageTokens tokens(PageTokens::RandomKey());
  for (const Cells& cells : {Cells{}, Cells{""}, Cells{std::nullopt}, Cells{"a", std::nullopt, "", std::nullopt},
                             Cells{std::string("nul\0", 4), std::string(100000, 'x')}}) {
    const auto opened = tokens.Open(tokens.Seal(cells, "request"), "request");
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(*opened, cells);
  }
}

TEST(PageTokens, AreUrlSafeAndNeverTwiceTheSame) {
  const PageTokens tokens(PageTokens::RandomKey());
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string token = tokens.Seal({"cell"}, "request");
    EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
    EXPECT_EQ(token.find("Y2VsbA"), std::string::npos);
    EXPECT_TRUE(seen.insert(token).second);
  }
}

TEST(PageTokens, OfAnotherRequestOrKeyAreRefused) {
  const PageTokens tokens(PageTokens::DeriveKey("a"));
  const std::string token = tokens.Seal({"cell"}, "request");
  EXPECT_FALSE(tokens.Open(token, "request2").has_value());
  EXPECT_FALSE(tokens.Open(token, "").has_value());
  EXPECT_FALSE(PageTokens(PageTokens::DeriveKey("b")).Open(token, "request").has_value());
  EXPECT_FALSE(PageTokens(PageTokens::RandomKey()).Open(token, "request").has_value());
  EXPECT_TRUE(PageTokens(PageTokens::DeriveKey("a")).Open(token, "request").has_value());
  const PageTokens both({PageTokens::DeriveKey("b"), PageTokens::DeriveKey("a")});
  EXPECT_TRUE(both.Open(token, "request").has_value());
  EXPECT_FALSE(both.Open(token, "another request").has_value());
  const std::string new_token = both.Seal({"1"}, "request");
  EXPECT_TRUE(PageTokens(PageTokens::DeriveKey("b")).Open(new_token, "request").has_value());
  EXPECT_FALSE(PageTokens(PageTokens::DeriveKey("a")).Open(new_token, "request").has_value());
}

TEST(PageTokens, WithAnyBitFlippedOrByteAddedOrLostAreRefused) {
  const PageTokens tokens(PageTokens::RandomKey());
  for (const char* cell : {"", "x", "xy", "xyz"}) {  // every length of the last base64 group
    const std::string token = tokens.Seal({cell}, "request");
    for (size_t i = 0; i < token.size(); ++i) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string forged = token;
        forged[i] = static_cast<char>(forged[i] ^ 1 << bit);
        EXPECT_FALSE(tokens.Open(forged, "request").has_value()) << i << " " << bit;
      }
      EXPECT_FALSE(tokens.Open(token.substr(0, i), "request").has_value()) << i;
      EXPECT_FALSE(tokens.Open(std::string(token).insert(i, "A"), "request").has_value()) << i;
      EXPECT_FALSE(tokens.Open(std::string(token).insert(i, " "), "request").has_value()) << i;
    }
    for (const char* tail : {"=", "==", "\n", "A"}) EXPECT_FALSE(tokens.Open(token + tail, "request").has_value());
  }
}

/// The token with a format version as another release would have.
std::string OfVersion(char version, const std::string& token) {
  std::string bytes;
  EXPECT_TRUE(Base64UrlDecode(token, &bytes));
  bytes[2] = version;
  return Base64UrlEncode(bytes);
}

TEST(PageTokens, OfAnotherFormatVersionAreRefusedAsThat) {
  const PageTokens tokens(PageTokens::DeriveKey("a"));
  const std::string token = tokens.Seal({"cell"}, "request");
  EXPECT_EQ(OfVersion(2, token), token);
  EXPECT_FALSE(PageTokens::IsOfAnotherRelease(token));
  for (const char version : {'\0', '\1', '\x7f', '\xff'}) {
    EXPECT_FALSE(tokens.Open(OfVersion(version, token), "request").has_value());
    EXPECT_TRUE(PageTokens::IsOfAnotherRelease(OfVersion(version, token)));
  }
  for (const char* other : {"", "cms", "not a token", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}) {
    EXPECT_FALSE(PageTokens::IsOfAnotherRelease(other)) << other;
  }
}

class PageTest : public ::testing::Test {
 protected:
  RequestBuilder List(const std::string& method) {
    RequestBuilder request(plans_.Find("TodoRepository." + method));
    if (method != "List") request.Set("owner_id", "11111111-1111-4111-8111-111111111111");
    return request;
  }
  /// The token of the page after one that ended with these cells.
  static std::string After(const Call& call, const Cells& cells) { return NextPageToken(call, TestTokens(), cells); }
  static std::string Continue(RequestBuilder request, const std::string& token) {
    request.request().as<ListRequest>().page_token = token;
    return request.Message();
  }

  const Plans plans_{testing::CompileExample("planner/v1")};
  const Cells cells_ = {"2026-01-01 00:00:00+00", "22222222-2222-4222-8222-222222222222"};
  const std::string refused_ =
      "page_token: is not a token of this request; send the next_page_token of the same request with the same filters "
      "and order, or leave it empty to start again";
};

TEST_F(PageTest, ATokenContinuesItsRequest) {
  RequestBuilder request = List("ListByOwner");
  const std::string token = After(request.MustBind(), cells_);
  request.request().as<ListRequest>().page_token = token;
  const Call call = request.MustBind();
  EXPECT_EQ(std::get<ListBounds>(call.bounds).cursor, cells_);
  EXPECT_EQ(call.variant.as<ListVariant>().cursor_nulls, (std::vector<bool>{false, false}));
}

TEST_F(PageTest, NullCellsAreFlagged) {
  RequestBuilder request = List("ListByOwner");
  request.request().as<ListRequest>().order_by = "due_at";
  request.request().as<ListRequest>().page_token = After(request.MustBind(), {std::nullopt, "2"});
  EXPECT_EQ(request.MustBind().variant.as<ListVariant>().cursor_nulls, (std::vector<bool>{true, false}));
}

TEST_F(PageTest, AChangedPageSizeOrMaskIsHonoured) {
  RequestBuilder request = List("ListByOwner");
  request.request().as<ListRequest>().page_token = After(request.MustBind(), cells_);
  request.request().as<ListRequest>().page_size = 7;
  request.ReadMask({"id"});
  EXPECT_EQ(std::get<ListBounds>(request.MustBind().bounds).page_size, 7);
}

TEST_F(PageTest, AChangedFilterOrderMethodOrVisibilityIsRefused) {
  const std::string token = After(List("ListByOwner").MustBind(), cells_);
  EXPECT_EQ(Continue(List("ListByOwner"), token), "OK");
  EXPECT_EQ(Continue(List("ListByOwner").Set("owner_id", "33333333-3333-4333-8333-333333333333"), token), refused_);
  EXPECT_EQ(Continue(List("ListByOwner").Set("status", "OPEN"), token), refused_);
  EXPECT_EQ(Continue(List("List"), token), refused_);
  RequestBuilder ordered = List("ListByOwner");
  ordered.request().as<ListRequest>().order_by = "created_at desc";  // the same order, but another request
  EXPECT_EQ(Continue(ordered, token), refused_);
  RequestBuilder deleted = List("ListByOwner");
  PartOf<WithDeleted>(&deleted.request().family)->deleted = Deleted::kInclude;
  EXPECT_EQ(Continue(deleted, token), refused_);
}

TEST_F(PageTest, FiltersThatLookAlikeWhenWrittenTogetherAreToldApart) {
  const Plans plans = Plans::OfText(R"(
message Pair {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string a = 2;
  string b = 3;
}
service PairRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Pair";
  rpc List(ListRequest) returns (ListResponse);
}
message ListRequest { optional string a = 1; optional string b = 2; string page_token = 3; }
message ListResponse { repeated Pair pairs = 1; string next_page_token = 2; }
)");
  const MethodPlan& list = plans.Find("PairRepository.List");
  const auto with = [&](const std::string& a, const std::string& b) {
    return RequestBuilder(list).Set("a", a).Set("b", b);
  };
  const std::string token = After(with("x", "1=1:y;").MustBind(), {"5"});
  EXPECT_EQ(Continue(with("x", "1=1:y;"), token), "OK");
  EXPECT_EQ(Continue(with("x;1=1:y", ""), token), refused_);
  EXPECT_EQ(Continue(RequestBuilder(list).Set("a", "x"), token), refused_);
}

TEST_F(PageTest, ATokenOfAnotherReleaseIsCalledThat) {
  const std::string token = After(List("ListByOwner").MustBind(), cells_);
  EXPECT_EQ(Continue(List("ListByOwner"), OfVersion(1, token)),
            "page_token: was made by another release of the server; leave it empty to start from the first page");
}

TEST_F(PageTest, AResumeTokenOfAnotherReleaseIsCalledThat) {
  const Plans plans = Plans::OfText(R"(
message Leaf {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
}
service LeafRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Leaf";
  rpc Export(ExportRequest) returns (stream ExportResponse);
}
message ExportRequest { string resume_token = 1; }
message ExportResponse { repeated Leaf leaves = 1; string resume_token = 2; }
)");
  const RequestBuilder request(plans.Find("LeafRepository.Export"));
  const std::string token = After(RequestBuilder(request).MustBind(), {"5"});
  EXPECT_EQ(Continue(request, token), "OK");
  EXPECT_EQ(Continue(request, OfVersion(1, token)),
            "resume_token: was made by another release of the server; leave it empty to start from the first row");
  EXPECT_EQ(Continue(request, "x"),
            "resume_token: is not a token of this request; send the last resume_token of the same request with the "
            "same filters, or leave it empty to start again");
}

TEST_F(PageTest, ATokenWithTheWrongNumberOfCellsIsRefused) {
  EXPECT_EQ(Continue(List("ListByOwner"), After(List("ListByOwner").MustBind(), {"1", "2", "3"})), refused_);
}

}  // namespace
}  // namespace rowkeeper::plan
