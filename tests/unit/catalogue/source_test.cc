#include "server/catalogue/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "google/protobuf/compiler/importer.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "tests/unit/catalogue/mistakes.h"
#include "tests/unit/catalogue/temporary_protos.h"

namespace rowkeeper::catalogue {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// The mistakes of loading alone, one a line.
std::string LoadErrors(const SourceOptions& options) {
  Diagnostics diagnostics;
  const std::unique_ptr<Source> source = Source::Load(options, &diagnostics);
  EXPECT_EQ(source == nullptr, !diagnostics.ok());
  return diagnostics.ToString();
}

SourceOptions Paths(std::vector<std::string> paths) {
  SourceOptions options;
  options.proto_paths = std::move(paths);
  return options;
}

std::vector<std::string> FileNames(const SourceOptions& options) {
  Diagnostics diagnostics;
  const std::unique_ptr<Source> source = Source::Load(options, &diagnostics);
  EXPECT_NE(source, nullptr) << diagnostics.ToString();
  std::vector<std::string> names;
  if (source == nullptr) return names;
  for (const google::protobuf::FileDescriptor* file : source->files()) names.push_back(file->name());
  return names;
}

const char kEmpty[] = "syntax = \"proto3\";\n";

TEST(SourceTest, FilesBelowAProtoPathAreFoundInOrder) {
  TemporaryProtos protos;
  protos.Write("b.proto", kEmpty);
  protos.Write("a/c.proto", kEmpty);
  protos.Write(".hidden/d.proto", kEmpty);
  protos.Write("notes.txt", "not a proto");
  EXPECT_THAT(FileNames(Paths({protos.path()})), ElementsAre("a/c.proto", "b.proto"));
}

TEST(SourceTest, AConfigMapIsReadOnceThroughItsLinks) {
  TemporaryProtos protos;
  protos.Write("..2026_11_21/a.proto", kEmpty);
  std::filesystem::create_directory_symlink("..2026_11_21", protos.path() + "/..data");
  std::filesystem::create_symlink("..data/a.proto", protos.path() + "/a.proto");
  EXPECT_THAT(FileNames(Paths({protos.path()})), ElementsAre("a.proto"));
}

TEST(SourceTest, AProtoPathInsideAnotherKeepsItsOwnFiles) {
  TemporaryProtos protos;
  protos.Write("main.proto", "syntax = \"proto3\"; import \"vendor.proto\"; message A { B b = 1; }");
  protos.Write("third_party/vendor.proto", "syntax = \"proto3\"; message B {}");
  EXPECT_THAT(FileNames(Paths({protos.path(), protos.path() + "/third_party", protos.path() + "/."})),
              ElementsAre("vendor.proto", "main.proto"));
}

TEST(SourceTest, ListedFilesBringTheirImportsOnly) {
  TemporaryProtos protos;
  protos.Write("a.proto", "syntax = \"proto3\"; import \"b.proto\"; message A { B b = 1; }");
  protos.Write("b.proto", "syntax = \"proto3\"; message B {}");
  protos.Write("broken.proto", "message {");
  SourceOptions options = Paths({protos.path()});
  options.files = {"./a.proto"};
  EXPECT_THAT(FileNames(options), ElementsAre("b.proto", "a.proto"));
  options.files = {protos.path() + "/b.proto"};
  EXPECT_THAT(FileNames(options), ElementsAre("b.proto"));
  options.files = {"c.proto"};
  EXPECT_EQ(LoadErrors(options), "c.proto: no such file below the proto paths (" + protos.path() +
                                     "); write its path relative to a proto path\n");
}

TEST(SourceTest, FilesOfTheBinaryNeedNotBeOnAnyPath) {
  EXPECT_THAT(ErrorsOf(ItemText("google.type.Date start_date = 2;")), IsEmpty());
}

TEST(SourceTest, OwnCopiesOfFilesOfTheBinaryDoNoHarm) {
  TemporaryProtos protos;
  protos.Write("shop.proto", ShopFile(ItemText("")));
  protos.Write("google/protobuf/timestamp.proto", "syntax = \"proto3\"; package google.protobuf; message Timestamp {}");
  std::ifstream own("proto/rowkeeper/v1/annotations.proto");
  protos.Write("rowkeeper/v1/annotations.proto", std::string(std::istreambuf_iterator<char>(own), {}));
  EXPECT_THAT(FileNames(Paths({protos.path()})), ElementsAre("shop.proto"));
}

/// As googleapis has it, and more than that: options, comments, a field, and a message.
const char kLargerDate[] = R"(// Copyright Somebody
syntax = "proto3";

package google.type;

option cc_enable_arenas = true;
option go_package = "google.golang.org/genproto/googleapis/type/date;date";
option java_multiple_files = true;

// Represents a whole or partial calendar date.
message Date {
  // Year of the date.
  int32 year = 1;
  int32 month = 2;
  int32 day = 3;
  string era = 4;
}

message Unrelated {}
)";

/// The google.type.Date that a catalogue uses.
const google::protobuf::Descriptor* DateOf(const Compiled& compiled) {
  return compiled.catalogue->FindEntity("shop.v1.Item")->FindField("start_date")->field->message_type();
}

TEST(SourceTest, AnImportersOwnDateIsUsed) {
  TemporaryProtos protos;
  protos.Write("shop.proto", ShopFile(ItemText("google.type.Date start_date = 2;")));
  const Compiled without = CompileSource(Paths({protos.path()}));
  ASSERT_NE(without.catalogue, nullptr) << without.diagnostics;
  EXPECT_EQ(DateOf(without)->field_count(), 3);
  EXPECT_THAT(FileNames(Paths({protos.path()})), ElementsAre("shop.proto"));

  TemporaryProtos googleapis;
  googleapis.Write("google/type/date.proto", kLargerDate);
  for (const SourceOptions& options :
       {Paths({protos.path(), googleapis.path()}), Paths({googleapis.path(), protos.path()})}) {
    const Compiled compiled = CompileSource(options);
    ASSERT_NE(compiled.catalogue, nullptr) << compiled.diagnostics;
    EXPECT_EQ(DateOf(compiled)->field_count(), 4);
    EXPECT_NE(DateOf(compiled)->file()->FindMessageTypeByName("Unrelated"), nullptr);
    EXPECT_EQ(compiled.catalogue->FindEntity("shop.v1.Item")->FindField("start_date")->type.kind, ValueKind::kDate);
    EXPECT_THAT(FileNames(options), Contains("google/type/date.proto")) << "it is the user's, for reflection";
  }
}

TEST(SourceTest, ADateThatIsNoneIsReported) {
  for (const char* fields : {"int32 year = 1; int32 month = 2;", "int32 year = 1; int32 month = 2; string day = 3;",
                             "int32 month = 1; int32 year = 2; int32 day = 3;",
                             "int32 year = 1; int32 month = 2; repeated int32 day = 3;"}) {
    TemporaryProtos protos;
    protos.Write("shop.proto", ShopFile(ItemText("google.type.Date start_date = 2;")));
    protos.Write("google/type/date.proto",
                 std::string("syntax = \"proto3\"; package google.type; message Date {") + fields + "}");
    EXPECT_EQ(LoadErrors(Paths({protos.path()})),
              "google/type/date.proto: google.type.Date is not that of googleapis, which has int32 year = 1, month = 2 "
              "and day = 3; leave the file out, for the server has it, or use googleapis' own\n")
        << fields;
  }
}

TEST(SourceTest, TheServicesOfTheServerCanBeImportedAndAreNotServedTwice) {
  TemporaryProtos protos;
  protos.Write("shop.proto",
               "syntax = \"proto3\";\nimport \"rowkeeper/v1/unit_of_work.proto\";\n"
               "message Saga { repeated rowkeeper.v1.RunCall calls = 1; }\n");
  EXPECT_THAT(FileNames(Paths({protos.path()})), ElementsAre("shop.proto"));
  EXPECT_THAT(FileNames(Paths({"proto"})), Not(Contains(HasSubstr("rowkeeper/"))));
}

TEST(SourceTest, SyntaxErrorsOfAllFilesAreReportedWithLines) {
  TemporaryProtos protos;
  protos.Write("a.proto", "syntax = \"proto3\";\nmessage A {\n  string name 1;\n}\n");
  protos.Write("b.proto", "syntax = \"proto3\";\nmessage B { Unknown u = 1; }\n");
  EXPECT_EQ(LoadErrors(Paths({protos.path()})),
            "a.proto:3: Missing field number\n"
            "b.proto:2: B.u: \"Unknown\" is not defined; declare it or import the file that does\n");
}

TEST(SourceTest, AForgottenImportOfTheAnnotationsIsNamed) {
  TemporaryProtos protos;
  protos.Write("a.proto", "syntax = \"proto3\";\nmessage A {\n  option (rowkeeper.v1.entity) = {};\n}\n");
  EXPECT_EQ(LoadErrors(Paths({protos.path()})),
            "a.proto:3: A: Option \"(rowkeeper.v1.entity)\" unknown. Ensure that your proto definition file imports "
            "the proto which defines the option; write import \"rowkeeper/v1/annotations.proto\";\n");
}

TEST(SourceTest, AMissingImportIsReportedWhereItIsWritten) {
  TemporaryProtos protos;
  protos.Write("a.proto", "syntax = \"proto3\";\nimport \"other.proto\";\n");
  EXPECT_EQ(LoadErrors(Paths({protos.path()})),
            "a.proto:2: import \"other.proto\" cannot be found; correct the name or add the proto path that holds it "
            "(searched: " +
                protos.path() + ")\n");
}

TEST(SourceTest, FilesThatImportEachOtherAreReported) {
  TemporaryProtos protos;
  protos.Write("a.proto", "syntax = \"proto3\";\nimport \"b.proto\";\n");
  protos.Write("b.proto", "syntax = \"proto3\";\nimport \"a.proto\";\n");
  EXPECT_EQ(LoadErrors(Paths({protos.path()})),
            "b.proto:2: the file imports itself (a.proto -> b.proto -> a.proto); move what both need into a third "
            "file\n");
}

TEST(SourceTest, AMistakeInAnImportedFileIsReportedOnce) {
  TemporaryProtos protos;
  protos.Write("a.proto", "syntax = \"proto3\";\nimport \"b.proto\";\n");
  protos.Write("b.proto", "syntax = \"proto3\";\nmessage {}\n");
  EXPECT_EQ(LoadErrors(Paths({protos.path()})), "b.proto:2: Expected message name\n");
}

TEST(SourceTest, BadProtoPathsAreReported) {
  TemporaryProtos protos;
  const std::string file = protos.Write("a.proto", kEmpty);
  EXPECT_EQ(LoadErrors(Paths({protos.path() + "/nowhere"})),
            protos.path() +
                "/nowhere: cannot open the proto path (No such file or directory); give an existing directory that "
                "holds your .proto files\n");
  EXPECT_EQ(LoadErrors(Paths({file})),
            file +
                ": the proto path is not a directory; give the directory that imports are relative to, and list the "
                "file itself separately\n");
}

TEST(SourceTest, AnEmptyCatalogueIsReported) {
  TemporaryProtos protos;
  EXPECT_EQ(LoadErrors(Paths({protos.path()})),
            protos.path() +
                ": there are no .proto files; give a proto path that holds your .proto files, or a "
                "descriptor set\n");
  EXPECT_EQ(LoadErrors({}),
            "there are no .proto files; give a proto path that holds your .proto files, or a descriptor set\n");
}

TEST(SourceTest, OneNameUnderTwoProtoPathsIsReported) {
  TemporaryProtos one;
  TemporaryProtos two;
  one.Write("a.proto", kEmpty);
  two.Write("a.proto", kEmpty);
  const std::string problem = "a.proto: found under two proto paths, " + one.path() + " and " + two.path() +
                              "; remove one of the two files or leave out one proto path\n";
  SourceOptions options = Paths({one.path(), two.path()});
  EXPECT_EQ(LoadErrors(options), problem);
  options.files = {"a.proto"};
  EXPECT_EQ(LoadErrors(options), problem);
}

TEST(SourceTest, Proto2FeaturesThatCannotBeStoredAreReported) {
  TemporaryProtos protos;
  protos.Write("old.proto", R"(syntax = "proto2";
import "rowkeeper/v1/annotations.proto";
message Old {
  option (rowkeeper.v1.entity) = {};
  optional string id = 1;
  required string name = 2;
  optional group Part = 3 { optional string a = 1; }
  extensions 100 to 200;
  optional Inner inner = 4;
}
message Inner { required string name = 1; }
)");
  EXPECT_THAT(CompileSource(Paths({protos.path()})).diagnostics,
              AllOf(HasSubstr("old.proto:3: Old: an entity cannot have extensions; remove the extension range\n"),
                    HasSubstr("old.proto:6: Old.name: a proto2 `required` field cannot be stored; declare the message "
                              "in proto3; a field without `optional` is NOT NULL there\n"),
                    HasSubstr("old.proto:7: Old.part: a group cannot be stored; declare a message and a field of its "
                              "type\n"),
                    HasSubstr("old.proto:9: Old.inner: the required field Inner.name cannot be stored; declare the "
                              "message in proto3, without it\n")));
}

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
