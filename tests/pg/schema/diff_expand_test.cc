#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "absl/strings/str_cat.h"
#include "tests/pg/schema/diff_fixture.h"
#include "tests/support/eventually.h"

/// Types of columns that change by a column beside them.
namespace rowkeeper::schema {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

bool Rewrites(const SchemaDiff& diff) {
  return ::testing::Matches(Contains(Field(&Step::kind, StepKind::kRewrite)))(diff.steps);
}

class DiffExpand : public DiffWalk {
 protected:
  void SetUp() override {
    DiffWalk::SetUp();
    options_.retype = Retype::kExpand;
  }

  void Begin() {
    database_.Run("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    Create(ProtoWith({}));
    database_.Run(RowsBefore());
  }

  /// The kinds of change for which rows would be written again.
  std::vector<const DiffKind*> RetypingKinds() {
    DiffOptions rewriting;
    std::swap(options_, rewriting);
    std::vector<const DiffKind*> kinds;
    for (const DiffKind& kind : DiffKinds()) {
      if (Rewrites(Diff(ProtoWith({&kind})))) kinds.push_back(&kind);
    }
    std::swap(options_, rewriting);
    EXPECT_GE(kinds.size(), 2u);
    return kinds;
  }
};

TEST_F(DiffExpand, NoRowsAreWrittenUnderALockAndEachFileUndoesWhatItDid) {
  Begin();
  for (const DiffKind* kind : RetypingKinds()) {
    SCOPED_TRACE(kind->name);
    Begin();
    EXPECT_FALSE(Rewrites(Diff(ProtoWith({kind})))) << Summary(Diff(ProtoWith({kind})));
    EXPECT_THAT(Lint(ProtoWith({kind})).findings, IsEmpty());
    GoThereAndBack({kind});
    GoFileByFile(ProtoWith({kind}), kind->mend);
    if (HasFatalFailure()) return;
  }
}

TEST_F(DiffExpand, GoesWithEveryOtherChange) {
  Begin();
  for (const DiffKind* kind : RetypingKinds()) {
    for (const DiffKind& other : DiffKinds()) {
      if (&other == kind) continue;
      SCOPED_TRACE(absl::StrCat(kind->name, " and ", other.name));
      GoThereAndBack({kind, &other});
      if (HasFatalFailure()) return;
    }
  }
}

constexpr char kNotes[] = R"(syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
message Note {
  option (rowkeeper.v1.entity) = {OPTIONS};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  LINE
}
)";

std::string Notes(const std::string& line, const std::string& options = "") {
  std::string proto = kNotes;
  proto.replace(proto.find("LINE"), 4, line);
  return proto.replace(proto.find("OPTIONS"), 7, options);
}

TEST_F(DiffExpand, WritersGoOnMeanwhileAndNoValueIsLost) {
  constexpr char kIndexes[] = R"(indexes: {name: "by_rank", fields: "rank"})";
  Create(Notes("int32 rank = 2;", kIndexes));
  database_.Run("ALTER TABLE notes SET (autovacuum_enabled = false)");
  database_.Run("INSERT INTO notes (id, rank) SELECT gen_random_uuid(), n FROM generate_series(1, 5000) n");
  const SchemaDiff diff = Diff(Notes("int64 rank = 2;", kIndexes));
  ASSERT_FALSE(Rewrites(diff)) << Summary(diff);
  const std::vector<DiffFile> files = DiffFiles(diff, "change");
  std::atomic<bool> stop{false};
  std::atomic<int> rounds{0};
  // Each row's rank is what its note says.
  database_.Run("CREATE TABLE said (id uuid PRIMARY KEY, rank bigint)");
  auto writer = std::async(std::launch::async, [&] {
    db::ConnectionOptions options;
    options.url = database_.url();
    auto connection = db::Connection::Open(options);
    std::string problem = connection.ok() ? "" : connection.status().ToString();
    for (int i = 0; !stop && problem.empty(); ++i, ++rounds) {
      const absl::Status status =
          (*connection)
              ->ExecuteScript(
                  absl::StrCat(
                      "WITH made AS (INSERT INTO notes (id, rank) VALUES (gen_random_uuid(), ", i,
                      ") RETURNING id), said AS (INSERT INTO said SELECT id, ", i,
                      " FROM made) UPDATE notes SET rank = rank + 7 WHERE id = (SELECT id FROM notes LIMIT 1)"),
                  nullptr);
      if (!status.ok()) problem = status.ToString();
    }
    return problem;
  });
  const auto write_some = [&] {
    const int before = rounds;
    EXPECT_TRUE(testing::Eventually(
        [&] { return rounds >= before + 5 || writer.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }));
  };
  for (const DiffFile& file : files) {
    write_some();
    EXPECT_EQ(Up({file}), "");
  }
  write_some();
  stop = true;
  EXPECT_EQ(writer.get(), "");
  EXPECT_EQ(Summary(Diff(Notes("int64 rank = 2;", kIndexes))), "");
  EXPECT_EQ(
      database_.Value(
          "SELECT count(*) FROM notes n JOIN said s ON s.id = n.id WHERE n.rank IS NULL OR (n.rank - s.rank) % 7 <> 0"),
      "0");
  EXPECT_EQ(database_.Value("SELECT sum(rank) = (SELECT count(*) FROM said) * 7 + 5000 * 5001 / 2 + (SELECT sum(rank) "
                            "FROM said) FROM notes"),
            "t");
  EXPECT_EQ(database_.Value("SELECT count(*) FROM pg_proc WHERE proname LIKE 'rowkeeper%'"), "0");
}

TEST_F(DiffExpand, WhatTheOldTypeCannotHoldIsNoErrorForThoseWhoWriteTheNewOne) {
  Create(Notes("int32 rank = 2;"));
  database_.Run("INSERT INTO notes (id, rank) VALUES (gen_random_uuid(), 1)");
  std::vector<DiffFile> files = DiffFiles(Diff(Notes("int64 rank = 2;")), "change");
  ASSERT_THAT(files.back().name, HasSubstr("contract"));
  const DiffFile contract = files.back();
  files.pop_back();
  ASSERT_EQ(Up(files), "");
  database_.Run("UPDATE notes SET rank = 5000000000");
  EXPECT_EQ(database_.Value("SELECT rowkeeper_old_2 FROM notes"), "");
  EXPECT_THAT(Down(files), HasSubstr("null")) << "the way back would lose it";
  EXPECT_EQ(Up({contract}), "");
  EXPECT_EQ(database_.Value("SELECT rank FROM notes"), "5000000000");
}

TEST_F(DiffExpand, WhereNoColumnCanStandBesideItTheRowsAreWrittenAgainAndItIsSaidWhy) {
  const struct {
    std::string before, after, why;
    std::string sql = {};
  } cases[] = {
      {Notes("int32 rank = 2;"), Notes("int64 place = 2;"), "gets another name, too"},
      {Notes("int32 rank = 2;"), Notes("int64 rank = 2;", "table: \"papers\""), "gets another name, too"},
      {Notes("int32 rank = 2;"), Notes("optional int64 rank = 2;"), "changes in other ways, too"},
      {Notes("int32 rank = 2;"), Notes("int64 rank = 2;", R"(indexes: {name: "by_rank", fields: "rank"})"),
       "an index of it changes, too"},
      {Notes("int32 rank = 2;", R"(indexes: {name: "by_rank", fields: "rank"})"), Notes("int64 rank = 2;"),
       "an index of it changes, too"},
      {Notes("int32 rank = 2;"), Notes("uint32 rank = 2;"), "a check of it changes, too"},
      {Notes("int32 rank = 2;"), Notes("int64 rank = 2;"), "a constraint of it can be deferred",
       "ALTER TABLE notes ADD CONSTRAINT late UNIQUE (rank) DEFERRABLE"},
      {Notes("int32 rank = 2;"), Notes("int64 rank = 2;"), "other objects read it",
       "ALTER TABLE notes ADD CONSTRAINT apart EXCLUDE (rank WITH =)"},
      {Notes("int32 rank = 2;"), Notes("int64 rank = 2;"), "a constraint of it was never validated",
       "ALTER TABLE notes ADD CONSTRAINT positive CHECK (rank > 0) NOT VALID"},
      {Notes("int32 rank = 2;"), Notes("int64 rank = 2;"), "a reference of it is NULL as a whole or not at all",
       "CREATE TABLE ranks (rank integer PRIMARY KEY); ALTER TABLE notes ADD FOREIGN KEY (rank) REFERENCES ranks "
       "MATCH FULL"},
      {Notes("int32 rank = 2;"), Notes("int64 rank = 2;"),
       "a reference sets it to its default, or other columns with it",
       "CREATE TABLE ranks (rank integer PRIMARY KEY); ALTER TABLE notes ADD FOREIGN KEY (rank) REFERENCES ranks ON "
       "DELETE SET DEFAULT"},
      {Notes("int32 rank = 2; int32 size = 3;"), Notes("int64 rank = 2; int32 size = 3;"),
       "a reference sets it to its default, or other columns with it",
       "CREATE TABLE ranks (rank integer, size integer, PRIMARY KEY (rank, size)); ALTER TABLE notes ADD FOREIGN KEY "
       "(rank, size) REFERENCES ranks ON UPDATE CASCADE"},
      {Notes("int32 year = 2;"), Notes("int64 year = 2;"), "a constraint of it may mean something else by its name",
       "ALTER TABLE notes ADD made date, ADD CHECK (year >= EXTRACT(year FROM made))"},
      {Notes("int32 abs = 2;"), Notes("int64 abs = 2;"), "an index may mean something else by its name",
       "CREATE INDEX sizes ON notes ((abs(abs)))"},
      {Notes("int32 abs = 2;"), Notes("int64 abs = 2;"), "a constraint of it may mean something else by its name",
       "ALTER TABLE notes ADD CHECK (abs(abs) > 0)"},
      {Notes("int32 rank = 2; int32 size = 3;", R"(indexes: {name: "by_both", fields: ["rank", "size"]})"),
       Notes("int64 rank = 2; int32 extent = 3;", R"(indexes: {name: "by_both", fields: ["rank", "extent"]})"),
       "another column of an index or constraint of it changes, too"},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(absl::StrCat(each.after, each.sql));
    database_.Run("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    Create(each.before);
    if (!each.sql.empty()) database_.Run(each.sql);
    const SchemaDiff diff = Diff(each.after);
    EXPECT_TRUE(Rewrites(diff)) << Summary(diff);
    EXPECT_THAT(Summary(diff), HasSubstr(each.why));
    EXPECT_EQ(Up(DiffFiles(diff, "change")), "");
  }
}

TEST_F(DiffExpand, WhatDoesNotGoWithTheNewTypeIsFoundBeforeAnythingChanges) {
  for (const char* part :
       {"ALTER TABLE notes ADD CHECK (half(rank) < 50)", "CREATE INDEX halves ON notes (half(rank))"}) {
    SCOPED_TRACE(part);
    database_.Run("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    Create(Notes("int32 rank = 2;"));
    database_.Run("CREATE FUNCTION half(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 / 2'");
    database_.Run(part);
    EXPECT_THAT(Summary(Diff(Notes("int64 rank = 2;"))),
                HasSubstr("its indexes or checks do not go with the new type"));
  }
}

TEST_F(DiffExpand, ColumnsThatShareAnIndexAreWrittenAgainAndKeepIt) {
  constexpr char kIndex[] = R"(indexes: {name: "by_both", fields: ["rank", "size"]})";
  Create(Notes("int32 rank = 2; int32 size = 3;", kIndex));
  const SchemaDiff diff = Diff(Notes("int64 rank = 2; int64 size = 3;", kIndex));
  EXPECT_THAT(Summary(diff), HasSubstr("another column of an index or constraint of it changes, too"));
  ASSERT_EQ(Up(DiffFiles(diff, "change")), "");
  EXPECT_EQ(Summary(Diff(Notes("int64 rank = 2; int64 size = 3;", kIndex))), "");
  EXPECT_EQ(database_.Value("SELECT count(*) FROM pg_indexes WHERE indexname = 'by_both'"), "1");
}

TEST_F(DiffExpand, AnIndexOfAColumnThatIsCalledLikeItsMethodIsBuilt) {
  constexpr char kIndex[] = R"(indexes: {name: "by_hash", method: "hash", fields: "hash"})";
  Create(Notes("int32 hash = 2;", kIndex));
  const SchemaDiff diff = Diff(Notes("int64 hash = 2;", kIndex));
  ASSERT_FALSE(Rewrites(diff)) << Summary(diff);
  ASSERT_EQ(Up(DiffFiles(diff, "change")), "");
  EXPECT_EQ(Summary(Diff(Notes("int64 hash = 2;", kIndex))), "");
}

TEST_F(DiffExpand, AColumnWithPrivilegesOrSettingsOfItsOwnIsRefusedBeforeAnythingChanges) {
  for (const char* own :
       {"GRANT SELECT (rank) ON notes TO PUBLIC", "ALTER TABLE notes ALTER rank SET STATISTICS 500",
        "ALTER TABLE notes ALTER rank SET (n_distinct = 7)",
        "CREATE UNIQUE INDEX one ON notes (rank); ALTER TABLE notes REPLICA IDENTITY USING INDEX one",
        "ALTER TABLE notes ADD UNIQUE (rank); ALTER TABLE notes CLUSTER ON notes_rank_key",
        "ALTER TABLE notes ADD UNIQUE (rank); COMMENT ON INDEX notes_rank_key IS 'words'",
        "CREATE INDEX sums ON notes ((rank + 1)); ALTER INDEX sums ALTER COLUMN 1 SET STATISTICS 500"}) {
    SCOPED_TRACE(own);
    database_.Run("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    Create(Notes("int32 rank = 2;"));
    database_.Run(own);
    const std::string before = Fingerprint();
    EXPECT_THAT(Up(DiffFiles(Diff(Notes("int64 rank = 2;")), "change")),
                HasSubstr("has privileges, statistics or storage of its own"));
    EXPECT_EQ(Fingerprint(), before);
  }
}

TEST_F(DiffExpand, WhetherValuesMayBeLostIsAskedWithWhatHappensOnTheWay) {
  Create(Notes("string rank = 2;"));
  EXPECT_THAT(Summary(Diff(Notes("string rank = 2 [(rowkeeper.v1.column).max_length = 3];"))),
              HasSubstr("? May values of \"rank\""));
  const SchemaDiff diff = Diff(Notes("string rank = 2 [(rowkeeper.v1.column).max_length = 3];"));
  ASSERT_EQ(diff.questions.size(), 1u);
  EXPECT_THAT(diff.questions[0].answers[0], HasSubstr("a write of a value that the new type refuses fails"));
}

TEST_F(DiffExpand, ATableThatOthersInheritFromIsRefusedBeforeAnythingChanges) {
  Create(Notes("int32 rank = 2;"));
  for (const char* parent :
       {"CREATE TABLE letters () INHERITS (notes)",
        "DROP TABLE letters; CREATE TABLE texts (rank integer NOT NULL); ALTER TABLE notes INHERIT texts"}) {
    SCOPED_TRACE(parent);
    database_.Run(parent);
    const std::string before = Fingerprint();
    EXPECT_THAT(Up(DiffFiles(Diff(Notes("int64 rank = 2;")), "change")), HasSubstr("tables inherit from \"notes\""));
    EXPECT_EQ(Fingerprint(), before);
  }
}

TEST_F(DiffExpand, AnotherTriggerThatChangesTheValueIsSeenOrFoundOut) {
  Create(Notes("int32 rank = 2;"));
  database_.Run(
      "CREATE FUNCTION twice() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.rank := NEW.rank * 2; RETURN NEW; END'; "
      "CREATE TRIGGER aa_before BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION twice(); "
      "CREATE TRIGGER zzz_after BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION twice()");
  std::vector<DiffFile> files = DiffFiles(Diff(Notes("int64 rank = 2;")), "change");
  ASSERT_EQ(Up({files.at(0), files.at(1)}), "");
  database_.Run("INSERT INTO notes (id, rank) VALUES (gen_random_uuid(), 1)");
  EXPECT_THAT(Up({files.at(2)}), HasSubstr("have another value in \"rowkeeper_new_2\" than in \"rank\""));
  database_.Run("DROP TRIGGER zzz_after ON notes");
  ASSERT_EQ(Up({files.begin() + 1, files.end()}), "");
  EXPECT_EQ(database_.Value("SELECT rank FROM notes"), "4");
}

}  // namespace
}  // namespace rowkeeper::schema
