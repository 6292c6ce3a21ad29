// The codec against generated protobuf code on random and damaged messages.
// ROWKEEPER_FUZZ_SECONDS: how long (default 20); ROWKEEPER_FUZZ_SEED: to repeat a run.
#include <chrono>
#include <cstdlib>
#include <iostream>

#include "absl/strings/escaping.h"
#include "google/protobuf/stubs/logging.h"
#include "gtest/gtest.h"
#include "tests/fuzz/all_types.pb.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/random_messages.h"

namespace rowkeeper::fuzz {
namespace {

uint64_t FromEnvironment(const char* name, uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

/// A request whose bodies range from a few fields to nearly all.
std::string RandomRequest(Random* random) {
  v1::SaveRequest request;
  const int sparseness = 1 + random->Below(random->OneIn(4) ? 4 : 60);
  Randomize(&request, 1 + random->Below(5), sparseness, random);
  if (!random->OneIn(8)) Randomize(request.mutable_all(), 1 + random->Below(5), 1 + random->Below(60), random);
  return request.SerializeAsString();
}

/// To be merged into another: members of oneofs that displace others, and a bool of any varint.
std::string Displacing(Random* random) {
  v1::SaveRequest request;
  v1::Inner* inner =
      random->OneIn(2) ? request.mutable_all()->mutable_inner() : request.mutable_all()->mutable_choice_inner();
  switch (random->Below(4)) {
    case 0:
      inner->set_pick_string("picked");
      break;
    case 1:
      Randomize(inner->mutable_pick_deep(), 1, 1, random);
      break;
    case 2:
      inner->set_pick_bool(false);
      break;
    default:
      inner->mutable_pick_wrapped()->set_value(5);
  }
  Randomize(request.mutable_all()->mutable_json_value(), 3, 1, random);
  std::string bytes = request.SerializeAsString();
  bytes += "\x20";  // allow_missing = 2^k
  const int bit = random->Below(64);
  bytes.append(static_cast<size_t>(bit / 7), '\x80');
  bytes.push_back(static_cast<char>(1 << bit % 7));
  return bytes;
}

TEST(CodecDifferentialTest, AgreesWithGeneratedCodeOnRandomAndDamagedMessages) {
  const auto seconds = std::chrono::seconds(FromEnvironment("ROWKEEPER_FUZZ_SECONDS", 20));
  uint64_t seed = FromEnvironment("ROWKEEPER_FUZZ_SEED", 20240501);
  std::cout << "seed " << seed << std::endl;
  const google::protobuf::LogSilencer silencer;  // it tells of each invalid string
  Outcomes outcomes;
  const auto end = std::chrono::steady_clock::now() + seconds;
  for (; std::chrono::steady_clock::now() < end; ++seed) {
    Random random(seed);
    std::string bytes = RandomRequest(&random);
    for (int i = 0; i < 8; ++i) {
      const long malformed = outcomes.malformed;
      const std::string difference = CheckCodec(bytes, &outcomes);
      ASSERT_EQ(difference, "") << "ROWKEEPER_FUZZ_SEED=" << seed << " mutation " << i << "\n"
                                << absl::BytesToHexString(bytes).substr(0, 4000);
      // Mutations build on each other; a message that is broken is of no more use.
      const bool broken = outcomes.malformed != malformed;
      bytes = Mutate(broken ? RandomRequest(&random) : bytes, &random);
      if (random.OneIn(6)) bytes += RandomRequest(&random);
      if (random.OneIn(6)) bytes += Displacing(&random);
    }
  }
  std::cout << outcomes.accepted << " accepted, " << outcomes.refused << " refused, " << outcomes.malformed
            << " malformed" << std::endl;
  EXPECT_GT(outcomes.accepted, 0);
  EXPECT_GT(outcomes.refused, 0);
  EXPECT_GT(outcomes.malformed, 0);
}

TEST(CodecDifferentialTest, AgreesWithGeneratedCodeAroundTheNestingLimit) {
  Outcomes outcomes;
  for (int levels = 90; levels <= 105; ++levels) {
    // all.inner.child.child…, an unbound message, and groups that nobody knows.
    EXPECT_EQ(CheckCodec(Nest(Nest(Nest("", 51, levels), 149, 1), 2, 1), &outcomes), "") << levels;
    EXPECT_EQ(CheckCodec(Nest(Nest("\x08\x01", 51, levels), 3, 1), &outcomes), "") << levels;
    EXPECT_EQ(CheckCodec(std::string(levels, '\x63') + std::string(levels, '\x64'), &outcomes), "") << levels;
  }
  EXPECT_GT(outcomes.malformed, 0);
  EXPECT_GT(outcomes.accepted, 0);
}

TEST(CodecDifferentialTest, AgreesWithGeneratedCodeOnEveryTruncationOfARequest) {
  const google::protobuf::LogSilencer silencer;
  Random random(7);
  Outcomes outcomes;
  v1::SaveRequest request;
  Randomize(&request, 2, 3, &random);
  Randomize(request.mutable_all(), 2, 3, &random);
  const std::string bytes = request.SerializeAsString();
  for (size_t size = 0; size <= bytes.size(); size += 1 + bytes.size() / 2000) {
    ASSERT_EQ(CheckCodec(std::string_view(bytes).substr(0, size), &outcomes), "") << size;
  }
  EXPECT_GT(outcomes.malformed, 0);
}

}  // namespace
}  // namespace rowkeeper::fuzz
