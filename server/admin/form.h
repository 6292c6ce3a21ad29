#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace rowkeeper::admin {

/// The type of the body of a form, as browsers and curl send it.
inline constexpr char kFormType[] = "application/x-www-form-urlencoded";
/// Whether a value of Content-Type names that type, in whatever case and with whatever parameters.
bool IsFormType(std::string_view content_type);
/// Larger bodies are refused. Bytes.
inline constexpr size_t kMostFormBytes = 4096;

/// What somebody sent to a page.
struct Submission {
  /// By name; of fields of one name the last counts.
  std::map<std::string, std::string> fields;
  /// "127.0.0.1", "::1", or "a unix socket".
  std::string peer;

  /// Empty: there is no such field.
  std::string_view Field(const std::string& name) const;
};

/// The fields of a body of kFormType; nullopt for what is none: an escape that is not two hex digits.
std::optional<std::map<std::string, std::string>> ParseForm(std::string_view body);

}  // namespace rowkeeper::admin
