#include "server/uow/kept_results.h"

#include <gtest/gtest.h>

#include <string>

#include "server/base/database_errors.h"
#include "server/base/error_details.h"

namespace rowkeeper::uow {
namespace {

std::string Kept(const KeptResults& results, uint64_t sequence, uint64_t fingerprint = 1) {
  const auto answer = results.Answer(sequence, fingerprint);
  if (!answer) return "to run";
  return answer->ok() ? **answer : ErrorReason(answer->status());
}

TEST(KeptResultsTest, ALargerNumberRunsAndAKeptOneIsAnswered) {
  KeptResults results({3, 1000});
  EXPECT_EQ(Kept(results, 0), "to run");
  results.Keep(0, 1, std::string("zero"));
  results.Keep(7, 1, std::string("seven"));
  EXPECT_EQ(Kept(results, 0), "zero");
  EXPECT_EQ(Kept(results, 7), "seven");
  EXPECT_EQ(Kept(results, 7, 2), "INVALID_HEADER");
  EXPECT_EQ(Kept(results, 6), "UNIT_OF_WORK_SEQUENCE");
  EXPECT_EQ(Kept(results, 8), "to run");
  EXPECT_EQ(Kept(results, UINT64_MAX), "to run");
}

TEST(KeptResultsTest, ErrorsAreKeptToo) {
  KeptResults results({3, 1000});
  results.Keep(1, 1, Deadlock());
  EXPECT_EQ(Kept(results, 1), "DEADLOCK");
}

TEST(KeptResultsTest, TheOldestGoesFirstWhenThereAreTooMany) {
  KeptResults results({2, 1000});
  for (uint64_t i = 1; i <= 3; ++i) results.Keep(i, 1, std::string("x"));
  EXPECT_EQ(Kept(results, 1), "UNIT_OF_WORK_SEQUENCE");
  EXPECT_EQ(Kept(results, 2), "x");
}

TEST(KeptResultsTest, BytesAreBoundedButTheLastResultIsAlwaysKept) {
  KeptResults results({10, 100});
  results.Keep(1, 1, std::string(60, 'a'));
  results.Keep(2, 1, std::string(60, 'b'));
  EXPECT_EQ(Kept(results, 1), "UNIT_OF_WORK_SEQUENCE");
  results.Keep(3, 1, std::string(500, 'c'));
  EXPECT_EQ(Kept(results, 2), "UNIT_OF_WORK_SEQUENCE");
  EXPECT_EQ(Kept(results, 3), std::string(500, 'c'));
  results.Keep(4, 1, std::string(10, 'd'));
  EXPECT_EQ(Kept(results, 3), "UNIT_OF_WORK_SEQUENCE");
  EXPECT_EQ(Kept(results, 4), std::string(10, 'd'));
}

}  // namespace
}  // namespace rowkeeper::uow
