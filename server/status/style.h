#pragma once

#include <string>

namespace rowkeeper::status {

/// The style sheet of all pages: for wide and narrow screens, light and dark, and for paper.
inline constexpr char kStylePath[] = "/status.css";
std::string StyleSheet();

}  // namespace rowkeeper::status
