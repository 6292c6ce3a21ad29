// How PostgreSQL plans the statement of many lists: as it plans that of one.
#include <regex>
#include <set>

#include "server/base/array_literal.h"
#include "server/sql/identifier.h"
#include "tests/pg/exec/executor_pg_fixture.h"

namespace rowkeeper::exec {
namespace {

constexpr char kKey[] = "00000000-0000-4000-8000-000000000003";
constexpr char kOtherKey[] = "00000000-0000-4000-8000-000000000007";

class MergedPlansTest : public ExecutorPgTest {
 protected:
  void SetUp() override {
    ExecutorPgTest::SetUp();
    database_.Run(
        "CREATE FUNCTION key(n int) RETURNS uuid LANGUAGE sql AS $$ SELECT ('00000000-0000-4000-8000-' || "
        "lpad(n::text, 12, '0'))::uuid $$");
    database_.Run("SET session_replication_role = replica");
    database_.Run(
        "INSERT INTO task (project_id, assignee_id, board_column_id, title, description, due_date, position, "
        "created_at) SELECT key(n % 500), key(n * 7 % 300), key(n * 13 % 900), 'task ' || n, '', '2026-01-01'::date + "
        "n % 365, n, '2026-01-01Z'::timestamptz + n * '1 min'::interval FROM generate_series(1, 30000) AS n");
    database_.Run("ANALYZE task");
  }

  plan::Call List(const std::string& method, const std::map<std::string, std::string>& values) const {
    return Call("TaskRepository." + method, values);
  }
  /// The same after some row.
  static plan::Call After(plan::Call call, const std::vector<std::optional<std::string>>& cells) {
    call.variant.as<plan::ListVariant>().cursor_nulls.assign(cells.size(), false);
    std::get<plan::ListBounds>(call.bounds).cursor = cells;
    return call;
  }

  /// The indexes that the plan reads, and whether it reads the whole table.
  std::string Plan(const sql::Statement& statement, const std::vector<std::string>& values, const char* mode) {
    database_.Run(Cat("SET plan_cache_mode = ", mode));
    database_.Run(Cat("PREPARE planned AS ", statement.text));
    const std::string arguments = values.empty() ? "" : Cat("(", absl::StrJoin(values, ", "), ")");
    const std::string plan = database_.Value(Cat("EXPLAIN (FORMAT JSON) EXECUTE planned", arguments));
    database_.Run("DEALLOCATE planned");
    static const std::regex read(R"re("(Seq Scan)"|"Index Name": "([^"]+)")re");
    std::set<std::string> reads;
    for (auto found = std::sregex_iterator(plan.begin(), plan.end(), read); found != std::sregex_iterator(); ++found) {
      reads.insert((*found)[1].matched ? (*found)[1] : (*found)[2]);
    }
    return absl::StrJoin(reads, ", ");
  }

  static std::string Quoted(const plan::Call& call, const sql::Parameter& parameter) {
    const db::Param value = ValueOf(call, parameter);
    return value.has_value() ? sql::Literal(*value) : "NULL";
  }
  static std::string QuotedArray(const std::vector<const plan::Call*>& calls, const sql::Parameter& parameter) {
    std::string text;
    for (const plan::Call* call : calls) {
      text += text.empty() ? '{' : ',';
      const db::Param value = ValueOf(*call, parameter);
      if (value.has_value()) {
        AppendQuotedElement(*value, &text);
      } else {
        text += "NULL";
      }
    }
    return sql::Literal(text + "}");
  }

  /// What `all` is executed with for `count` calls, which are `calls` over and over.
  static std::vector<std::string> Together(const sql::Statement& all, const std::vector<plan::Call>& calls, int count) {
    std::vector<const plan::Call*> many;
    for (int i = 0; i < count; ++i) many.push_back(&calls[static_cast<size_t>(i) % calls.size()]);
    std::vector<std::string> arrays;
    for (const sql::Parameter& parameter : all.parameters) {
      arrays.push_back(parameter.IsOfEachCall() ? QuotedArray(many, parameter) : Quoted(calls[0], parameter));
    }
    return arrays;
  }

  /// PostgreSQL plans a prepared statement five times for its values, and then keeps a plan for any if that looks no
  /// dearer (chapter on PREPARE). How often it took that one of fourteen times.
  int TimesNotPlanned(const plan::Call& call, int count) {
    const auto all = statements_.Get(*call.plan, call.variant, StatementCache::Kind::kMerged);
    database_.Run("SET plan_cache_mode = auto");
    database_.Run(Cat("PREPARE planned AS ", all->text));
    const std::string arguments = absl::StrJoin(Together(*all, {call}, count), ", ");
    for (int i = 0; i < 14; ++i) database_.Run(Cat("EXPLAIN EXECUTE planned(", arguments, ")"));
    const std::string times =
        database_.Value("SELECT generic_plans FROM pg_prepared_statements WHERE name = 'planned'");
    database_.Run("DEALLOCATE planned");
    return std::stoi(times);
  }

  /// Of calls that have a variant: the first alone, and all together.
  void ExpectTheSamePlans(const std::string& name, const std::vector<plan::Call>& calls, const std::string& index) {
    ASSERT_TRUE(Runner::IsMergeable(calls[0], Mergeable::kReads)) << name;
    const auto alone = statements_.Get(*calls[0].plan, calls[0].variant, StatementCache::Kind::kMain);
    const auto all = statements_.Get(*calls[0].plan, calls[0].variant, StatementCache::Kind::kMerged);
    std::vector<std::string> values, arrays;
    for (const sql::Parameter& parameter : alone->parameters) values.push_back(Quoted(calls[0], parameter));
    for (const int count : {2, 16, 64}) {
      arrays = Together(*all, calls, count);
      for (const char* mode : {"force_custom_plan", "force_generic_plan"}) {
        const std::string plan = Plan(*all, arrays, mode);
        EXPECT_EQ(plan, Plan(*alone, values, mode)) << name << " of " << count << ", " << mode;
        EXPECT_THAT(plan, ::testing::HasSubstr(index)) << name << " of " << count << ", " << mode;
      }
    }
  }
};

TEST_F(MergedPlansTest, ListsOfAnOwnerTakeTheSameIndexTogether) {
  const auto calls = [this](const std::string& method, const std::string& field) {
    return std::vector<plan::Call>{List(method, {{field, kKey}}), List(method, {{field, kOtherKey}})};
  };
  ExpectTheSamePlans("by project", calls("ListByProject", "project_id"), "project_id");
  ExpectTheSamePlans("by assignee", calls("ListByAssignee", "assignee_id"), "assignee_id");
  ExpectTheSamePlans("count", calls("Count", "project_id"), "project_id");
}

TEST_F(MergedPlansTest, SoDoTheirLaterPages) {
  const std::vector<std::optional<std::string>> cells = {"2026-01-10 00:00:00+00", kKey};
  std::vector<plan::Call> calls;
  for (const char* key : {kKey, kOtherKey}) calls.push_back(After(List("ListByProject", {{"project_id", key}}), cells));
  ASSERT_EQ(calls[0].variant.as<plan::ListVariant>().order.size(), cells.size());
  ExpectTheSamePlans("next page", calls, "project_id");
}

TEST_F(MergedPlansTest, WindowsOfDatesTakeTheSameIndexTogether) {
  std::vector<plan::Call> calls;
  for (const char* key : {kKey, kOtherKey}) {
    calls.push_back(
        List("ListByDateRange", {{"assignee_id", key}, {"start_date", "2026-02-01"}, {"end_date", "2026-03-01"}}));
  }
  ExpectTheSamePlans("by date", calls, "assignee_id_due_date");
}

TEST_F(MergedPlansTest, AnIndexInTheOrderOfThePageIsReadInThatOrderTogether) {
  database_.Run("UPDATE task SET project_id = key(position::int % 10)");
  database_.Run("VACUUM ANALYZE task");
  database_.Run("CREATE INDEX newest_first ON task (project_id, created_at DESC, id DESC)");
  std::vector<plan::Call> calls;
  for (const char* key : {kKey, kOtherKey}) calls.push_back(List("ListByProject", {{"project_id", key}}));
  ExpectTheSamePlans("newest first", calls, "newest_first");
}

TEST_F(MergedPlansTest, FewCallsArePlannedOnce) {
  const std::map<std::string, std::string> changed = {{"task.id", kKey}, {"task.title", "new"}};
  const std::map<std::string, std::string> created = {{"task.project_id", kKey}, {"task.title", "new"}};
  for (const plan::Call& call :
       {Call("TaskRepository.GetById", {{"id", kKey}}), Call("TaskRepository.Update", changed),
        Call("TaskRepository.SoftDelete", {{"id", kKey}}), Call("TaskRepository.Restore", {{"id", kKey}}),
        Call("TaskRepository.Create", created), List("ListByProject", {{"project_id", kKey}})}) {
    for (const int count : {2, 4, 8, 64}) {
      EXPECT_EQ(TimesNotPlanned(call, count), 9) << call.plan->full_name << " of " << count;
    }
  }
}

}  // namespace
}  // namespace rowkeeper::exec
