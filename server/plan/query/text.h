#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rowkeeper::plan {

/// What stands for the caller's tenant in a query, as a parameter's name: `:caller.tenant`.
inline constexpr std::string_view kCallerTenant = "caller.tenant";

/// SQL text in which `:name` stands for a parameter.
struct QueryText {
  struct Piece {
    /// As it was written.
    std::string text;
    /// The parameter that follows; empty after the last piece.
    std::string parameter;
    /// Where `text` starts in what was written, bytes.
    size_t offset = 0;
  };
  /// Without the comments and white space around the statement, and without semicolons at its end.
  std::vector<Piece> pieces;
  /// Empty, or why the text cannot be read, and the 1-based character where; 0: nowhere in particular.
  std::string problem;
  int position = 0;

  /// The text with `name(parameter)` for each parameter.
  std::string With(const std::function<std::string(const std::string&)>& name) const;
  /// Where the `offset`th byte of With(name) is: a piece, and a byte of its text.
  std::pair<size_t, size_t> PlaceOf(size_t offset, const std::function<std::string(const std::string&)>& name) const;
  /// Where in the written text the 1-based `character` of With(name) comes from.
  int PositionOf(int character, const std::function<std::string(const std::string&)>& name) const;

  std::string written;
};

/// Finds the parameters: a colon with a name right behind it, but not in strings, quoted identifiers, comments and
/// dollar quotes, nor `::`, `:=` and the colon of an array slice (`[1:n]`), which follows a value; `[:n]` is a
/// subscript.
QueryText ReadQueryText(std::string_view written);

/// Where the statement of the common table expression ends whose name stands at byte `position` of `text`: its closing
/// parenthesis. The text's end when there is none.
size_t EndOfCte(const std::string& text, size_t position);

}  // namespace rowkeeper::plan
