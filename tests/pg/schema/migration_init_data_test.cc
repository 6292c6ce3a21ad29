#include <gmock/gmock.h>

#include "tests/pg/schema/migration_fixture.h"

namespace rowkeeper::schema {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class InitDataTest : public MigrationTest {
 protected:
  void WriteColours() {
    Write("20240101000000_colours.sql",
          "-- migrate:up\nCREATE TABLE colours (name text PRIMARY KEY);\n-- migrate:down\nDROP TABLE colours;\n");
    Write("init_data/010_colours.sql", "INSERT INTO colours VALUES ('red') ON CONFLICT DO NOTHING;\n");
    Write("init_data/020_more.sql",
          "INSERT INTO colours SELECT name || 'dish' FROM colours WHERE name = 'red' ON CONFLICT DO NOTHING;\n");
    Write("init_data/notes.txt", "not SQL");
  }
};

TEST_F(InitDataTest, BootstrapMigratesThenRunsTheFilesInOrderEveryTime) {
  WriteColours();
  EXPECT_EQ(Summary(Bootstrap(Options())), "+20240101000000,*010_colours.sql,*020_more.sql");
  EXPECT_EQ(database_.Value("SELECT string_agg(name, ',' ORDER BY name) FROM colours"), "red,reddish");
  EXPECT_EQ(Summary(Bootstrap(Options())), "*010_colours.sql,*020_more.sql");
  EXPECT_EQ(database_.Value("SELECT count(*) FROM colours"), "2");
}

TEST_F(InitDataTest, NoFolderMeansNothingToDo) {
  WriteTable("20240101000000", "a");
  EXPECT_EQ(Summary(Bootstrap(Options())), "+20240101000000");
  EXPECT_EQ(Summary(ApplyInitData(Options())), "");
}

TEST_F(InitDataTest, FailingFileIsRolledBackAndNamesItsLine) {
  WriteColours();
  Write("init_data/020_more.sql", "INSERT INTO colours VALUES ('blue');\n\nINSERT INTO colours VALUES (NULL);\n");
  EXPECT_THAT(Summary(Bootstrap(Options())), AllOf(HasSubstr("init_data/020_more.sql:3: "), HasSubstr("null value")));
  EXPECT_EQ(database_.Value("SELECT string_agg(name, ',') FROM colours"), "red");
}

TEST_F(InitDataTest, FileThatEndsItsTransactionIsRefused) {
  WriteColours();
  Write("init_data/020_more.sql", "INSERT INTO colours VALUES ('blue');\nCOMMIT;\n");
  EXPECT_THAT(Summary(Bootstrap(Options())), HasSubstr("init_data/020_more.sql:2: "));
  EXPECT_EQ(database_.Value("SELECT string_agg(name, ',') FROM colours"), "red");
}

}  // namespace
}  // namespace rowkeeper::schema
