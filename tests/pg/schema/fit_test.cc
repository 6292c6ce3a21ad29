#include "server/schema/fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/sql/ddl.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::schema {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr char kProto[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
enum Mood { MOOD_UNSPECIFIED = 0; MOOD_FINE = 1; MOOD_BAD = 2; }
message Owner {
  option (rowkeeper.v1.entity) = {internal_id: "row_id"};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string email = 2 [(rowkeeper.v1.column) = {max_length: 60, unique: true}];
}
message Order {
  option (rowkeeper.v1.entity) = {table: "order"};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string owner_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: "shop.v1.Owner"}];
  string code = 3 [(rowkeeper.v1.column).unique = true];
  optional string notes = 4;
  Mood mood = 5;
  repeated Mood moods = 6;
  Mood native_mood = 7 [(rowkeeper.v1.column).type = COLUMN_TYPE_NATIVE_ENUM];
  google.protobuf.Timestamp created_at = 20 [(rowkeeper.v1.column).role = ROLE_CREATED_AT];
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
)";

/// A database made by the DDL writer, which a test then changes.
class FitTest : public ::testing::Test {
 protected:
  void SetUp() override {
    catalogue_ = testing::CompileProtoText(kProto);
    ASSERT_NE(catalogue_, nullptr);
    ASSERT_TRUE(database_.ok());
    std::vector<const catalogue::Entity*> entities;
    for (const auto& entity : catalogue_->entities()) entities.push_back(entity.get());
    database_.Run(absl::StrJoin(sql::CreateTables(entities), ";\n"));
    db::ConnectionOptions options;
    options.url = database_.url();
    auto connection = db::Connection::Open(options);
    ASSERT_TRUE(connection.ok()) << connection.status();
    connection_ = *std::move(connection);
  }

  FitReport Check() {
    auto report = CheckFit(*catalogue_, *connection_);
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *report : FitReport();
  }

  /// The sentences of all mismatches after a change of the database.
  std::vector<std::string> MismatchesAfter(const std::string& change) {
    database_.Run(change);
    std::vector<std::string> sentences;
    for (const Mismatch& mismatch : Check().mismatches) sentences.push_back(mismatch.ToString());
    return sentences;
  }

  const catalogue::Entity& Order() { return *catalogue_->FindEntity("shop.v1.Order"); }
  int Column(const char* field) { return Order().IndexOf(*Order().FindField(field)); }
  LiveSchema Live() { return LiveSchema::Read(*catalogue_, *connection_).value(); }

  testing::ScratchDatabase database_{"fit"};
  std::unique_ptr<const catalogue::Catalogue> catalogue_;
  std::unique_ptr<db::Connection> connection_;
};

TEST_F(FitTest, DeclaredSchemaFits) {
  FitReport report = Check();
  EXPECT_TRUE(report.fits()) << report.ToString();
  EXPECT_THAT(report.advice, IsEmpty());
}

TEST_F(FitTest, MoreColumnsThatMayStayEmptyFit) {
  EXPECT_THAT(MismatchesAfter(R"(ALTER TABLE "order" ADD COLUMN extra text, ADD COLUMN filled int NOT NULL DEFAULT 1,
                                 ADD COLUMN computed int NOT NULL GENERATED ALWAYS AS (1) STORED)"),
              IsEmpty());
}

TEST_F(FitTest, NamesAMissingTable) {
  EXPECT_THAT(MismatchesAfter(R"(DROP TABLE "order")"), ElementsAre(R"(shop.v1.Order: table "order" does not exist)"));
}

TEST_F(FitTest, SaysThatAViewIsNotATable) {
  EXPECT_THAT(MismatchesAfter(R"(COMMENT ON TABLE "order" IS NULL; ALTER TABLE "order" RENAME TO base; )"
                              R"(CREATE VIEW "order" AS SELECT * FROM base)"),
              ElementsAre(R"(shop.v1.Order: table "order" is a view)"));
}

TEST_F(FitTest, NamesAMissingColumnAndItsDefinition) {
  EXPECT_THAT(MismatchesAfter(R"(ALTER TABLE "order" DROP COLUMN notes)"),
              ElementsAre(R"(shop.v1.Order.notes: column "notes" of table "order" does not exist; )"
                          R"(it should be "notes" text)"));
}

TEST_F(FitTest, ComparesTypesByTheirFullSpelling) {
  EXPECT_THAT(MismatchesAfter(R"(ALTER TABLE owners ALTER email TYPE varchar(50))"),
              ElementsAre(R"(shop.v1.Owner.email: column "email" of table "owners" is character varying(50), )"
                          R"(but the field needs character varying(60))"));
}

TEST_F(FitTest, TakesADomainForItsBaseType) {
  EXPECT_THAT(MismatchesAfter(R"(CREATE DOMAIN email AS varchar(60); ALTER TABLE owners ALTER email TYPE email)"),
              IsEmpty());
}

TEST_F(FitTest, ReportsNullabilityBothWays) {
  EXPECT_THAT(MismatchesAfter(R"(ALTER TABLE "order" ALTER code DROP NOT NULL, ALTER notes SET NOT NULL)"),
              UnorderedElementsAre(
                  AllOf(HasSubstr("shop.v1.Order.code: "), HasSubstr("allows NULL")),
                  AllOf(HasSubstr("shop.v1.Order.notes: "), HasSubstr("is NOT NULL, but the field may be absent"))));
}

TEST_F(FitTest, ReportsAMissingDefaultThatTheServerReliesOn) {
  EXPECT_THAT(
      MismatchesAfter(R"(ALTER TABLE "order" ALTER id DROP DEFAULT, ALTER created_at DROP DEFAULT)"),
      UnorderedElementsAre(HasSubstr("it needs DEFAULT gen_random_uuid()"), HasSubstr("it needs DEFAULT now()")));
}

TEST_F(FitTest, ReportsAColumnThatNoRequestCanFill) {
  EXPECT_THAT(MismatchesAfter(R"(ALTER TABLE "order" ADD COLUMN must text NOT NULL)"),
              ElementsAre(R"(shop.v1.Order: column "must" of table "order" is NOT NULL without a default )"
                          R"(and no field stands for it, so nothing could be created)"));
}

TEST_F(FitTest, ReportsAColumnThatCannotBeWritten) {
  EXPECT_THAT(MismatchesAfter(
                  R"(ALTER TABLE "order" DROP COLUMN notes, ADD COLUMN notes text GENERATED ALWAYS AS ('x') STORED)"),
              ElementsAre(HasSubstr("is GENERATED ALWAYS, so the server cannot write it")));
}

TEST_F(FitTest, ReportsAMissingKey) {
  EXPECT_THAT(MismatchesAfter(R"(ALTER TABLE "order" DROP CONSTRAINT pk_order)"),
              ElementsAre(R"(shop.v1.Order: table "order" has no primary or unique key on ("id"))"));
}

TEST_F(FitTest, AdvisesOnAMissingInternalIdWhichNoMethodUses) {
  EXPECT_THAT(MismatchesAfter(R"(ALTER TABLE owners DROP COLUMN row_id)"), IsEmpty());
  EXPECT_THAT(Check().advice, ElementsAre(Field(&Mismatch::problem, R"(table "owners" lacks the internal id "row_id" )"
                                                                    R"((bigint GENERATED ALWAYS AS IDENTITY))")));
}

TEST_F(FitTest, ReportsAMissingUniqueKey) {
  EXPECT_THAT(MismatchesAfter("DROP INDEX uq_order_code; ALTER TABLE owners DROP CONSTRAINT uq_owners_email"),
              UnorderedElementsAre(
                  R"(shop.v1.Order.code: table "order" has no unique index on ("code") of rows that are not deleted)",
                  R"(shop.v1.Owner.email: table "owners" has no unique index on ("email"))"));
}

TEST_F(FitTest, ReportsAUniqueKeyThatDeletedRowsWouldBlock) {
  EXPECT_THAT(MismatchesAfter(R"(DROP INDEX uq_order_code; CREATE UNIQUE INDEX ON "order" (code))"),
              ElementsAre(HasSubstr("binds deleted rows too, so that a deleted row would block a new one")));
}

TEST_F(FitTest, DoesNotTakeANarrowerUniqueIndexForTheKey) {
  EXPECT_THAT(MismatchesAfter(R"(DROP INDEX uq_order_code;
                                 CREATE UNIQUE INDEX ON "order" (code) WHERE deleted_at IS NULL AND code <> 'x';
                                 CREATE UNIQUE INDEX ON "order" (code, notes) WHERE deleted_at IS NULL;
                                 CREATE UNIQUE INDEX ON "order" (lower(code)) WHERE deleted_at IS NULL)"),
              ElementsAre(HasSubstr("has no unique index")));
}

TEST_F(FitTest, ReportsLabelsThatACheckRefuses) {
  EXPECT_THAT(
      MismatchesAfter(R"(ALTER TABLE "order" DROP CONSTRAINT ck_order_mood, DROP CONSTRAINT ck_order_moods,
                                 ADD CONSTRAINT short_mood CHECK (length(mood) = 3),
                                 ADD CONSTRAINT some_moods CHECK (moods <@ ARRAY['FINE', 'OTHER']))"),
      UnorderedElementsAre(
          R"(shop.v1.Order.mood: column "mood" of table "order" has the CHECK constraint "short_mood", which refuses the label 'FINE')",
          R"(shop.v1.Order.moods: column "moods" of table "order" has the CHECK constraint "some_moods", which refuses the label 'BAD')"));
}

TEST_F(FitTest, AcceptsACheckWithMoreLabels) {
  EXPECT_THAT(MismatchesAfter(R"(ALTER TABLE "order" DROP CONSTRAINT ck_order_mood,
                                 ADD CHECK (mood IN ('FINE', 'BAD', 'WORSE')))"),
              IsEmpty());
}

TEST_F(FitTest, ReportsALabelThatANativeEnumLacks) {
  EXPECT_THAT(
      MismatchesAfter(R"(ALTER TABLE "order" DROP COLUMN native_mood; DROP TYPE mood; CREATE TYPE mood AS ENUM ('BAD');
                                 ALTER TABLE "order" ADD COLUMN native_mood mood NOT NULL)"),
      ElementsAre(HasSubstr("is of type mood, which lacks the label 'FINE'")));
}

TEST_F(FitTest, ReportsAllMismatchesAtOnce) {
  EXPECT_THAT(MismatchesAfter(
                  R"(ALTER TABLE "order" DROP COLUMN notes, ALTER code TYPE varchar(9); DROP TABLE owners CASCADE)"),
              UnorderedElementsAre(HasSubstr("notes"), HasSubstr("code"), HasSubstr("owners")));
}

TEST_F(FitTest, AdvisesOnAForeignKeyThatNothingEnforces) {
  database_.Run(R"(ALTER TABLE "order" DROP CONSTRAINT fk_order_owner_id_owners)");
  FitReport report = Check();
  EXPECT_TRUE(report.fits());
  EXPECT_THAT(report.advice, ElementsAre(Field(&Mismatch::problem, HasSubstr("has no foreign key to \"owners\""))));
}

TEST_F(FitTest, AdvisesOnAForeignKeyThatDoesOtherwiseThanDeclared) {
  const auto advice = [this](const std::string& action) {
    database_.Run(
        absl::StrCat("ALTER TABLE \"order\" DROP CONSTRAINT fk_order_owner_id_owners, ADD CONSTRAINT "
                     "fk_order_owner_id_owners FOREIGN KEY (owner_id) REFERENCES owners (id) ",
                     action));
    const FitReport report = Check();
    EXPECT_TRUE(report.fits());
    return report.advice.empty() ? "" : report.advice.front().ToString();
  };
  EXPECT_EQ(advice("ON DELETE RESTRICT"), "");
  EXPECT_EQ(advice("ON DELETE NO ACTION"), "");
  EXPECT_EQ(advice("ON DELETE CASCADE"),
            "shop.v1.Order.owner_id: column \"owner_id\" of table \"order\" has the foreign key "
            "\"fk_order_owner_id_owners\" to \"owners\" with ON DELETE CASCADE, but the field declares RESTRICT: drop "
            "the constraint and add it again, or change on_delete");
  EXPECT_THAT(advice("ON DELETE SET NULL"), HasSubstr("with ON DELETE SET NULL, but the field declares RESTRICT"));
  EXPECT_THAT(advice("ON DELETE SET DEFAULT"), HasSubstr("with ON DELETE SET DEFAULT"));
}

TEST_F(FitTest, FindsTablesInTheDeclaredSchemaOnly) {
  EXPECT_THAT(MismatchesAfter(R"(CREATE SCHEMA elsewhere; ALTER TABLE "order" SET SCHEMA elsewhere)"),
              ElementsAre(HasSubstr("does not exist")));
}

TEST_F(FitTest, ForeignKeyHasAnIndexOfRowsThatAreNotDeleted) {
  EXPECT_EQ(Live().BestIndex(Order(), {Column("owner_id")}, {}), IndexFit::kFilterAndOrder);
  database_.Run("DROP INDEX ix_order_owner_id; CREATE INDEX ON \"order\" (owner_id) WHERE notes IS NULL");
  EXPECT_EQ(Live().BestIndex(Order(), {Column("owner_id")}, {}), IndexFit::kNone);
}

TEST_F(FitTest, IndexServesAnOrderInEitherDirection) {
  database_.Run("CREATE INDEX ON \"order\" (owner_id, created_at DESC, id DESC)");
  const int created = Column("created_at"), id = Column("id");
  LiveSchema live = Live();
  EXPECT_TRUE(live.HasIndexFor(Order(), {Column("owner_id")}, {{created, true}, {id, true}}));
  EXPECT_TRUE(live.HasIndexFor(Order(), {Column("owner_id")}, {{created, false}, {id, false}}));
  EXPECT_FALSE(live.HasIndexFor(Order(), {Column("owner_id")}, {{created, true}, {id, false}}));
  EXPECT_EQ(live.BestIndex(Order(), {Column("owner_id")}, {{created, true}, {id, false}}), IndexFit::kFilter);
  EXPECT_FALSE(live.HasIndexFor(Order(), {}, {{created, true}}));
}

TEST_F(FitTest, UniqueKeyServesAnyOrderBecauseThereIsOneRow) {
  EXPECT_TRUE(Live().HasIndexFor(Order(), {Column("code")}, {{Column("created_at"), true}}));
  EXPECT_EQ(Live().BestIndex(Order(), {Column("notes")}, {}), IndexFit::kNone);
}

}  // namespace
}  // namespace rowkeeper::schema
