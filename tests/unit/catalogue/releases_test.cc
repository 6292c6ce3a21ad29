#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "rowkeeper/v1/annotations.pb.h"

namespace rowkeeper::catalogue {
namespace {

using ::testing::IsSupersetOf;
using ::testing::SizeIs;

/// Extendee and number of each option, by its full name.
using OptionNumbers = std::map<std::string, std::pair<std::string, int>>;

OptionNumbers NumbersIn(const std::filesystem::path& descriptor_set) {
  google::protobuf::FileDescriptorSet set;
  std::ifstream in(descriptor_set, std::ios::binary);
  EXPECT_TRUE(set.ParseFromIstream(&in)) << descriptor_set;
  OptionNumbers numbers;
  for (const auto& file : set.file()) {
    if (file.package() != "rowkeeper.v1") continue;
    for (const auto& option : file.extension()) {
      numbers[file.package() + "." + option.name()] = {option.extendee().substr(1), option.number()};
    }
  }
  return numbers;
}

OptionNumbers NumbersNow() {
  OptionNumbers numbers;
  const google::protobuf::FileDescriptor& file = *v1::EntityOptions::descriptor()->file();
  for (int i = 0; i < file.extension_count(); ++i) {
    const google::protobuf::FieldDescriptor& option = *file.extension(i);
    numbers[option.full_name()] = {option.containing_type()->full_name(), option.number()};
  }
  return numbers;
}

/// buf breaking compares fields' numbers and not those of extensions.
TEST(ReleasesTest, OptionsKeepTheNumbersOfEveryRelease) {
  int releases = 0;
  for (const auto& entry : std::filesystem::directory_iterator("proto/releases")) {
    if (entry.path().extension() != ".binpb") continue;
    ++releases;
    const OptionNumbers released = NumbersIn(entry.path());
    EXPECT_GE(released.size(), 9u) << entry.path();
    EXPECT_THAT(NumbersNow(), IsSupersetOf(released)) << entry.path();
  }
  EXPECT_GE(releases, 1);
}

TEST(ReleasesTest, OptionsAreInTheirBlockAndShareNoNumber) {
  std::map<int, std::string> names;
  for (const auto& [name, option] : NumbersNow()) {
    EXPECT_GE(option.second, 123805504) << name;
    EXPECT_LE(option.second, 123805519) << name;
    names[option.second] = name;
  }
  EXPECT_THAT(names, SizeIs(NumbersNow().size()));
}

}  // namespace
}  // namespace rowkeeper::catalogue
