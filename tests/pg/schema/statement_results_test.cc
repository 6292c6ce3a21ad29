#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/db/describe.h"
#include "server/db/result_fit.h"
#include "server/plan/method_plan.h"
#include "server/sql/ddl.h"
#include "server/sql/variants.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::schema {
namespace {

/// Walks all statements of a catalogue: what PostgreSQL says that they return is what their renderer promised, for rows
/// are read by that promise.
class StatementResults : public ::testing::Test {
 protected:
  void Walk(const catalogue::Catalogue& catalogue) {
    testing::ScratchDatabase database("results");
    ASSERT_TRUE(database.ok());
    std::vector<const catalogue::Entity*> entities;
    for (const auto& entity : catalogue.entities()) entities.push_back(entity.get());
    database.Run(absl::StrJoin(sql::CreateTables(entities), ";\n"));
    db::ConnectionOptions options;
    options.url = database.url();
    auto describer = db::Describer::Open(options);
    ASSERT_TRUE(describer.ok()) << describer.status();
    catalogue::Diagnostics diagnostics;
    for (const auto& plan : plan::CompilePlans(catalogue, &diagnostics)) {
      for (const sql::SampledStatement& sample : sql::SampleStatements(*plan)) {
        if (sample.statement.result_is_named) continue;
        Compare(Cat(plan->full_name, sample.label), sample.statement, **describer);
      }
    }
  }

  int walked_ = 0;
  std::set<CellType> types_;

 private:
  void Compare(const std::string& what, const sql::Statement& statement, db::Describer& describer) {
    SCOPED_TRACE(Cat(what, "\n", statement.text));
    const auto columns = describer.Describe(statement.text);
    ASSERT_TRUE(columns.ok()) << columns.status();
    ASSERT_EQ(columns->size(), statement.result.size());
    for (size_t i = 0; i < columns->size(); ++i) {
      const db::DescribedColumn& column = (*columns)[i];
      EXPECT_TRUE(db::CanBeRead(column.type, statement.result[i])) << column.name << " is of type " << column.type;
      types_.insert(statement.result[i]);
    }
    ++walked_;
  }
};

TEST_F(StatementResults, AreWhatExamplesPromise) {
  for (const char* example : {"planner/v1", "tracker/v1"}) {
    const auto catalogue = testing::CompileExample(example);
    ASSERT_NE(catalogue, nullptr);
    Walk(*catalogue);
  }
  EXPECT_GT(walked_, 500);
}

TEST_F(StatementResults, AreWhatRandomCataloguesPromise) {
  for (uint32_t seed = 1; seed <= 6; ++seed) {
    const auto catalogue = testing::CompileProtoText(testing::RandomCatalogueProto({seed, /*entities=*/6}));
    ASSERT_NE(catalogue, nullptr);
    SCOPED_TRACE(Cat("seed ", seed));
    Walk(*catalogue);
  }
  EXPECT_GT(walked_, 500);
  for (const CellType type : {CellType::kBool, CellType::kInteger, CellType::kNumeric, CellType::kFloat,
                              CellType::kText, CellType::kBytes, CellType::kUuid, CellType::kTimestamp,
                              CellType::kInterval, CellType::kDate, CellType::kJson, CellType::kUserType}) {
    EXPECT_EQ(types_.count(type), 1u) << static_cast<int>(type);
  }
}

}  // namespace
}  // namespace rowkeeper::schema
