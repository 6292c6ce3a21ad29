#include <future>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

/// PostgreSQL, table 13.1: what each level lets happen. Two units, `first` and `second`, over the to-dos of one owner.
class IsolationTest : public PlannerTest, public ::testing::WithParamInterface<const char*> {
 protected:
  static inline const std::string kConflict = "ABORTED SERIALIZATION_FAILURE";

  static bool Serializable() { return std::string_view(GetParam()) == "SERIALIZABLE"; }
  static bool ReadCommitted() { return std::string_view(GetParam()) == "READ_COMMITTED"; }

  void SetUp() override {
    PlannerTest::SetUp();
    owner_ = NewProfile();
    todo_ = NewTodo(owner_, {{"priority", 1}});
    other_ = NewTodo(owner_, {{"priority", 1}});
  }

  static CallResult SetPriority(const Unit& unit, const Json& todo, int priority) {
    const Json change = {{"id", todo["id"]}, {"priority", priority}};
    return unit.Call("TodoRepository.Update", {{"todo", change}, {"update_mask", "priority"}});
  }
  static int Priority(const Unit& unit, const Json& todo) {
    return unit.MustCall("TodoRepository.GetById", {{"id", todo["id"]}}).value("priority", 0);
  }
  static int Priority(const Json& todo) { return GetTodo(todo["id"]).value("priority", 0); }
  size_t Todos(const Unit& unit) const {
    return unit.MustCall("TodoRepository.ListByOwner", {{"owner_id", owner_}})["todos"].size();
  }
  CallResult Add(const Unit& unit) const {
    return unit.Call("TodoRepository.Create", {{"todo", {{"owner_id", owner_}, {"title", "new"}}}});
  }

  std::string owner_;
  Json todo_;
  Json other_;
};

TEST_P(IsolationTest, NobodySeesWhatIsNotCommitted) {
  const Unit first(&server(), Isolated(GetParam()));
  const Unit second(&server(), Isolated(GetParam()));
  ASSERT_EQ(Summary(SetPriority(first, todo_, 7)), "OK");
  EXPECT_EQ(Priority(second, todo_), 1);
  EXPECT_EQ(Summary(first.Rollback()), "OK");
  EXPECT_EQ(Priority(second, todo_), 1);
  EXPECT_EQ(Summary(second.Commit()), "OK");
}

TEST_P(IsolationTest, NonRepeatableReadsAndReadSkewHappenUnderReadCommittedAlone) {
  const Unit reader(&server(), Isolated(GetParam()));
  EXPECT_EQ(Priority(reader, todo_), 1);
  const Unit writer(&server(), Isolated(GetParam()));
  ASSERT_EQ(Summary(SetPriority(writer, todo_, 0)), "OK");
  ASSERT_EQ(Summary(SetPriority(writer, other_, 2)), "OK");
  ASSERT_EQ(Summary(writer.Commit()), "OK");
  EXPECT_EQ(Priority(reader, todo_), ReadCommitted() ? 0 : 1) << "the same row again";
  EXPECT_EQ(Priority(reader, other_), ReadCommitted() ? 2 : 1) << "another row of the same change";
  EXPECT_EQ(Summary(reader.Commit()), "OK") << "a reader is not in the way";
}

TEST_P(IsolationTest, PhantomsAppearUnderReadCommittedAlone) {
  const Unit reader(&server(), Isolated(GetParam()));
  EXPECT_EQ(Todos(reader), 2u);
  const Unit writer(&server(), Isolated(GetParam()));
  ASSERT_EQ(Summary(Add(writer)), "OK");
  ASSERT_EQ(Summary(writer.Commit()), "OK");
  EXPECT_EQ(Todos(reader), ReadCommitted() ? 3u : 2u);
  EXPECT_EQ(Summary(reader.Commit()), "OK");
}

TEST_P(IsolationTest, AnUpdateIsLostUnderReadCommittedAlone) {
  const Unit first(&server(), Isolated(GetParam()));
  const Unit second(&server(), Isolated(GetParam()));
  const int seen_by_first = Priority(first, todo_);
  const int seen_by_second = Priority(second, todo_);
  ASSERT_EQ(Summary(SetPriority(first, todo_, seen_by_first + 10)), "OK");
  ASSERT_EQ(Summary(first.Commit()), "OK");
  const CallResult update = SetPriority(second, todo_, seen_by_second + 100);
  if (ReadCommitted()) {
    EXPECT_EQ(Summary(update), "OK");
    EXPECT_EQ(Summary(second.Commit()), "OK");
    EXPECT_EQ(Priority(todo_), 101) << "the first one's 10 is lost";
    return;
  }
  EXPECT_EQ(Summary(update), kConflict);
  EXPECT_GE(RetryDelayOf(update.status()), 0) << "rerun the whole unit";
  const CallResult commit = second.Commit();
  EXPECT_EQ(Summary(commit), "FAILED_PRECONDITION UNIT_OF_WORK_FAILED");
  EXPECT_EQ(MetadataOf(commit.status(), "failure"), "SERIALIZATION_FAILURE");
  EXPECT_EQ(Priority(todo_), 11);
}

TEST_P(IsolationTest, AVersionGuardsAgainstLostUpdatesAtAnyLevel) {
  const Unit first(&server(), Isolated(GetParam()));
  const Unit second(&server(), Isolated(GetParam()));
  const auto update = [this](const Unit& unit) {
    const Json change = {{"id", todo_["id"]}, {"priority", 9}, {"version", todo_["version"]}};
    return unit.Call("TodoRepository.Update", {{"todo", change}, {"update_mask", "priority"}});
  };
  EXPECT_EQ(Priority(second, todo_), 1);
  ASSERT_EQ(Summary(update(first)), "OK");
  ASSERT_EQ(Summary(first.Commit()), "OK");
  EXPECT_EQ(Summary(update(second)), ReadCommitted() ? "ABORTED VERSION_MISMATCH" : kConflict);
  EXPECT_EQ(second.State(), ReadCommitted() ? "OPEN" : "FAILED") << "a mismatch is an answer, not a failed statement";
  EXPECT_EQ(Summary(second.Rollback()), "OK");
}

TEST_P(IsolationTest, WriteSkewIsRefusedUnderSerializableAlone) {
  const Unit first(&server(), Isolated(GetParam()));
  const Unit second(&server(), Isolated(GetParam()));
  // The rule "at least one of the two is 1": each unit looks at both and takes down another one.
  EXPECT_EQ(Priority(first, todo_) + Priority(first, other_), 2);
  EXPECT_EQ(Priority(second, todo_) + Priority(second, other_), 2);
  ASSERT_EQ(Summary(SetPriority(first, todo_, 0)), "OK");
  const CallResult write = SetPriority(second, other_, 0);
  ASSERT_EQ(Summary(first.Commit()), "OK");
  const CallResult commit = second.Commit();
  if (!Serializable()) {
    EXPECT_EQ(Summary(commit), "OK");
    EXPECT_EQ(Priority(todo_) + Priority(other_), 0) << "the rule is broken";
    return;
  }
  EXPECT_EQ(Summary(write.ok() ? commit : write), kConflict);
  EXPECT_EQ(Priority(todo_) + Priority(other_), 1);
  EXPECT_EQ((*second.Rollback())["state"], "UNIT_OF_WORK_STATE_ROLLED_BACK");
}

TEST_P(IsolationTest, SkewThroughPhantomsIsRefusedUnderSerializableAlone) {
  const Unit first(&server(), Isolated(GetParam()));
  const Unit second(&server(), Isolated(GetParam()));
  // The rule "at most three to-dos": each unit counts two and adds one.
  EXPECT_EQ(Todos(first), 2u);
  EXPECT_EQ(Todos(second), 2u);
  ASSERT_EQ(Summary(Add(first)), "OK");
  const CallResult write = Add(second);
  ASSERT_EQ(Summary(first.Commit()), "OK");
  const CallResult commit = second.Commit();
  EXPECT_EQ(Summary(write.ok() ? commit : write), Serializable() ? kConflict : "OK");
}

TEST_P(IsolationTest, UnitsThatWaitForEachOtherAreADeadlock) {
  const Unit first(&server(), Isolated(GetParam()));
  const Unit second(&server(), Isolated(GetParam()));
  ASSERT_EQ(Summary(SetPriority(first, todo_, 5)), "OK");
  ASSERT_EQ(Summary(SetPriority(second, other_, 5)), "OK");
  auto waits = std::async(std::launch::async, [&] { return SetPriority(first, other_, 6); });
  EXPECT_TRUE(Eventually(&server(), kWaiting + " = 1"));
  const CallResult closes = SetPriority(second, todo_, 6);
  const CallResult opens = waits.get();
  const bool second_fell = !closes.ok();
  EXPECT_EQ(Summary(second_fell ? closes : opens), "ABORTED DEADLOCK");
  EXPECT_EQ(Summary(second_fell ? opens : closes), "OK");
  EXPECT_EQ(Summary((second_fell ? second : first).Rollback()), "OK");
  EXPECT_EQ(Summary((second_fell ? first : second).Commit()), "OK");
}

INSTANTIATE_TEST_SUITE_P(Levels, IsolationTest, ::testing::Values("READ_COMMITTED", "REPEATABLE_READ", "SERIALIZABLE"),
                         [](const auto& level) { return std::string(level.param); });

}  // namespace
}  // namespace rowkeeper::testing
