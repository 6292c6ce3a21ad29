#include "server/observe/trace_parent.h"

#include <gtest/gtest.h>

#include "server/base/text.h"

namespace rowkeeper::observe {
namespace {

constexpr char kTrace[] = "0af7651916cd43dd8448eb211c80319c";
constexpr char kSpan[] = "b7ad6b7169203331";

std::string Header(std::string_view version, std::string_view trace, std::string_view span, std::string_view flags) {
  return Cat(version, "-", trace, "-", span, "-", flags);
}

TEST(TraceParentTest, ReadsTraceSpanAndSampling) {
  for (const auto& [flags, sampled] :
       {std::pair("00", false), {"01", true}, {"02", false}, {"ff", true}, {"0a", false}}) {
    const auto parsed = ParseTraceParent(Header("00", kTrace, kSpan, flags));
    ASSERT_TRUE(parsed.has_value()) << flags;
    EXPECT_EQ(parsed->trace_id, kTrace);
    EXPECT_EQ(parsed->span_id, kSpan);
    EXPECT_EQ(parsed->sampled, sampled) << flags;
  }
}

TEST(TraceParentTest, ALaterVersionMayGoOn) {
  EXPECT_TRUE(ParseTraceParent(Header("01", kTrace, kSpan, "01")).has_value());
  EXPECT_TRUE(ParseTraceParent(Header("cc", kTrace, kSpan, "01-what-the-future-will-be-like")).has_value());
  EXPECT_FALSE(ParseTraceParent(Header("cc", kTrace, kSpan, "01.what-the-future-will-not-be-like")).has_value());
  EXPECT_FALSE(ParseTraceParent(Header("00", kTrace, kSpan, "01-what-the-future-will-be-like")).has_value());
  EXPECT_FALSE(ParseTraceParent(Header("00", kTrace, kSpan, "01-")).has_value());
}

/// The specification's own examples of what is to be ignored.
TEST(TraceParentTest, MalformedOnesAreIgnoredAndCounted) {
  const uint64_t before = MalformedTraceParents();
  const std::string good = Header("00", kTrace, kSpan, "01");
  const std::string malformed[] = {
      "",
      "00",
      good.substr(1),
      good.substr(0, good.size() - 1),
      Header("ff", kTrace, kSpan, "01"),
      Header(".0", kTrace, kSpan, "01"),
      Header("00", "00000000000000000000000000000000", kSpan, "01"),
      Header("00", kTrace, "0000000000000000", "01"),
      Header("00", "0AF7651916CD43DD8448EB211C80319C", kSpan, "01"),
      Header("00", ".af7651916cd43dd8448eb211c80319c", kSpan, "01"),
      Header("00", kTrace, "b7ad6b716920333.", "01"),
      Header("00", kTrace, kSpan, ".0"),
      "00_" + good.substr(3),
      std::string(good.size(), '-'),
  };
  for (const std::string& header : malformed) EXPECT_FALSE(ParseTraceParent(header).has_value()) << header;
  EXPECT_EQ(MalformedTraceParents() - before, std::size(malformed));
}

}  // namespace
}  // namespace rowkeeper::observe
