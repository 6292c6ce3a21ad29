#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

#include "absl/strings/string_view.h"

namespace rowkeeper {

/// In the distributions' abseil, absl::string_view is a type of its own that std::string_view does not convert to.
inline absl::string_view ToAbsl(std::string_view text) { return absl::string_view(text.data(), text.size()); }

inline bool HasPrefix(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

inline bool IsOneOf(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Whether the dotted `name` is `ending` or ends in it after a dot: "planner.v1.Todo" with "Todo" or "v1.Todo".
inline bool EndsWithName(std::string_view name, std::string_view ending) {
  if (name.size() < ending.size() || name.substr(name.size() - ending.size()) != ending) return false;
  return name.size() == ending.size() || name[name.size() - ending.size() - 1] == '.';
}

namespace internal {

template <typename Part>
std::string_view PartText(const Part& part, std::string* scratch) {
  if constexpr (std::is_convertible_v<const Part&, std::string_view>) {
    return part;
  } else {
    static_assert(std::is_integral_v<Part> && !std::is_same_v<Part, bool> && !std::is_same_v<Part, char>,
                  "a part is text or a number");
    *scratch = std::to_string(part);
    return *scratch;
  }
}

}  // namespace internal

/// The concatenation of texts and whole numbers; absl::StrCat for std::string_view.
template <typename... Parts>
std::string Cat(const Parts&... parts) {
  std::string text;
  std::string scratch;
  (text.append(internal::PartText(parts, &scratch)), ...);
  return text;
}

}  // namespace rowkeeper
