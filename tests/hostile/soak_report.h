#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace rowkeeper::testing {

/// How a server was doing at one moment of a soak.
struct SoakSample {
  /// Since the beginning.
  double second = 0;
  /// Resident memory, MiB.
  double memory = 0;
  int open_files = 0;
  /// Pieces of work that good callers have done and failed to do, so far.
  int done = 0;
  int failed = 0;
};

/// Of a process; memory 0 when there is none.
SoakSample SampleOf(pid_t process);

/// The mean of `memory` in one of three equal parts of the samples: 0, 1, 2.
double MeanMemory(const std::vector<SoakSample>& samples, int third);

/// soak.csv, and soak.svg with the memory over time, in `directory`.
void WriteSoak(const std::vector<SoakSample>& samples, const std::string& directory);

}  // namespace rowkeeper::testing
