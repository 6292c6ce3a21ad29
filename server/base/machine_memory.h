#pragma once

#include <cstddef>
#include <string>

namespace rowkeeper {

/// How much memory this process may use, bytes: the least of the machine's RAM and the limits of its control groups,
/// its own and those above (version 2 and 1). `root` is where /proc and /sys are, for tests.
size_t UsableMemory(const std::string& root = "");

}  // namespace rowkeeper
