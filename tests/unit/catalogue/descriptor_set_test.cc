// Catalogues that come as descriptor sets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "google/protobuf/compiler/importer.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "server/catalogue/source.h"
#include "tests/unit/catalogue/loading.h"
#include "tests/unit/catalogue/mistakes.h"
#include "tests/unit/catalogue/temporary_protos.h"

namespace rowkeeper::catalogue {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DescriptorSetTest : public ::testing::Test {
 protected:
  /// Writes the descriptor sets of `body` below ShopFile's header.
  void WriteSets(const std::string& body) {
    protos_.Write("in/shop.proto", ShopFile(body));
    google::protobuf::compiler::DiskSourceTree tree;
    tree.MapPath("", protos_.path() + "/in");
    tree.MapPath("", "proto");
    tree.MapPath("", "server/protocols");
    tree.MapPath("", "/usr/include");
    google::protobuf::compiler::Importer importer(&tree, nullptr);
    const google::protobuf::FileDescriptor* file = importer.Import("shop.proto");
    ASSERT_NE(file, nullptr);
    google::protobuf::FileDescriptorSet alone;
    file->CopyTo(alone.add_file());
    alone_ = protos_.Write("alone.binpb", alone.SerializeAsString());
    file->CopySourceCodeInfoTo(alone.mutable_file(0));
    with_lines_ = protos_.Write("with_lines.binpb", alone.SerializeAsString());
    google::protobuf::FileDescriptorSet complete;
    AddWithImports(*file, &complete);
    complete_ = protos_.Write("complete.binpb", complete.SerializeAsString());
  }

  static void AddWithImports(const google::protobuf::FileDescriptor& file, google::protobuf::FileDescriptorSet* set) {
    for (const auto& known : set->file()) {
      if (known.name() == file.name()) return;
    }
    for (int i = 0; i < file.dependency_count(); ++i) AddWithImports(*file.dependency(i), set);
    file.CopyTo(set->add_file());
  }

  static SourceOptions Sets(std::vector<std::string> sets) {
    SourceOptions options;
    options.descriptor_sets = std::move(sets);
    return options;
  }

  TemporaryProtos protos_;
  std::string alone_;
  std::string with_lines_;
  std::string complete_;
};

TEST_F(DescriptorSetTest, ServesWithAndWithoutImportsOfTheFilesOfTheBinary) {
  WriteSets(ItemText("google.protobuf.Timestamp due_at = 2 [(rowkeeper.v1.column).sortable = true];"));
  for (const std::string& set : {alone_, with_lines_, complete_}) {
    const Compiled compiled = CompileSource(Sets({set}));
    ASSERT_NE(compiled.catalogue, nullptr) << compiled.diagnostics;
    EXPECT_TRUE(compiled.catalogue->FindEntity("shop.v1.Item")->FindField("due_at")->sortable);
  }
  EXPECT_THAT(FileNames(Sets({alone_})), ElementsAre("shop.proto"));
  EXPECT_THAT(FileNames(Sets({complete_})), ElementsAre("google/type/date.proto", "shop.proto"));
}

TEST_F(DescriptorSetTest, ASetsOwnDateIsUsed) {
  protos_.Write("in/google/type/date.proto", kLargerDate);
  WriteSets(ItemText("google.type.Date start_date = 2;"));
  const Compiled complete = CompileSource(Sets({complete_}));
  ASSERT_NE(complete.catalogue, nullptr) << complete.diagnostics;
  EXPECT_EQ(DateOf(complete)->field_count(), 4);
  EXPECT_THAT(FileNames(Sets({complete_})), ElementsAre("google/type/date.proto", "shop.proto"));
  const Compiled alone = CompileSource(Sets({alone_}));
  ASSERT_NE(alone.catalogue, nullptr) << alone.diagnostics;
  EXPECT_EQ(DateOf(alone)->field_count(), 3) << "the set does not bring it";

  // One a set or path brings is as good as another's; nobody can leave it out of a set.
  TemporaryProtos other;
  other.Write(
      "google/type/date.proto",
      "syntax = \"proto3\"; package google.type; message Date { int32 year = 1; int32 month = 2; int32 day = 3; }");
  SourceOptions both = Sets({complete_});
  both.proto_paths = {other.path()};
  const Compiled compiled = CompileSource(both);
  ASSERT_NE(compiled.catalogue, nullptr) << compiled.diagnostics;
  EXPECT_EQ(DateOf(compiled)->field_count(), 4);
}

TEST_F(DescriptorSetTest, ASetWithTheOptionsOfAnotherReleaseIsReported) {
  WriteSets(ItemText(""));
  google::protobuf::FileDescriptorSet set;
  std::ifstream in(complete_, std::ios::binary);
  ASSERT_TRUE(set.ParseFromIstream(&in));
  for (auto& file : *set.mutable_file()) {
    if (file.name() != "rowkeeper/v1/annotations.proto") continue;
    for (auto& option : *file.mutable_extension()) option.set_number(51901);
  }
  const std::string old = protos_.Write("old.binpb", set.SerializeAsString());
  EXPECT_EQ(LoadErrors(Sets({old})),
            old +
                ": was compiled with the rowkeeper/v1/annotations.proto of another release: "
                "(rowkeeper.v1.conventions) is 51901 there and 123805504 here; compile it again with the "
                "rowkeeper/v1/annotations.proto of this release\n");
}

TEST_F(DescriptorSetTest, TheSameSetTwiceDoesNoHarm) {
  WriteSets(ItemText(""));
  EXPECT_EQ(LoadErrors(Sets({alone_, alone_})), "");
  EXPECT_THAT(LoadErrors(Sets({alone_, with_lines_})),
              HasSubstr("holds shop.proto, which differs from that in another descriptor set; leave out one"));
}

TEST_F(DescriptorSetTest, MistakesHaveLinesOnlyWhereTheSetHas) {
  WriteSets(ItemText("int32 count = 2 [(rowkeeper.v1.column).max_length = 5];"));
  const std::string mistake = "shop.v1.Item.count: max_length does not fit an int32 field; remove max_length\n";
  EXPECT_EQ(CompileSource(Sets({alone_})).diagnostics, "shop.proto: " + mistake);
  EXPECT_EQ(CompileSource(Sets({with_lines_})).diagnostics, "shop.proto:6: " + mistake);
}

TEST_F(DescriptorSetTest, AFileInASetAndOnAPathIsReported) {
  WriteSets(ItemText(""));
  SourceOptions options = Sets({alone_});
  options.proto_paths = {protos_.path() + "/in"};
  EXPECT_EQ(LoadErrors(options),
            "shop.proto: found both in a descriptor set and below a proto path; leave out one of the two\n");
}

TEST_F(DescriptorSetTest, WhatIsNoSetIsReported) {
  const std::string text = protos_.Write("text.binpb", "this is not a descriptor set");
  const std::string remedy = "; write it with `protoc --include_imports --include_source_info -o` or `buf build -o`\n";
  EXPECT_EQ(LoadErrors(Sets({text})), text + ": is not a FileDescriptorSet" + remedy);
  EXPECT_EQ(LoadErrors(Sets({"/nowhere.binpb"})), "/nowhere.binpb: cannot be read" + remedy);
}

TEST_F(DescriptorSetTest, AMissingImportNamesTheFlag) {
  google::protobuf::FileDescriptorSet set;
  set.add_file()->set_name("a.proto");
  set.mutable_file(0)->add_dependency("b.proto");
  const std::string path = protos_.Write("a.binpb", set.SerializeAsString());
  EXPECT_EQ(LoadErrors(Sets({path})),
            "a.proto: import \"b.proto\" cannot be found; write the descriptor set with all imports (`protoc "
            "--include_imports -o` or `buf build -o`)\n");
}

}  // namespace
}  // namespace rowkeeper::catalogue
