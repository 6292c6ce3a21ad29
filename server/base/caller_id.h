#pragma once

#include <string>
#include <utility>

namespace rowkeeper {

/// Who calls, for limits and shares: two calls of one CallerId count together. See wire/caller.h for what it is made
/// of. Immutable.
class CallerId {
 public:
  /// The server itself, whose work is nobody's share.
  CallerId() = default;
  explicit CallerId(std::string text) : text_(std::move(text)) {}

  /// "ipv4:10.0.0.7".
  const std::string& text() const { return text_; }

  friend bool operator==(const CallerId& a, const CallerId& b) { return a.text_ == b.text_; }

 private:
  std::string text_;
};

}  // namespace rowkeeper
