#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/schema/fit.h"
#include "server/sql/ddl.h"
#include "tests/pg/schema/fit_bench.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::schema {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr char kTenants[] = R"(syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
message Owner {
  option (rowkeeper.v1.entity) = {table: "owner"};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string tenant_id = 2 [(rowkeeper.v1.column).role = ROLE_TENANT];
  string code = 3 [(rowkeeper.v1.column) = {max_length: 20, unique: true}];
}
message Item {
  option (rowkeeper.v1.entity) = {table: "item"};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string tenant_id = 2 [(rowkeeper.v1.column).role = ROLE_TENANT];
  string owner_id = 3 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: "shop.v1.Owner"}];
  string slug = 4 [(rowkeeper.v1.column).unique = true];
}
message Word {
  option (rowkeeper.v1.entity) = {table: "word"};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string text = 2;
}
message Letter {
  option (rowkeeper.v1.entity) = {table: "letter"};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
}
)";

/// What is said of a database that was made for kTenants and then changed.
FitReport ReportAfter(const std::string& change) {
  testing::ScratchDatabase database("tenants");
  const auto catalogue = testing::CompileProtoText(kTenants);
  if (catalogue == nullptr) return {};
  std::vector<const catalogue::Entity*> entities;
  for (const auto& entity : catalogue->entities()) entities.push_back(entity.get());
  database.Run(absl::StrJoin(sql::CreateTables(entities), ";\n"));
  database.Run(change);
  db::ConnectionOptions options;
  options.url = database.url();
  auto connection = db::Connection::Open(options);
  EXPECT_TRUE(connection.ok()) << connection.status();
  if (!connection.ok()) return {};
  const auto report = CheckFit(*catalogue, **connection);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *report : FitReport();
}

std::vector<std::string> Sentences(const std::vector<Mismatch>& mismatches) {
  std::vector<std::string> sentences;
  for (const Mismatch& mismatch : mismatches) sentences.push_back(mismatch.ToString());
  return sentences;
}

TEST(TenantFit, TablesAsTheyAreDeclaredFit) {
  const FitReport report = ReportAfter("SELECT 1");
  EXPECT_THAT(Sentences(report.mismatches), IsEmpty());
  EXPECT_THAT(Sentences(report.advice), IsEmpty());
}

TEST(TenantFit, AForeignKeyToRowsOfAllTenantsKeepsTheTableFromBeingServed) {
  const FitReport report = ReportAfter(
      "ALTER TABLE item DROP CONSTRAINT fk_item_owner_id_owner; ALTER TABLE owner ADD UNIQUE (id); ALTER TABLE item "
      "ADD FOREIGN KEY (owner_id) REFERENCES owner (id)");
  ASSERT_THAT(Sentences(report.mismatches), ElementsAre(HasSubstr("can refer to one of another tenant"),
                                                        HasSubstr("is what rows of \"item\" refer to")));
  EXPECT_EQ(report.mismatches.front().breaks, Breaks::kTable);
  EXPECT_EQ(report.mismatches.back().breaks, Breaks::kReferred);
  EXPECT_EQ(report.mismatches.back().entity, "shop.v1.Owner");
  EXPECT_THAT(Sentences(report.advice), ElementsAre(HasSubstr("without \"tenant_id\"")));
}

TEST(TenantFit, SoDoesOneThatNobodyDeclared) {
  for (const char* change : {
           "ALTER TABLE item ADD FOREIGN KEY (slug) REFERENCES owner (tenant_id)",
           "ALTER TABLE item ADD FOREIGN KEY (slug, owner_id) REFERENCES owner (tenant_id, id)",
           "ALTER TABLE item ADD FOREIGN KEY (owner_id) REFERENCES owner (id)",  // beside the right one
           "ALTER TABLE word ADD FOREIGN KEY (id) REFERENCES owner (id)",
       }) {
    const FitReport report =
        ReportAfter(absl::StrCat("ALTER TABLE owner ADD UNIQUE (id), ADD UNIQUE (tenant_id); ", change));
    ASSERT_THAT(Sentences(report.mismatches),
                ElementsAre(HasSubstr("can refer to one of another tenant"), HasSubstr("so may rows of other tenants")))
        << change;
    EXPECT_EQ(report.mismatches.front().breaks, Breaks::kTable);
  }
}

TEST(TenantFit, RowsOfNobodyAreNotDeletedWhereRowsOfTenantsReferToThemUndeclared) {
  for (const char* change : {
           "ALTER TABLE item ADD FOREIGN KEY (other) REFERENCES word (id) ON DELETE CASCADE",
           "ALTER TABLE item ADD FOREIGN KEY (tenant_id) REFERENCES word (text)",
       }) {
    const FitReport report =
        ReportAfter(absl::StrCat("ALTER TABLE item ADD other uuid; ALTER TABLE word ADD UNIQUE (text); ", change));
    ASSERT_THAT(Sentences(report.mismatches),
                ElementsAre(AllOf(HasSubstr("shop.v1.Word: table \"word\""), HasSubstr("no field declares"))))
        << change;
    EXPECT_EQ(report.mismatches.front().breaks, Breaks::kReferred);
  }
}

TEST(TenantFit, NorAreRowsAboveThose) {
  const FitReport report = ReportAfter(
      "ALTER TABLE item ADD other uuid REFERENCES word (id); ALTER TABLE word ADD letter uuid REFERENCES letter (id)");
  EXPECT_THAT(Sentences(report.mismatches),
              UnorderedElementsAre(HasSubstr("shop.v1.Word: "), HasSubstr("shop.v1.Letter: ")));
}

TEST(TenantFit, AForeignKeyThatEmptiesTheTenantKeepsTheTableFromBeingServed) {
  const auto report_of = [](const std::string& action) {
    return ReportAfter(
        "ALTER TABLE item DROP CONSTRAINT fk_item_owner_id_owner; ALTER TABLE item ADD FOREIGN KEY (tenant_id, "
        "owner_id) REFERENCES owner (tenant_id, id) ON DELETE " +
        action);
  };
  for (const char* action : {"SET NULL", "SET DEFAULT", "SET NULL (owner_id, tenant_id)"}) {
    EXPECT_THAT(Sentences(report_of(action).mismatches),
                ElementsAre(HasSubstr("empties the column of the tenant"), HasSubstr("shop.v1.Owner: ")))
        << action;
  }
  for (const char* action : {"CASCADE", "SET NULL (owner_id)"}) {
    EXPECT_THAT(Sentences(report_of(action).mismatches), IsEmpty()) << action;
  }
}

TEST(TenantFit, TheColumnHoldsATenantAlways) {
  const FitReport report = ReportAfter(
      "ALTER TABLE item DROP CONSTRAINT pk_item; ALTER TABLE item ALTER COLUMN tenant_id DROP NOT NULL, ADD UNIQUE "
      "(tenant_id, id)");
  ASSERT_THAT(Sentences(report.mismatches), ElementsAre(HasSubstr("allows NULL")));
  EXPECT_EQ(report.mismatches.front().breaks, Breaks::kTable);
}

TEST(TenantFit, AKeyThatTenantsShareIsNotTheEntitys) {
  const FitReport report = ReportAfter("ALTER TABLE item DROP CONSTRAINT pk_item, ADD PRIMARY KEY (id)");
  ASSERT_THAT(Sentences(report.mismatches),
              ElementsAre(HasSubstr("no primary or unique key on (\"tenant_id\", \"id\")")));
  EXPECT_EQ(report.mismatches.front().breaks, Breaks::kTable);
}

TEST(TenantFit, AUniqueIndexOfAllTenantsIsServedWithAWarning) {
  for (const char* change :
       {"CREATE UNIQUE INDEX ON item (slug)", "CREATE UNIQUE INDEX ON item (lower(slug))",
        "ALTER TABLE item ADD EXCLUDE (slug WITH =)", "ALTER TABLE item ADD EXCLUDE (lower(slug) WITH =)"}) {
    const FitReport report = ReportAfter(change);
    EXPECT_THAT(Sentences(report.mismatches), IsEmpty()) << change;
    EXPECT_THAT(Sentences(report.advice), ElementsAre(HasSubstr("another tenant has the same values"))) << change;
  }
}

TEST(TenantFit, TheColumnMustTellTenantsApart) {
  for (const char* type : {"character(40)", "name"}) {
    const FitReport report = ReportAfter(
        std::string("ALTER TABLE item DROP CONSTRAINT fk_item_owner_id_owner, ALTER COLUMN tenant_id TYPE ") + type);
    ASSERT_FALSE(report.mismatches.empty()) << type;
    EXPECT_THAT(Sentences(report.mismatches), ::testing::Contains(HasSubstr(type)));
    EXPECT_EQ(report.mismatches.front().breaks, Breaks::kTable);
  }
}

TEST(TenantFit, ACollationByWhichTwoTenantsAreOneKeepsTheTableFromBeingServed) {
  const FitReport report = ReportAfter(
      "CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false); "
      "ALTER TABLE item DROP CONSTRAINT fk_item_owner_id_owner, ALTER COLUMN tenant_id TYPE text COLLATE any_case");
  EXPECT_THAT(Sentences(report.mismatches), ::testing::Contains(HasSubstr("two tenants could be one")));
}

/// Owners, and notes that declare no reference to them, with methods of all kinds.
constexpr char kMethods[] = R"file(
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
message Note {
  option (rowkeeper.v1.entity) = {table: "note"};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string tenant_id = 2 [(rowkeeper.v1.column).role = ROLE_TENANT];
  string about = 3 [(rowkeeper.v1.column).max_length = 20];
}
message Number { int64 number = 1; }
message Id { string id = 1; }
message NewNote { Note note = 1; }
message ChangedOwner { Owner owner = 1; google.protobuf.FieldMask update_mask = 2; }
message OfCode { string code = 1; }
message Words { string id = 1; }
service NoteRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Note";
  rpc GetById(Id) returns (Note);
  rpc Create(NewNote) returns (Note);
  rpc CreateByQuery(Id) returns (google.protobuf.Empty) { option (rowkeeper.v1.method).sql =
    "INSERT INTO note (id, tenant_id, about) VALUES (CAST(:id AS uuid), :caller.tenant, 'x')";
  }
}
service OwnerRepository {
  option(rowkeeper.v1.repository).entity = "shop.v1.Owner";
  rpc GetById(Id) returns(Owner);
  rpc Update(ChangedOwner) returns(Owner);
  rpc Delete(Id) returns(google.protobuf.Empty);
  rpc DeleteByQuery(OfCode) returns(google.protobuf.Empty) {
    option(rowkeeper.v1.method).sql = "DELETE FROM owner WHERE tenant_id = :caller.tenant AND code = :code";
  }
  rpc CountByQuery(OfCode) returns(Number) {
    option(rowkeeper.v1.method).sql =
        "SELECT count(*) AS number FROM owner o WHERE o.tenant_id = :caller.tenant AND o.code = :code";
  }
}
message OneWord { Word word = 1; google.protobuf.FieldMask update_mask = 2; }
message StoredWord { Word word = 1; rowkeeper.v1.WriteOutcome outcome = 2; }
service WordRepository {
  option(rowkeeper.v1.repository).entity = "shop.v1.Word";
  rpc GetById(Id) returns(Word);
  rpc Upsert(OneWord) returns(StoredWord);
  rpc Delete(Id) returns(google.protobuf.Empty);
  rpc DeleteByQuery(Words) returns(google.protobuf.Empty) {
    option(rowkeeper.v1.method).sql = "DELETE FROM word WHERE id = CAST(:id AS uuid)";
  }
}
)file";

TEST(TenantFit, RowsToWhichThoseOfOtherTenantsReferAreNeitherDeletedNorRenamed) {
  FitBench bench(testing::CompileProtoText(absl::StrCat(kTenants, kMethods)));
  EXPECT_THAT(bench.BrokenBy("SELECT 1"), IsEmpty());
  EXPECT_THAT(
      bench.BrokenBy("ALTER TABLE owner ADD UNIQUE (code); "
                     "ALTER TABLE note ADD FOREIGN KEY (about) REFERENCES owner (code)"),
      UnorderedElementsAre("NoteRepository.GetById", "NoteRepository.Create", "NoteRepository.CreateByQuery",
                           "OwnerRepository.Update", "OwnerRepository.Delete", "OwnerRepository.DeleteByQuery"));
}

TEST(TenantFit, NorAreThoseWithWhichTheDatabaseWouldDeleteThem) {
  FitBench bench(testing::CompileProtoText(absl::StrCat(kTenants, kMethods)));
  EXPECT_THAT(bench.BrokenBy("ALTER TABLE note ADD UNIQUE (id); ALTER TABLE note ADD FOREIGN KEY (tenant_id, about) "
                             "REFERENCES owner (tenant_id, code) ON DELETE CASCADE; "
                             "ALTER TABLE item ADD FOREIGN KEY (id) REFERENCES note (id)"),
              UnorderedElementsAre("NoteRepository.CreateByQuery", "OwnerRepository.Update", "OwnerRepository.Delete",
                                   "OwnerRepository.DeleteByQuery"));
}

TEST(TenantFit, QueriesDeleteNoRowsOfNobodyToWhichThoseOfTenantsRefer) {
  FitBench bench(testing::CompileProtoText(absl::StrCat(kTenants, kMethods)));
  EXPECT_THAT(bench.BrokenBy("ALTER TABLE note ADD word uuid REFERENCES word (id) ON DELETE CASCADE"),
              UnorderedElementsAre("WordRepository.Delete", "WordRepository.DeleteByQuery"));
}

TEST(TenantFit, WhileATableIsUnknownNothingIsDeleted) {
  const auto catalogue = testing::CompileProtoText(absl::StrCat(kTenants, kMethods));
  ASSERT_NE(catalogue, nullptr);
  catalogue::Diagnostics diagnostics;
  const auto plans = plan::CompilePlans(*catalogue, &diagnostics);
  const auto unknown_while = [&](const std::string& entity) {
    FitReport report;
    report.unknown = {entity};
    std::vector<std::string> unknown;
    for (const MethodFit& method : FitOfMethods(*catalogue, plans, report).methods) {
      if (method.unknown) unknown.push_back(method.plan->full_name);
    }
    return unknown;
  };
  EXPECT_THAT(unknown_while("shop.v1.Owner"), ::testing::Contains("shop.v1.OwnerRepository.CountByQuery"));
  EXPECT_THAT(unknown_while("shop.v1.Letter"),
              UnorderedElementsAre("shop.v1.NoteRepository.CreateByQuery", "shop.v1.OwnerRepository.Update",
                                   "shop.v1.OwnerRepository.Delete", "shop.v1.OwnerRepository.DeleteByQuery",
                                   "shop.v1.WordRepository.Delete", "shop.v1.WordRepository.DeleteByQuery"));
}

TEST(TenantFit, ATableOfAnotherNameIsNotServedWhateverItsCommentSays) {
  FitBench bench(testing::CompileProtoText(absl::StrCat(kTenants, kMethods)));
  const auto about_owners =
      UnorderedElementsAre("OwnerRepository.GetById", "OwnerRepository.Update", "OwnerRepository.Delete",
                           "OwnerRepository.DeleteByQuery", "OwnerRepository.CountByQuery");
  EXPECT_THAT(bench.BrokenBy("ALTER TABLE owner RENAME TO owners"), about_owners);
  EXPECT_THAT(bench.BrokenBy("ALTER TABLE owner RENAME TO owners; CREATE TABLE owner (LIKE owners INCLUDING ALL)"),
              about_owners);
  EXPECT_THAT(Sentences(ReportAfter("ALTER TABLE owner RENAME TO owners").mismatches),
              ElementsAre(AllOf(HasSubstr("table \"owner\" is not used for shop.v1.Owner"),
                                HasSubstr("a server follows no other name"))));
}

/// A query over words would read the rows of all tenants.
TEST(TenantFit, NorAreTablesThatSwappedNames) {
  FitBench bench(testing::CompileProtoText(absl::StrCat(kTenants, kMethods)));
  EXPECT_THAT(
      bench.BrokenBy("ALTER TABLE owner RENAME TO other; ALTER TABLE word RENAME TO owner; "
                     "ALTER TABLE other RENAME TO word"),
      UnorderedElementsAre("OwnerRepository.GetById", "OwnerRepository.Update", "OwnerRepository.Delete",
                           "OwnerRepository.DeleteByQuery", "OwnerRepository.CountByQuery", "WordRepository.GetById",
                           "WordRepository.Upsert", "WordRepository.Delete", "WordRepository.DeleteByQuery"));
}

/// Queries, too: by its text each asks for rows of the tenant, but of another one by what the column is.
TEST(TenantFit, NorIsAnythingReadByAColumnThatIsNotTheTenant) {
  FitBench bench(testing::CompileProtoText(absl::StrCat(kTenants, kMethods)));
  const auto about_owners =
      ::testing::IsSupersetOf({"OwnerRepository.GetById", "OwnerRepository.Update", "OwnerRepository.Delete",
                               "OwnerRepository.DeleteByQuery", "OwnerRepository.CountByQuery"});
  EXPECT_THAT(bench.BrokenBy("ALTER TABLE owner RENAME tenant_id TO other; ALTER TABLE owner RENAME code TO tenant_id; "
                             "ALTER TABLE owner RENAME other TO code"),
              about_owners);
  EXPECT_THAT(
      bench.BrokenBy("ALTER TABLE owner RENAME tenant_id TO other; ALTER TABLE owner ADD tenant_id text NOT NULL"),
      about_owners);
  EXPECT_THAT(bench.BrokenBy("CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = "
                             "false); ALTER TABLE item DROP CONSTRAINT fk_item_owner_id_owner; ALTER TABLE owner ALTER "
                             "COLUMN tenant_id TYPE text COLLATE any_case"),
              about_owners);
}

TEST(TenantFit, AColumnOfAnotherNameKeepsTheTableFromBeingServed) {
  for (const char* change : {"ALTER TABLE item RENAME tenant_id TO customer_id", "ALTER TABLE item RENAME slug TO code",
                             "ALTER TABLE item RENAME tenant_id TO other; ALTER TABLE item RENAME slug TO tenant_id; "
                             "ALTER TABLE item RENAME other TO slug"}) {
    const FitReport report = ReportAfter(change);
    ASSERT_FALSE(report.mismatches.empty()) << change;
    EXPECT_EQ(report.mismatches.front().entity, "shop.v1.Item");
    for (const Mismatch& mismatch : report.mismatches) {
      if (mismatch.entity != "shop.v1.Item") continue;
      EXPECT_EQ(mismatch.breaks, Breaks::kTable) << mismatch.problem;
      EXPECT_EQ(mismatch.change, "");
      EXPECT_THAT(mismatch.problem, HasSubstr("a server follows no other name"));
    }
  }
}

TEST(TenantFit, WithoutTheColumnNothingIsServed) {
  const FitReport report = ReportAfter("ALTER TABLE item DROP COLUMN tenant_id CASCADE");
  ASSERT_FALSE(report.mismatches.empty());
  EXPECT_EQ(report.mismatches.front().breaks, Breaks::kTable);
}

}  // namespace
}  // namespace rowkeeper::schema
