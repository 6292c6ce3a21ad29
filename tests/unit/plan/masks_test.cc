#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using ::testing::ElementsAre;

class MasksTest : public ::testing::Test {
 protected:
  RequestBuilder Get() { return RequestBuilder(plans_.Find("TodoRepository.GetById")).Set("id", "x"); }
  RequestBuilder Update() { return RequestBuilder(plans_.Find("TodoRepository.Update")).Set("todo.id", "x"); }

  std::vector<std::string> Read(const std::vector<std::string>& paths) {
    const Call call = Get().ReadMask(paths).MustBind();
    return Names(*call.plan->entity, call.variant.columns);
  }

  const Plans plans_{testing::CompileExample("planner/v1")};
  const std::string fields_ =
      "id, owner_id, title, notes, status, due_at, labels, priority, tags, estimate, created_at, updated_at, "
      "deleted_at, version, owner";
};

TEST_F(MasksTest, AReadMaskSelectsColumnsInTheOrderOfTheFields) {
  EXPECT_THAT(Read({"title", "id", "title"}), ElementsAre("id", "title"));
  EXPECT_EQ(Read({}).size(), 14u);
  EXPECT_EQ(Read({"*"}).size(), 14u);
  EXPECT_EQ(Read({"title", "*"}).size(), 14u);
  EXPECT_EQ(Get().MustBind().variant.columns.size(), 14u);
}

TEST_F(MasksTest, AnUnknownPathIsRefusedWithTheFieldsThatThereAre) {
  EXPECT_EQ(Get().ReadMask({"title", "dueAt", ""}).Message(),
            "read_mask: path \"dueAt\" is not a field of planner.v1.Todo; the fields are " + fields_ +
                "; read_mask: path \"\" is not a field of planner.v1.Todo; the fields are " + fields_);
  EXPECT_EQ(Update().UpdateMask({"nope"}).Message(),
            "update_mask: path \"nope\" is not a field of planner.v1.Todo; the fields are " + fields_);
  EXPECT_EQ(Get().ReadMask({"nope.title"}).Message(),
            "read_mask: path \"nope.title\" is not a field of planner.v1.Todo; the fields are " + fields_);
}

TEST_F(MasksTest, APathIntoAColumnThatIsNoJsonIsRefusedWithWhatToWrite) {
  EXPECT_EQ(Get().ReadMask({"due_at.seconds"}).Message(),
            "read_mask: path \"due_at.seconds\" reaches into due_at, which is handled whole; write \"due_at\"");
  EXPECT_EQ(Update().UpdateMask({"tags.0"}).Message(),
            "update_mask: path \"tags.0\" reaches into tags, which is handled whole; write \"tags\"");
}

TEST_F(MasksTest, AnUpdateMaskIsRequired) {
  const char expected[] = "update_mask: is required; list the fields to write, or \"*\" for all";
  EXPECT_EQ(Update().Message(), expected);
  EXPECT_EQ(Update().UpdateMask({}).Message(), expected);
}

TEST_F(MasksTest, AnUpdateMaskSelectsWhatIsWritten) {
  EXPECT_THAT(Written(Update().UpdateMask({"priority", "title"}).MustBind()), ElementsAre("title", "priority"));
  EXPECT_THAT(Written(Update().UpdateMask({"id", "version", "created_at", "notes"}).MustBind()), ElementsAre("notes"));
  EXPECT_THAT(Written(Update().UpdateMask({"updated_at"}).MustBind()), ::testing::IsEmpty());
}

class OneofMaskTest : public ::testing::Test {
 protected:
  RequestBuilder Update() { return RequestBuilder(plans_.Find("Update")).Set("payment.id", "1"); }

  const Plans plans_ = Plans::OfText(R"(
message Payment {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  oneof means { string card = 2; int64 cash = 3; bool free = 4; }
  int32 cents = 5;
}
service PaymentRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Payment";
  rpc Update(UpdateRequest) returns (Payment);
}
message UpdateRequest { Payment payment = 1; google.protobuf.FieldMask update_mask = 2; }
)");
};

TEST_F(OneofMaskTest, AMemberWithAValueMakesTheOthersNull) {
  const Call call = Update().Set("payment.cash", "5").UpdateMask({"cash", "cents"}).MustBind();
  EXPECT_THAT(Written(call), ElementsAre("card", "cash", "free", "cents"));
  EXPECT_EQ(ArgumentText(call, "payment.card"), "NULL");
  EXPECT_EQ(ArgumentText(call, "payment.cash"), "5");
  EXPECT_EQ(ArgumentText(call, "payment.free"), "NULL");
}

TEST_F(OneofMaskTest, AMemberWithoutAValueIsClearedAlone) {
  EXPECT_THAT(Written(Update().UpdateMask({"card"}).MustBind()), ElementsAre("card"));
  // What the mask does not name is not written, even when the request has it.
  EXPECT_THAT(Written(Update().Set("payment.cash", "5").UpdateMask({"card"}).MustBind()), ElementsAre("card"));
}

TEST_F(OneofMaskTest, AStarWritesEveryMember) {
  EXPECT_THAT(Written(Update().Set("payment.free", "t").UpdateMask({"*"}).MustBind()),
              ElementsAre("card", "cash", "free", "cents"));
}

}  // namespace
}  // namespace rowkeeper::plan
