#pragma once

#include <cstdint>

namespace rowkeeper::net {

/// Descriptors that a connection takes: the socket, and a duplicate to watch it by.
inline constexpr int64_t kFilesOfConnection = 2;

/// Raises the process's soft limit of open files to the hard one. Gives what it is then.
int64_t RaiseFileLimit();

/// How many connections a limit of `files` holds when the rest of the process needs `reserved` of them; 0 when it holds
/// none.
int64_t ConnectionsWithin(int64_t files, int64_t reserved);

}  // namespace rowkeeper::net
