#include "server/net/tls_certificates.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/fake_clock.h"
#include "tests/support/test_certificates.h"

namespace rowkeeper::net {
namespace {

using rowkeeper::testing::CertificateAndKey;
using rowkeeper::testing::FakeClock;
using rowkeeper::testing::TestAuthority;
using rowkeeper::testing::TlsDirectory;

class TlsCertificatesTest : public ::testing::Test {
 protected:
  void Open() {
    auto opened = TlsCertificates::Open(directory_.files(), &clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    certificates_ = *std::move(opened);
  }
  bool UsesAfterSeconds(int most, const std::string& certificate) {
    return clock_.AdvanceUntil([&] { return certificates_->current()->certificate == certificate; },
                               std::chrono::seconds(most));
  }
  bool FailsAfterSeconds(int most, uint64_t failures) {
    return clock_.AdvanceUntil([&] { return certificates_->stats().load_failures_total == failures; },
                               std::chrono::seconds(most));
  }

  FakeClock clock_;
  const TestAuthority authority_{"root"};
  const CertificateAndKey first_ = authority_.Issue();
  TlsDirectory directory_{first_, authority_.root()};
  std::unique_ptr<TlsCertificates> certificates_;
};

TEST_F(TlsCertificatesTest, FilesThatAreBadAtStartAreAnError) {
  directory_.Swap({first_.certificate, authority_.Issue().key}, authority_.root());
  EXPECT_FALSE(TlsCertificates::Open(directory_.files(), &clock_).ok());
}

TEST_F(TlsCertificatesTest, ADirectoryThatIsSwappedIsTaken) {
  ASSERT_NO_FATAL_FAILURE(Open());
  EXPECT_EQ(certificates_->current()->certificate, first_.certificate);
  const CertificateAndKey second = authority_.Issue();
  directory_.Swap(second, authority_.root());
  EXPECT_TRUE(UsesAfterSeconds(5, second.certificate));
  EXPECT_EQ(certificates_->current()->key, second.key);
  EXPECT_EQ(certificates_->stats().loads_total, 2u);
  EXPECT_EQ(certificates_->stats().load_failures_total, 0u);
}

TEST_F(TlsCertificatesTest, NewRootsAloneAreTakenToo) {
  ASSERT_NO_FATAL_FAILURE(Open());
  const TestAuthority other("other");
  directory_.Swap(first_, authority_.root() + other.root());
  EXPECT_TRUE(
      clock_.AdvanceUntil([&] { return certificates_->current()->client_roots == authority_.root() + other.root(); },
                          std::chrono::seconds(5)));
}

TEST_F(TlsCertificatesTest, AListOfRootsThatIsBeingWrittenIsTakenWhole) {
  const TestAuthority other("other"), third("third");
  directory_.Swap(first_, authority_.root() + other.root());
  ASSERT_NO_FATAL_FAILURE(Open());
  std::ofstream(directory_.files().client_roots) << authority_.root();
  clock_.AdvanceInSteps(FileWatch::kBetweenLooks, std::chrono::milliseconds(10));
  EXPECT_EQ(certificates_->current()->client_roots, authority_.root() + other.root());
  std::ofstream(directory_.files().client_roots) << authority_.root() + third.root();
  EXPECT_TRUE(clock_.AdvanceUntil([&] { return certificates_->stats().loads_total > 1; }, std::chrono::seconds(10)));
  EXPECT_EQ(certificates_->current()->client_roots, authority_.root() + third.root());
}

TEST_F(TlsCertificatesTest, BadFilesLeaveTheLastGoodOnesInUseAndCountOnceEach) {
  ASSERT_NO_FATAL_FAILURE(Open());
  directory_.Swap({first_.certificate, authority_.Issue().key}, authority_.root());
  EXPECT_TRUE(FailsAfterSeconds(5, 1)) << "a key that does not fit";
  clock_.AdvanceInSteps(std::chrono::seconds(10), std::chrono::milliseconds(250));
  EXPECT_EQ(certificates_->stats().load_failures_total, 1u) << "the same problem, seen again";
  EXPECT_EQ(certificates_->current()->certificate, first_.certificate);
  EXPECT_EQ(certificates_->current()->key, first_.key);
  directory_.Swap(first_, "no certificate");
  EXPECT_TRUE(FailsAfterSeconds(5, 2)) << "roots that do not parse";
  EXPECT_EQ(certificates_->current()->client_roots, authority_.root());
  const CertificateAndKey good = authority_.Issue();
  directory_.Swap(good, authority_.root());
  EXPECT_TRUE(UsesAfterSeconds(5, good.certificate)) << "and goes on";
}

TEST_F(TlsCertificatesTest, FilesThatChangeOneAfterTheOtherAreNoProblem) {
  ASSERT_NO_FATAL_FAILURE(Open());
  const CertificateAndKey second = authority_.Issue();
  std::ofstream(directory_.files().certificate) << second.certificate;
  clock_.Advance(FileWatch::kBetweenLooks);
  std::ofstream(directory_.files().key) << second.key;
  EXPECT_TRUE(UsesAfterSeconds(5, second.certificate));
  EXPECT_EQ(certificates_->stats().load_failures_total, 0u);
}

TEST_F(TlsCertificatesTest, ACertificateThatExpiresInUseIsAProblemAndStaysInUse) {
  TestAuthority::Request short_lived;
  const auto since_start = std::chrono::system_clock::now() - clock_.WallNow();
  short_lived.ends = std::chrono::seconds(30) - std::chrono::duration_cast<std::chrono::seconds>(since_start);
  const CertificateAndKey pair = authority_.Issue(short_lived);
  directory_.Swap(pair, authority_.root());
  ASSERT_NO_FATAL_FAILURE(Open());
  EXPECT_EQ(certificates_->stats().load_failures_total, 0u);
  EXPECT_TRUE(FailsAfterSeconds(60, 1));
  EXPECT_LE(certificates_->stats().expires, clock_.WallNow());
  EXPECT_EQ(certificates_->current()->certificate, pair.certificate);
}

}  // namespace
}  // namespace rowkeeper::net
