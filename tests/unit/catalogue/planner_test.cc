#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/protobuf/descriptor.h"
#include "tests/unit/catalogue/temporary_protos.h"

namespace rowkeeper::catalogue {
namespace {

using ::testing::ElementsAre;

class PlannerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SourceOptions options;
    options.proto_paths = {"proto"};
    options.files = {"planner/v1/todo.proto", "planner/v1/profile.proto", "planner/v1/friendship.proto"};
    compiled_ = CompileSource(options);
    ASSERT_NE(compiled_.catalogue, nullptr) << compiled_.diagnostics;
  }

  const Entity& Todo() const { return *compiled_.catalogue->FindEntity("planner.v1.Todo"); }

  Compiled compiled_;
};

TEST_F(PlannerTest, HasNoMistakeAndNoWarning) { EXPECT_EQ(compiled_.diagnostics, ""); }

TEST_F(PlannerTest, TablesAreNamedByTheFilesConvention) {
  EXPECT_EQ(Todo().table, "todos");
  EXPECT_EQ(Todo().primary_key_name, "pk_todos");
  EXPECT_EQ(Todo().FindField("owner_id")->reference->constraint, "fk_todos_owner_id_profiles");
}

TEST_F(PlannerTest, ListsGoFromNewToOldUnlessDeclared) {
  const Entity& todo = Todo();
  ASSERT_EQ(todo.default_order.size(), 2u);
  EXPECT_EQ(todo.columns[todo.default_order[0].column].name, "created_at");
  EXPECT_TRUE(todo.default_order[0].descending);
  EXPECT_EQ(todo.columns[todo.default_order[1].column].name, "id");
  EXPECT_TRUE(todo.default_order[1].descending);
}

TEST_F(PlannerTest, TheRepositoryServesItsEntity) {
  const Repository* todos = nullptr;
  for (const Repository& repository : compiled_.catalogue->repositories()) {
    if (repository.entity == &Todo()) todos = &repository;
  }
  ASSERT_NE(todos, nullptr);
  EXPECT_EQ(todos->methods.front().operation, Operation::kCreate);
}

TEST(ExamplesTest, EveryProtoOfTheProjectCompilesWithoutAMistake) {
  SourceOptions options;
  options.proto_paths = {"proto"};
  const Compiled compiled = CompileSource(options);
  EXPECT_NE(compiled.catalogue, nullptr);
  EXPECT_EQ(compiled.diagnostics, "");
}

}  // namespace
}  // namespace rowkeeper::catalogue
