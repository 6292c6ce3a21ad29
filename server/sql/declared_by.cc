#include "server/sql/declared_by.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "server/base/text.h"

namespace rowkeeper::sql {
namespace {

constexpr std::string_view kPrefix = "proto:";
constexpr std::string_view kOfIdentities = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";

}  // namespace

DeclaredBy DeclaredBy::Read(std::string_view comment) {
  DeclaredBy declared;
  if (HasPrefix(comment, kPrefix)) {
    comment.remove_prefix(kPrefix.size());
    const size_t stop = std::min(comment.find_first_not_of(kOfIdentities), comment.size());
    const size_t last = comment.substr(0, stop).find_last_not_of('.');  // npos + 1 is 0
    declared.identity = std::string(comment.substr(0, last + 1));
    comment.remove_prefix(last + 1);
    if (!comment.empty() && std::string_view(" \t\r\n").find(comment.front()) != std::string_view::npos) {
      comment.remove_prefix(1);
    }
  }
  declared.words = std::string(comment);
  return declared;
}

std::optional<int> DeclaredBy::number() const {
  int parsed = 0;
  if (!absl::SimpleAtoi(identity, &parsed)) return std::nullopt;
  return parsed;
}

std::string IdentityIn(std::string_view text) {
  return Cat("pg_catalog.substring(", text, ", '^proto:([A-Za-z0-9_.-]*[A-Za-z0-9_-])')");
}

}  // namespace rowkeeper::sql
