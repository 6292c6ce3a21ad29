#include <atomic>
#include <thread>
#include <vector>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/cascade_fixture.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

class CascadeAtOnceTest : public CascadeTest {
 protected:
  void SetUp() override {
    CascadeTest::SetUp();
    Run("INSERT INTO orgs (id) VALUES (1), (2)");
    Run("INSERT INTO teams (id, org_id) SELECT n, 1 FROM generate_series(10, 19) AS n");
    Run("INSERT INTO members (team_id) SELECT 10 + n % 10 FROM generate_series(1, 50) AS n");
  }

  static bool SomeoneWaits() {
    return Eventually(&server(),
                      "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND "
                      "application_name = 'rowkeeper' AND wait_event_type = 'Lock')");
  }

  /// Makes a call that meets `change`, which is committed once the call waits for it.
  static void Meet(const std::string& change, const std::string& method, const Json& request,
                   const std::string& expected = "OK") {
    Blocker blocker(&server(), change);
    std::thread calling([&] { EXPECT_EQ(Summarised(method, request), expected) << method; });
    EXPECT_TRUE(SomeoneWaits()) << method;
    blocker.End("COMMIT");
    calling.join();
  }

  /// Team 20 above 21 above 22, and 23 elsewhere; 22 has a member.
  static void MakeTree() {
    Run("INSERT INTO teams (id, org_id, parent_id) VALUES (20, 2, NULL), (21, 2, 20), (22, 2, 21), (23, 2, NULL)");
    Run("INSERT INTO members (team_id) VALUES (22)");
  }
  static std::string LiveOfTree() { return Live("teams", "id", "deleted_at IS NULL AND id >= 20"); }
  /// "12: 5": the teams of live members, and how many these are.
  static std::string LiveMembers() {
    return Value(
        "SELECT coalesce(string_agg(DISTINCT team_id::text, ' ') || ': ' || count(*), '') FROM members "
        "WHERE deleted_at IS NULL");
  }
};

TEST_F(CascadeAtOnceTest, ARowThatAnotherTransactionDeletesMeanwhileKeepsItsOwnTime) {
  Blocker blocker(&server(), "UPDATE teams SET deleted_at = '2020-01-01Z', version = version + 1 WHERE id = 12");
  std::thread deleting([] { EXPECT_EQ(Summarised("OrgRepository.SoftDelete", {{"id", 1}}), "OK"); });
  EXPECT_TRUE(SomeoneWaits());
  blocker.End("COMMIT");
  deleting.join();
  EXPECT_EQ(Live("teams"), "");
  EXPECT_EQ(Value("SELECT deleted_at = '2020-01-01Z' AND version = 2 FROM teams WHERE id = 12"), "t");
  EXPECT_EQ(LiveMembers(), "12: 5") << "they did not go with it, and were not below the org any more";
  ASSERT_EQ(Summarised("OrgRepository.Restore", {{"id", 1}}), "OK");
  EXPECT_EQ(Live("teams"), "10 11 13 14 15 16 17 18 19");
}

TEST_F(CascadeAtOnceTest, ARowThatWasChangedMeanwhileHasTheSameTimeAsTheOthers) {
  Blocker blocker(&server(), "UPDATE teams SET slug = 'new' || id, version = version + 1 WHERE id IN (12, 15)");
  std::thread deleting([] { EXPECT_EQ(Summarised("OrgRepository.SoftDelete", {{"id", 1}}), "OK"); });
  EXPECT_TRUE(SomeoneWaits());
  blocker.End("COMMIT");
  deleting.join();
  EXPECT_EQ(Value("SELECT count(DISTINCT t.deleted_at) FROM (SELECT deleted_at FROM teams UNION ALL SELECT deleted_at "
                  "FROM orgs WHERE id = 1 UNION ALL SELECT deleted_at FROM members) AS t"),
            "1");
  EXPECT_EQ(Live("teams", "slug || ' ' || version", "slug LIKE 'new%' AND deleted_at IS NOT NULL"), "new12 3 new15 3");
}

TEST_F(CascadeAtOnceTest, RestoresThatComeTogetherAreEachHeldByTheirOwnParents) {
  constexpr int kRows = 60;
  Run("UPDATE orgs SET deleted_at = now() WHERE id = 1");
  Run(Cat("INSERT INTO invoices (id, org_id, deleted_at) SELECT n, 1 + n % 2, now() FROM generate_series(1, ", kRows,
          ") AS n"));
  std::vector<std::thread> callers;
  for (int id = 1; id <= kRows; ++id) {
    callers.emplace_back([id] {
      EXPECT_EQ(Summarised("InvoiceRepository.Restore", {{"id", id}}),
                id % 2 == 0 ? "FAILED_PRECONDITION REFERENCE_VIOLATION" : "OK");
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(Value("SELECT count(*) || ' of ' || min(org_id) FROM invoices WHERE deleted_at IS NULL"), "30 of 2");
}

TEST_F(CascadeAtOnceTest, ARowThatMovedAwayMeanwhileStays) {
  Blocker blocker(&server(), "UPDATE teams SET org_id = 2 WHERE id = 12");
  std::thread deleting([] { EXPECT_EQ(Summarised("OrgRepository.SoftDelete", {{"id", 1}}), "OK"); });
  EXPECT_TRUE(SomeoneWaits());
  blocker.End("COMMIT");
  deleting.join();
  EXPECT_EQ(Live("teams"), "12");
}

TEST_F(CascadeAtOnceTest, ARowThatMovedAwayMeanwhileKeepsTheRowsOfOtherTablesBelowIt) {
  const std::vector<std::pair<std::string, Json>> calls = {
      {"OrgRepository.SoftDelete", {{"id", 1}}},
      {"OrgRepository.BatchSoftDelete", {{"keys", {{{"id", 1}}}}}},
      {"OrgRepository.BatchSoftDelete", {{"keys", {{{"id", 1}}}}, {"allow_missing", true}}},
      {"OrgRepository.SoftDeleteWhere", {{"id", 1}, {"max_affected", 5}}}};
  for (const auto& [method, request] : calls) {
    SetUp();
    Meet("UPDATE teams SET org_id = 2 WHERE id = 12", method, request);
    EXPECT_EQ(Live("orgs"), "2") << method;
    EXPECT_EQ(Live("teams"), "12") << method;
    EXPECT_EQ(LiveMembers(), "12: 5") << method;
  }
}

TEST_F(CascadeAtOnceTest, ARowThatMovedAwayMeanwhileKeepsTheRowsOfItsOwnTableBelowIt) {
  const std::vector<std::pair<std::string, Json>> calls = {
      {"TeamRepository.SoftDelete", {{"id", 20}}}, {"TeamRepository.BatchSoftDelete", {{"keys", {{{"id", 20}}}}}}};
  for (const auto& [method, request] : calls) {
    SetUp();
    MakeTree();
    Meet("UPDATE teams SET parent_id = 23 WHERE id = 21", method, request);
    EXPECT_EQ(LiveOfTree(), "21 22 23") << method;
    EXPECT_EQ(Value("SELECT count(*) FROM members WHERE team_id = 22 AND deleted_at IS NULL"), "1") << method;
  }
}

TEST_F(CascadeAtOnceTest, ATargetThatMovedMeanwhileTakesItsRowsAlong) {
  MakeTree();
  Meet("UPDATE teams SET parent_id = 23 WHERE id = 21", "TeamRepository.BatchSoftDelete",
       {{"keys", {{{"id", 20}}, {{"id", 21}}}}});
  EXPECT_EQ(LiveOfTree(), "23");
}

TEST_F(CascadeAtOnceTest, ARestoreLeavesWhatMovedAwayMeanwhileWithWhatIsBelowIt) {
  const std::vector<std::pair<std::string, Json>> calls = {{"OrgRepository.Restore", {{"id", 1}}},
                                                           {"OrgRepository.BatchRestore", {{"keys", {{{"id", 1}}}}}}};
  for (const auto& [method, request] : calls) {
    SetUp();
    ASSERT_EQ(Summarised("OrgRepository.SoftDelete", {{"id", 1}}), "OK");
    Meet("UPDATE teams SET org_id = 2 WHERE id = 12", method, request);
    EXPECT_EQ(Live("teams"), "10 11 13 14 15 16 17 18 19") << method;
    EXPECT_EQ(LiveMembers(), "10 11 13 14 15 16 17 18 19: 45") << method;
  }
  MakeTree();
  ASSERT_EQ(Summarised("TeamRepository.SoftDelete", {{"id", 20}}), "OK");
  Meet("UPDATE teams SET parent_id = 23 WHERE id = 21", "TeamRepository.Restore", {{"id", 20}});
  EXPECT_EQ(LiveOfTree(), "20 23");
}

TEST_F(CascadeAtOnceTest, ARestoreLeavesWhatWasDeletedAgainMeanwhileWithWhatIsBelowIt) {
  ASSERT_EQ(Summarised("OrgRepository.SoftDelete", {{"id", 1}}), "OK");
  Meet("UPDATE teams SET deleted_at = '2020-01-01Z' WHERE id = 12", "OrgRepository.Restore", {{"id", 1}});
  EXPECT_EQ(Live("teams"), "10 11 13 14 15 16 17 18 19");
  EXPECT_EQ(LiveMembers(), "10 11 13 14 15 16 17 18 19: 45");
}

TEST_F(CascadeAtOnceTest, ARowThatWasRemovedMeanwhileIsGone) {
  Meet("DELETE FROM teams WHERE id = 12", "OrgRepository.SoftDelete", {{"id", 1}});
  EXPECT_EQ(Live("orgs"), "2");
  EXPECT_EQ(Live("teams"), "");
  EXPECT_EQ(LiveMembers(), "");
}

TEST_F(CascadeAtOnceTest, ARowThatIsChangedMeanwhileStillLosesItsReference) {
  Run("INSERT INTO memos (id, org_id) VALUES (1, 1), (2, 2)");
  Meet("UPDATE memos SET version = 5 WHERE id = 1", "OrgRepository.SoftDelete", {{"id", 1}});
  EXPECT_EQ(Value("SELECT string_agg(coalesce(org_id::text, '-') || ' ' || version, ', ' ORDER BY id) FROM memos"),
            "- 6, 2 1");
}

TEST_F(CascadeAtOnceTest, AUnitOfWorkIsToldToRunAgainAndNothingIsChanged) {
  const Unit unit(&server());
  Blocker blocker(&server(), "UPDATE teams SET org_id = 2 WHERE id = 12");
  std::thread deleting([&unit] {
    EXPECT_EQ(Summary(unit.Call("OrgRepository.SoftDelete", {{"id", 1}})), "ABORTED SERIALIZATION_FAILURE");
  });
  EXPECT_TRUE(SomeoneWaits());
  blocker.End("COMMIT");
  deleting.join();
  EXPECT_EQ(Summary(unit.Commit()), "OK");
  EXPECT_EQ(Live("orgs"), "1 2");
  EXPECT_EQ(Value("SELECT count(*) FROM teams WHERE deleted_at IS NULL AND version = 1"), "10");
  EXPECT_EQ(Value("SELECT count(*) FROM members WHERE deleted_at IS NULL"), "50");
}

TEST_F(CascadeAtOnceTest, ATargetWhoseVersionChangedMeanwhileTakesNothingAlong) {
  Blocker blocker(&server(), "UPDATE orgs SET version = 2 WHERE id = 1");
  std::thread deleting([] {
    EXPECT_EQ(Summarised("OrgRepository.SoftDelete", {{"id", 1}, {"version", 1}}), "ABORTED VERSION_MISMATCH");
  });
  EXPECT_TRUE(SomeoneWaits());
  blocker.End("COMMIT");
  deleting.join();
  EXPECT_EQ(Live("orgs"), "1 2");
  EXPECT_EQ(Live("teams"), "10 11 12 13 14 15 16 17 18 19");
}

TEST_F(CascadeAtOnceTest, ASerializableUnitDoesNotCommitOverAChildThatIsMadeMeanwhile) {
  const Unit deleting(&server(), {{"transaction", {{"isolation", "ISOLATION_SERIALIZABLE"}}}});
  Blocker creating(&server(), "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
  creating.Run("SELECT deleted_at FROM orgs WHERE id = 2");
  ASSERT_TRUE(deleting.Call("OrgRepository.SoftDelete", {{"id", 2}}).ok());
  creating.Run("INSERT INTO teams (id, org_id) VALUES (30, 2)");
  creating.End("COMMIT");
  EXPECT_EQ(Summary(deleting.Commit()), "ABORTED SERIALIZATION_FAILURE");
  EXPECT_EQ(Live("orgs"), "1 2");
}

TEST_F(CascadeAtOnceTest, DeletesAndRestoresOfOneTreeFromManySidesEndWell) {
  std::atomic<int> other{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([t, &other] {
      for (int round = 0; round < 15; ++round) {
        const bool remove = (round + t) % 2 == 0;
        const std::string entity = t % 3 == 0 ? "Org" : "Team";
        const int id = entity == "Org" ? 1 : 10 + (t + round) % 10;
        const std::string answer = Summarised(Cat(entity, "Repository.", remove ? "SoftDelete" : "Restore"),
                                              {{"id", id}, {"allow_missing", true}});
        if (answer != "OK" && answer != "FAILED_PRECONDITION REFERENCE_VIOLATION") {
          ADD_FAILURE() << answer;
          ++other;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(other, 0);
  Summarised("OrgRepository.SoftDelete", {{"id", 1}, {"allow_missing", true}});
  ASSERT_EQ(Summarised("OrgRepository.Restore", {{"id", 1}}), "OK");
}

TEST_F(CascadeAtOnceTest, AUnitOfWorkTakesAllOfItBack) {
  const Unit unit(&server());
  unit.MustCall("OrgRepository.SoftDelete", {{"id", 1}});
  EXPECT_EQ(Summary(unit.Call("TeamRepository.Restore", {{"id", 10}})), "FAILED_PRECONDITION REFERENCE_VIOLATION");
  // A refusal is no failed statement: the unit goes on.
  ASSERT_TRUE(unit.Savepoint("before").ok());
  unit.MustCall("OrgRepository.Restore", {{"id", 1}});
  ASSERT_TRUE(unit.RollbackTo("before").ok());
  EXPECT_EQ(Live("teams", "id", "deleted_at IS NULL AND id < 12"), "10 11");
  ASSERT_TRUE(unit.Rollback().ok());
  EXPECT_EQ(Value("SELECT count(*) FROM teams WHERE deleted_at IS NULL AND version = 1"), "10");
  EXPECT_EQ(Value("SELECT count(*) FROM members WHERE deleted_at IS NULL"), "50");
}

}  // namespace
}  // namespace rowkeeper::testing
