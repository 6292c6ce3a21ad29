#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace rowkeeper::status {

/// A name that only the code can make: of an element or an attribute.
class HtmlName {
 public:
  template <size_t N>
  constexpr HtmlName(const char (&literal)[N])  // NOLINT(google-explicit-constructor)
      : text_(literal, N - 1) {}
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

/// Writes HTML. Elements nest as the objects that stand for them do, and every text and value of an attribute is
/// escaped, so that nothing which comes from callers or the database can be markup.
class Html {
 public:
  using Attribute = std::pair<HtmlName, std::string_view>;
  using Attributes = std::initializer_list<Attribute>;

  /// An element that ends with the object.
  class [[nodiscard]] Element {
   public:
    Element(Html* html, HtmlName tag) : html_(*html), tag_(tag) {}
    ~Element() { html_.End(tag_); }
    Element(const Element&) = delete;
    Element& operator=(const Element&) = delete;

   private:
    Html& html_;
    const HtmlName tag_;
  };

  /// With the line that says that it is HTML.
  Html() : text_("<!DOCTYPE html>\n") {}

  Element Open(HtmlName tag, Attributes attributes = {});
  /// An element with nothing but a text in it.
  void Add(HtmlName tag, std::string_view text, Attributes attributes = {});
  /// One that has no end tag, such as <meta>.
  void Void(HtmlName tag, Attributes attributes);
  void Text(std::string_view text);

  std::string Take() { return std::move(text_); }

 private:
  void Begin(HtmlName tag, Attributes attributes);
  void End(HtmlName tag);

  std::string text_;
};

/// Appends `text` as it has to be in an element or in a value in double quotes: well-formed UTF-8 without control
/// characters, and without those that turn the direction of the text around them.
void AppendEscaped(std::string_view text, std::string* out);
/// Bytes that AppendEscaped appends.
size_t EscapedSize(std::string_view text);

}  // namespace rowkeeper::status
