#include "server/app/check_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/app/repeated_flags.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

schema::Mismatch MissingTitle() {
  schema::Mismatch mismatch{"planner.v1.Todo", "title", "todos", "title", "column \"title\" does not exist"};
  mismatch.breaks = schema::Breaks::kColumn;
  mismatch.change = "ALTER TABLE todos ADD COLUMN title text";
  return mismatch;
}

RemedyFlags Flags() { return {"migrations/planner", " --database-url postgresql://db/shop", " --proto-path proto"}; }

class FitTextTest : public ::testing::Test {
 protected:
  FitTextTest() {
    loaded_.catalogue = testing::CompileExample("planner/v1");
    catalogue::Diagnostics diagnostics;
    loaded_.plans = plan::CompilePlans(*loaded_.catalogue, &diagnostics);
  }

  std::string Text(const std::vector<StatementTrials::Refusal>& refused, Detail detail = Detail::kCauses) {
    return FitText(loaded_, report_, refused, Remedies(Flags(), pending_), detail);
  }

  LoadedCatalogue loaded_;
  schema::FitReport report_;
  std::optional<std::vector<PendingMigration>> pending_ = std::vector<PendingMigration>();
};

const StatementTrials::Refusal kExplained = {
    "planner.v1.TodoRepository.List, backwards",
    absl::FailedPreconditionError("ERROR:  42703: column \"title\" does not exist\nLINE 1: SELECT \"title\"\n      ^")};
const StatementTrials::Refusal kOther = {
    "planner.v1.ProfileRepository.List",
    absl::FailedPreconditionError("ERROR:  42501: permission denied for table profiles\nLINE 1: x\n      ^")};

TEST_F(FitTextTest, SaysNothingOfADatabaseThatFits) { EXPECT_THAT(Text({}), IsEmpty()); }

TEST_F(FitTextTest, TellsACauseOnceWithWhatItClosesAndWhatToDo) {
  report_.Add(MissingTitle());
  const std::string text = Text({kExplained, kExplained, kOther});
  EXPECT_THAT(text, StartsWith("error: planner.v1.Todo.title: column \"title\" does not exist\n  closes "));
  EXPECT_THAT(text, HasSubstr(" more\n"));
  EXPECT_THAT(text, HasSubstr("\n  write a migration that runs: ALTER TABLE todos ADD COLUMN title text; or change the "
                              "field title\n"));
  EXPECT_THAT(text, HasSubstr("error: PostgreSQL refuses 1 statement of planner.v1.ProfileRepository.List: ERROR:  "
                              "42501: permission denied for table profiles\n"));
  EXPECT_THAT(text, AllOf(Not(HasSubstr("LINE 1")), Not(HasSubstr("42703")), Not(HasSubstr("migrate up"))));
  EXPECT_THAT(text, HasSubstr(" methods cannot be served\n"));
}

TEST_F(FitTextTest, TellsOtherRefusalsByCause) {
  StatementTrials::Refusal another = kOther;
  another.what = "planner.v1.ProfileRepository.GetById";
  EXPECT_THAT(Text({another, kOther, kOther}),
              StartsWith("error: PostgreSQL refuses 3 statements of planner.v1.ProfileRepository.GetById, "
                         "planner.v1.ProfileRepository.List: ERROR:  42501: "));
}

TEST_F(FitTextTest, ShowsEverythingOnRequest) {
  report_.Add(MissingTitle());
  const std::string text = Text({kExplained}, Detail::kEverything);
  EXPECT_THAT(text, AllOf(HasSubstr("LINE 1"), Not(HasSubstr(" more\n"))));
}

TEST_F(FitTextTest, SaysOnceThatPendingMigrationsMendIt) {
  report_.Add(MissingTitle());
  report_.Add(MissingTitle());
  pending_->push_back({"2.sql", "-- migrate:up\nALTER TABLE Todos ADD title text;"});
  const std::string text = Text({});
  const std::string up =
      "run `rowkeeper migrate up --migrations migrations/planner --database-url postgresql://db/shop`";
  EXPECT_THAT(text, HasSubstr(up));
  EXPECT_EQ(text.find(up), text.rfind(up));
  EXPECT_THAT(text, Not(HasSubstr("write a migration")));
}

TEST(Remedies, FitWhatIsKnownOfTheMigrations) {
  const auto remedy = [](std::optional<std::vector<PendingMigration>> pending, const schema::Mismatch& mismatch) {
    return Remedies(Flags(), std::move(pending)).For(mismatch);
  };
  const std::vector<PendingMigration> of_others = {{"2.sql", "ALTER TABLE todos_archive ADD x int; -- my_todos"}};
  EXPECT_THAT(remedy(of_others, MissingTitle()), StartsWith("write a migration that runs: ALTER TABLE todos"));
  EXPECT_THAT(remedy(std::nullopt, MissingTitle()), StartsWith("apply the migration that is missing, or write"));
  const schema::Mismatch table{"planner.v1.Todo", "", "todos", "", "table \"todos\" does not exist"};
  EXPECT_EQ(remedy(of_others, table),
            "write a migration for it: `rowkeeper migrate new NAME --entity planner.v1.Todo --migrations "
            "migrations/planner --proto-path proto`");
  schema::Mismatch query{"planner.v1.TodoRepository.Q", "", "", "", "PostgreSQL refuses the query"};
  query.breaks = schema::Breaks::kMethods;
  EXPECT_EQ(remedy(std::vector<PendingMigration>(), query), "") << "the problem says it";
}

TEST(RepeatedFlags, HoldNoPasswordAndCanBePasted) {
  EXPECT_EQ(WithoutPassword("postgresql://me@db/shop"), "postgresql://me@db/shop");
  for (const char* url :
       {"postgresql://me:s3cret@db:5433/shop?sslmode=require", "postgres://me@db/shop?password=s3cret",
        "host=db user=me password='s3c ret' dbname=shop", "host=db sslpassword=s3cret dbname=shop"}) {
    const std::string clean = WithoutPassword(url);
    EXPECT_THAT(clean, AllOf(Not(HasSubstr("s3c")), HasSubstr("shop"), HasSubstr("db"))) << url;
  }
  EXPECT_EQ(WithoutPassword("postgresql://[half"), "URL");
  DatabaseSettings database;
  EXPECT_EQ(DatabaseFlags(database), "");
  database.url = "host=db dbname=shop";
  EXPECT_EQ(DatabaseFlags(database), " --database-url 'host=db dbname=shop'");
  CatalogueSettings catalogue;
  catalogue.proto_paths = {"proto", "it's"};
  EXPECT_EQ(CatalogueFlags(catalogue), " --proto-path proto --proto-path 'it'\\''s'");
}

}  // namespace
}  // namespace rowkeeper::app
