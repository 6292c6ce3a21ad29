// Reads of many calls in one statement.
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>

#include "server/base/text.h"
#include "server/plan/filter/expression.h"
#include "server/plan/mask/json_mask.h"
#include "server/sql/render.h"
#include "server/sql/render_get.h"
#include "server/sql/render_list.h"
#include "server/sql/variants.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::sql {
namespace {

using plan::Deleted;

class MergedGetTest : public ::testing::Test {
 protected:
  static void ForEachGet(const std::function<void(const plan::MethodPlan&)>& look) {
    for (const char* example : {"planner/v1", "tracker/v1"}) {
      const auto catalogue = testing::CompileExample(example);
      catalogue::Diagnostics diagnostics;
      for (const auto& plan : plan::CompilePlans(*catalogue, &diagnostics)) {
        if (plan->family() == catalogue::Family::kGet) look(*plan);
      }
    }
  }

  /// `$1::uuid`, …: the types of the parameters of `alone`, in order.
  static std::string Merged(const std::string& alone) {
    static const std::regex parameter(R"(\$([0-9]+)::([a-z0-9" ]+?(\([0-9, ]+\))?)(?=( AND |\)| ORDER| IS |$)))");
    std::string arrays, names;
    int count = 0;
    for (auto found = std::sregex_iterator(alone.begin(), alone.end(), parameter); found != std::sregex_iterator();
         ++found, ++count) {
      EXPECT_EQ((*found)[1], Cat(count + 1)) << alone;
      arrays += Cat(count > 0 ? ", " : "", "(SELECT $", count + 1, "::", (*found)[2].str(), "[])");
      names += Cat("\"#", count, "\", ");
    }
    std::string row = alone;
    for (int i = 0; i < count; ++i) {
      row = std::regex_replace(row, parameter, Cat("\"#calls\".\"#", i, "\""), std::regex_constants::format_first_only);
    }
    return Cat("SELECT \"#row\".*, \"#calls\".\"#\" FROM unnest(", arrays, ") WITH ORDINALITY AS \"#calls\" (", names,
               "\"#\") CROSS JOIN LATERAL (", row, ") AS \"#row\"");
  }
};

TEST_F(MergedGetTest, IsTheStatementOfOneCallForEachPlace) {
  int merged = 0;
  ForEachGet([&](const plan::MethodPlan& plan) {
    for (const Deleted deleted : {Deleted::kExclude, Deleted::kInclude, Deleted::kOnly}) {
      plan::Variant variant = BasicVariant(plan);
      variant.deleted = deleted;
      if (!CanMergeGets(plan, variant)) continue;
      const Statement alone = Render(plan, variant);
      const Statement all = RenderMergedGet(plan, variant);
      EXPECT_EQ(all.text, Merged(alone.text));
      EXPECT_EQ(all.cells, alone.cells);
      EXPECT_EQ(all.visible_cells, alone.visible_cells);
      EXPECT_EQ(all.element_cell, static_cast<int>(alone.cells.size()));
      EXPECT_EQ(all.result.size(), alone.result.size() + 1);
      EXPECT_EQ(all.parameters.size(), alone.parameters.size());
      ++merged;
    }
  });
  EXPECT_GT(merged, 10);
}

TEST_F(MergedGetTest, IsNotForCallsThatNeedMoreOrShowNothing) {
  ForEachGet([](const plan::MethodPlan& plan) {
    plan::Variant variant = BasicVariant(plan);
    variant.filters.clear();
    EXPECT_FALSE(CanMergeGets(plan, variant)) << "nothing tells the rows apart";
    variant = BasicVariant(plan);
    variant.columns.clear();
    EXPECT_FALSE(CanMergeGets(plan, variant));
    variant = BasicVariant(plan);
    variant.as<plan::GetVariant>().relations = std::make_shared<const plan::RelationSelection>();
    EXPECT_FALSE(CanMergeGets(plan, variant));
    variant = BasicVariant(plan);
    variant.json = std::make_shared<const plan::JsonMask>();
    EXPECT_FALSE(CanMergeGets(plan, variant));
  });
}

TEST_F(MergedGetTest, ReadsAsWritten) {
  ForEachGet([](const plan::MethodPlan& plan) {
    if (plan.full_name != "planner.v1.TodoRepository.GetById") return;
    plan::Variant variant = BasicVariant(plan);
    variant.columns = {0, 2};
    variant.deleted = Deleted::kInclude;
    EXPECT_EQ(RenderMergedGet(plan, variant).text,
              "SELECT \"#row\".*, \"#calls\".\"#\" FROM unnest((SELECT $1::uuid[])) WITH ORDINALITY AS \"#calls\" "
              "(\"#0\", \"#\") "
              "CROSS JOIN LATERAL (SELECT \"id\", \"title\" FROM \"todos\" WHERE \"id\" = \"#calls\".\"#0\" "
              "ORDER BY (\"deleted_at\" IS NULL) DESC, \"deleted_at\" DESC LIMIT 1) AS \"#row\"");
  });
}

class MergedListTest : public ::testing::Test {
 protected:
  static void ForEachList(const std::function<void(const plan::MethodPlan&)>& look) {
    for (const char* example : {"planner/v1", "tracker/v1"}) {
      const auto catalogue = testing::CompileExample(example);
      catalogue::Diagnostics diagnostics;
      for (const auto& plan : plan::CompilePlans(*catalogue, &diagnostics)) {
        if (plan->family() == catalogue::Family::kList) look(*plan);
      }
    }
  }
};

TEST_F(MergedListTest, HasTheCellsOfOneAndThePlaceOfTheCall) {
  int merged = 0;
  ForEachList([&](const plan::MethodPlan& plan) {
    const plan::Variant variant = BasicVariant(plan);
    if (!CanMergeLists(plan, variant)) return;
    const Statement alone = Render(plan, variant);
    const Statement all = RenderMergedList(plan, variant);
    EXPECT_EQ(all.cells, alone.cells);
    EXPECT_EQ(all.visible_cells, alone.visible_cells);
    EXPECT_EQ(all.cursor_cells, alone.cursor_cells);
    EXPECT_EQ(all.element_cell, static_cast<int>(alone.result.size()));
    EXPECT_EQ(all.result.size(), alone.result.size() + 1);
    EXPECT_EQ(all.parameters.size(), alone.parameters.size());
    EXPECT_NE(all.text.find("CROSS JOIN LATERAL (SELECT "), std::string::npos);
    ++merged;
  });
  EXPECT_GT(merged, 10);
}

TEST_F(MergedListTest, IsNotForCallsThatNeedMoreOrAreOfNobody) {
  ForEachList([](const plan::MethodPlan& plan) {
    plan::Variant variant = BasicVariant(plan);
    variant.filters.clear();
    EXPECT_FALSE(CanMergeLists(plan, variant)) << "all rows would be read for each call";
    variant = BasicVariant(plan);
    variant.as<plan::ListVariant>().skip = true;
    EXPECT_FALSE(CanMergeLists(plan, variant));
    variant = BasicVariant(plan);
    variant.as<plan::ListVariant>().relations = std::make_shared<const plan::RelationSelection>();
    EXPECT_FALSE(CanMergeLists(plan, variant));
    variant = BasicVariant(plan);
    variant.as<plan::ListVariant>().expression = std::make_shared<const plan::FilterExpression>();
    EXPECT_FALSE(CanMergeLists(plan, variant));
    variant = BasicVariant(plan);
    variant.json = std::make_shared<const plan::JsonMask>();
    EXPECT_FALSE(CanMergeLists(plan, variant));
    if (plan.operation == catalogue::Operation::kExport) {
      EXPECT_FALSE(CanMergeLists(plan, BasicVariant(plan)));
    }
  });
}

TEST_F(MergedListTest, ReadsAsWritten) {
  ForEachList([](const plan::MethodPlan& plan) {
    if (plan.full_name != "planner.v1.TodoRepository.ListByOwner") return;
    plan::Variant variant = BasicVariant(plan);
    variant.columns = {0, 2};
    variant.filters = {0};
    EXPECT_EQ(
        RenderMergedList(plan, variant).text,
        "SELECT \"#row\".*, \"#calls\".\"#\" FROM unnest((SELECT $1::uuid[])) WITH ORDINALITY AS \"#calls\" (\"#0\", "
        "\"#\") CROSS JOIN LATERAL (SELECT \"id\", \"title\", \"created_at\" FROM \"todos\" WHERE \"owner_id\" = "
        "\"#calls\".\"#0\" AND \"deleted_at\" IS NULL ORDER BY \"created_at\" DESC, \"id\" DESC LIMIT $2::bigint) AS "
        "\"#row\"");
    variant.as<plan::ListVariant>().cursor_nulls.assign(variant.as<plan::ListVariant>().order.size(), false);
    EXPECT_EQ(
        RenderMergedList(plan, variant).text,
        "SELECT \"#row\".*, \"#calls\".\"#\" FROM unnest((SELECT $1::uuid[]), (SELECT $2::timestamp with time zone[]), "
        "(SELECT $3::uuid[])) WITH ORDINALITY AS \"#calls\" (\"#0\", \"#1\", \"#2\", \"#\") CROSS JOIN LATERAL (SELECT "
        "\"id\", \"title\", \"created_at\" FROM \"todos\" WHERE \"owner_id\" = \"#calls\".\"#0\" AND \"deleted_at\" IS "
        "NULL AND (\"created_at\", \"id\") < (\"#calls\".\"#1\", \"#calls\".\"#2\") ORDER BY \"created_at\" DESC, "
        "\"id\" DESC LIMIT $4::bigint) AS \"#row\"");
  });
}

}  // namespace
}  // namespace rowkeeper::sql
