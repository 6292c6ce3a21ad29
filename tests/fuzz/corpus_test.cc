// What fuzzers found worth keeping, and inputs made and mutated at random, through every reader of foreign bytes.
// ROWKEEPER_FUZZ_ROUNDS: inputs made for each reader (default 2000); ROWKEEPER_FUZZ_SEED: to repeat a run.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/escaping.h"
#include "tests/fuzz/targets.h"

namespace rowkeeper::fuzz {
namespace {

uint64_t NumberFrom(const char* name, uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

class CorpusTest : public ::testing::TestWithParam<Target> {};

TEST_P(CorpusTest, EveryFileIsReadAsPromised) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator("tests/fuzz/corpus/" + GetParam().name)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string input{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    EXPECT_EQ(GetParam().check(input), "") << entry.path();
    ++files;
  }
  EXPECT_GT(files, 0);
}

TEST_P(CorpusTest, SoAreRandomInputs) {
  const uint64_t rounds = NumberFrom("ROWKEEPER_FUZZ_ROUNDS", 2000);
  const uint64_t seed = NumberFrom("ROWKEEPER_FUZZ_SEED", 20261129);
  for (uint64_t round = 0; round < rounds; ++round) {
    Random random(seed + round);
    std::string input = GetParam().make(&random);
    for (int change = 0; change < 3; ++change) {
      ASSERT_EQ(GetParam().check(input), "") << "ROWKEEPER_FUZZ_SEED=" << seed + round << " change " << change << "\n"
                                             << absl::CHexEscape(input).substr(0, 4000);
      input = GetParam().mutate(input, &random);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, CorpusTest, ::testing::ValuesIn(AllTargets()),
                         [](const auto& target) { return target.param.name; });

}  // namespace
}  // namespace rowkeeper::fuzz
