// Reads of many calls in one statement.
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>

#include "server/base/text.h"
#include "server/plan/mask/json_mask.h"
#include "server/sql/render.h"
#include "server/sql/render_get.h"
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
      arrays += Cat(count > 0 ? ", $" : "$", count + 1, "::", (*found)[2].str(), "[]");
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
    EXPECT_EQ(
        RenderMergedGet(plan, variant).text,
        "SELECT \"#row\".*, \"#calls\".\"#\" FROM unnest($1::uuid[]) WITH ORDINALITY AS \"#calls\" (\"#0\", \"#\") "
        "CROSS JOIN LATERAL (SELECT \"id\", \"title\" FROM \"todos\" WHERE \"id\" = \"#calls\".\"#0\" "
        "ORDER BY (\"deleted_at\" IS NULL) DESC, \"deleted_at\" DESC LIMIT 1) AS \"#row\"");
  });
}

}  // namespace
}  // namespace rowkeeper::sql
