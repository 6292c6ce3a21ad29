#include "server/catalogue/repository_writer.h"
#include "tests/unit/catalogue/temporary_protos.h"
#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using ::testing::IsEmpty;

/// The mistakes in the plans of the repositories that are written for all entities of `catalogue`, whose files are
/// below `folder`. A package of another name keeps them apart from repositories that are there.
void ExpectFlawless(const catalogue::Catalogue& entities, const std::string& folder) {
  catalogue::TemporaryProtos protos;
  int number = 0;
  for (const auto& entity : entities.entities()) {
    catalogue::WrittenProto written = catalogue::WriteRepository(*entity);
    const size_t package = written.text.find(".v1;");
    ASSERT_NE(package, std::string::npos);
    written.text.replace(package, 4, absl::StrCat(".v1.generated", ++number, ";"));
    protos.Write(absl::StrCat("generated", number, ".proto"), written.text);
  }
  catalogue::SourceOptions options;
  options.proto_paths = {folder, protos.path()};
  catalogue::Compiled compiled = catalogue::CompileSource(options);
  ASSERT_NE(compiled.catalogue, nullptr) << compiled.diagnostics;
  const Plans plans(std::move(compiled.catalogue));
  EXPECT_THAT(plans.Mistakes(), IsEmpty());
}

TEST(GeneratedPlans, TheExamplesAreFlawless) {
  catalogue::SourceOptions options;
  options.proto_paths = {"proto"};
  const catalogue::Compiled examples = catalogue::CompileSource(options);
  ASSERT_NE(examples.catalogue, nullptr) << examples.diagnostics;
  ExpectFlawless(*examples.catalogue, "proto");
}

TEST(GeneratedPlans, SoAreEntitiesOfEveryShape) {
  for (uint32_t seed = 1; seed <= 15; ++seed) {
    SCOPED_TRACE(seed);
    catalogue::TemporaryProtos protos;
    protos.Write("shop.proto", testing::RandomCatalogueProto({seed, /*entities=*/8}));
    catalogue::SourceOptions options;
    options.proto_paths = {protos.path()};
    const catalogue::Compiled compiled = catalogue::CompileSource(options);
    ASSERT_NE(compiled.catalogue, nullptr) << compiled.diagnostics;
    ExpectFlawless(*compiled.catalogue, protos.path());
  }
}

TEST(GeneratedPlans, HoldBatchesBulkChangesAndAPurge) {
  const Plans plans(testing::CompileExample("planner/v1"));
  const catalogue::Entity* todo = nullptr;
  for (const auto& entity : plans.catalogue().entities()) {
    if (entity->full_name == "planner.v1.Todo") todo = entity.get();
  }
  ASSERT_NE(todo, nullptr);
  const std::string text = catalogue::WriteRepository(*todo).text;
  for (const char* method : {"BatchGet", "BatchCreate", "BatchUpdate", "BatchSoftDelete", "BatchRestore", "BatchDelete",
                             "Upsert", "BatchUpsert", "UpdateWhere", "SoftDeleteWhere", "DeleteWhere", "Purge"}) {
    EXPECT_THAT(text, ::testing::HasSubstr(absl::StrCat("rpc ", method, "(")));
  }
}

}  // namespace
}  // namespace rowkeeper::plan
