#include "server/catalogue/repository_merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_replace.h"
#include "server/catalogue/repository_writer.h"
#include "tests/unit/catalogue/temporary_protos.h"

namespace rowkeeper::catalogue {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kPlain[] = R"(syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
message Product {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string sku = 2;
}
)";

class RepositoryMergeTest : public ::testing::Test {
 protected:
  /// The entity of a file that was changed since `text` was written.
  void Declare(const std::string& proto) {
    protos_ = std::make_unique<TemporaryProtos>();
    protos_->Write("shop/v1/product.proto", proto);
    SourceOptions options;
    options.proto_paths = {protos_->path()};
    Compiled compiled = CompileSource(options);
    ASSERT_NE(compiled.catalogue, nullptr) << compiled.diagnostics;
    catalogue_ = std::move(compiled.catalogue);
  }
  void DeclareWith(const std::string& old, const std::string& now) {
    std::string proto = kPlain;
    ASSERT_EQ(absl::StrReplaceAll({{old, now}}, &proto), 1);
    Declare(proto);
  }
  const Entity& entity() const { return *catalogue_->entities().front(); }

  MergedProto Merged(const std::string& text) const {
    auto merged = MergeRepository(entity(), text);
    EXPECT_TRUE(merged.ok()) << merged.status();
    return merged.ok() ? *std::move(merged) : MergedProto();
  }
  /// What the compiler says of a repository beside the entity.
  std::string Problems(const std::string& text) const {
    protos_->Write("shop/v1/product_repository.proto", text);
    SourceOptions options;
    options.proto_paths = {protos_->path()};
    return CompileSource(options).diagnostics;
  }

  std::unique_ptr<TemporaryProtos> protos_;
  std::shared_ptr<const Catalogue> catalogue_;
};

TEST_F(RepositoryMergeTest, AFileThatHasEverythingStaysAsItIs) {
  SourceOptions options;
  options.proto_paths = {"proto"};
  const Compiled examples = CompileSource(options);
  ASSERT_NE(examples.catalogue, nullptr) << examples.diagnostics;
  for (const auto& entity : examples.catalogue->entities()) {
    const std::string text = WriteRepository(*entity).text;
    const auto merged = MergeRepository(*entity, text);
    ASSERT_TRUE(merged.ok()) << merged.status();
    EXPECT_EQ(merged->text, text);
    EXPECT_THAT(merged->added, IsEmpty());
    EXPECT_THAT(merged->differences, IsEmpty());
  }
}

TEST_F(RepositoryMergeTest, AnEmptyServiceGetsEverythingThatWouldBeWritten) {
  Declare(kPlain);
  const MergedProto merged = Merged(R"(syntax = "proto3";
package shop.v1;
service ProductRepository { option (rowkeeper.v1.repository) = {entity: "shop.v1.Product"}; })");
  EXPECT_EQ(Problems(merged.text), "") << merged.text;
  EXPECT_EQ(merged.added.front(), "rpc Create");
  const MergedProto again = Merged(merged.text);
  EXPECT_EQ(again.text, merged.text);
  EXPECT_THAT(again.differences, IsEmpty());
}

TEST_F(RepositoryMergeTest, ANewUniqueKeyGetsItsMethodAndNothingElseChanges) {
  Declare(kPlain);
  const std::string before = WriteRepository(entity()).text;
  DeclareWith("string sku = 2;", "string sku = 2 [(rowkeeper.v1.column).unique = true];");
  const MergedProto merged = Merged(before);
  EXPECT_EQ(Problems(merged.text), "") << merged.text;
  EXPECT_THAT(merged.added, ElementsAre("rpc GetBySku", "message GetProductBySkuRequest"));
  EXPECT_THAT(merged.differences, IsEmpty());
  std::string without = merged.text;
  EXPECT_EQ(absl::StrReplaceAll({{"  rpc GetBySku(GetProductBySkuRequest) returns (Product);\n", ""}}, &without), 1);
  EXPECT_EQ(without.substr(0, before.size()), before);
}

TEST_F(RepositoryMergeTest, ANewFilterGetsTheNextFreeNumber) {
  Declare(kPlain);
  std::string before = WriteRepository(entity()).text;
  ASSERT_EQ(absl::StrReplaceAll({{"message ListProductsRequest {\n",
                                  "message ListProductsRequest {\n  reserved 9 to 11;\n  string search = 30;\n"}},
                                &before),
            1);
  DeclareWith("string sku = 2;", "string sku = 2 [(rowkeeper.v1.column).filterable = true];");
  const MergedProto merged = Merged(before);
  EXPECT_THAT(merged.text, HasSubstr("  string filter = 31;\n}\n"));
  EXPECT_THAT(merged.added, ::testing::Contains("field ListProductsRequest.filter"));
}

TEST_F(RepositoryMergeTest, WhatPeopleWroteStaysToTheByte) {
  Declare(kPlain);
  std::string before = WriteRepository(entity()).text;
  ASSERT_EQ(absl::StrReplaceAll({{"  rpc Delete(", "\t// By hand: \xC3\xA9\n\n  rpc  Delete ("},
                                 {"message CreateProductRequest {\n  Product product = 1;\n}\n",
                                  "message CreateProductRequest { Product product = 1; /* } */ }\n"}},
                                &before),
            2);
  DeclareWith("string sku = 2;", "string sku = 2 [(rowkeeper.v1.column).unique = true];");
  const MergedProto merged = Merged(before);
  EXPECT_THAT(merged.text, HasSubstr("\t// By hand: \xC3\xA9\n\n  rpc  Delete ("));
  EXPECT_THAT(merged.text, HasSubstr("message CreateProductRequest { Product product = 1; /* } */ }\n"));
  EXPECT_EQ(Problems(merged.text), "") << merged.text;
}

TEST_F(RepositoryMergeTest, WhatIsLeftOutOnPurposeStaysOut) {
  Declare(kPlain);
  std::string before = WriteRepository(entity()).text;
  const std::string count =
      "  // How many rows match.\n  rpc Count(CountProductsRequest) returns (CountProductsResponse);\n";
  ASSERT_EQ(absl::StrReplaceAll({{count, "  // generate: without Count, ListProductsRequest.order_by\n"},
                                 {"  string order_by = 3;\n", ""}},
                                &before),
            2);
  EXPECT_EQ(Merged(before).text, before);
  ASSERT_EQ(absl::StrReplaceAll(
                {{", ListProductsRequest.order_by", ""},
                 {"message ListProductsRequest {\n", "message ListProductsRequest {\n  reserved \"order_by\";\n"}},
                &before),
            2);
  EXPECT_EQ(Merged(before).text, before);
}

TEST_F(RepositoryMergeTest, WhatStandsThereOtherwiseIsListedAndLeft) {
  Declare(kPlain);
  std::string before = WriteRepository(entity()).text;
  ASSERT_EQ(absl::StrReplaceAll(
                {{"rpc GetById(GetProductByIdRequest) returns (Product)", "rpc GetById(Key) returns (shop.v1.Product)"},
                 {"  int32 page_size = 1;", "  optional int32 page_size = 1;"}},
                &before),
            2);
  const MergedProto merged = Merged(before);
  EXPECT_EQ(merged.text, before);
  ASSERT_EQ(merged.differences.size(), 2u);
  EXPECT_THAT(
      merged.differences[0],
      HasSubstr("rpc GetById is (Key) returns (shop.v1.Product), not (GetProductByIdRequest) returns (Product)"));
  EXPECT_THAT(merged.differences[1], HasSubstr("field ListProductsRequest.page_size is optional int32, not int32"));
}

TEST_F(RepositoryMergeTest, AFileThatIsNoneOfTheEntityIsRefused) {
  Declare(kPlain);
  const auto other = MergeRepository(entity(), "syntax = \"proto3\";\nservice S {}\n");
  EXPECT_THAT(std::string(other.status().message()), HasSubstr("no repository of shop.v1.Product"));
  const auto broken = MergeRepository(entity(), "syntax = \"proto3\";\nservice S {\n");
  EXPECT_THAT(std::string(broken.status().message()), HasSubstr("3:1: "));
}

TEST_F(RepositoryMergeTest, ImportsStandWhereTheirNamesBelongAndOnlyWhenTheyAreNeeded) {
  Declare(kPlain);
  std::string before = WriteRepository(entity()).text;
  Declare(absl::StrReplaceAll(
      kPlain, {{"import \"rowkeeper", "import \"google/protobuf/timestamp.proto\";\nimport \"rowkeeper"},
               {"string sku = 2;",
                "string sku = 2;\n  google.protobuf.Timestamp sold_at = 4 [(rowkeeper.v1.column).sortable = true];"}}));
  const MergedProto merged = Merged(before);
  EXPECT_THAT(merged.added, ::testing::Contains("rpc ListByDateRange"));
  EXPECT_THAT(merged.text, HasSubstr("import \"google/protobuf/field_mask.proto\";\nimport "
                                     "\"google/protobuf/timestamp.proto\";\nimport \"rowkeeper"));
  EXPECT_EQ(Problems(merged.text), "") << merged.text;
}

}  // namespace
}  // namespace rowkeeper::catalogue
