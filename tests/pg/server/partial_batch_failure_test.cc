// Partial batches when something fails that is no row's fault.
#include <gmock/gmock.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/pg/server/partial_batch_fixture.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Makes every INSERT of a note with this slug do something.
void OnInsert(InProcessServer* server, const std::string& slug, const std::string& action) {
  server->database().Run(
      "CREATE OR REPLACE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.slug = '" + slug +
      "' THEN " + action + " END IF; RETURN NEW; END $$");
  server->database().Run("CREATE OR REPLACE TRIGGER act BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION act()");
}

TEST_F(PartialBatchTest, AConnectionLostHalfWayDoesNotLoseTheResultsOfRowsThatAreStored) {
  AddNotes(1);
  OnInsert(&server(), "killer", "PERFORM pg_terminate_backend(pg_backend_pid());");
  Json notes = {Note("a"), Note("s1"), Note("killer"), Note("b"), Note("c"), Note("d"), Note("e"), Note("f")};
  const Json answer = MustCall("Create", {{"notes", notes}});
  const std::vector<std::string> results = ResultsOf(answer);
  ASSERT_EQ(results.size(), 8u);
  EXPECT_EQ(results[0], "OK");
  EXPECT_EQ(results[1], "UNIQUE_VIOLATION");
  EXPECT_TRUE(results[2] == "COMMIT_OUTCOME_UNKNOWN" || results[2] == "DATABASE_UNAVAILABLE") << results[2];
  for (int i : {3, 4, 5, 6, 7}) {
    EXPECT_EQ(results[i], "NOT_TRIED");
    EXPECT_EQ(answer["results"][i]["code"], 14);
  }
  EXPECT_EQ(Slugs(), "a,s1");
  EXPECT_EQ(answer["notes"][0]["slug"], "a");
}

TEST_F(PartialBatchTest, AConflictIsTriedAgain) {
  AddNotes(1);
  Sql("CREATE SEQUENCE IF NOT EXISTS tries");
  Sql("SELECT setval('tries', 1)");
  OnInsert(&server(), "clash", "IF nextval('tries') < 4 THEN RAISE EXCEPTION 'clash' USING ERRCODE = '40001'; END IF;");
  const Json answer = MustCall("Create", {{"notes", {Note("a"), Note("s1"), Note("clash"), Note("b")}}});
  EXPECT_THAT(ResultsOf(answer), ElementsAre("OK", "UNIQUE_VIOLATION", "OK", "OK"));
  EXPECT_EQ(Slugs(), "a,b,clash,s1");
}

TEST_F(PartialBatchTest, AConflictThatDoesNotEndIsToldOfTheRowsThatItHit) {
  AddNotes(1);
  OnInsert(&server(), "clash", "RAISE EXCEPTION 'clash' USING ERRCODE = '40P01';");
  const Json answer = MustCall("Create", {{"notes", {Note("a"), Note("s1"), Note("clash"), Note("b")}}});
  EXPECT_THAT(ResultsOf(answer), ElementsAre("OK", "UNIQUE_VIOLATION", "DEADLOCK", "NOT_TRIED"));
  EXPECT_EQ(Slugs(), "a,s1");
  EXPECT_EQ(Summary(Call("Create", {{"notes", {Note("clash"), Note("b")}}})), "ABORTED DEADLOCK")
      << "no row was written, so the call itself fails";
}

TEST_F(PartialBatchTest, AnErrorThatIsNoRowsFaultFailsTheUnit) {
  AddNotes(1);
  OnInsert(&server(), "clash", "RAISE EXCEPTION 'clash' USING ERRCODE = '40P01';");
  Unit unit(&server());
  EXPECT_EQ(ReasonOf(unit.Call("NoteRepository.Create", {{"notes", {Note("a"), Note("s1"), Note("clash")}}})),
            "DEADLOCK");
  EXPECT_FALSE(unit.Commit().ok());
  EXPECT_EQ(Slugs(), "s1");
}

TEST_F(PartialBatchTest, ADeadlineEndsTheCall) {
  OnInsert(&server(), "slow", "PERFORM pg_sleep(5);");
  CallOptions options;
  options.timeout = std::chrono::milliseconds(300);
  const auto answer = server().Call("NoteRepository.Create", {{"notes", {Note("a"), Note("slow")}}}, options);
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(Slugs(), "");
}

}  // namespace
}  // namespace rowkeeper::testing
