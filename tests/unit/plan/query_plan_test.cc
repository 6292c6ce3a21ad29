#include "server/plan/query/query_plan.h"

#include <google/protobuf/descriptor.h>

#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr char kQueriedNotes[] = R"(
message Note {
  option (rowkeeper.v1.entity) = {internal_id: "pk"};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string title = 2;
  optional string body = 3;
  optional int64 parent = 4;
}
message Out { repeated Note notes = 1; int64 affected = 2; }
message None {}
message Row { google.protobuf.Value a = 1; }
message Holder { Note note = 1; }
message Rows { repeated Note notes = 1; }
message Affected { int64 affected = 1; }
)";

constexpr char kIn[] = R"(
message In {
  string id = 1 [(rowkeeper.v1.column).type = COLUMN_TYPE_UUID];
  optional int32 most = 2;
  repeated string tags = 3;
  google.protobuf.Struct labels = 4;
}
)";

class QueryPlans : public ::testing::Test {
 protected:
  const MethodPlan& Compile(const std::string& sql, const std::string& rpc = "(None) returns (Row)") {
    plans_ = std::make_unique<Plans>(Plans::OfText(absl::StrCat(
        kQueriedNotes, "service R { option (rowkeeper.v1.repository).entity = \"shop.v1.Note\"; rpc Do", rpc,
        " { option (rowkeeper.v1.method).sql = \"", sql, "\"; } }", rpc.rfind("(In)", 0) == 0 ? kIn : "")));
    EXPECT_THAT(plans_->Mistakes(), IsEmpty());
    return plans_->Find("Do");
  }
  const std::set<std::string>& NotNull(const std::string& sql) { return Compile(sql).query->not_null; }

 private:
  std::unique_ptr<Plans> plans_;
};

TEST_F(QueryPlans, TellReadsFromWrites) {
  EXPECT_TRUE(Compile("SELECT 1 AS a").reads_only());
  EXPECT_TRUE(Compile("VALUES (1)").reads_only());
  EXPECT_TRUE(Compile("SELECT now() AS a").reads_only());
  EXPECT_FALSE(Compile("SELECT id FROM notes FOR UPDATE").reads_only());
  EXPECT_FALSE(Compile("SELECT id FROM (SELECT id FROM notes FOR SHARE) n").reads_only());
  EXPECT_FALSE(Compile("SELECT nextval('s') AS a").reads_only());
  EXPECT_FALSE(Compile("SELECT pg_catalog.setval('s', 1) AS a").reads_only());
  EXPECT_FALSE(Compile("WITH d AS (DELETE FROM notes RETURNING id) SELECT id FROM d").reads_only());
  EXPECT_FALSE(Compile("INSERT INTO notes DEFAULT VALUES RETURNING id").reads_only());
}

TEST_F(QueryPlans, KnowWhatTheyStoreInATableOfTheCatalogue) {
  const auto written = [this](const std::string& sql, const std::string& rpc = "(None) returns (Affected)") {
    const MethodPlan& plan = Compile(sql, rpc);
    const QueryWrite& write = plan.query->write;
    std::string text =
        absl::StrCat(write.alias, write.returns_rows ? " returning" : "", write.changes_below ? " below" : "");
    for (const int column : write.columns) absl::StrAppend(&text, " ", plan.query->target->columns[column].name);
    return text;
  };
  EXPECT_EQ(written("UPDATE notes SET title = 'x', pk = 1"), "notes title");
  EXPECT_EQ(written("UPDATE shop.notes AS n SET (body, parent) = ('x', 1)"), "n body parent");
  EXPECT_EQ(written("INSERT INTO notes (id, title) VALUES (gen_random_uuid(), 'x')"), "notes id title");
  EXPECT_EQ(written("INSERT INTO notes AS n SELECT * FROM notes"), "n id title body parent");
  EXPECT_EQ(written("INSERT INTO notes (id) VALUES (gen_random_uuid()) ON CONFLICT (id) DO UPDATE SET parent = 7"),
            "notes id parent");
  EXPECT_EQ(written("WITH d AS (DELETE FROM notes RETURNING id) UPDATE notes SET parent = 1 FROM d"),
            "notes below parent");
  EXPECT_EQ(written("UPDATE notes SET title = 'x' RETURNING *", "(None) returns (Holder)"), "notes returning title");
  EXPECT_EQ(written("DELETE FROM notes"), "notes");
  EXPECT_EQ(written("UPDATE elsewhere SET title = 'x'"), "");
}

TEST_F(QueryPlans, LimitWhatTheyCan) {
  EXPECT_TRUE(Compile("SELECT id FROM notes FOR UPDATE").query->can_be_limited);
  EXPECT_FALSE(Compile("WITH d AS (DELETE FROM notes RETURNING id) SELECT id FROM d").query->can_be_limited);
  EXPECT_FALSE(Compile("DELETE FROM notes RETURNING id").query->can_be_limited);
  EXPECT_FALSE(Compile("SELECT pg_notify(title, title) FROM notes", "(None) returns (google.protobuf.Empty)")
                   .query->can_be_limited);
}

TEST_F(QueryPlans, KnowTheirTarget) {
  EXPECT_EQ(Compile("DELETE FROM notes RETURNING id").query->target->full_name, "shop.v1.Note");
  EXPECT_EQ(Compile("DELETE FROM others RETURNING id").query->target, nullptr);
  EXPECT_EQ(Compile("SELECT id FROM notes").query->target, nullptr);
}

TEST_F(QueryPlans, BindResponses) {
  const auto shape = [this](const std::string& sql, const std::string& response) {
    return Compile(sql, "(None) returns (" + response + ")").response.shape;
  };
  EXPECT_EQ(shape("SELECT * FROM notes", "Note"), ResponseShape::kEntity);
  EXPECT_EQ(shape("SELECT 1 AS a", "Row"), ResponseShape::kEntity);
  EXPECT_EQ(shape("SELECT * FROM notes", "Holder"), ResponseShape::kHolder);
  EXPECT_EQ(shape("SELECT * FROM notes", "Rows"), ResponseShape::kList);
  EXPECT_EQ(shape("DELETE FROM notes RETURNING *", "Out"), ResponseShape::kList);
  EXPECT_EQ(shape("DELETE FROM notes", "Affected"), ResponseShape::kFacts);
  EXPECT_EQ(shape("SELECT 1 AS affected", "Affected"), ResponseShape::kEntity);
  EXPECT_EQ(shape("DELETE FROM notes", "google.protobuf.Empty"), ResponseShape::kEmpty);
  const MethodPlan& plan = Compile("DELETE FROM notes RETURNING *", "(None) returns (Out)");
  EXPECT_EQ(plan.response.rows->name(), "notes");
  EXPECT_EQ(plan.response.affected->name(), "affected");
  EXPECT_EQ(plan.query->columns.size(), 4u);
}

TEST_F(QueryPlans, ShowWhatIsNeverNull) {
  EXPECT_THAT(NotNull("SELECT count(*) AS n, sum(1) AS s, 1 AS one, NULL AS nothing FROM notes"),
              UnorderedElementsAre("n", "one"));
  EXPECT_THAT(NotNull("SELECT * FROM notes"), UnorderedElementsAre("id", "title", "pk"));
  EXPECT_THAT(NotNull("SELECT coalesce(body, '') AS a, coalesce(body, NULL) AS b FROM notes"), ElementsAre("a"));
  EXPECT_THAT(NotNull("SELECT lower(title) AS a, lower(body) AS b, title || 'x' AS c, title || body AS d FROM notes"),
              UnorderedElementsAre("a", "c"));
  EXPECT_THAT(NotNull("SELECT body IS NULL AS a, body = 'x' AS b, EXISTS (SELECT 1) AS c, ARRAY(SELECT 1) AS d, "
                      "(SELECT title FROM notes LIMIT 1) AS e, (SELECT count(*) FROM notes) AS f FROM notes"),
              UnorderedElementsAre("a", "c", "d", "f"));
  EXPECT_THAT(NotNull("SELECT CASE WHEN body = '' THEN 1 ELSE 2 END AS a, CASE WHEN body = '' THEN 1 END AS b FROM "
                      "notes"),
              ElementsAre("a"));
  EXPECT_THAT(NotNull("SELECT greatest(body, 'a') AS a, title IN ('a', 'b') AS b, title BETWEEN 'a' AND body AS c, "
                      "body IS DISTINCT FROM 'x' AS d, now() AS e, current_date AS f, ARRAY[body] AS g FROM notes"),
              UnorderedElementsAre("a", "b", "d", "e", "f", "g"));
  EXPECT_THAT(NotNull("SELECT row_number() OVER (ORDER BY id) AS a, lag(id) OVER (ORDER BY id) AS b FROM notes"),
              ElementsAre("a"));
  EXPECT_THAT(
      NotNull("SELECT extract(epoch FROM now()) AS a, extract(day FROM now()) AS b, extract(year FROM now()) AS c, "
              "date_trunc('day', now()) AS d, box '((0,0),(1,1))' # box '((2,2),(3,3))' AS e, current_schema AS f"),
      UnorderedElementsAre("a", "c", "d"))
      << "days of an infinite time, intersections that are not there and schemas that are not there are NULL";
  EXPECT_THAT(NotNull("SELECT '{}'::jsonb AS a, '{}'::jsonb -> 'x' AS b"), ElementsAre("a"));
}

TEST_F(QueryPlans, ParametersAreNullWhereTheFieldMayBeAbsent) {
  EXPECT_THAT(Compile("SELECT :id AS a, :most AS b, :tags AS c, :labels AS d", "(In) returns (Row)").query->not_null,
              UnorderedElementsAre("a", "c"));
}

TEST_F(QueryPlans, OuterJoinsMakeColumnsNull) {
  EXPECT_THAT(NotNull("SELECT a.id AS x, b.id AS y FROM notes a LEFT JOIN notes b ON a.id = b.id"), ElementsAre("x"));
  EXPECT_THAT(NotNull("SELECT a.id AS x, b.id AS y FROM notes a RIGHT JOIN notes b ON a.id = b.id"), ElementsAre("y"));
  EXPECT_THAT(NotNull("SELECT a.id AS x, b.id AS y FROM notes a FULL JOIN notes b ON a.id = b.id"), IsEmpty());
  EXPECT_THAT(NotNull("SELECT id FROM notes a LEFT JOIN notes b USING (id)"), ElementsAre("id"));
  EXPECT_THAT(NotNull("SELECT c.id AS x FROM notes a LEFT JOIN (notes b JOIN notes c ON true) ON true"), IsEmpty());
  EXPECT_THAT(NotNull("SELECT s.n FROM notes a LEFT JOIN (SELECT count(*) AS n FROM notes) s ON true"), IsEmpty());
  EXPECT_THAT(Compile("SELECT x.id AS a FROM t LEFT JOIN (SELECT id FROM u) x ON true").query->outer_joined,
              ElementsAre("u"));
  EXPECT_THAT(Compile("WITH c AS (SELECT id FROM u) SELECT x.id AS a FROM t LEFT JOIN c x ON true").query->outer_joined,
              ElementsAre("u"));
}

TEST_F(QueryPlans, ColumnsKeepTheirNatureThroughQueries) {
  EXPECT_THAT(NotNull("SELECT n, m FROM (SELECT count(*) AS n, max(title) AS m FROM notes) s"), ElementsAre("n"));
  EXPECT_THAT(NotNull("WITH s(n, m) AS (SELECT count(*), max(title) FROM notes) SELECT * FROM s"), ElementsAre("n"));
  EXPECT_THAT(NotNull("SELECT title AS x FROM notes UNION ALL SELECT body FROM notes"), IsEmpty());
  EXPECT_THAT(NotNull("SELECT title AS x FROM notes UNION ALL SELECT lower(title) FROM notes"), ElementsAre("x"));
  EXPECT_THAT(NotNull("VALUES (1, NULL), (2, 3)"), ElementsAre("column1"));
  EXPECT_THAT(NotNull("SELECT v.a, v.b FROM (VALUES (1, NULL)) AS v(a, b)"), ElementsAre("a"));
}

TEST_F(QueryPlans, RecursionKeepsWhatBothPartsKeep) {
  EXPECT_THAT(NotNull("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT n FROM r"),
              ElementsAre("n"));
  EXPECT_THAT(
      NotNull("WITH RECURSIVE r(n, m) AS (SELECT 1, 1 UNION ALL SELECT m, NULL::int FROM r) SELECT n, m FROM r"),
      IsEmpty());
}

TEST_F(QueryPlans, GroupingSetsMakeColumnsNull) {
  const QueryPlan query = *Compile("SELECT title, count(*) AS n FROM notes GROUP BY ROLLUP (title)").query;
  EXPECT_THAT(query.not_null, ElementsAre("n"));
  EXPECT_TRUE(query.origins_mean_nothing);
  EXPECT_THAT(NotNull("SELECT title, count(*) AS n FROM notes GROUP BY title"), UnorderedElementsAre("title", "n"));
}

TEST_F(QueryPlans, UnknownTablesShowNothing) {
  EXPECT_THAT(NotNull("SELECT id, title FROM others"), IsEmpty());
  EXPECT_THAT(NotNull("SELECT title FROM notes, others"), Not(Contains("id")));
}

TEST_F(QueryPlans, ReturningIsReadToo) {
  EXPECT_THAT(NotNull("INSERT INTO notes (title) VALUES ('x') RETURNING id, body, upper(title) AS t"),
              UnorderedElementsAre("id", "t"));
  EXPECT_THAT(NotNull("UPDATE notes n SET title = 'x' FROM notes m RETURNING n.id, m.body"), ElementsAre("id"));
}

TEST_F(QueryPlans, BindParameters) {
  const MethodPlan& plan = Compile("SELECT :id AS a, :most AS b, :tags AS c, :labels AS d", "(In) returns (Row)");
  const Call call = RequestBuilder(plan).Set("id", "u").MustBind();
  EXPECT_EQ(ArgumentText(call, "id"), "u");
  EXPECT_EQ(ArgumentText(call, "most"), "NULL");
  EXPECT_EQ(ArgumentText(call, "tags"), "{}");
  EXPECT_EQ(ArgumentText(call, "labels"), "NULL");
  EXPECT_EQ(RequestBuilder(plan).Message(), "id: is required");
}

constexpr char kAsks[] =
    "SELECT title AS a FROM notes WHERE id = :id AND title = ANY (:tags) AND :labels = '{}' AND :most = 1";
constexpr char kStores[] =
    "INSERT INTO notes (id, title, body, parent) SELECT :id, unnest(:tags), :labels::text, :most";

class QueryWork : public QueryPlans {
 protected:
  /// "OK", or what is wrong with a field of In.
  std::string Bind(const std::string& sql, const std::string& field, const std::string& text) {
    RequestBuilder builder(Compile(sql, sql == kAsks ? "(In) returns (Row)" : "(In) returns (Affected)"));
    builder.Set("id", "u").Set(field, text);
    PageLimits limits;
    limits.filter.max_bytes = 10;
    limits.filter.max_values = 3;
    const absl::StatusOr<Call> call = builder.Bind(limits);
    return call.ok() ? "OK" : std::string(call.status().message());
  }
};

TEST_F(QueryWork, IsBoundedByTheNumberOfValues) {
  for (const std::string sql : {kAsks, kStores}) {
    EXPECT_EQ(Bind(sql, "tags", R"({"a","b","c,d"})"), "OK");
    EXPECT_THAT(Bind(sql, "tags", R"({"a","b","c","d"})"),
                HasSubstr("tags: has more than 3 values, the limit max-filter-values"));
  }
}

TEST_F(QueryWork, IsBoundedByTheLengthOfWhatAReadAsksFor) {
  EXPECT_EQ(Bind(kAsks, "labels", R"({"a": 123})"), "OK");
  EXPECT_THAT(Bind(kAsks, "labels", R"({"a": 1234})"),
              HasSubstr("labels: has 11 bytes; a query that only reads takes at most 10, the limit max-filter-bytes"));
  EXPECT_EQ(Bind(kAsks, "tags", R"({"a","12345678"})"), "OK");
  EXPECT_THAT(Bind(kAsks, "tags", R"({"a","123456789","b"})"), HasSubstr("tags: has a value of 11 bytes; a query"));
  EXPECT_EQ(Bind(kStores, "labels", R"({"a": 1234})"), "OK");
  EXPECT_EQ(Bind(kStores, "tags", R"({"123456789"})"), "OK");
}

}  // namespace
}  // namespace rowkeeper::plan
