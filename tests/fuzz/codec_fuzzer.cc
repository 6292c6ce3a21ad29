// Entry point for libFuzzer: the same comparison as codec_differential_test, led by coverage.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static rowkeeper::fuzz::Outcomes outcomes;
  const std::string difference =
      rowkeeper::fuzz::CheckCodec(std::string_view(reinterpret_cast<const char*>(data), size), &outcomes);
  if (difference.empty()) return 0;
  std::fprintf(stderr, "%s\n", difference.c_str());
  std::abort();
}
