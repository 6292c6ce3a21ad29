#include "server/sql/render_relation.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "server/base/text.h"
#include "server/sql/predicates.h"
#include "server/sql/render.h"
#include "server/sql/variants.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Relation;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kItems[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
message Item {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  optional int64 parent_id = 2 [(rowkeeper.v1.column).references = "shop.v1.Item"];
  optional string name = 3;
  optional google.protobuf.Timestamp deleted_at = 4 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  Item parent = 10;
  repeated Item children = 11 [(rowkeeper.v1.relation) = {
    order_by: "name desc nulls last", limit: 7, filter: "name = \"O'Hara\""
  }];
  repeated Item linked = 12 [(rowkeeper.v1.relation) = {
    through: "shop.v1.Link", inverse_field: "from_id", through_field: "to_id", order_by: "id"
  }];
  Label label = 13;
}
message Link {
  option (rowkeeper.v1.entity) = {};
  int64 from_id = 1 [(rowkeeper.v1.column) = {primary_key: true, references: "shop.v1.Item"}];
  int64 to_id = 2 [(rowkeeper.v1.column) = {primary_key: true, references: "shop.v1.Item"}];
  bool is_deleted = 3 [(rowkeeper.v1.column).role = ROLE_DELETED_FLAG];
}
message Label {
  option (rowkeeper.v1.entity) = {schema: "shop"};
  string code = 1 [(rowkeeper.v1.column).primary_key = true];
  int64 item_id = 2 [(rowkeeper.v1.column) = {references: "shop.v1.Item", unique: true}];
}
service ItemRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Item";
  rpc Get(GetItemRequest) returns (Item);
  rpc BatchGet(BatchGetItemsRequest) returns (BatchGetItemsResponse);
}
message GetItemRequest { int64 id = 1; google.protobuf.FieldMask read_mask = 2; }
message BatchGetItemsRequest { repeated int64 ids = 1; google.protobuf.FieldMask read_mask = 2; }
message BatchGetItemsResponse { repeated Item items = 1; }
)";

class RenderRelationTest : public ::testing::Test {
 protected:
  const catalogue::Entity& item() const { return *catalogue_->FindEntity("shop.v1.Item"); }

  /// The relation with these columns of its target.
  plan::SelectedRelation Select(const std::string& name, const std::vector<int>& columns) const {
    plan::SelectedRelation selected = plan::WholeRelation(*item().FindRelation(name));
    selected.columns = columns;
    return selected;
  }

  static std::vector<Parameter::Source> Sources(const Statement& statement) {
    std::vector<Parameter::Source> sources;
    for (const Parameter& parameter : statement.parameters) sources.push_back(parameter.source);
    return sources;
  }

  const std::unique_ptr<const catalogue::Catalogue> catalogue_ = testing::CompileProtoText(kItems);
};

TEST_F(RenderRelationTest, ToOneJoinsTheParentsKeysWithTheTargetsKey) {
  const Statement statement = RenderRelation(Select("parent", {0, 2}));
  EXPECT_EQ(statement.text,
            R"(SELECT "id", "name", "#" FROM unnest($1::bigint[]) WITH ORDINALITY AS "#p" ("#key", "#") )"
            R"(CROSS JOIN "items" WHERE "id" = "#key" AND "deleted_at" IS NULL)");
  EXPECT_THAT(Sources(statement), ElementsAre(Parameter::Source::kParentKeys));
  EXPECT_EQ(statement.visible_cells, 2);
  EXPECT_EQ(statement.element_cell, 2);
}

TEST_F(RenderRelationTest, ToOneOfTheOtherSideComparesItsReference) {
  EXPECT_EQ(RenderRelation(Select("label", {0})).text,
            R"(SELECT "code", "#" FROM unnest($1::bigint[]) WITH ORDINALITY AS "#p" ("#key", "#") )"
            R"(CROSS JOIN "shop"."labels" WHERE "item_id" = "#key")");
}

TEST_F(RenderRelationTest, ToManyLimitsTheRowsOfEachParent) {
  const Statement statement = RenderRelation(Select("children", {2}));
  EXPECT_EQ(statement.text,
            R"(SELECT "name", "#" FROM unnest($1::bigint[]) WITH ORDINALITY AS "#p" ("#key", "#") CROSS JOIN LATERAL )"
            R"((SELECT "name", row_number() OVER (ORDER BY "name" DESC NULLS LAST, "id" DESC) AS "#n" FROM "items" )"
            R"(WHERE "parent_id" = "#key" AND "deleted_at" IS NULL AND "name" = $2::text )"
            R"(ORDER BY "name" DESC NULLS LAST, "id" DESC LIMIT 7) AS "#r" ORDER BY "#", "#n")");
  EXPECT_THAT(Sources(statement), ElementsAre(Parameter::Source::kParentKeys, Parameter::Source::kComputed));
}

TEST_F(RenderRelationTest, JoinEntityHidesItsOwnDeletedRows) {
  EXPECT_THAT(RenderRelation(Select("linked", {0})).text,
              HasSubstr(R"(FROM "items" WHERE "id" IN (SELECT "#through"."to_id" FROM "links" AS "#through" WHERE )"
                        R"("#through"."from_id" = "#key" AND NOT "#through"."is_deleted") AND "deleted_at" IS NULL )"
                        R"(ORDER BY "id" LIMIT 100)"));
}

TEST_F(RenderRelationTest, RelationsBelowGetTheirLinksBehindTheVisibleCells) {
  plan::SelectedRelation selected = Select("parent", {2});
  selected.children.relations = {Select("parent", {0}), Select("children", {0}), Select("label", {0})};
  const Statement statement = RenderRelation(selected);
  EXPECT_THAT(statement.text, HasSubstr(R"(SELECT "name", "parent_id", "id", "#" FROM)"));
  EXPECT_EQ(statement.visible_cells, 1);
  EXPECT_THAT(statement.link_cells, ElementsAre(1, 2, 2));
  EXPECT_EQ(statement.element_cell, 3);
}

TEST_F(RenderRelationTest, RelationsAloneNeedNoColumn) {
  EXPECT_THAT(RenderRelation(Select("parent", {})).text, HasSubstr(R"(SELECT "#" FROM unnest)"));
  EXPECT_THAT(RenderRelation(Select("children", {})).text, HasSubstr(R"(LATERAL (SELECT row_number() OVER)"));
}

TEST_F(RenderRelationTest, ABatchGetsItsLinksBehindTheVisibleCells) {
  catalogue::Diagnostics diagnostics;
  const auto plans = plan::CompilePlans(*catalogue_, &diagnostics);
  ASSERT_EQ(plans.size(), 2u);
  auto relations = std::make_shared<plan::RelationSelection>();
  relations->relations = {Select("parent", {0}), Select("children", {0})};
  plan::Variant variant = BasicVariant(*plans[1]);
  variant.columns = {0};
  plan::PartOf<plan::WithRelations>(&variant.family)->relations = relations;
  const Statement statement = Render(*plans[1], variant);
  EXPECT_THAT(statement.text, HasSubstr(R"(SELECT "id", "parent_id", "#" FROM)"));
  EXPECT_EQ(statement.element_cell, 2);
  EXPECT_THAT(statement.link_cells, ElementsAre(1, 0));
}

/// Deleted rows of the target and of the join entity.
TEST(EveryRelation, HidesDeletedRowsInTheExamples) {
  int relations = 0;
  for (const char* example : {"planner/v1", "tracker/v1"}) {
    const auto catalogue = testing::CompileExample(example);
    ASSERT_NE(catalogue, nullptr);
    for (const auto& entity : catalogue->entities()) {
      for (const Relation& relation : entity->relations) {
        const std::string text = RenderRelation(plan::WholeRelation(relation)).text;
        ++relations;
        for (const catalogue::Entity* read : {relation.target, relation.through}) {
          if (read == nullptr || !read->soft_deletable()) continue;
          EXPECT_THAT(text, HasSubstr(Cat(" AND ", LivePredicate(*read)))) << relation.field->full_name();
        }
      }
    }
  }
  EXPECT_GE(relations, 20);
}

TEST(EveryRelation, IsAmongTheSamplesOfThePlansThatReachIt) {
  const auto catalogue = testing::CompileExample("tracker/v1");
  catalogue::Diagnostics diagnostics;
  for (const auto& plan : plan::CompilePlans(*catalogue, &diagnostics)) {
    if (plan->full_name != "tracker.v1.ProjectRepository.GetById") continue;
    std::vector<std::string> labels;
    for (const SampledStatement& sample : SampleStatements(*plan)) labels.push_back(sample.label);
    for (const char* label :
         {"with relations", "with relations alone", "relation owner", "relation tasks", "relation members",
          "relation done_tasks", "relation tasks.comments", "relation tasks.comments.author"}) {
      EXPECT_THAT(labels, ::testing::Contains(label));
    }
  }
}

}  // namespace
}  // namespace rowkeeper::sql
