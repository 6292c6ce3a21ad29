#include "server/status/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/base/utf8.h"

namespace rowkeeper::status {
namespace {

std::string Escaped(std::string_view text) {
  std::string out;
  AppendEscaped(text, &out);
  EXPECT_EQ(out.size(), EscapedSize(text));
  return out;
}

TEST(HtmlTest, ElementsNestAsTheirObjectsDo) {
  Html html;
  {
    const auto list = html.Open("ul", {{"class", "a"}});
    html.Add("li", "one");
    const auto item = html.Open("li");
    html.Text("two");
    html.Void("br", {});
  }
  EXPECT_EQ(html.Take(), "<!DOCTYPE html>\n<ul class=\"a\"><li>one</li><li>two<br></li></ul>");
}

TEST(HtmlTest, TextsAndAttributesCannotBeMarkup) {
  Html html;
  html.Add("p", "</p><script>alert('1')</script>&amp;", {{"title", "\" onmouseover=\"alert(1)"}});
  EXPECT_EQ(html.Take(),
            "<!DOCTYPE html>\n<p title=\"&quot; onmouseover=&quot;alert(1)\">&lt;/p&gt;&lt;script&gt;alert(&#39;1&#39;)"
            "&lt;/script&gt;&amp;amp;</p>");
}

TEST(HtmlTest, EveryByteGivesWellFormedTextWithoutMarkup) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string text = {'a', static_cast<char>(first), static_cast<char>(second), 'z'};
      const std::string out = Escaped(text);
      ASSERT_EQ(ValidUtf8Prefix(out), out.size()) << first << " " << second;
      ASSERT_EQ(out.find_first_of("<>\"'\r\x1b\x7f"), std::string::npos) << first << " " << second;
      ASSERT_EQ(out.find('\0'), std::string::npos) << first << " " << second;
    }
  }
}

TEST(HtmlTest, CharactersThatTurnTheirSurroundingsAreReplaced) {
  for (const char* hidden : {"\u202e", "\u202a", "\u2066", "\u2069", "\u200e", "\u200f", "\u2028", "\u0085"}) {
    EXPECT_EQ(Escaped(std::string("a") + hidden + "b"), "a\uFFFDb");
  }
  EXPECT_EQ(Escaped("\u2013 \u00e4 \u2030 \u206f"), "\u2013 \u00e4 \u2030 \u206f");
}

}  // namespace
}  // namespace rowkeeper::status
