#include "server/schema/migration_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rowkeeper::schema {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string TextOf(const std::string& statement) {
  const auto text = MigrationText("name", {{statement}, {"SELECT 1"}});
  return text.ok() ? *text : std::string(text.status().message());
}

TEST(MigrationText, HoldsTheStatementsAndTheirComments) {
  MigrationBody body;
  body.up = {"-- adds it\nALTER TABLE a ADD COLUMN b text", "VACUUM a"};
  body.down = {"ALTER TABLE a DROP COLUMN b"};
  body.transaction = MigrationBody::Transaction::kNone;
  const auto text = MigrationText("name", body);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(*text,
            "-- migrate:up transaction:false\n-- adds it\nALTER TABLE a ADD COLUMN b text;\nVACUUM a;\n\n"
            "-- migrate:down\nALTER TABLE a DROP COLUMN b;\n\n");
  EXPECT_TRUE(MigrationText("empty", {}).ok());
}

TEST(MigrationText, WritesLineBreaksOfConstantsAsEscapes) {
  EXPECT_THAT(TextOf("SELECT 'a\n-- migrate:down\r\\x''y'"), HasSubstr(R"(SELECT E'a\n-- migrate:down\r\\x''y';)"));
  EXPECT_THAT(TextOf("SELECT E'a\\\\b\n', 'c'"), HasSubstr(R"(SELECT E'a\\b\n', 'c';)"));
  EXPECT_THAT(TextOf("SELECT 'a\\b'"), HasSubstr(R"(SELECT 'a\b';)"));
  EXPECT_THAT(TextOf("SELECT '1',\n  \"a\nb\""), HasSubstr("SELECT '1',\n  \"a\nb\";"));
}

TEST(MigrationText, RefusesWhatWouldBeReadOtherwise) {
  for (const char* statement : {
           "SELECT \"a\n-- migrate:down\n\"",
           "SELECT \"a\n-- migrate:nothing\n\"",
           "SELECT $$\n-- migrate:down\n$$",
           "-- a comment\r; CREATE TABLE pwned(); --\nSELECT 1",
           "SELECT 1; SELECT 2",
           "SELECT 'open",
           "-- only words",
           "",
       }) {
    const auto text = MigrationText("name", {{statement}, {}});
    EXPECT_TRUE(absl::IsInvalidArgument(text.status())) << statement << "\n" << TextOf(statement);
    EXPECT_THAT(std::string(text.status().message()), Not(HasSubstr("\n")));
    EXPECT_FALSE(MigrationText("name", {{}, {statement}}).ok()) << statement;
  }
}

}  // namespace
}  // namespace rowkeeper::schema
