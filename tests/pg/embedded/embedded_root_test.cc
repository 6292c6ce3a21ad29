#include <gmock/gmock.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/pg/embedded/embedded_fixture.h"

/// What needs root: to start as an ordinary user, and to own files of others. A program of its own, since CTest calls
/// the whole program skipped when one test is.
namespace rowkeeper::embedded {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class EmbeddedRootTest : public EmbeddedTest {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
  }

  std::string Refusal() const {
    absl::StatusOr<std::unique_ptr<EmbeddedPostgres>> postgres = EmbeddedPostgres::Start(Options());
    return postgres.ok() ? "started" : std::string(postgres.status().message());
  }
};

TEST_F(EmbeddedRootTest, StartsForAnOrdinaryUserToo) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to become an ordinary user; every other test runs as one already";
  const passwd* nobody = getpwnam("nobody");
  ASSERT_NE(nobody, nullptr);
  ASSERT_EQ(mkdir(data_dir_.c_str(), 0700), 0);
  ASSERT_EQ(chown(data_dir_.c_str(), nobody->pw_uid, nobody->pw_gid), 0);
  Owner owner({data_dir_, {"SELECT 1"}, "nobody"});
  EXPECT_TRUE(owner.AwaitReady());
}

TEST_F(EmbeddedRootTest, DirectoryThatPostgresCannotEnterIsRefused) {
  ASSERT_EQ(chmod(root_.c_str(), 0700), 0);
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("cannot be entered by the system user"), HasSubstr("chmod")));
}

TEST_F(EmbeddedRootTest, SocketDirectoryOfSomebodyElseIsRefused) {
  HaveDatabase();
  ASSERT_EQ(chown((data_dir_ + "/socket").c_str(), 12345, 12345), 0);
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("socket directory"), HasSubstr("belongs to uid 12345")));
}

}  // namespace
}  // namespace rowkeeper::embedded
