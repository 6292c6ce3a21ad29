#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rowkeeper::schema {

/// `-- rowkeeper:allow RULE reason`
struct AllowComment {
  /// Byte in the script, and 1-based line there.
  size_t offset = 0;
  int line = 1;
  /// May be none that there is.
  std::string rule;
  std::string reason;
  bool used = false;
};

/// Those of a script, in its order. `text` must be one that can be scanned.
std::vector<AllowComment> AllowComments(const std::string& text);

/// One, as a comment of one line without its end.
std::string WriteAllowComment(std::string_view rule, std::string_view reason);

}  // namespace rowkeeper::schema
