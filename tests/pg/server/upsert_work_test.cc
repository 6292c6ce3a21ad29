#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "server/sql/variants.h"
#include "tests/pg/server/upsert_fixture.h"

namespace rowkeeper::testing {
namespace {

using Source = sql::Parameter::Source;

/// How much PostgreSQL does for a batch, in rows that its plan's nodes give or throw away: unlike time, that is the
/// same on every machine.
class UpsertWorkTest : public UpsertSurroundingsTest {
 protected:
  void SetUp() override {
    UpsertSurroundingsTest::SetUp();
    connection_ = server_->Connect();
  }

  std::string Execute(const std::string& text) {
    db::Query query;
    query.text = text;
    query.result = ResultShape::Any();
    const auto rows = connection_->Execute(query);
    EXPECT_TRUE(rows.ok()) << text.substr(0, 200) << ": " << rows.status();
    return rows.ok() && rows->size() > 0 ? std::string(rows->cell(0, 0)) : "";
  }

  static std::string List(int elements, const std::function<std::string(int)>& element) {
    std::vector<std::string> all;
    for (int i = 0; i < elements; ++i) all.push_back(element(i));
    return Cat("'{", absl::StrJoin(all, ","), "}'");
  }

  /// The values of `statement` for that many elements, whose keys are all different.
  static std::string Values(const sql::Statement& statement, int elements, int version) {
    std::vector<std::string> values;
    for (const sql::Parameter& parameter : statement.parameters) {
      switch (parameter.source) {
        case Source::kElements:
          values.push_back(List(elements, [](int i) { return Cat("k", 100000 + i); }));
          break;
        case Source::kElementVersions:
          values.push_back(List(elements, [version](int) { return std::to_string(version); }));
          break;
        case Source::kElementCount:
          values.push_back(std::to_string(elements));
          break;
        default:
          values.emplace_back("NULL");
          break;
      }
    }
    return absl::StrJoin(values, ", ");
  }

  static double WorkOf(const Json& node) {
    double work = node.value("Actual Rows", 0.0) + node.value("Rows Removed by Filter", 0.0) +
                  node.value("Rows Removed by Join Filter", 0.0);
    work *= node.value("Actual Loops", 1.0);
    for (const Json& below : node.value("Plans", Json::array())) work += WorkOf(below);
    return work;
  }

  /// Of a statement that is prepared as `name`. Nothing of it stays.
  double Work(const std::string& name, const sql::Statement& statement, int elements, int version) {
    Execute("BEGIN");
    const std::string plan = Execute(Cat("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE ", name, "(",
                                         Values(statement, elements, version), ")"));
    Execute("ROLLBACK");
    return plan.empty() ? 0 : WorkOf(Json::parse(plan)[0]["Plan"]);
  }

  void Store(int rows) {
    Run(
        Cat("TRUNCATE item; INSERT INTO item (sku, title, kind, version) SELECT 'k' || 100000 + i, 'old', 'plain', 3 "
            "FROM generate_series(0, ",
            rows - 1, ") AS i; ANALYZE item"));
  }

  /// The statements of batches, prepared.
  std::vector<std::pair<std::string, sql::SampledStatement>> Statements() {
    std::vector<std::pair<std::string, sql::SampledStatement>> all;
    for (const auto& plan : server_->loaded().plans) {
      const bool batch = plan->change() == catalogue::Change::kUpsert && !absl::EndsWith(plan->full_name, ".Upsert");
      if (!batch || plan->entity->table != "item") continue;
      for (sql::SampledStatement& sample : sql::SampleStatements(*plan)) {
        sample.label = Cat(plan->full_name, " ", sample.label);
        const std::string name = Cat("w", all.size());
        Execute(sql::PrepareText(name, sample.statement));
        all.emplace_back(name, std::move(sample));
      }
    }
    EXPECT_GT(all.size(), 5u);
    return all;
  }

  static bool HasVersions(const sql::Statement& statement) {
    return std::any_of(statement.parameters.begin(), statement.parameters.end(),
                       [](const sql::Parameter& parameter) { return parameter.source == Source::kElementVersions; });
  }

  /// Ten times the elements are ten times the work, whether their rows are new or there, guarded by versions or not,
  /// and whatever PostgreSQL expects when it plans.
  void GrowsAsTheBatchDoes(const std::string& of_labels_with = "") {
    const auto statements = Statements();
    for (const int stored : {0, 2000}) {
      Store(stored);
      for (const auto& [name, sample] : statements) {
        if (!absl::StrContains(sample.label, of_labels_with)) continue;
        const int version = stored > 0 && HasVersions(sample.statement) ? 3 : 0;
        for (const char* mode : {"force_generic_plan", "force_custom_plan"}) {
          SCOPED_TRACE(Cat(sample.label, ", ", stored, " rows, ", mode));
          Execute(Cat("SET plan_cache_mode = ", mode));
          const double hundred = Work(name, sample.statement, 100, version);
          const double thousand = Work(name, sample.statement, 1000, version);
          EXPECT_GE(hundred, 200);
          EXPECT_LT(thousand, 11 * hundred) << "100: " << hundred;
        }
      }
    }
  }

  std::unique_ptr<db::Connection> connection_;
};

TEST_F(UpsertWorkTest, GrowsAsTheBatchDoes) { GrowsAsTheBatchDoes(); }

/// A plan that goes over all elements for each element is seen by its work.
TEST_F(UpsertWorkTest, ASquareWouldBeSeen) {
  const auto statements = Statements();
  Store(2000);
  Execute(
      "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_indexscan = off; SET enable_bitmapscan = off");
  double most = 0;
  for (const auto& [name, sample] : statements) {
    most = std::max(most, Work(name, sample.statement, 1000, 0) / Work(name, sample.statement, 100, 0));
  }
  EXPECT_GT(most, 11);
}

TEST_F(UpsertWorkTest, GrowsAsTheBatchDoesWhereATriggerNormalisesKeys) {
  Run(kUpperKey);
  GrowsAsTheBatchDoes("triggers make");  // others find that they are of no use then
}

TEST_F(UpsertWorkTest, GrowsAsTheBatchDoesOverPartitions) {
  Run(kPartitioned);
  GrowsAsTheBatchDoes();
}

}  // namespace
}  // namespace rowkeeper::testing
