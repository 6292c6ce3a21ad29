#include "server/sql/tenant_check.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "server/base/text.h"
#include "server/sql/live_names.h"
#include "server/sql/variants.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/tenant_catalogue.h"

namespace rowkeeper::sql {
namespace {

/// What keeps a table to the tenant, in the text of a statement of the server.
struct Guard {
  size_t start = 0;
  size_t size = 0;
};

/// `"todos"."tenant_id" = $3::text`, `"#live"."tenant_id" = "#calls"."#1"`
std::vector<Guard> GuardsIn(const std::string& text) {
  std::vector<Guard> guards;
  const std::string middle = ".\"tenant_id\" = ";
  for (size_t at = text.find(middle); at != std::string::npos; at = text.find(middle, at + 1)) {
    const size_t start = text.rfind('"', text.rfind('"', at - 1) - 1);
    size_t end = at + middle.size();
    while (end < text.size() && text[end] != ' ' && text[end] != ')') ++end;
    guards.push_back({start, end - start});
  }
  return guards;
}

/// Every statement that methods of a catalogue with tenants can need.
class TenantWalk {
 public:
  void Over(const std::unique_ptr<const catalogue::Catalogue>& without) {
    ASSERT_NE(without, nullptr);
    OverTenantsOf(testing::WithTenants(*without));
  }
  void OverTenantsOf(const std::unique_ptr<const catalogue::Catalogue>& catalogue) {
    ASSERT_NE(catalogue, nullptr);
    catalogue::Diagnostics diagnostics;
    const auto plans = plan::CompilePlans(*catalogue, &diagnostics);
    ASSERT_TRUE(diagnostics.ok()) << diagnostics.ToString();
    for (const auto& plan : plans) {
      SCOPED_TRACE(plan->full_name);
      for (const SampledStatement& sample : SampleStatements(*plan)) {
        SCOPED_TRACE(sample.label);
        Check(sample.statement, *plan->entity->tenancy);
      }
    }
  }

  int statements() const { return statements_; }
  int omissions() const { return omissions_; }

 private:
  void Check(const Statement& statement, const catalogue::Tenancy& tenancy) {
    if (!seen_.insert(Shape(statement.text)).second) return;
    ++statements_;
    EXPECT_EQ(TenantProblem(statement, tenancy), "") << statement.text;
    for (const Guard& guard : GuardsIn(statement.text)) {
      if (places_.insert(PlaceOf(guard, statement.text)).second) CheckWithout(guard, statement, tenancy);
    }
  }

  void CheckWithout(const Guard& guard, const Statement& statement, const catalogue::Tenancy& tenancy) {
    ++omissions_;
    Statement without = statement;
    without.text.replace(guard.start, guard.size, "true");
    EXPECT_NE(TenantProblem(without, tenancy), "") << without.text;
    Statement of_anybody = statement;
    for (Parameter& parameter : of_anybody.parameters) {
      if (parameter.source == Parameter::Source::kTenant) parameter.source = Parameter::Source::kArgument;
    }
    EXPECT_NE(TenantProblem(of_anybody, tenancy), "") << statement.text;
  }

  /// What stands around it.
  static std::string PlaceOf(const Guard& guard, const std::string& text) {
    constexpr size_t kBefore = 150, kBehind = 80;
    const size_t start = guard.start < kBefore ? 0 : guard.start - kBefore;
    return Cat(Shape(text.substr(start, guard.start - start)), "…",
               Shape(text.substr(guard.start + guard.size, kBehind)));
  }

  /// The words in capitals and what joins them, without names, types, functions, places, and the length of lists:
  /// statements of the same shape have their tables, and what keeps those to the tenant, in the same places.
  static std::string Shape(const std::string& text) {
    std::string shape;
    bool quoted = false;
    for (const char c : text) {
      if (c == '"') quoted = !quoted;
      const bool joins = (c >= 'A' && c <= 'Z') || c == '(' || c == ')' || c == '=' || c == '<' || c == '>';
      const bool repeated = !shape.empty() && shape.back() == c && c != '(' && c != ')';
      if (!quoted && joins && !repeated) shape.push_back(c);
    }
    return shape;
  }

  std::set<std::string> seen_;
  std::set<std::string> places_;
  int statements_ = 0;
  int omissions_ = 0;
};

TEST(TenantStatementsTest, EachTableOfEachStatementIsKeptToTheTenantAndEachOmissionIsFound) {
  TenantWalk walk;
  walk.Over(testing::CompileExample("planner/v1"));
  walk.Over(testing::CompileExample("tracker/v1"));
  EXPECT_GT(walk.statements(), 200);
  EXPECT_GT(walk.omissions(), 500);
}

TEST(TenantStatementsTest, SoAreThoseOfRandomCatalogues) {
  TenantWalk walk;
  for (const uint32_t seed : {1u, 2u}) {
    SCOPED_TRACE(seed);
    walk.Over(testing::CompileProtoText(testing::RandomCatalogueProto({seed, /*entities=*/5})));
  }
  EXPECT_GT(walk.omissions(), 200);
}

/// Countries are everyone's, and tasks are tenants'.
constexpr char kSharedCountries[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/field_mask.proto";
import "rowkeeper/v1/annotations.proto";
message Country {
  option (rowkeeper.v1.entity) = {};
  string code = 1 [(rowkeeper.v1.column) = {primary_key: true, max_length: 2}];
  string name = 2 [(rowkeeper.v1.column) = {max_length: 40, sortable: true}];
  string iso = 3 [(rowkeeper.v1.column) = {max_length: 3, unique: true}];
  repeated Task tasks = 4 [(rowkeeper.v1.relation) = {inverse_field: "country_code", limit: 5}];
}
message Task {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string tenant_id = 2 [(rowkeeper.v1.column).role = ROLE_TENANT];
  string country_code = 3 [(rowkeeper.v1.column) = {max_length: 2, references: "shop.v1.Country"}];
  Country country = 4 [(rowkeeper.v1.relation).field = "country_code"];
}
message Code { string code = 1; google.protobuf.FieldMask read_mask = 2; }
message OneCountry { Country country = 1; google.protobuf.FieldMask update_mask = 2; }
message NewCountry { Country country = 1; }
message AllCountries { int32 page_size = 1; string page_token = 2; google.protobuf.FieldMask read_mask = 3; }
message Countries { repeated Country countries = 1; string next_page_token = 2; }
message SomeCountries { repeated Country countries = 1; google.protobuf.FieldMask update_mask = 2; }
message ChangedCountries { repeated Country countries = 1; }
message StoredCountry { Country country = 1; rowkeeper.v1.WriteOutcome outcome = 2; }
message StoredCountries { repeated Country countries = 1; repeated rowkeeper.v1.WriteOutcome outcomes = 2; }
message Imported { int64 imported = 1; int64 chunks = 2; }
service CountryRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Country";
  rpc Create(NewCountry) returns (Country);
  rpc GetByCode(Code) returns (Country);
  rpc List(AllCountries) returns (Countries);
  rpc Update(OneCountry) returns (Country);
  rpc BatchUpdate(SomeCountries) returns (ChangedCountries);
  rpc Upsert(OneCountry) returns (StoredCountry);
  rpc BatchUpsert(SomeCountries) returns (StoredCountries);
  rpc Import(stream SomeCountries) returns (stream Imported) {
    option (rowkeeper.v1.method).conflict_fields = "code";
  }
}
message TaskId { string id = 1; google.protobuf.FieldMask read_mask = 2; }
service TaskRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Task";
  rpc GetById(TaskId) returns (Task);
}
)";

TEST(TenantStatementsTest, SoAreThoseThatReadRowsOfNobodyBeside) {
  TenantWalk walk;
  walk.OverTenantsOf(testing::WithTenants(*testing::CompileExample("tracker/v1"), {"tracker.v1.User"}));
  EXPECT_GT(walk.omissions(), 100);
}

TEST(TenantStatementsTest, RowsOfNobodyToWhichThoseOfTenantsReferCanBeWritten) {
  TenantWalk walk;
  walk.OverTenantsOf(testing::CompileProtoText(kSharedCountries));
  EXPECT_GT(walk.statements(), 8);
  EXPECT_GT(walk.omissions(), 0);
}

/// A custom query over `tasks` and `notes`, which have tenants, `plans`, to which tasks refer, and `words`. $1 is the
/// caller's tenant, $2 an argument.
std::string ProblemOf(const std::string& text) {
  catalogue::Tenancy tenancy;
  tenancy.tables = {{{"", "tasks"}, {"tenant_id", {}}},
                    {{"", "notes"}, {"org", {}}},
                    {{"", "plans"}, {"", {"id"}}},
                    {{"", "words"}, {"", {}}},
                    {{"archive", "papers"}, {"", {}}}};
  Statement statement;
  statement.text = text;
  statement.result_is_named = true;
  statement.parameters = {{Parameter::Source::kTenant, 0}, {Parameter::Source::kArgument, 0}};
  return TenantProblem(statement, tenancy);
}

TEST(TenantProblemTest, AQueryOfOneTenantHasNone) {
  for (const char* text : {
           "SELECT * FROM words",
           "SELECT * FROM tasks WHERE tenant_id = ($1::text)",
           "SELECT * FROM tasks WHERE ($1::text) = tenant_id AND (id = 1 OR id = 2)",
           "SELECT * FROM tasks t WHERE t.tenant_id = $1",
           "SELECT * FROM tasks t JOIN notes n ON n.task = t.id AND n.org = $1 WHERE t.tenant_id = $1",
           "SELECT * FROM tasks t LEFT JOIN notes n ON n.task = t.id AND n.org = $1 WHERE t.tenant_id = $1",
           "SELECT * FROM tasks t LEFT JOIN notes n ON n.task = t.id WHERE n.org = $1 AND t.tenant_id = $1",
           "SELECT * FROM words RIGHT JOIN notes n ON true WHERE n.org = $1",
           "SELECT * FROM words WHERE EXISTS (SELECT FROM tasks WHERE tasks.tenant_id = $1)",
           "SELECT * FROM (SELECT * FROM tasks WHERE tenant_id = $1) AS t LIMIT 3",
           "WITH t AS (SELECT * FROM tasks WHERE tenant_id = $1) SELECT * FROM t",
           "SELECT id FROM tasks WHERE tenant_id = $1 UNION SELECT id FROM notes WHERE org = $1",
           "SELECT * FROM tasks WHERE tenant_id = $1 FOR UPDATE OF tasks",
           "INSERT INTO tasks (tenant_id, id) VALUES ($1, 1), (($1::text), 2)",
           "INSERT INTO tasks (id, tenant_id) SELECT id, $1 FROM words",
           "INSERT INTO tasks (id, tenant_id) VALUES (1, $1) ON CONFLICT (tenant_id, id) DO UPDATE SET done = true",
           "INSERT INTO tasks (id, tenant_id) VALUES (1, $1) ON CONFLICT DO NOTHING",
           "UPDATE tasks SET done = true WHERE tenant_id = $1",
           "UPDATE tasks AS t SET done = true FROM notes n WHERE t.id = n.task AND t.tenant_id = $1 AND n.org = $1",
           "DELETE FROM tasks USING notes WHERE tasks.tenant_id = $1 AND notes.org = $1",
           "UPDATE plans SET title = $2",
           "UPDATE plans SET id = id",
           "UPDATE plans SET id = plans.id, title = $2",
           "UPDATE plans AS p SET id = p.id FROM words w WHERE w.id = p.id",
           "INSERT INTO plans AS p (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = p.id",
           "SELECT * FROM archive.papers",
           "WITH a AS (SELECT 1), b AS (SELECT * FROM a) SELECT * FROM b",
           "WITH RECURSIVE a AS (SELECT 1 UNION ALL SELECT * FROM a) SELECT * FROM a",
       }) {
    EXPECT_EQ(ProblemOf(text), "") << text;
  }
}

TEST(TenantProblemTest, AnyOtherIsRefused) {
  for (const char* text : {
           "SELECT * FROM tasks",
           "TABLE tasks",
           "SELECT * FROM tasks WHERE tenant_id = $2",
           "SELECT * FROM tasks WHERE tenant_id = 'acme'",
           "SELECT * FROM tasks WHERE tenant_id <> $1",
           "SELECT * FROM tasks WHERE tenant_id >= $1",
           "SELECT * FROM tasks WHERE tenant_id LIKE $1",
           "SELECT * FROM tasks WHERE tenant_id = ANY ($1)",
           "SELECT * FROM tasks WHERE tenant_id = $1 OR id = 1",
           "SELECT * FROM tasks WHERE NOT (tenant_id = $1)",
           "SELECT * FROM tasks WHERE (tenant_id = $1) IS NOT FALSE",
           "SELECT * FROM tasks WHERE tenant_id = $1::text::varchar(1)",
           "SELECT * FROM tasks WHERE lower(tenant_id) = $1",
           "SELECT * FROM tasks WHERE org = $1",
           "SELECT * FROM tasks, notes WHERE tasks.tenant_id = $1",
           "SELECT * FROM tasks t, notes WHERE notes.org = $1 AND notes.tenant_id = $1",
           "SELECT * FROM tasks a, tasks b WHERE a.tenant_id = $1",
           "SELECT * FROM tasks t LEFT JOIN notes n ON n.task = t.id WHERE t.tenant_id = $1",
           "SELECT * FROM tasks t LEFT JOIN notes n ON n.org = $1 AND t.tenant_id = $1",
           "SELECT * FROM words RIGHT JOIN notes n ON n.org = $1",
           "SELECT * FROM words FULL JOIN notes n ON n.org = $1",
           "SELECT * FROM (tasks t JOIN words w ON true) AS j WHERE t.tenant_id = $1",
           "SELECT * FROM tasks AS t (id, tenant_id) WHERE t.tenant_id = $1",
           "SELECT * FROM words WHERE EXISTS (SELECT FROM tasks)",
           "SELECT * FROM words w WHERE EXISTS (SELECT FROM tasks WHERE w.tenant_id = $1)",
           "SELECT * FROM words w WHERE EXISTS (SELECT FROM tasks WHERE tenant_id = $1)",
           "SELECT * FROM words, LATERAL (SELECT * FROM tasks WHERE tenant_id = $1) AS t",
           "SELECT (SELECT count(*) FROM tasks) FROM words",
           "SELECT * FROM words ORDER BY (SELECT count(*) FROM tasks)",
           "SELECT * FROM words LIMIT (SELECT count(*) FROM tasks)",
           "WITH t AS (SELECT * FROM tasks) SELECT * FROM t WHERE tenant_id = $1",
           "SELECT id FROM tasks WHERE tenant_id = $1 UNION SELECT id FROM tasks",
           "SELECT id FROM tasks UNION SELECT id FROM words WHERE tenant_id = $1",
           "SELECT * FROM tasks TABLESAMPLE system (1) WHERE tenant_id = $1",
           "INSERT INTO tasks (id) VALUES (1)",
           "INSERT INTO tasks VALUES ($1, 1)",
           "INSERT INTO tasks DEFAULT VALUES",
           "INSERT INTO tasks (id, tenant_id) VALUES (1, $1), (2, $2)",
           "INSERT INTO tasks (id, tenant_id) VALUES ($1, 1)",
           "INSERT INTO tasks (id, tenant_id) SELECT w.*, $1 FROM words w",
           "INSERT INTO tasks (id, tenant_id) SELECT 1, $1 UNION SELECT 2, $2",
           "INSERT INTO tasks (id, tenant_id) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET done = true",
           "INSERT INTO tasks (id, tenant_id) VALUES (1, $1) ON CONFLICT ON CONSTRAINT k DO UPDATE SET done = true",
           "INSERT INTO tasks (id, tenant_id) VALUES (1, $1) ON CONFLICT (tenant_id) DO UPDATE SET tenant_id = $2",
           "INSERT INTO words (id) SELECT id FROM tasks",
           "UPDATE tasks SET done = true",
           "UPDATE tasks SET tenant_id = $2 WHERE tenant_id = $1",
           "UPDATE tasks SET (id, tenant_id) = (1, $2) WHERE tenant_id = $1",
           "UPDATE words SET id = 1 FROM tasks WHERE tasks.id = words.id",
           "UPDATE words SET id = (SELECT max(id) FROM tasks)",
           "DELETE FROM tasks",
           "DELETE FROM words USING tasks",
           "DELETE FROM plans",
           "WITH d AS (DELETE FROM plans RETURNING id) SELECT * FROM d",
           "SELECT * FROM v_tasks",
           "SELECT * FROM pg_catalog.pg_stats",
           "SELECT * FROM papers",
           "SELECT * FROM archive.words",
           "SELECT * FROM public.papers",
           "SELECT * FROM public.words",
           "SELECT * FROM public.tasks WHERE tasks.tenant_id = $1",
           "WITH x AS (WITH hidden AS (SELECT 1) SELECT * FROM hidden) SELECT * FROM hidden",
           "WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a",
           "WITH pg_stats AS (SELECT 1) SELECT * FROM pg_catalog.pg_stats",
           "WITH v_tasks AS (SELECT 1) DELETE FROM v_tasks",
           "UPDATE plans SET id = 2",
           "UPDATE plans SET id = w.id FROM words w",
           "UPDATE plans AS w SET id = plans.id FROM words AS plans",
           "UPDATE plans SET id = title",
           "UPDATE plans SET id = id + 1",
           "UPDATE plans SET id[1] = id",
           "INSERT INTO plans (id) VALUES (1) ON CONFLICT (title) DO UPDATE SET id = excluded.id",
           "INSERT INTO plans (id) VALUES (1) ON CONFLICT (title) DO UPDATE SET id = 2",
           "MERGE INTO words USING plans ON true WHEN MATCHED THEN DELETE",
           "MERGE INTO tasks USING words ON true WHEN MATCHED THEN DELETE",
           "no statement",
       }) {
    EXPECT_NE(ProblemOf(text), "") << text;
  }
}

TEST(TenantProblemTest, TheServersOwnStatementsReadTablesOfTheCatalogueAndPostgresqls) {
  catalogue::Tenancy tenancy;
  tenancy.tables = {{{"", "tasks"}, {"tenant_id", {}}}};
  const auto problem = [&tenancy](const std::string& text) {
    Statement statement;
    statement.text = text;
    return TenantProblem(statement, tenancy);
  };
  EXPECT_EQ(problem("SELECT FROM pg_catalog.pg_class"), "");
  EXPECT_NE(problem("SELECT FROM pg_class"), "");
  EXPECT_NE(problem("SELECT FROM tasks_of_old"), "") << "a name that a table has got meanwhile, for example";
}

TEST(TenantProblemTest, AStatementThatIsRefusedIsNotExecuted) {
  const auto catalogue = testing::WithTenants(*testing::CompileExample("planner/v1"));
  Statement statement;
  statement.text = "SELECT * FROM todos";
  const catalogue::Tenancy* const tenancy = catalogue->entities().front()->tenancy.get();
  EXPECT_EQ(OfTenantOrRefused(statement, nullptr).text, statement.text);
  EXPECT_EQ(OfTenantOrRefused(statement, tenancy).text.find("todos"), std::string::npos);
  LiveNames names;
  names.Learn(*catalogue->entities().front(), {"other", "", {}});
  const NamesScope scope(names);
  EXPECT_EQ(OfTenantOrRefused(statement, tenancy).text, "SELECT FROM \"proto:?\"");
}

}  // namespace
}  // namespace rowkeeper::sql
