#include <gmock/gmock.h>

#include <utility>

#include "server/schema/init_data.h"
#include "server/schema/migration_lock.h"
#include "server/schema/migration_session.h"
#include "tests/pg/schema/migration_fixture.h"

/// What would be done, and databases that are not up yet.
namespace rowkeeper::schema {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Steps = absl::StatusOr<std::vector<MigrationStep>>;

class MigrationPlanTest : public MigrationTest {
 protected:
  std::string Everything() {
    return database_.Value(
        "SELECT string_agg(c.oid::regclass::text || coalesce(to_jsonb(h)::text, ''), ';' ORDER BY c.oid, h.version) "
        "FROM pg_class c LEFT JOIN schema_migrations h ON true WHERE c.relnamespace = 'public'::regnamespace");
  }
};

TEST_F(MigrationPlanTest, IsWhatIsDoneAndChangesNothing) {
  WriteTable("20240101000000", "a");
  WriteTable("20240102000000", "b");
  WriteTable("20240103000000", "c");
  Write("init_data/a.sql", "INSERT INTO a VALUES (1);\n");
  EXPECT_EQ(Summary(Runner().PlanUp({1, ""})), "+20240101000000");
  EXPECT_FALSE(HasTable("schema_migrations"));
  Summary(Runner().Up({1, ""}));
  const struct {
    std::function<Steps()> plan, run;
    const char* steps;
  } cases[] = {
      {[this] {
         return Runner().PlanUp({0, "20240102000000"});
       },
       [this] {
         return Runner().Up({0, "20240102000000"});
       },
       "+20240102000000"},
      {[this] { return PlanBootstrap(Options()); }, [this] { return Bootstrap(Options()); }, "+20240103000000,*a.sql"},
      {[this] { return PlanInitData(Options()); }, [this] { return ApplyInitData(Options()); }, "*a.sql"},
      {[this] { return Runner().PlanUp(); }, [this] { return Runner().Up(); }, ""},
      {[this] { return Runner().PlanDown(2); }, [this] { return Runner().Down(2); }, "-20240103000000,-20240102000000"},
      {[this] { return Runner().PlanStamp("head"); }, [this] { return Runner().Stamp("head"); },
       "=20240102000000,=20240103000000"},
      {[this] { return Runner().PlanStamp("20240101000000"); }, [this] { return Runner().Stamp("20240101000000"); },
       "!20240102000000,!20240103000000"},
      {[this] { return Runner().PlanDown(7); }, [this] { return Runner().Down(7); }, "-20240101000000"},
  };
  for (const auto& [plan, run, steps] : cases) {
    SCOPED_TRACE(steps);
    const std::string before = Everything();
    EXPECT_EQ(Summary(plan()), steps);
    EXPECT_EQ(Everything(), before);
    EXPECT_EQ(Summary(run()), steps);
  }
}

TEST_F(MigrationPlanTest, HasTheErrorsThatComeBeforeTheFirstStep) {
  WriteTable("20240101000000", "a");
  WriteTable("20240102000000", "b");
  Summary(Runner().Up());
  EXPECT_EQ(Summary(Runner().PlanUp({0, "2"})), Summary(Runner().Up({0, "2"})));
  EXPECT_EQ(Summary(Runner().PlanStamp("2")), Summary(Runner().Stamp("2")));
  Write("20240101000000_a.sql", "-- migrate:up\nCREATE TABLE z (id int);\n-- migrate:down\nDROP TABLE z;\n");
  EXPECT_THAT(Summary(Runner().PlanUp()), HasSubstr("was edited after it was applied"));
  EXPECT_EQ(Summary(Runner().PlanUp()), Summary(Runner().Up()));
  Remove("20240102000000_b.sql");
  EXPECT_EQ(Summary(Runner().PlanDown()), Summary(Runner().Down()));
}

TEST_F(MigrationPlanTest, TheObserverHearsOfTheBlocksBeforeTheFirstOfThemRuns) {
  WriteTable("20240101000000", "a");
  WriteTable("20240102000000", "b");
  std::vector<std::string> heard;
  MigratorOptions options = Options();
  options.observer.plan = [&](const ChosenBlocks& blocks) {
    for (const MigrationFile* file : blocks.chosen) {
      heard.push_back((blocks.direction == Direction::kUp ? "up " : "down ") + file->version);
    }
    heard.push_back(HasTable("a") || HasTable("b") ? "there" : "not there");
    EXPECT_EQ(blocks.files.size(), 2u);
  };
  const std::vector<std::string> up = {"up 20240101000000", "up 20240102000000", "not there"};
  ASSERT_TRUE(Migrator(options).PlanUp().ok());
  EXPECT_EQ(std::exchange(heard, {}), up);
  ASSERT_TRUE(Migrator(options).Up().ok());
  EXPECT_EQ(std::exchange(heard, {}), up);
  ASSERT_TRUE(Migrator(options).Up().ok());
  EXPECT_THAT(heard, IsEmpty()) << "there is nothing to do";
  ASSERT_TRUE(Migrator(options).Down(1).ok());
  EXPECT_THAT(heard, ElementsAre("down 20240102000000", "there"));
}

TEST_F(MigrationPlanTest, WaitsForNoOtherRunner) {
  WriteTable("20240101000000", "a");
  const absl::StatusOr<MigrationLock> held = MigrationLock::Acquire(Options());
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_EQ(Summary(Runner().PlanUp()), "+20240101000000");
}

TEST_F(MigrationPlanTest, ADatabaseThatIsNotUpYetIsWaitedFor) {
  const std::string name = database_.name() + "_late";
  MigratorOptions options = Options();
  options.database_url = database_.url();
  options.database_url.replace(options.database_url.rfind(database_.name()), database_.name().size(), name);
  std::vector<std::string> notices;
  options.observer.notice = [&](const std::string& line) {
    notices.push_back(line);
    database_.Run("CREATE DATABASE " + name);
  };
  EXPECT_FALSE(WaitForDatabase(options, std::chrono::seconds(0)).ok());
  EXPECT_THAT(notices, IsEmpty());
  EXPECT_TRUE(WaitForDatabase(options, std::chrono::minutes(2)).ok());
  EXPECT_THAT(notices, ElementsAre(AllOf(HasSubstr("waiting for the database: "), HasSubstr("no such database"))));
  EXPECT_TRUE(WaitForDatabase(options, std::chrono::seconds(0)).ok());
  database_.Run("DROP DATABASE " + name);
}

TEST_F(MigrationPlanTest, ALoginThatIsRefusedIsNotWaitedFor) {
  MigratorOptions options = Options();
  options.database_url = database_.UrlFor("nobody_at_all");
  std::vector<std::string> notices;
  options.observer.notice = [&](const std::string& line) { notices.push_back(line); };
  EXPECT_FALSE(WaitForDatabase(options, std::chrono::hours(1)).ok());
  EXPECT_THAT(notices, IsEmpty());
}

}  // namespace
}  // namespace rowkeeper::schema
