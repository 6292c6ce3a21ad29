#include <filesystem>

#include "tests/pg/server/reload_fixture.h"
#include "tests/unit/catalogue/temporary_protos.h"

namespace rowkeeper::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kApplied[] = "rowkeeper_catalogue_reloads_total{outcome=\"applied\"} ";
constexpr char kRefused[] = "rowkeeper_catalogue_reloads_total{outcome=\"refused\"} ";

/// A server whose catalogue is read from a file. Each look takes a second of its clock.
class ReloadFilesTest : public ::testing::Test {
 protected:
  void Start(const ItemVersion& version, bool watch = true) {
    Write(version);
    InProcessServer::Options options;
    options.serve.watch_protos = watch;
    options.schema = InProcessServer::Options::Schema::kLeaveEmpty;
    app::CatalogueSettings settings;
    settings.proto_paths = {protos_.path()};
    options.files = app::CatalogueFiles{settings, app::LookAtFiles(settings)};
    second_ = WithPlans(CompileProtoText(ItemProto(SecondVersion())));
    server_ = std::make_unique<InProcessServer>(CompileDirectory(protos_.path()), std::move(options));
    ASSERT_TRUE(server_->ok() && second_ != nullptr);
    CreateSchema(*second_->catalogue, &server_->database());
    ASSERT_TRUE(Eventually([this] { return server_->IsServing(); }));
  }

  /// At once, as the server may look at any moment.
  void Write(const ItemVersion& version) {
    const std::string written = protos_.Write("catalogue.new", ItemProto(version));
    std::filesystem::rename(written, protos_.path() + "/catalogue.proto");
  }

  bool HasBoxes() const { return server_->IsServing("shop.v1.BoxRepository"); }
  bool Says(const std::string& metric) const { return server_->MetricsText().find(metric) != std::string::npos; }
  std::string Problem() const { return server_->process().catalogue().served().problem(); }

  catalogue::TemporaryProtos protos_;
  std::unique_ptr<app::LoadedCatalogue> second_;
  std::unique_ptr<InProcessServer> server_;
};

TEST(CatalogueFilesTest, LinkedDirectoriesAreNotFollowedAndImportsAreLookedAt) {
  catalogue::TemporaryProtos protos;
  protos.Write("one.proto", "one");
  protos.Write("shared/two.proto", "two");
  for (const char* name : {"a", "b", "c"}) std::filesystem::create_directory_symlink(".", protos.path() + "/" + name);
  app::CatalogueSettings settings;
  settings.proto_paths = {protos.path()};
  const std::string all = app::LookAtFiles(settings).text;
  EXPECT_THAT(all, AllOf(HasSubstr("one.proto\n"), HasSubstr("shared/two.proto\n"), Not(HasSubstr("/a/"))));
  settings.files = {"one.proto"};
  EXPECT_THAT(app::LookAtFiles(settings).text, Not(HasSubstr("two.proto")));
  EXPECT_EQ(app::LookAtFiles(settings, {"shared/two.proto"}).text, all);
  const app::FilesSeen before = app::LookAtFiles(settings);
  protos.Write("one.proto", "another");
  EXPECT_NE(app::LookAtFiles(settings), before);
}

TEST_F(ReloadFilesTest, ChangedFilesAreServed) {
  Start(FirstVersion());
  EXPECT_TRUE(Says("rowkeeper_catalogue_generation 1"));
  Write(SecondVersion());
  EXPECT_TRUE(Eventually([this] { return HasBoxes(); })) << Problem();
  EXPECT_TRUE(Eventually([this] { return Says(std::string(kApplied) + "1"); }));
  EXPECT_TRUE(Says("rowkeeper_catalogue_generation 2"));
  Write(FirstVersion());
  EXPECT_TRUE(Eventually([this] { return !HasBoxes(); })) << Problem();
}

TEST_F(ReloadFilesTest, MistakesAreRefusedAndWhatIsServedGoesOn) {
  Start(FirstVersion());
  ItemVersion wrong = SecondVersion();
  wrong.fields = "  strange size = 9;";
  Write(wrong);
  EXPECT_TRUE(Eventually([this] { return Says(std::string(kRefused) + "1"); }));
  EXPECT_TRUE(Eventually([this] { return !Problem().empty(); }));
  EXPECT_THAT(Problem(), HasSubstr("catalogue.proto:7"));
  EXPECT_THAT(Problem(), HasSubstr("strange"));
  EXPECT_TRUE(server_->IsServing("shop.v1.ItemRepository"));
  EXPECT_TRUE(Says("rowkeeper_catalogue_generation 1"));
  Write(SecondVersion());
  EXPECT_TRUE(Eventually([this] { return HasBoxes(); })) << Problem();
  EXPECT_TRUE(Eventually([this] { return Problem().empty(); })) << Problem();
}

TEST_F(ReloadFilesTest, WhatDoesNotFitTheDatabaseWaitsForIt) {
  Start(FirstVersion());
  ItemVersion later = SecondVersion();
  later.fields += "\n  optional string color = 12;";
  Write(later);
  EXPECT_TRUE(Eventually([this] { return Says("rowkeeper_catalogue_waiting 1"); }));
  EXPECT_TRUE(Eventually([this] { return Problem().find("color") != std::string::npos; })) << Problem();
  EXPECT_FALSE(HasBoxes());
  server_->database().Run("ALTER TABLE items ADD color text");
  EXPECT_TRUE(Eventually([this] { return HasBoxes(); })) << Problem();
  EXPECT_TRUE(Eventually([this] { return Says("rowkeeper_catalogue_waiting 0"); }));
}

TEST_F(ReloadFilesTest, WithoutWatchFilesAreReadWhenItIsAskedFor) {
  Start(FirstVersion(), /*watch=*/false);
  Write(SecondVersion());
  server_->process().ReloadCatalogue();
  EXPECT_TRUE(Eventually([this] { return HasBoxes(); })) << Problem();
}

}  // namespace
}  // namespace rowkeeper::testing
