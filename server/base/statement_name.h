#pragma once

#include <string>
#include <string_view>

namespace rowkeeper {

/// What a statement is prepared under: `rk_` and 160 bits of the SHA-256 of its text, 43 of the 63 bytes that
/// PostgreSQL keeps of a name. Equal texts have equal names in all sessions and servers, and others have others: behind
/// a pooler, where sessions find what others have prepared, a name can only ever run its own text. Immutable.
class StatementName {
 public:
  explicit StatementName(std::string_view text);

  const std::string& str() const { return name_; }

 private:
  std::string name_;
};

}  // namespace rowkeeper
