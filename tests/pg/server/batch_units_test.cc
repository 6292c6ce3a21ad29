#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

class BatchUnitsTest : public PlannerTest {
 protected:
  void SetUp() override {
    PlannerTest::SetUp();
    owner_ = NewProfile();
  }
  Json Todos(const std::vector<std::string>& titles) const {
    Json todos = Json::array();
    for (const std::string& title : titles) todos.push_back({{"owner_id", owner_}, {"title", title}});
    return {{"todos", todos}};
  }
  std::string Titles() const {
    return server().database().Value(
        "SELECT coalesce(string_agg(title || version, ',' ORDER BY title), '') FROM todos "
        "WHERE deleted_at IS NULL AND owner_id = '" +
        owner_ + "'");
  }
  static std::string IdOf(const Json& answer, size_t i) { return answer["todos"][i].value("id", ""); }
  static Json Key(const Json& answer, size_t i, int version = 0) {
    return {{"id", IdOf(answer, i)}, {"version", std::to_string(version)}};
  }

  std::string owner_;
};

TEST_F(BatchUnitsTest, BatchesOfAUnitSeeEachOtherAndGoTogether) {
  Unit unit(&server());
  const Json made = unit.MustCall("TodoRepository.BatchCreate", Todos({"a", "b", "c"}));
  EXPECT_EQ(Titles(), "");
  Json rows = {{{"id", IdOf(made, 0)}, {"title", "A"}, {"version", "1"}}, {{"id", IdOf(made, 1)}, {"title", "B"}}};
  unit.MustCall("TodoRepository.BatchUpdate", {{"todos", rows}, {"update_mask", "title"}});
  unit.MustCall("TodoRepository.BatchSoftDelete", {{"keys", {Key(made, 2, 1)}}});
  const Json got =
      unit.MustCall("TodoRepository.BatchGet", {{"ids", {IdOf(made, 2), IdOf(made, 0)}}, {"allow_missing", true}});
  EXPECT_EQ(got["todos"].size(), 1u);
  EXPECT_EQ(got["missing_ids"][0], IdOf(made, 2));
  Json upsert = {{{"id", IdOf(made, 0)}, {"owner_id", owner_}, {"title", "AA"}, {"version", "2"}}};
  EXPECT_EQ(unit.MustCall("TodoRepository.BatchUpsert", {{"todos", upsert}})["outcomes"][0], "WRITE_OUTCOME_UPDATED");
  unit.MustCall("TodoRepository.BatchRestore", {{"keys", {Key(made, 2, 2)}}});
  unit.MustCall("TodoRepository.BatchDelete", {{"keys", {Key(made, 1, 2)}}});
  ASSERT_TRUE(unit.Commit().ok());
  EXPECT_EQ(Titles(), "AA3,c3");
}

TEST_F(BatchUnitsTest, ARolledBackUnitLeavesNothingOfItsBatches) {
  Unit unit(&server());
  unit.MustCall("TodoRepository.BatchCreate", Todos({"a", "b"}));
  ASSERT_TRUE(unit.Rollback().ok());
  EXPECT_EQ(Titles(), "");
}

TEST_F(BatchUnitsTest, ABatchThatIsRefusedForItsRowsDoesNotFailTheUnit) {
  const Json made = MustCall("TodoRepository.BatchCreate", Todos({"a", "b"}));
  Unit unit(&server());
  for (const char* method : {"BatchSoftDelete", "BatchDelete"}) {
    EXPECT_EQ(ReasonOf(unit.Call(Cat("TodoRepository.", method), {{"keys", {Key(made, 0), Key(made, 1, 5)}}})),
              "VERSION_MISMATCH");
    EXPECT_EQ(ReasonOf(unit.Call(Cat("TodoRepository.", method), {{"keys", {Key(made, 0), {{"id", kNoId}}}}})),
              "ROW_NOT_FOUND");
  }
  const Json stale = {{{"id", IdOf(made, 0)}, {"owner_id", owner_}, {"title", "x"}, {"version", "9"}}};
  EXPECT_EQ(ReasonOf(unit.Call("TodoRepository.BatchUpsert", {{"todos", stale}})), "VERSION_MISMATCH");
  EXPECT_EQ(ReasonOf(unit.Call("TodoRepository.BatchUpdate", {{"todos", stale}, {"update_mask", "title"}})),
            "VERSION_MISMATCH");
  ASSERT_TRUE(unit.Commit().ok());
  EXPECT_EQ(Titles(), "a1,b1");
}

TEST_F(BatchUnitsTest, ABatchThatTheDatabaseRefusesFailsTheUnitUntilItRollsBackToASavepoint) {
  Unit unit(&server());
  unit.MustCall("TodoRepository.BatchCreate", Todos({"kept"}));
  unit.MustCall("UnitOfWork.Savepoint", {{"handle", unit.handle()}, {"name", "before"}});
  Json bad = Todos({"lost", "lost too"});
  bad["todos"][1]["owner_id"] = kNoId;
  EXPECT_EQ(ReasonOf(unit.Call("TodoRepository.BatchCreate", bad)), "REFERENCE_VIOLATION");
  EXPECT_EQ(ReasonOf(unit.Call("TodoRepository.BatchCreate", Todos({"too late"}))), "UNIT_OF_WORK_FAILED");
  unit.MustCall("UnitOfWork.RollbackTo", {{"handle", unit.handle()}, {"name", "before"}});
  ASSERT_TRUE(unit.Commit().ok());
  EXPECT_EQ(Titles(), "kept1");
}

TEST_F(BatchUnitsTest, ARunOfBatchesIsAllOrNothing) {
  const Json made = MustCall("TodoRepository.BatchCreate", Todos({"a", "b"}));
  const auto answers = RunRequest(&server())
                           .Add("TodoRepository.BatchCreate", Todos({"c"}))
                           .Add("TodoRepository.BatchSoftDelete", {{"keys", {Key(made, 0, 1)}}})
                           .Add("TodoRepository.BatchGet", {{"ids", {IdOf(made, 1)}}})
                           .Send();
  ASSERT_TRUE(answers.ok()) << answers.status();
  EXPECT_EQ((*answers)[0]["todos"][0]["title"], "c");
  EXPECT_EQ((*answers)[2]["todos"][0]["title"], "b");
  EXPECT_EQ(Titles(), "b1,c1");
  const auto refused = RunRequest(&server())
                           .Add("TodoRepository.BatchCreate", Todos({"d"}))
                           .Add("TodoRepository.BatchDelete", {{"keys", {Key(made, 1, 7)}}})
                           .Send();
  EXPECT_EQ(ReasonOf(refused.status()), "VERSION_MISMATCH");
  EXPECT_EQ(Titles(), "b1,c1");
}

TEST_F(BatchUnitsTest, EveryBatchWriteIsGuardedByVersions) {
  const Json made = MustCall("TodoRepository.BatchCreate", Todos({"a", "b"}));
  const auto row = [&](size_t i, int version) {
    return Json{{"id", IdOf(made, i)}, {"owner_id", owner_}, {"title", "new"}, {"version", std::to_string(version)}};
  };
  const auto reason = [&](const char* method, const Json& request) {
    return ReasonOf(Call(Cat("TodoRepository.", method), request));
  };
  EXPECT_EQ(reason("BatchUpdate", {{"todos", {row(0, 1), row(1, 2)}}, {"update_mask", "title"}}), "VERSION_MISMATCH");
  EXPECT_EQ(reason("BatchUpsert", {{"todos", {row(0, 1), row(1, 2)}}}), "VERSION_MISMATCH");
  EXPECT_EQ(reason("BatchSoftDelete", {{"keys", {Key(made, 0, 1), Key(made, 1, 2)}}}), "VERSION_MISMATCH");
  EXPECT_EQ(reason("BatchDelete", {{"keys", {Key(made, 0, 1), Key(made, 1, 2)}}}), "VERSION_MISMATCH");
  EXPECT_EQ(Titles(), "a1,b1");
  EXPECT_EQ(reason("BatchUpdate", {{"todos", {row(0, 1), row(1, 1)}}, {"update_mask", "title"}}), "OK");
  EXPECT_EQ(reason("BatchSoftDelete", {{"keys", {Key(made, 0, 2), Key(made, 1, 2)}}}), "OK");
  EXPECT_EQ(reason("BatchRestore", {{"keys", {Key(made, 0, 3), Key(made, 1, 2)}}}), "VERSION_MISMATCH");
  EXPECT_EQ(Titles(), "");
  EXPECT_EQ(reason("BatchRestore", {{"keys", {Key(made, 0, 3), Key(made, 1, 3)}}}), "OK");
  EXPECT_EQ(Titles(), "new4,new4");
}

/// Not a limit on time, for machines differ: it prints what a thousand rows take.
TEST_F(BatchUnitsTest, AThousandRowsWithVersionsAreUpsertedInOneCall) {
  Json todos = Json::array();
  for (int i = 0; i < 1000; ++i) todos.push_back({{"owner_id", owner_}, {"title", Cat("t", i)}});
  const Json made = MustCall("TodoRepository.BatchCreate", {{"todos", todos}});
  const auto round = [&](const std::string& title, const std::string& version) {
    for (size_t i = 0; i < 1000; ++i) {
      todos[i]["id"] = IdOf(made, i);
      todos[i]["title"] = title;
      if (!version.empty()) todos[i]["version"] = version;
    }
    const auto begin = std::chrono::steady_clock::now();
    const Json answer = MustCall("TodoRepository.BatchUpsert", {{"todos", todos}});
    const auto took = std::chrono::steady_clock::now() - begin;
    std::printf("1000 rows, version \"%s\": %lld ms\n", version.c_str(),
                static_cast<long long>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
    EXPECT_EQ(answer["outcomes"].size(), 1000u);
    EXPECT_EQ(answer["outcomes"][999], "WRITE_OUTCOME_UPDATED");
  };
  round("without", "");
  round("with", "2");
  round("again", "3");
  EXPECT_EQ(Count("todos WHERE version = 4 AND owner_id = '" + owner_ + "'"), "1000");
}

}  // namespace
}  // namespace rowkeeper::testing
