// Servers are restarted one after the other, again and again, under callers of all kinds, who use the client library as
// its README says: no call fails, and each write is there once.
//
// ROWKEEPER_RESTARTS: how many restarts each test makes (default 6).
#include <gmock/gmock.h>

#include <cstdlib>
#include <set>
#include <sstream>
#include <string>

#include "server/base/text.h"
#include "tests/rolling/callers.h"
#include "tests/rolling/fleet.h"

namespace rowkeeper::testing {
namespace {

using ::testing::IsEmpty;

constexpr int kUnitCallers = 3;

int Restarts() {
  const char* const value = std::getenv("ROWKEEPER_RESTARTS");
  const int restarts = value == nullptr ? 6 : std::atoi(value);
  EXPECT_GE(restarts, 1) << "ROWKEEPER_RESTARTS is no number";
  return restarts;
}

void StaffUp(const std::string& target, Marks* written, Workforce* workforce) {
  for (int i = 0; i < 2; ++i) {
    workforce->Add(NewReader(target));
    workforce->Add(NewWriter(target, written));
    workforce->Add(NewKeyedWriter(target, written));
  }
  for (int counter = 1; counter <= kUnitCallers; ++counter) {
    workforce->Add(NewUnitCaller(target, counter, written));
  }
  workforce->Add(NewNewcomer(target));
  workforce->Add(NewExporter(target));
  workforce->Add(NewImporter(target));
}

class RollingTest : public ::testing::TestWithParam<int> {
 protected:
  RollingTest() : fleet_(GetParam()) {}
  void SetUp() override { ASSERT_TRUE(fleet_.ok()); }

  void ExpectEachWriteOnce(const std::multiset<std::string>& told) {
    std::multiset<std::string> there;
    const std::string marks = fleet_.database().Value("SELECT string_agg(mark, ' ') FROM entries");
    for (const std::string& mark : Split(marks)) there.insert(mark);
    std::vector<std::string> wrong;
    for (const std::string& mark : told) {
      if (there.count(mark) != 1) wrong.push_back(Cat(mark, " is there ", there.count(mark), " times"));
    }
    EXPECT_THAT(wrong, IsEmpty());
    EXPECT_EQ(there.size(), told.size()) << "no call failed, so nothing is there that nobody was told of";
  }

  static std::vector<std::string> Split(const std::string& text) {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; stream >> part;) parts.push_back(part);
    return parts;
  }

  Fleet fleet_;
};

TEST_P(RollingTest, NoCallFailsAndEachWriteIsThereOnce) {
  Marks written;
  Workforce workforce;
  StaffUp(fleet_.target(), &written, &workforce);
  ASSERT_TRUE(workforce.Achieve(3)) << "nobody gets anything done";
  for (int restart = 0; restart < Restarts(); ++restart) {
    const absl::Status status = fleet_.Restart(restart % GetParam());
    ASSERT_TRUE(status.ok()) << status;
    ASSERT_TRUE(workforce.Achieve(2)) << "nobody gets anything done after restart " << restart;
  }
  workforce.Stop();
  for (const auto& [what, times] : workforce.done()) std::printf("  %6d times %s\n", times, what.c_str());
  for (const auto& [what, times] : workforce.failures()) std::printf("  FAILED %d times %s\n", times, what.c_str());
  EXPECT_THAT(workforce.failures(), IsEmpty());
  ExpectEachWriteOnce(written.all());
  const std::string sum = fleet_.database().Value("SELECT sum(value) FROM counters");
  EXPECT_EQ(sum, Cat(workforce.done().at("unit of work"))) << "each unit was committed once";
}

INSTANTIATE_TEST_SUITE_P(Servers, RollingTest, ::testing::Values(1, 2));

}  // namespace
}  // namespace rowkeeper::testing
