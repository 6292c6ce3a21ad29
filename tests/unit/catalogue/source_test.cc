#include "server/catalogue/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "google/protobuf/compiler/importer.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "tests/unit/catalogue/loading.h"
#include "tests/unit/catalogue/mistakes.h"
#include "tests/unit/catalogue/temporary_protos.h"

namespace rowkeeper::catalogue {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

SourceOptions Paths(std::vector<std::string> paths) {
  SourceOptions options;
  options.proto_paths = std::move(paths);
  return options;
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

}  // namespace
}  // namespace rowkeeper::catalogue
