#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rowkeeper::sql {

/// What a comment says of who declared its object: `proto:7 and whatever people wrote` is {"7", "and whatever …"}.
/// People also write `proto:7, in cents` and `proto:7: in cents`, so the identity ends where something begins that
/// neither a number nor a message's name has.
struct DeclaredBy {
  /// A field number, a message's full name, "none" of a column that belongs to no field, or "-" of objects that only
  /// say that they were declared; empty when the comment says nothing of that.
  std::string identity;
  /// The rest of the comment.
  std::string words;

  static DeclaredBy Read(std::string_view comment);
  /// The field's number, where the identity is one.
  std::optional<int> number() const;
};

/// The identity of a column that belongs to no field, so that it is neither dropped nor asked about.
inline constexpr char kOfNobody[] = "none";

/// A SQL expression of the identity in the comment that the expression `text` gives: NULL where Read() finds none.
std::string IdentityIn(std::string_view text);

}  // namespace rowkeeper::sql
