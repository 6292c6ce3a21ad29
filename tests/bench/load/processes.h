#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace rowkeeper::bench {

/// What a process and all its descendants have used.
struct ProcessUse {
  /// CPU time, of children that have ended too, in steps of 10 ms.
  double cpu_seconds = 0;
  /// Memory that they have in RAM now; shared memory counts once a process, so of PostgreSQL it is none.
  double private_mib = 0;
  /// Context switches of all threads that have not ended.
  int64_t switches = 0;
};

/// Of `pid` and its descendants, from /proc. Zeros when there is no such process.
ProcessUse UseOf(pid_t pid);

}  // namespace rowkeeper::bench
