#include "server/sql/cascade.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "server/base/text.h"
#include "server/sql/render.h"
#include "server/sql/render_cascade.h"
#include "server/sql/variants.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::sql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class CascadeShapeTest : public ::testing::Test {
 protected:
  CascadeShape Shape(const char* entity) const {
    return ShapeOfCascade(*catalogue_->FindEntity(Cat("tracker.v1.", entity)));
  }
  CascadeScope Scope(const char* entity, CascadeKind kind) const {
    return ScopeOfCascade(*catalogue_->FindEntity(Cat("tracker.v1.", entity)), kind);
  }
  static std::vector<std::string> Nodes(const CascadeShape& shape) {
    std::vector<std::string> names;
    for (const CascadeNode& node : shape.nodes) names.push_back(node.entity->table);
    return names;
  }
  static std::vector<std::string> Names(const std::vector<CascadeEdge>& edges) {
    std::vector<std::string> names;
    for (const CascadeEdge& edge : edges) {
      names.push_back(Cat(edge.entity->table, ".", edge.entity->columns[edge.column].name, edge.node < 0 ? "!" : ""));
    }
    return names;
  }

  const std::unique_ptr<const catalogue::Catalogue> catalogue_ = testing::CompileExample("tracker/v1");
};

TEST_F(CascadeShapeTest, FollowsCascadesBetweenSoftDeletableEntities) {
  const CascadeShape project = Shape("Project");
  EXPECT_THAT(Nodes(project),
              ::testing::UnorderedElementsAre("project", "document", "task", "task_board", "task_comment"));
  EXPECT_THAT(Names(project.restricts), IsEmpty());
  // Rows that cannot be soft-deleted end it: project_user and board_column stay.
  EXPECT_THAT(Names(project.set_nulls), IsEmpty());
  EXPECT_THAT(project.slot_types, ElementsAre("uuid"));
  EXPECT_EQ(Scope("Project", CascadeKind::kSoftDelete), CascadeScope::kRows);
}

TEST_F(CascadeShapeTest, KnowsWhoForbidsAndWhoLosesAReference) {
  const CascadeShape user = Shape("User");
  EXPECT_THAT(Nodes(user), ElementsAre("user", "conversation"));
  EXPECT_THAT(Names(user.restricts),
              ::testing::UnorderedElementsAre("account.owner_id!", "project.owner_id!", "task_comment.author_id!"));
  EXPECT_THAT(Names(user.set_nulls), ElementsAre("task.assignee_id!"));
  EXPECT_EQ(Names(user.blockers(CascadeKind::kSoftDelete)), Names(user.restricts));
}

/// What a scope has to be, from all that a change would look at.
CascadeScope ScopeOf(const CascadeShape& shape, CascadeKind kind) {
  if (!shape.cascades.empty()) return CascadeScope::kRows;
  if (kind == CascadeKind::kRestore) return shape.parents.empty() ? CascadeScope::kNothing : CascadeScope::kParents;
  return shape.restricts.empty() && shape.set_nulls.empty() ? CascadeScope::kNothing : CascadeScope::kRows;
}

TEST(CascadeScopeTest, IsToldWithoutBuildingTheShape) {
  std::vector<std::unique_ptr<const catalogue::Catalogue>> catalogues;
  for (const char* example : {"planner/v1", "tracker/v1"}) catalogues.push_back(testing::CompileExample(example));
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    catalogues.push_back(testing::CompileProtoText(testing::RandomCatalogueProto({seed, /*entities=*/6})));
  }
  std::set<CascadeScope> seen;
  for (const auto& catalogue : catalogues) {
    ASSERT_NE(catalogue, nullptr);
    for (const auto& entity : catalogue->entities()) {
      if (!entity->soft_deletable()) continue;
      for (const CascadeKind kind : {CascadeKind::kSoftDelete, CascadeKind::kRestore}) {
        const CascadeScope scope = ScopeOfCascade(*entity, kind);
        EXPECT_EQ(scope, ScopeOf(ShapeOfCascade(*entity), kind)) << entity->full_name;
        seen.insert(scope);
      }
    }
  }
  EXPECT_EQ(seen.size(), 3u) << "all scopes are among them";
}

TEST_F(CascadeShapeTest, ARestoreLooksAtParentsAndADeleteOfALeafAtNothing) {
  const CascadeShape comment = Shape("TaskComment");
  EXPECT_EQ(Scope("TaskComment", CascadeKind::kSoftDelete), CascadeScope::kNothing);
  EXPECT_EQ(Scope("TaskComment", CascadeKind::kRestore), CascadeScope::kParents);
  EXPECT_THAT(Names(comment.blockers(CascadeKind::kRestore)),
              ElementsAre("task_comment.task_id", "task_comment.author_id"));
  EXPECT_FALSE(Shape("User").cascades.empty());
  EXPECT_THAT(Names(Shape("User").parents), ElementsAre("conversation.owner_id"));
}

TEST_F(CascadeShapeTest, ASelfReferenceIsAnEdgeFromTheEntityToItself) {
  const CascadeShape item = Shape("Item");
  EXPECT_THAT(Nodes(item), ElementsAre("item"));
  EXPECT_THAT(Names(item.cascades), ElementsAre("item.parent_id"));
}

TEST(CascadeTextTest, OnlyEntitiesWithReferencesPayForThem) {
  const auto catalogue = testing::CompileProtoText(R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
message Lone {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  optional google.protobuf.Timestamp deleted_at = 2 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
message Odd {
  option (rowkeeper.v1.entity) = {table: "odd\"; DROP TABLE odds; --"};
  string id = 1 [(rowkeeper.v1.column) = {primary_key: true, name: "i\"d"}];
  optional string odd_id = 2 [(rowkeeper.v1.column) = {
    name: "x\"; --", references: "shop.v1.Odd", on_delete: ON_DELETE_CASCADE}];
  optional google.protobuf.Timestamp deleted_at = 3 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
message Key { int64 id = 1; }
message Text { string id = 1; }
service LoneRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Lone";
  rpc SoftDelete(Key) returns (Lone);
  rpc Restore(Key) returns (Lone);
}
service OddRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Odd";
  rpc SoftDelete(Text) returns (Odd);
}
)");
  ASSERT_NE(catalogue, nullptr);
  catalogue::Diagnostics diagnostics;
  for (const auto& plan : plan::CompilePlans(*catalogue, &diagnostics)) {
    const Statement statement = Render(*plan, BasicVariant(*plan));
    if (plan->entity->full_name == "shop.v1.Lone") {
      EXPECT_FALSE(FollowsReferences(*plan));
      EXPECT_THAT(statement.text, StartsWith("WITH \"#written\" AS (UPDATE \"lones\" SET"));
      EXPECT_EQ(statement.blocker_cell, -1);
    } else {
      EXPECT_THAT(statement.text,
                  StartsWith("WITH RECURSIVE \"#target\" AS MATERIALIZED (SELECT \"i\"\"d\" AS \"#t0\""));
      EXPECT_THAT(statement.text, HasSubstr("FROM \"odd\"\"; DROP TABLE odds; --\" WHERE"));
      EXPECT_THAT(statement.text, Not(HasSubstr("x\"; --")));
    }
  }
}

}  // namespace
}  // namespace rowkeeper::sql
