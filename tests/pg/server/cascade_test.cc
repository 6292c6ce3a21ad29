#include "tests/pg/server/cascade_fixture.h"

namespace rowkeeper::testing {
namespace {

/// Two orgs; the first has a team with a team below, members, badges, pairs, labels and tags.
constexpr char kTree[] = R"(
INSERT INTO orgs (id) VALUES (1), (2);
INSERT INTO teams (id, org_id, parent_id) VALUES (10, 1, NULL), (11, 1, 10), (12, 1, 11), (20, 2, NULL);
INSERT INTO members (id, team_id)
  SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, CASE WHEN n < 100 THEN 11 ELSE 20 END
  FROM unnest(ARRAY[1, 2, 3, 100, 101]) AS n;
INSERT INTO badges (id, member_id, is_deleted) SELECT row_number() OVER (ORDER BY id), id, false FROM members;
INSERT INTO labels (code, org_id) VALUES ('red', 1), ('it''s', 1), ('blue', 2);
INSERT INTO tags (id, label_code) VALUES (1, 'red'), (2, 'it''s'), (3, 'blue');
INSERT INTO walls (id, team_id) VALUES (1, 10);
INSERT INTO memos (id, team_id, org_id) VALUES (1, 10, 1), (2, 10, 2), (3, 20, 1), (4, 20, 2);
)";

class CascadeTreeTest : public CascadeTest {
 protected:
  void SetUp() override {
    CascadeTest::SetUp();
    Run(kTree);
    Run(Cat("INSERT INTO pairs (a_id, b_id) VALUES (", Quoted(1), ", ", Quoted(100), "), (", Quoted(100), ", ",
            Quoted(101), ")"));
    Run(Cat("UPDATE members SET buddy_id = ", Quoted(1), " WHERE id IN (", Quoted(2), ", ", Quoted(100), ")"));
  }

  static std::string LiveMembers() { return Live("members", "right(id::text, 3)::int"); }
  static std::string LiveBadges() { return Live("badges", "id", "NOT is_deleted"); }
  static std::string LivePairs() {
    return Live("pairs", "right(a_id::text, 3)::int || '-' || right(b_id::text, 3)::int");
  }
};

TEST_F(CascadeTreeTest, ASoftDeleteTakesAllThatBelongsToTheRowAndNothingElse) {
  const auto org = Do("OrgRepository.SoftDelete", {{"id", 1}});
  ASSERT_TRUE(org.ok()) << org.status();
  EXPECT_EQ((*org)["version"], "2");
  EXPECT_TRUE(org->contains("deleted_at"));
  EXPECT_EQ(Live("orgs"), "2");
  EXPECT_EQ(Live("teams"), "20");
  EXPECT_EQ(LiveMembers(), "100 101");
  EXPECT_EQ(LiveBadges(), "4 5");
  EXPECT_EQ(LivePairs(), "100-101");
  EXPECT_EQ(Live("labels", "code"), "blue");
  EXPECT_EQ(Live("tags"), "3");
  // A row that cannot be soft-deleted stays.
  EXPECT_EQ(Value("SELECT count(*) FROM walls"), "1");
  // All of it has one time; every changed row its next version.
  EXPECT_EQ(Value("SELECT count(DISTINCT d) FROM (SELECT deleted_at AS d FROM orgs UNION SELECT deleted_at FROM teams "
                  "UNION SELECT deleted_at FROM members UNION SELECT deleted_at FROM pairs UNION SELECT deleted_at "
                  "FROM labels UNION SELECT deleted_at FROM tags) AS all_times"),
            "1");
  EXPECT_EQ(Live("teams", "version", "deleted_at IS NOT NULL"), "2 2 2");
  EXPECT_EQ(Live("teams", "version"), "1");
}

TEST_F(CascadeTreeTest, SetNullReferencesBecomeNullInRowsThatStay) {
  ASSERT_EQ(Summarised("OrgRepository.SoftDelete", {{"id", 1}}), "OK");
  EXPECT_EQ(Value("SELECT string_agg(concat_ws(',', id, coalesce(team_id::text, '-'), coalesce(org_id::text, '-'), "
                  "version), ' ' ORDER BY id) FROM memos"),
            "1,-,-,2 2,-,2,2 3,20,-,2 4,20,2,1");
  // The buddy of 100 is gone; that of 2, which went too, is kept for its return.
  EXPECT_EQ(Live("members", "right(id::text, 3)::int || coalesce(right(buddy_id::text, 1), '-')",
                 Cat("id IN (", Quoted(2), ", ", Quoted(100), ")")),
            "100- 21");
}

TEST_F(CascadeTreeTest, ARestoreBringsBackWhatWentWithTheRowAndNotWhatWasDeletedBefore) {
  ASSERT_EQ(Summarised("MemberRepository.SoftDelete", {{"id", Id(2)}}), "OK");
  ASSERT_EQ(Summarised("LabelRepository.SoftDelete", {{"code", "it's"}}), "OK");
  ASSERT_EQ(Summarised("OrgRepository.SoftDelete", {{"id", 1}}), "OK");
  const auto org = Do("OrgRepository.Restore", {{"id", 1}, {"version", 2}});
  ASSERT_TRUE(org.ok()) << org.status();
  EXPECT_EQ((*org)["version"], "3");
  EXPECT_FALSE(org->contains("deleted_at"));
  EXPECT_EQ(Live("teams"), "10 11 12 20");
  EXPECT_EQ(LiveMembers(), "1 100 101 3");
  // A badge keeps no time, but that of a row that stays deleted stays too.
  EXPECT_EQ(LiveBadges(), "1 3 4 5");
  EXPECT_EQ(LivePairs(), "1-100 100-101");
  EXPECT_EQ(Live("labels", "code"), "blue red");
  EXPECT_EQ(Live("tags"), "1 3");
  EXPECT_EQ(Live("teams", "version"), "1 3 3 3");
}

TEST_F(CascadeTreeTest, AFlagAloneComesBackWhateverWasDeletedBefore) {
  Run("UPDATE badges SET is_deleted = true WHERE id = 1");
  ASSERT_EQ(Summarised("MemberRepository.SoftDelete", {{"id", Id(1)}}), "OK");
  ASSERT_EQ(Summarised("MemberRepository.Restore", {{"id", Id(1)}}), "OK");
  EXPECT_EQ(LiveBadges(), "1 2 3 4 5");
}

TEST_F(CascadeTreeTest, AnyRowOfTheTreeCanBeTheOneThatIsDeleted) {
  ASSERT_EQ(Summarised("TeamRepository.SoftDelete", {{"id", 11}}), "OK");
  EXPECT_EQ(Live("orgs"), "1 2");
  EXPECT_EQ(Live("teams"), "10 20");
  EXPECT_EQ(LiveMembers(), "100 101");
  ASSERT_EQ(Summarised("OrgRepository.SoftDelete", {{"id", 1}}), "OK");
  ASSERT_EQ(Summarised("OrgRepository.Restore", {{"id", 1}}), "OK");
  EXPECT_EQ(Live("teams"), "10 20");
  const auto team = Do("TeamRepository.Restore", {{"id", 11}});
  ASSERT_TRUE(team.ok()) << team.status();
  EXPECT_EQ((*team)["parent_id"], "10");
  EXPECT_EQ(Live("teams"), "10 11 12 20");
  EXPECT_EQ(LiveMembers(), "1 100 101 2 3");
}

TEST_F(CascadeTreeTest, ALiveRowOfARestrictReferenceForbidsItAndNothingIsWritten) {
  Run("INSERT INTO invoices (id, org_id) VALUES (1, 1)");
  const auto refused = Do("OrgRepository.SoftDelete", {{"id", 1}});
  EXPECT_EQ(Summary(refused), "FAILED_PRECONDITION REFERENCE_VIOLATION");
  EXPECT_EQ(
      refused.status().message(),
      "this org.v1.Org is still referenced by rows of org.v1.Invoice; delete those or point them elsewhere first");
  EXPECT_EQ(MetadataOf(refused.status(), "constraint"), "fk_invoices_org_id_orgs");
  EXPECT_EQ(Live("orgs", "id || '.' || version"), "1.1 2.1");
  EXPECT_EQ(Live("teams"), "10 11 12 20");
  EXPECT_EQ(Value("SELECT sum(version) FROM memos"), "4");
  ASSERT_EQ(Summarised("InvoiceRepository.SoftDelete", {{"id", 1}}), "OK");
  EXPECT_EQ(Summarised("OrgRepository.SoftDelete", {{"id", 1}}), "OK");
}

TEST_F(CascadeTreeTest, ARestrictReferenceFarBelowForbidsItToo) {
  Run("INSERT INTO ledgers (id, team_id) VALUES (1, 12)");
  EXPECT_EQ(
      Refusal("OrgRepository.SoftDelete", {{"id", 1}}),
      "this org.v1.Team is still referenced by rows of org.v1.Ledger; delete those or point them elsewhere first");
  EXPECT_EQ(Summarised("TeamRepository.SoftDelete", {{"id", 11}}), "FAILED_PRECONDITION REFERENCE_VIOLATION");
  EXPECT_EQ(Live("teams"), "10 11 12 20");
  EXPECT_EQ(Summarised("TeamRepository.SoftDelete", {{"id", 20}}), "OK");
}

TEST_F(CascadeTreeTest, ARowIsNotRestoredUnderADeletedParent) {
  ASSERT_EQ(Summarised("OrgRepository.SoftDelete", {{"id", 1}}), "OK");
  const auto refused = Do("TeamRepository.Restore", {{"id", 12}});
  EXPECT_EQ(Summary(refused), "FAILED_PRECONDITION REFERENCE_VIOLATION");
  EXPECT_EQ(refused.status().message(),
            "org_id: the org.v1.Org that the org.v1.Team belongs to is deleted; restore that first, which brings back "
            "the rows that were deleted with it");
  EXPECT_EQ(MetadataOf(refused.status(), "field"), "org_id");
  EXPECT_EQ(Summarised("PairRepository.Restore", {{"a_id", Id(1)}, {"b_id", Id(100)}}),
            "FAILED_PRECONDITION REFERENCE_VIOLATION");
  EXPECT_EQ(Live("teams"), "20");
  // RESTRICT says so as well.
  Run("INSERT INTO invoices (id, org_id, deleted_at) VALUES (1, 1, now()), (2, 2, now())");
  EXPECT_EQ(Summarised("InvoiceRepository.Restore", {{"id", 1}}), "FAILED_PRECONDITION REFERENCE_VIOLATION");
  EXPECT_EQ(Summarised("InvoiceRepository.Restore", {{"id", 2}}), "OK");
}

TEST_F(CascadeTreeTest, ARowOfTwoParentsComesBackWhenBothAreThere) {
  // Pair 1-100 goes with 1, then 100 goes too.
  ASSERT_EQ(Summarised("MemberRepository.SoftDelete", {{"id", Id(1)}}), "OK");
  ASSERT_EQ(Summarised("MemberRepository.SoftDelete", {{"id", Id(100)}}), "OK");
  ASSERT_EQ(Summarised("MemberRepository.Restore", {{"id", Id(1)}}), "OK");
  EXPECT_EQ(LivePairs(), "");
  ASSERT_EQ(Summarised("MemberRepository.Restore", {{"id", Id(100)}}), "OK");
  EXPECT_EQ(LivePairs(), "100-101");
  EXPECT_EQ(Summarised("PairRepository.Restore", {{"a_id", Id(1)}, {"b_id", Id(100)}}), "OK");
  EXPECT_EQ(LivePairs(), "1-100 100-101");
}

TEST_F(CascadeTreeTest, VersionsAndMissingRowsAreToldAsEver) {
  EXPECT_EQ(Summarised("OrgRepository.SoftDelete", {{"id", 1}, {"version", 9}}), "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(Live("teams"), "10 11 12 20");
  EXPECT_EQ(Summarised("OrgRepository.SoftDelete", {{"id", 77}}), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(Summarised("OrgRepository.SoftDelete", {{"id", 77}, {"allow_missing", true}}), "OK");
  EXPECT_EQ(Summarised("OrgRepository.Restore", {{"id", 1}}), "ALREADY_EXISTS ROW_NOT_DELETED");
  ASSERT_EQ(Summarised("OrgRepository.SoftDelete", {{"id", 1}, {"version", 1}}), "OK");
  EXPECT_EQ(Summarised("OrgRepository.SoftDelete", {{"id", 1}}), "NOT_FOUND ROW_NOT_FOUND");
  const auto again = Do("OrgRepository.SoftDelete", {{"id", 1}, {"allow_missing", true}});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ((*again)["version"], "2");
  EXPECT_EQ(Summarised("OrgRepository.Restore", {{"id", 1}, {"version", 1}}), "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(Live("teams"), "20");
  EXPECT_EQ(Summarised("TeamRepository.SoftDelete", {{"id", 20}, {"version", 2}}), "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(Summarised("TeamRepository.SoftDelete", {{"id", 20}, {"version", 1}}), "OK");
}

TEST_F(CascadeTreeTest, AUniqueKeyThatIsTakenNamesTheRowThatWasToComeAlong) {
  Run("UPDATE teams SET slug = 'core' WHERE id = 12");
  ASSERT_EQ(Summarised("OrgRepository.SoftDelete", {{"id", 1}}), "OK");
  Run("UPDATE teams SET slug = 'core' WHERE id = 20");
  const auto refused = Do("OrgRepository.Restore", {{"id", 1}});
  EXPECT_EQ(Summary(refused), "ALREADY_EXISTS UNIQUE_VIOLATION");
  EXPECT_EQ(MetadataOf(refused.status(), "entity"), "org.v1.Team");
  EXPECT_EQ(MetadataOf(refused.status(), "fields"), "slug");
  EXPECT_EQ(Live("orgs"), "2");
}

TEST_F(CascadeTreeTest, ABatchTakesAllOfItsRowsChildrenOrNone) {
  const Json both = {{"keys", {{{"id", 1}, {"version", 1}}, {{"id", 2}}}}};
  Json stale = both;
  stale["keys"][1]["version"] = 5;
  EXPECT_EQ(Summarised("OrgRepository.BatchSoftDelete", stale), "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(Live("teams"), "10 11 12 20");
  Run("INSERT INTO ledgers (id, team_id) VALUES (1, 20)");
  EXPECT_EQ(Summarised("OrgRepository.BatchSoftDelete", both), "FAILED_PRECONDITION REFERENCE_VIOLATION");
  EXPECT_EQ(Live("orgs"), "1 2");
  EXPECT_EQ(Live("teams"), "10 11 12 20");
  Run("DELETE FROM ledgers");
  const auto orgs = Do("OrgRepository.BatchSoftDelete", both);
  ASSERT_TRUE(orgs.ok()) << orgs.status();
  EXPECT_EQ((*orgs)["orgs"][0]["id"], "1");
  EXPECT_EQ((*orgs)["orgs"][1]["id"], "2");
  EXPECT_EQ((*orgs)["orgs"][1]["version"], "2");
  EXPECT_EQ(Live("teams"), "");
  EXPECT_EQ(LivePairs(), "");
  // One of them brings its own back, and not what belongs to the other as well.
  ASSERT_EQ(Summarised("OrgRepository.BatchRestore", {{"keys", {{{"id", 1}}}}}), "OK");
  EXPECT_EQ(Live("teams"), "10 11 12");
  EXPECT_EQ(LivePairs(), "");
  ASSERT_EQ(Summarised("OrgRepository.BatchRestore", {{"keys", {{{"id", 2}}}}}), "OK");
  EXPECT_EQ(LivePairs(), "1-100 100-101");
  EXPECT_EQ(LiveMembers(), "1 100 101 2 3");
}

TEST_F(CascadeTreeTest, ABatchMayNameParentAndChild) {
  const Json keys = {{"keys", {{{"id", 12}}, {{"id", 10}}, {{"id", 11}}}}};
  const auto teams = Do("TeamRepository.BatchSoftDelete", keys);
  ASSERT_TRUE(teams.ok()) << teams.status();
  EXPECT_EQ((*teams)["teams"].size(), 3u);
  EXPECT_EQ((*teams)["teams"][0]["version"], "2");
  EXPECT_EQ(Live("teams", "version", "id IN (10, 11, 12)"), "2 2 2");
  EXPECT_EQ(Summarised("TeamRepository.BatchRestore", {{"keys", {{{"id", 12}}}}}),
            "FAILED_PRECONDITION REFERENCE_VIOLATION");
  ASSERT_EQ(Summarised("TeamRepository.BatchRestore", keys), "OK");
  EXPECT_EQ(Live("teams"), "10 11 12 20");
}

TEST_F(CascadeTreeTest, ABatchThatAllowsMissingRowsReturnsThoseInTheWantedStateUntouched) {
  ASSERT_EQ(Summarised("OrgRepository.SoftDelete", {{"id", 1}}), "OK");
  Run("UPDATE teams SET deleted_at = NULL WHERE id = 10");  // by hand: a live row under a deleted one
  const auto orgs =
      Do("OrgRepository.BatchSoftDelete", {{"keys", {{{"id", 2}}, {{"id", 1}}, {{"id", 5}}}}, {"allow_missing", true}});
  ASSERT_TRUE(orgs.ok()) << orgs.status();
  EXPECT_EQ((*orgs)["orgs"].size(), 2u);
  EXPECT_EQ((*orgs)["orgs"][1]["version"], "2");
  // Only rows that were deleted now take others along.
  EXPECT_EQ(Live("teams"), "10");
}

TEST_F(CascadeTest, ACycleOfTablesAndRowsEnds) {
  Run("INSERT INTO lefts (id) VALUES (1), (2), (3)");
  Run("INSERT INTO rights (id, left_id) VALUES (1, 1), (2, 2), (3, 3)");
  Run("UPDATE lefts SET right_id = CASE id WHEN 1 THEN 2 WHEN 2 THEN 1 END");
  ASSERT_EQ(Summarised("LeftRepository.SoftDelete", {{"id", 1}}), "OK");
  EXPECT_EQ(Live("lefts"), "3");
  EXPECT_EQ(Live("rights"), "3");
  ASSERT_EQ(Summarised("LeftRepository.Restore", {{"id", 2}}), "OK");
  EXPECT_EQ(Live("lefts"), "1 2 3");
  EXPECT_EQ(Live("rights"), "1 2 3");
}

TEST_F(CascadeTest, ADeepChainAndAWideOneGoInOneStatement) {
  Run("INSERT INTO orgs (id) VALUES (1)");
  Run("INSERT INTO teams (id, org_id, parent_id) SELECT n, 1, NULLIF(n - 1, 0) FROM generate_series(1, 500) AS n");
  Run("INSERT INTO members (team_id) SELECT n % 500 + 1 FROM generate_series(1, 5000) AS n");
  ASSERT_EQ(Summarised("TeamRepository.SoftDelete", {{"id", 1}}), "OK");
  EXPECT_EQ(Live("teams"), "");
  EXPECT_EQ(Value("SELECT count(*) FROM members WHERE deleted_at IS NULL"), "0");
  ASSERT_EQ(Summarised("TeamRepository.Restore", {{"id", 1}}), "OK");
  EXPECT_EQ(Value("SELECT count(*) FROM teams WHERE deleted_at IS NULL"), "500");
  EXPECT_EQ(Value("SELECT count(*) FROM members WHERE deleted_at IS NULL"), "5000");
}

TEST_F(CascadeTest, ARowThatIsItsOwnParentComesAndGoes) {
  Run("INSERT INTO orgs (id) VALUES (1)");
  Run("INSERT INTO teams (id, org_id, parent_id) VALUES (1, 1, 1)");
  ASSERT_EQ(Summarised("TeamRepository.SoftDelete", {{"id", 1}}), "OK");
  EXPECT_EQ(Live("teams", "version", "true"), "2");
  ASSERT_EQ(Summarised("TeamRepository.Restore", {{"id", 1}}), "OK");
  EXPECT_EQ(Live("teams", "version"), "3");
}

}  // namespace
}  // namespace rowkeeper::testing
