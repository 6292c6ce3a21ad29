// Entry points for libFuzzer (https://llvm.org/docs/LibFuzzer.html), of the target that ROWKEEPER_FUZZ_TARGET names in
// the environment. tests/checks/fuzz.sh runs it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/targets.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace {

const rowkeeper::fuzz::Target& Chosen() {
  static const rowkeeper::fuzz::Target* const kChosen = [] {
    const char* const name = std::getenv("ROWKEEPER_FUZZ_TARGET");
    for (const rowkeeper::fuzz::Target& target : rowkeeper::fuzz::AllTargets()) {
      if (name != nullptr && target.name == name) return &target;
    }
    std::fprintf(stderr, "ROWKEEPER_FUZZ_TARGET must be one of:");
    for (const rowkeeper::fuzz::Target& target : rowkeeper::fuzz::AllTargets()) {
      std::fprintf(stderr, " %s", target.name.c_str());
    }
    std::fprintf(stderr, "\n");
    std::exit(2);
  }();
  return *kChosen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string problem = Chosen().check(std::string_view(reinterpret_cast<const char*>(data), size));
  if (problem.empty()) return 0;
  std::fprintf(stderr, "%s\n", problem.c_str());
  std::abort();
}

/// Now and then a new input or a change that knows the format; else libFuzzer's own.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned int seed) {
  rowkeeper::fuzz::Random random(seed);
  if (!random.OneIn(4)) return LLVMFuzzerMutate(data, size, max_size);
  const std::string input(reinterpret_cast<const char*>(data), size);
  const std::string changed = random.OneIn(16) ? Chosen().make(&random) : Chosen().mutate(input, &random);
  const size_t kept = std::min(changed.size(), max_size);
  std::copy_n(changed.begin(), kept, data);
  return kept;
}
