#include "server/plan/relation/selection.h"

#include <google/protobuf/descriptor.h>

#include "absl/strings/str_join.h"
#include "server/base/error_details.h"
#include "server/base/relation_errors.h"
#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// "owner(id,email)", "tasks()[comments(body)]": relations with their columns and what is below them.
std::string Text(const RelationSelection& selection) {
  std::vector<std::string> texts;
  for (const SelectedRelation& selected : selection.relations) {
    const std::string columns = absl::StrJoin(Names(*selected.relation->target, selected.columns), ",");
    const std::string below = Text(selected.children);
    texts.push_back(
        Cat(selected.relation->field->name(), "(", columns, ")", below.empty() ? "" : Cat("[", below, "]")));
  }
  return absl::StrJoin(texts, " ");
}

std::shared_ptr<const RelationSelection> RelationsOf(const Call& call) {
  return PartOf<WithRelations>(call.variant.family)->relations;
}

class RelationSelectionTest : public ::testing::Test {
 protected:
  RequestBuilder Get() { return RequestBuilder(plans_.Find("ProjectRepository.GetById")).Set("id", "x"); }

  static std::string SelectedBy(const Call& call) {
    return RelationsOf(call) == nullptr ? "" : Text(*RelationsOf(call));
  }
  std::string Selected(const std::vector<std::string>& paths) { return SelectedBy(Get().ReadMask(paths).MustBind()); }
  std::string Refusal(const std::vector<std::string>& paths) { return Get().ReadMask(paths).Message(); }
  std::string KeyOf(const std::vector<std::string>& paths) { return Get().ReadMask(paths).MustBind().variant.Key(); }

  const Plans plans_{testing::CompileExample("tracker/v1")};
  const std::string comment_ = "id,task_id,author_id,body,reactions,is_pinned,created_at,updated_at,deleted_at";
};

TEST_F(RelationSelectionTest, NothingIsSelectedByAccident) {
  EXPECT_EQ(RelationsOf(Get().MustBind()), nullptr);
  EXPECT_EQ(Selected({}), "");
  EXPECT_EQ(Selected({"*"}), "");
  EXPECT_EQ(Selected({"id", "owner_id"}), "");
}

TEST_F(RelationSelectionTest, ANameMeansAllColumnsAndAPathOne) {
  EXPECT_EQ(Selected({"tasks.comments"}), Cat("tasks()[comments(", comment_, ")]"));
  EXPECT_EQ(Selected({"tasks.comments.*"}), Cat("tasks()[comments(", comment_, ")]"));
  EXPECT_EQ(Selected({"tasks.title"}), "tasks(title)");
  EXPECT_EQ(Selected({"tasks.title", "tasks.id", "owner.email", "tasks.title"}), "owner(email) tasks(id,title)");
  EXPECT_EQ(Selected({"tasks.comments.body", "tasks.comments"}), Cat("tasks()[comments(", comment_, ")]"));
  EXPECT_EQ(Selected({"tasks.project.owner.id"}), "tasks()[project()[owner(id)]]");
}

TEST_F(RelationSelectionTest, OwnColumnsComeFromTheOtherPaths) {
  const Call call = Get().ReadMask({"owner.email", "name"}).MustBind();
  EXPECT_THAT(Names(*call.plan->entity, call.variant.columns), ElementsAre("name"));
  EXPECT_THAT(Get().ReadMask({"owner"}).MustBind().variant.columns, IsEmpty());
  const Call all = Get().ReadMask({"*", "owner.email"}).MustBind();
  EXPECT_EQ(all.variant.columns.size(), all.plan->entity->columns.size());
  EXPECT_EQ(SelectedBy(all), "owner(email)");
}

TEST_F(RelationSelectionTest, LinksAreTheReferenceOfAToOneAndElseTheKey) {
  const Call call = Get().ReadMask({"owner.id", "tasks.id", "members.id"}).MustBind();
  EXPECT_THAT(Names(*call.plan->entity, LinkColumns(*RelationsOf(call))), ElementsAre("owner_id", "id", "id"));
}

TEST_F(RelationSelectionTest, TheVariantTellsSelectionsApart) {
  const std::string plain = KeyOf({"id"});
  const std::string owner = KeyOf({"id", "owner.id"});
  EXPECT_NE(plain, owner);
  EXPECT_NE(owner, KeyOf({"id", "owner.email"}));
  EXPECT_NE(KeyOf({"tasks.id", "tasks.assignee.id"}), KeyOf({"tasks.id", "tasks.project.id"}));
  EXPECT_NE(KeyOf({"tasks.id", "owner.id"}), KeyOf({"tasks.assignee.id"}));
  EXPECT_EQ(owner, KeyOf({"owner.id", "id"})) << "in whatever order";
}

TEST_F(RelationSelectionTest, TheDeclaredFilterComesAlongWithItsOperands) {
  const Call call = Get().ReadMask({"done_tasks.id", "tasks.id"}).MustBind();
  const auto& relations = RelationsOf(call)->relations;
  ASSERT_EQ(relations.size(), 2u);
  EXPECT_EQ(relations[0].filter, nullptr);
  ASSERT_NE(relations[1].filter, nullptr);
  EXPECT_THAT(relations[1].operands, ElementsAre("DONE"));
}

TEST_F(RelationSelectionTest, WrongPathsAreRefusedWithTheFieldsThatThereAre) {
  EXPECT_THAT(Refusal({"owner.phone"}),
              HasSubstr("read_mask: path \"owner.phone\" has \"phone\", which is not a field of tracker.v1.User; the "
                        "fields are id, email, "));
  EXPECT_EQ(Refusal({"owner.email.x"}),
            "read_mask: path \"owner.email.x\" reaches into email, which relations bring whole; end the path there");
  EXPECT_THAT(Refusal({"owner."}), HasSubstr("has \"\", which is not a field"));
  EXPECT_THAT(Refusal({"owner.*.id"}), HasSubstr("has \"*\", which is not a field"));
  EXPECT_THAT(Refusal({"Owner"}), HasSubstr("path \"Owner\" is not a field of tracker.v1.Project"));
}

class RelationLimitsTest : public RelationSelectionTest {
 protected:
  absl::Status List(int page_size, const std::vector<std::string>& paths, const RelationLimits& relations) {
    PageLimits limits;
    limits.relations = relations;
    RequestBuilder builder(plans_.Find("ProjectRepository.List"));
    builder.ReadMask(paths).request().as<ListRequest>().page_size = page_size;
    return builder.Bind(limits).status();
  }
};

TEST_F(RelationLimitsTest, TheDefaultsFitAPageOfFiftyWithTasksAndComments) {
  EXPECT_EQ(List(0, {"owner", "tasks", "tasks.comments"}, RelationLimits()), absl::OkStatus());
}

TEST_F(RelationLimitsTest, DepthIsThatOfTheDeepestPath) {
  RelationLimits limits;
  limits.max_depth = 2;
  EXPECT_EQ(List(1, {"tasks.comments", "owner"}, limits), absl::OkStatus());
  const absl::Status refused = List(1, {"owner", "tasks.comments.author.email"}, limits);
  EXPECT_EQ(ErrorReason(refused), "READ_TOO_LARGE");
  EXPECT_EQ(refused.message(),
            "read_mask: path \"tasks.comments.author\" goes through more than 2 relations, the most that the server "
            "follows; ask for the rows further down in another call, or raise max-relation-depth on the server");
}

TEST_F(RelationLimitsTest, RelationsAreCountedOnAllLevels) {
  RelationLimits limits;
  limits.max_relations = 3;
  EXPECT_EQ(List(1, {"owner", "tasks", "tasks.comments"}, limits), absl::OkStatus());
  EXPECT_EQ(List(1, {"owner.id", "owner.email", "tasks.comments"}, limits), absl::OkStatus());
  EXPECT_EQ(List(1, {"owner", "tasks.comments", "members"}, limits).message(),
            "read_mask: it names 4 relations, and the server loads at most 3 for one call; name fewer, or raise "
            "max-relations on the server");
}

TEST_F(RelationLimitsTest, RowsArePageSizeTimesTheDeclaredLimits) {
  RelationLimits limits;
  limits.max_rows = 10510;  // 1 owner, 50 tasks, 50 * 20 comments: 1051 for each project
  EXPECT_EQ(List(10, {"owner", "tasks.comments"}, limits), absl::OkStatus());
  const absl::Status refused = List(11, {"owner", "tasks.comments"}, limits);
  EXPECT_EQ(refused.message(),
            "read_mask: its relations could bring 11561 rows (1051 for each of 11), and the server reads at most 10510 "
            "for one call; send a page_size of at most 10, or name fewer relations, or raise max-related-rows on the "
            "server");
  EXPECT_EQ(ErrorMetadataValue(refused, "value"), "10510 rows");
  limits.max_rows = 1000;
  EXPECT_THAT(std::string(List(1, {"tasks.comments"}, limits).message()),
              HasSubstr("name fewer relations, or relations "
                        "with smaller limits"));
}

TEST_F(RelationLimitsTest, AnEndlessPathIsRefusedAndNotFollowed) {
  std::string path = "tasks";
  for (int i = 0; i < 500000; ++i) path += ".project.tasks";
  EXPECT_EQ(ErrorReason(List(1, {path}, RelationLimits())), "READ_TOO_LARGE");
}

TEST_F(RelationLimitsTest, LargeProductsStayLarge) {
  RelationLimits limits;
  limits.max_depth = 20;
  std::string path = "tasks";
  for (int i = 0; i < 9; ++i) path += ".project.tasks";
  EXPECT_EQ(ErrorReason(List(1000, {path}, limits)), "READ_TOO_LARGE");
}

TEST(RelationFilterMistakes, AreReportedAtTheField) {
  const Plans plans = Plans::OfText(R"pb(
    message
    Item { option (rowkeeper.v1.entity)
           = {}
    ;
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  optional int64 parent_id = 2 [(rowkeeper.v1.column).references = "shop.v1.Item"];
  repeated Item wrong = 3 [(rowkeeper.v1.relation).filter = "size > 3"];
  repeated Item right = 4 [(rowkeeper.v1.relation).filter = "id > 3"];
  repeated Item broken = 5 [(rowkeeper.v1.relation).filter = "id > 3)"];
  optional google.protobuf.Timestamp due_at = 6;
  repeated Item early = 7 [(rowkeeper.v1.relation).filter = "due_at > \"0001-01-01T00:00:00+14:00\""];
}
)pb");
  const std::vector<std::string> mistakes = plans.Mistakes();
  ASSERT_EQ(mistakes.size(), 3u);
  EXPECT_THAT(mistakes[0], HasSubstr("shop.v1.Item.wrong: its filter \"size > 3\" "));
  EXPECT_THAT(mistakes[0], HasSubstr("write a filter expression over the fields of shop.v1.Item"));
  EXPECT_THAT(mistakes[1], HasSubstr("shop.v1.Item.broken: its filter \"id > 3)\" "));
  EXPECT_THAT(mistakes[2], HasSubstr("at character 10: \"0001-01-01T00:00:00+14:00\" is no value of due_at"));
}

}  // namespace
}  // namespace rowkeeper::plan
