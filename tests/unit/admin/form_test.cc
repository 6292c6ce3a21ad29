#include "server/admin/form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rowkeeper::admin {
namespace {

using Fields = std::map<std::string, std::string>;
using ::testing::Optional;

TEST(FormTest, FieldsAreReadAsBrowsersAndCurlWriteThem) {
  EXPECT_THAT(ParseForm(""), Optional(Fields()));
  EXPECT_THAT(ParseForm("call=17"), Optional(Fields{{"call", "17"}}));
  EXPECT_THAT(ParseForm("token=a+b%2Bc%0A&call=17&"), Optional(Fields{{"token", "a b+c\n"}, {"call", "17"}}));
  EXPECT_THAT(ParseForm("a=1=2&&b"), Optional(Fields{{"a", "1=2"}, {"b", ""}}));
  EXPECT_THAT(ParseForm("a=1&a=2"), Optional(Fields{{"a", "2"}}));
  EXPECT_THAT(ParseForm("%c3%A4=%e2%82%AC"), Optional(Fields{{"\xC3\xA4", "\xE2\x82\xAC"}}));
}

TEST(FormTest, ABrokenEscapeIsNoForm) {
  for (const char* body : {"a=%", "a=%4", "a=%zz", "a=%4z", "%=1", "a=1&b=% 1", "a=%+1"}) {
    EXPECT_EQ(ParseForm(body), std::nullopt) << body;
  }
}

TEST(FormTest, ItsTypeHasAnyCaseAndParameters) {
  for (const char* type :
       {"application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded",
        "application/x-www-form-urlencoded ; charset=utf-8", " application/x-www-form-urlencoded;"}) {
    EXPECT_TRUE(IsFormType(type)) << type;
  }
  for (const char* type : {"", ";", "text/plain", "application/x-www-form-urlencode", "multipart/form-data",
                           "application/x-www-form-urlencoded2", "text/plain; application/x-www-form-urlencoded"}) {
    EXPECT_FALSE(IsFormType(type)) << type;
  }
}

TEST(FormTest, AFieldThatIsNotThereIsEmpty) {
  const Submission sent{{{"call", "17"}}, "::1"};
  EXPECT_EQ(sent.Field("call"), "17");
  EXPECT_EQ(sent.Field("unit"), "");
}

}  // namespace
}  // namespace rowkeeper::admin
