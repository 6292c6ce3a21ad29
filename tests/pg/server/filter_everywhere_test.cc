#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/stream_client.h"

/// Filter expressions in everything that is about all rows that match, and counts where several calls are one.
namespace rowkeeper::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class FilterEverywhereTest : public PlannerTest {
 protected:
  void SetUp() override {
    PlannerTest::SetUp();
    owner_ = NewProfile();
    for (const char* title : {"a", "b", "c", "d"}) {
      const int priority = title[0] - 'a';
      ids_[priority] = NewTodo(owner_, {{"title", title}, {"priority", priority}}).value("id", "");
    }
  }

  /// An expression that is about this test's rows only.
  std::string Mine(const std::string& expression) const { return Cat("owner_id = ", owner_, " AND ", expression); }

  std::vector<std::string> Titles(const std::string& filter) const {
    std::vector<std::string> titles;
    const Json page = MustCall("TodoRepository.List", {{"filter", Mine(filter)}, {"order_by", "title"}});
    for (const Json& todo : page.value("todos", Json::array())) titles.push_back(todo["title"]);
    return titles;
  }

  std::string owner_;
  std::string ids_[4];
};

TEST_F(FilterEverywhereTest, AnExportTakesOneAndItsTokenIsBoundToIt) {
  const Json request = {{"filter", Mine("priority >= 1 AND priority < 3")}};
  const auto stream = StartExport(&server(), "TodoRepository.Export", request);
  std::vector<std::string> titles;
  std::string token;
  for (const Json& message : stream->ReceiveAll()) {
    for (const Json& todo : message.value("todos", Json::array())) titles.push_back(todo["title"]);
    token = message.value("resume_token", token);
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_THAT(titles, UnorderedElementsAre("b", "c"));
  const auto other =
      StartExport(&server(), "TodoRepository.Export", {{"filter", Mine("priority >= 0")}, {"resume_token", token}});
  other->ReceiveAll();
  EXPECT_EQ(other->Finish().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(FilterEverywhereTest, ABulkChangeTakesOneAsItsOnlyFilter) {
  const Json update = {{"todo", {{"title", "urgent"}}}, {"update_mask", "title"}, {"filter", Mine("priority > 1")}};
  EXPECT_EQ(MustCall("TodoRepository.UpdateWhere", update).value("affected", ""), "2");
  EXPECT_THAT(Titles("priority >= 0"), ElementsAre("a", "b", "urgent", "urgent"));
  EXPECT_EQ(MustCall("TodoRepository.SoftDeleteWhere", {{"filter", Mine("title = urg*")}}).value("affected", ""), "2");
  EXPECT_THAT(Titles("priority >= 0"), ElementsAre("a", "b"));
  EXPECT_EQ(Summary(Call("TodoRepository.SoftDeleteWhere", {{"filter", "title = "}})),
            "INVALID_ARGUMENT INVALID_FIELD [filter]");
  EXPECT_EQ(Call("TodoRepository.SoftDeleteWhere", {{"filter", "  "}}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Titles("priority >= 0"), ElementsAre("a", "b"));
}

TEST_F(FilterEverywhereTest, ARunListsAndCountsWhatItsEarlierCallsWrote) {
  RunRequest run(&server());
  run.Add("TodoRepository.Create", {{"todo", {{"owner_id", owner_}, {"title", "e"}, {"priority", 9}}}});
  run.Add("TodoRepository.Count", {{"filter", Mine("priority > 2")}});
  run.Add("TodoRepository.List",
          {{"filter", Mine("priority > 2")}, {"count", "COUNT_MODE_EXACT"}, {"page_size", 1}, {"order_by", "title"}});
  const auto answers = run.Send();
  ASSERT_TRUE(answers.ok()) << answers.status();
  EXPECT_EQ((*answers)[1].value("total_size", ""), "2");
  EXPECT_EQ((*answers)[2].value("total_size", ""), "2");
  EXPECT_EQ((*answers)[2]["todos"][0]["title"], "d");
}

TEST_F(FilterEverywhereTest, AListAnswersItsTotalSizeOnlyWhenAskedFor) {
  const auto count = [&](const char* mode) {
    return MustCall("TodoRepository.List", {{"filter", Mine("priority > 2")}, {"count", mode}});
  };
  EXPECT_EQ(count("COUNT_MODE_EXACT").value("total_size", ""), "1");
  EXPECT_TRUE(count("COUNT_MODE_ESTIMATED").contains("total_size"));
  EXPECT_FALSE(count("COUNT_MODE_NONE").contains("total_size"));
  EXPECT_FALSE(count("COUNT_MODE_UNSPECIFIED").contains("total_size"));
}

TEST_F(FilterEverywhereTest, APageBeforeBringsItsRelationsToTheRightRows) {
  const std::string other = NewProfile();
  NewTodo(other, {{"title", "b2"}, {"priority", 1}});
  Json request = {{"filter", Cat("owner_id = ", owner_, " OR owner_id = ", other)},
                  {"order_by", "title"},
                  {"page_size", 3},
                  {"read_mask", "title,owner_id,owner.id"}};
  request["page_token"] = MustCall("TodoRepository.List", request)["next_page_token"];
  request["page_token"] = MustCall("TodoRepository.List", request)["previous_page_token"];
  const Json page = MustCall("TodoRepository.List", request);
  ASSERT_EQ(page["todos"].size(), 3U);
  EXPECT_EQ(page["todos"][2]["title"], "b2");
  for (const Json& todo : page["todos"]) EXPECT_EQ(todo["owner"]["id"], todo["owner_id"]) << todo;
}

TEST_F(FilterEverywhereTest, DeletedRowsAreCountedOnlyWhenAskedFor) {
  MustCall("TodoRepository.SoftDelete", {{"id", ids_[0]}});
  const auto count = [&](const char* deleted) {
    return MustCall("TodoRepository.Count", {{"owner_id", owner_}, {"deleted", deleted}}).value("total_size", "0");
  };
  EXPECT_EQ(count("DELETED_EXCLUDE"), "3");
  EXPECT_EQ(count("DELETED_INCLUDE"), "4");
  EXPECT_EQ(count("DELETED_ONLY"), "1");
}

}  // namespace
}  // namespace rowkeeper::testing
