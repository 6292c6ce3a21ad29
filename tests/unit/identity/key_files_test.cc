#include "server/identity/key_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "server/base/text.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/test_issuer.h"

namespace rowkeeper::identity {
namespace {

using rowkeeper::testing::ReplaceTestFile;
using rowkeeper::testing::TemporaryDirectory;
using ::testing::HasSubstr;

class KeyFilesTest : public ::testing::Test {
 protected:
  std::string PathOf(const std::string& name) const { return Cat(directory_.path(), "/", name); }
  void Write(const std::string& name, std::string_view text) { ReplaceTestFile(PathOf(name), text); }
  /// The names of the files that are read, each with a space behind it; or the problem.
  std::string Read() const {
    const absl::StatusOr<KeyTexts> texts = ReadKeyTexts(directory_.path());
    if (!texts.ok()) return std::string(texts.status().message());
    std::string names;
    for (const auto& [path, text] : texts->files) names += Cat(path.substr(directory_.path().size() + 1), " ");
    return names;
  }

  const TemporaryDirectory directory_;
};

TEST_F(KeyFilesTest, OfADirectoryTheVisibleJsonFilesAreRead) {
  for (const char* const name : {"b.json", "a.json", ".json", ".a.json", "a.json.tmp", "a.JSON", "json", "README"}) {
    Write(name, "{}");
  }
  EXPECT_EQ(Read(), "a.json b.json ");
}

TEST_F(KeyFilesTest, AFileThatCannotBeReadRefusesAll) {
  Write("a.json", "{}");
  std::filesystem::create_directory(PathOf("b.json"));
  EXPECT_THAT(Read(), HasSubstr("b.json is a directory"));
  std::filesystem::remove(PathOf("b.json"));
  std::filesystem::create_symlink("nowhere", PathOf("b.json"));
  EXPECT_THAT(Read(), HasSubstr("b.json cannot be read: No such file"));
  std::filesystem::remove(PathOf("b.json"));
  ASSERT_EQ(mkfifo(PathOf("b.json").c_str(), 0600), 0);
  EXPECT_THAT(Read(), HasSubstr("b.json is no regular file")) << "and nobody waits for its writer";
  std::filesystem::remove(PathOf("b.json"));
  Write("b.json", "");
  EXPECT_THAT(Read(), HasSubstr("b.json is empty"));
}

TEST_F(KeyFilesTest, ADirectoryThatIsSwappedByALinkIsFollowed) {
  for (const char* const version : {"1", "2"}) {
    std::filesystem::create_directory(PathOf(version));
    Write(Cat(version, "/keys.json"), version);
  }
  std::filesystem::create_symlink("1", PathOf("..data"));
  std::filesystem::create_symlink("..data/keys.json", PathOf("keys.json"));
  const auto text = [this] { return ReadKeyTexts(directory_.path())->files.at(0).second; };
  EXPECT_EQ(text(), "1");
  std::filesystem::create_symlink("2", PathOf("..new"));
  std::filesystem::rename(PathOf("..new"), PathOf("..data"));
  EXPECT_EQ(text(), "2");
}

TEST_F(KeyFilesTest, AFileThatAllUsersMayWriteIsNamed) {
  Write("a.json", "{}");
  Write("b.json", "{}");
  const auto open_to_all = [this] { return ReadKeyTexts(directory_.path())->open_to_all; };
  ASSERT_EQ(chmod(PathOf("a.json").c_str(), 0664), 0);
  EXPECT_EQ(open_to_all(), "");
  ASSERT_EQ(chmod(PathOf("a.json").c_str(), 0666), 0);
  EXPECT_EQ(open_to_all(), PathOf("a.json"));
}

TEST_F(KeyFilesTest, FilesAndBytesAreLimited) {
  EXPECT_THAT(Read(), HasSubstr("holds no file"));
  const std::string part(size_t{400} << 10, ' ');
  for (int i = 0; i < 2; ++i) Write(Cat(i, ".json"), part);
  EXPECT_EQ(Read(), "0.json 1.json ");
  Write("2.json", part);
  EXPECT_THAT(Read(), HasSubstr("holds more than 1 MiB"));
  for (int i = 0; i < 100; ++i) Write(Cat(i, ".json"), "{}");
  EXPECT_EQ(ReadKeyTexts(directory_.path())->files.size(), 100u);
  for (int i = 100; i < 300; ++i) Write(Cat(i, ".json"), "{}");
  EXPECT_THAT(Read(), HasSubstr("holds more than 100 files"));
}

}  // namespace
}  // namespace rowkeeper::identity
