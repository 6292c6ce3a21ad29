#include "server/base/whole_file.h"

#include <gmock/gmock.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace rowkeeper {
namespace {

namespace fs = std::filesystem;

class WholeFileTest : public ::testing::Test {
 protected:
  WholeFileTest() {
    std::string name = (fs::temp_directory_path() / "whole_fileXXXXXX").string();
    directory_ = mkdtemp(name.data());
  }
  ~WholeFileTest() override { fs::remove_all(directory_); }

  std::string Path(const std::string& name) const { return (directory_ / name).string(); }
  std::string Read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(Path(name)).rdbuf();
    return text.str();
  }
  /// How many files there are, temporary ones too.
  int Files() const { return static_cast<int>(std::distance(fs::directory_iterator(directory_), {})); }

  fs::path directory_;
};

TEST_F(WholeFileTest, ReplaceTakesThePlaceAndKeepsTheMode) {
  ASSERT_TRUE(ReplaceFile(Path("a"), "first").ok());
  ASSERT_EQ(chmod(Path("a").c_str(), 0640), 0);
  ASSERT_TRUE(ReplaceFile(Path("a"), "second").ok());
  EXPECT_EQ(Read("a"), "second");
  EXPECT_EQ(fs::status(Path("a")).permissions(), fs::perms(0640));
  fs::create_symlink(Path("a"), Path("link"));
  ASSERT_TRUE(ReplaceFile(Path("link"), "third").ok());
  EXPECT_TRUE(fs::is_symlink(Path("link")));
  EXPECT_EQ(Read("a"), "third");
  EXPECT_TRUE(ReplaceFile("/dev/null", "nothing").ok());
  EXPECT_FALSE(fs::is_regular_file("/dev/null"));
  EXPECT_EQ(Files(), 2);
}

TEST_F(WholeFileTest, WhatFailsLeavesWhatWasThere) {
  fs::create_directory(Path("d"));
  const absl::Status status = ReplaceFile(Path("d/no/such"), "x");
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("cannot write " + Path("d/no/such")));
  EXPECT_FALSE(ReplaceFile("/dev/full", "x").ok());
  EXPECT_FALSE(ReplaceFile(Path("d"), "x").ok());
  EXPECT_EQ(Files(), 1);
}

TEST_F(WholeFileTest, ReadGivesAllBytesOrNamesTheFile) {
  const std::string text("a\0\r\n", 4);
  ASSERT_TRUE(ReplaceFile(Path("a"), text).ok());
  EXPECT_EQ(ReadFile(Path("a")).value(), text);
  EXPECT_EQ(ReadFile(Path("b")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(ReadFile(Path("b")).status().message()), ::testing::HasSubstr(Path("b")));
  EXPECT_FALSE(ReadFile(directory_.string()).ok());
}

TEST_F(WholeFileTest, CreateLeavesWhatIsThere) {
  ASSERT_TRUE(CreateFile(Path("a"), "first").ok());
  EXPECT_EQ(CreateFile(Path("a"), "second").code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Read("a"), "first");
  EXPECT_EQ(Files(), 1);
}

}  // namespace
}  // namespace rowkeeper
