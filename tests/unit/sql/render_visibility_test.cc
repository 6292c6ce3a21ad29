#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/plan/page/order_by.h"
#include "server/sql/predicates.h"
#include "server/sql/render.h"
#include "server/sql/variants.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Change;
using catalogue::Operation;
using plan::Deleted;

/// Where the statement's own WHERE is: behind its SET, which may have queries in parentheses, or else the first.
size_t FindWhere(const std::string& text) {
  size_t where = text.find(" WHERE ");
  if (text.rfind("UPDATE ", 0) != 0) return where;
  const auto depth = [&text](size_t length) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(length);
    return std::count(text.begin(), end, '(') - std::count(text.begin(), end, ')');
  };
  while (where != std::string::npos && depth(where) > 0) where = text.find(" WHERE ", where + 1);
  return where;
}

/// A write without what judges it: `WITH "#written" AS (UPDATE … RETURNING …), …`. Of many calls: from where it says
/// which rows it locks.
std::string WriteOf(const std::string& statement) {
  const size_t locked = statement.find(" AS \"#stored\" WHERE ");
  if (locked != std::string::npos) return statement.substr(locked);
  const std::string begin = "WITH \"#written\" AS (";
  return statement.rfind(begin, 0) == 0 ? statement.substr(begin.size()) : statement;
}

/// The conditions that every row of a statement meets: the parts of its WHERE that are joined by AND outside of all
/// parentheses and quotes.
std::vector<std::string> Conjuncts(const std::string& statement) {
  const std::string text = WriteOf(statement);
  const size_t where = FindWhere(text);
  if (where == std::string::npos) return {};
  std::vector<std::string> parts(1);
  int depth = 0;
  char quote = 0;
  for (size_t i = where + 7; i < text.size(); ++i) {
    const std::string_view rest = std::string_view(text).substr(i);
    if (quote == 0 && depth == 0) {
      if (rest.substr(0, 10) == " ORDER BY " || rest.substr(0, 7) == " LIMIT " || rest.substr(0, 11) == " RETURNING " ||
          rest.substr(0, 18) == " FOR NO KEY UPDATE") {
        break;
      }
      if (rest[0] == ')') break;                   // it is the WHERE of a query in parentheses
      if (rest.substr(0, 4) == " OR ") return {};  // then no part has to hold
      if (rest.substr(0, 5) == " AND ") {
        parts.emplace_back();
        i += 4;
        continue;
      }
    }
    const char c = text[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else {
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
    parts.back().push_back(c);
  }
  return parts;
}

bool Requires(const std::string& text, const std::string& condition) {
  const std::vector<std::string> conjuncts = Conjuncts(text);
  return std::find(conjuncts.begin(), conjuncts.end(), condition) != conjuncts.end();
}

bool Requires(const std::string& text, const std::vector<std::string>& conditions) {
  return std::all_of(conditions.begin(), conditions.end(), [&](const auto& c) { return Requires(text, c); });
}

/// What keeps rows of the wrong state away. A row is deleted when its time or its flag says so.
std::vector<std::string> Guard(const catalogue::Entity& entity, Deleted deleted) {
  std::vector<std::string> live;
  if (entity.deleted_at) live.push_back(Cat("\"", entity.columns[*entity.deleted_at].name, "\" IS NULL"));
  if (entity.deleted_flag) live.push_back(Cat("NOT \"", entity.columns[*entity.deleted_flag].name, "\""));
  if (deleted == Deleted::kOnly) return {Cat("NOT (", absl::StrJoin(live, " AND "), ")")};
  return live;
}

bool SeesDeletedRows(const std::string& label) { return label == "including deleted" || label == "only deleted"; }
/// Statements of relations are about other entities: render_relation_test.cc.
bool IsRelation(const std::string& label) { return label.rfind("relation ", 0) == 0; }
bool OnlyExplains(const std::string& label) {
  return label == "why no row was found" || label == "row in the wanted state already" ||
         label == "which keys triggers make";
}

/// Checks every statement that a catalogue can lead to; counts the read plans.
class Walk {
 public:
  void Over(const catalogue::Catalogue& catalogue) {
    catalogue::Diagnostics diagnostics;
    for (const auto& plan : plan::CompilePlans(catalogue, &diagnostics)) {
      const bool creates = plan->change() == Change::kCreate;
      // What custom queries say of deleted rows is in their own text: tests/unit/plan/query_mistakes_test.cc.
      if (!plan->entity->soft_deletable() || creates || plan->query != nullptr) continue;
      SCOPED_TRACE(plan->full_name);
      if (plan->change() == Change::kUpsert) {
        CheckUpserts(*plan);
        continue;
      }
      CheckSamples(*plan);
      if (plan->reads_only()) CheckEveryVisibility(*plan);
    }
    EXPECT_TRUE(diagnostics.ok());
  }
  int reads() const { return reads_; }

 private:
  static void CheckSamples(const plan::MethodPlan& plan) {
    const bool of_deleted = plan.change() == Change::kRestore || plan.change() == Change::kPurge;
    const Deleted wanted = of_deleted ? Deleted::kOnly : Deleted::kExclude;
    for (const SampledStatement& sample : SampleStatements(plan)) {
      if (SeesDeletedRows(sample.label) || OnlyExplains(sample.label) || IsRelation(sample.label)) continue;
      // Rows in the wanted state are returned then, but not changed.
      if (sample.label == "some may be missing" && plan.change() != Change::kNone && plan.change() != Change::kDelete) {
        EXPECT_NE(sample.statement.text.find(" AND \"#due\" AND "), std::string::npos) << sample.statement.text;
        continue;
      }
      EXPECT_TRUE(Requires(sample.statement.text, Guard(*plan.entity, wanted)))
          << sample.label << ": " << sample.statement.text;
    }
  }

  /// A deleted row is told by the snapshot and once more when it is locked, unless its key does not bind it.
  static void CheckUpserts(const plan::MethodPlan& plan) {
    for (const SampledStatement& sample : SampleStatements(plan)) {
      if (OnlyExplains(sample.label)) continue;
      const std::string& text = sample.statement.text;
      const std::vector<std::string> live = Guard(*plan.entity, Deleted::kExclude);
      if (plan.batch->live_only) {
        EXPECT_NE(text.find(Cat(") WHERE ", absl::StrJoin(live, " AND "))), std::string::npos) << text;
        continue;
      }
      EXPECT_NE(text.find(Cat(" THEN ", absl::StrJoin(live, " AND "), " AND ")), std::string::npos) << text;
      EXPECT_NE(text.find(Cat("FROM \"#seen\") AND ", absl::StrJoin(live, " AND "), " AND ")), std::string::npos)
          << text;
    }
  }

  /// Every visibility together with every order and cursor, filter and mask.
  void CheckEveryVisibility(const plan::MethodPlan& plan) {
    ++reads_;
    for (const plan::Variant& base : Variants(plan)) {
      for (Deleted deleted : {Deleted::kExclude, Deleted::kOnly}) {
        plan::Variant variant = base;
        variant.deleted = deleted;
        const std::string text = Render(plan, variant).text;
        EXPECT_TRUE(Requires(text, Guard(*plan.entity, deleted))) << text;
      }
      plan::Variant variant = base;
      variant.deleted = Deleted::kInclude;
      const std::string text = Render(plan, variant).text;
      EXPECT_FALSE(Requires(text, Guard(*plan.entity, Deleted::kExclude))) << text;
      EXPECT_FALSE(Requires(text, Guard(*plan.entity, Deleted::kOnly))) << text;
    }
  }

  static std::vector<plan::Variant> Variants(const plan::MethodPlan& plan) {
    std::vector<plan::Variant> variants = {BasicVariant(plan), BasicVariant(plan), BasicVariant(plan)};
    variants[1].columns = {0};
    variants[2].filters.clear();
    if (plan.operation != Operation::kList) return variants;
    for (int column = 0; column < static_cast<int>(plan.entity->columns.size()); ++column) {
      if (!plan.entity->columns[column].sortable) continue;
      for (bool descending : {false, true}) {
        plan::Variant variant = BasicVariant(plan);
        plan::ListVariant& list = variant.as<plan::ListVariant>();
        list.order = plan::CompleteOrder(*plan.entity, {{column, descending}});
        variants.push_back(variant);
        for (bool null : {false, true}) {
          list.cursor_nulls.assign(list.order.size(), false);
          list.cursor_nulls[0] = null && plan.entity->columns[column].nullable;
          variants.push_back(variant);
        }
      }
    }
    return variants;
  }

  int reads_ = 0;
};

TEST(Conjuncts, AreThePartsThatEveryRowMeets) {
  EXPECT_TRUE(Requires(R"(SELECT 1 FROM t WHERE "a" = $1 AND "d" IS NULL ORDER BY "a")", R"("d" IS NULL)"));
  EXPECT_TRUE(Requires(R"(UPDATE t SET "a" = $1 WHERE "d" IS NULL RETURNING "a")", R"("d" IS NULL)"));
  EXPECT_FALSE(Requires(R"(SELECT 1 FROM t WHERE ("a" = $1 AND "d" IS NULL))", R"("d" IS NULL)"));
  EXPECT_FALSE(Requires(R"(SELECT 1 FROM t WHERE "a" = $1 OR "b" = $2 AND "d" IS NULL)", R"("d" IS NULL)"));
  EXPECT_FALSE(Requires(R"(SELECT "d" IS NULL FROM t WHERE "a AND d" = $1)", R"("d" IS NULL)"));
  EXPECT_FALSE(Requires("SELECT 1 FROM t", R"("d" IS NULL)"));
}

TEST(EveryReadPlan, HidesDeletedRowsUnlessAskedForInTheExamples) {
  Walk walk;
  walk.Over(*testing::CompileExample("planner/v1"));
  walk.Over(*testing::CompileExample("tracker/v1"));
  EXPECT_GE(walk.reads(), 40);
}

TEST(EveryReadPlan, HidesDeletedRowsUnlessAskedForInRandomCatalogues) {
  Walk walk;
  for (uint32_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    walk.Over(*testing::CompileProtoText(testing::RandomCatalogueProto({seed, /*entities=*/6})));
  }
  EXPECT_GE(walk.reads(), 500);
}

}  // namespace
}  // namespace rowkeeper::sql
