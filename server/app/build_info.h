#pragma once

#include <string_view>

namespace rowkeeper::app {

/// "0.1.0"
std::string_view BuildVersion();

/// The commit that this program was built from, 12 hexadecimal digits, with "-dirty" behind them when files were
/// changed since. Empty when the sources were not in git.
std::string_view BuildCommit();

}  // namespace rowkeeper::app
