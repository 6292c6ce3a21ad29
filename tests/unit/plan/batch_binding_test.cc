#include <utility>

#include "server/base/error_details.h"
#include "server/base/errors.h"
#include "server/plan/batch/batch.h"
#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kBatchedNote[] = R"(
enum State { STATE_UNSPECIFIED = 0; STATE_OPEN = 1; }
message Note {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string slug = 2 [(rowkeeper.v1.column) = {max_length: 60, unique: true}];
  string title = 3;
  State state = 4 [(rowkeeper.v1.column).default_value = "STATE_OPEN"];
  google.protobuf.Timestamp due_at = 5;
  string owner = 6 [(rowkeeper.v1.column).immutable = true];
  oneof place { string street = 7; string room = 8; }
  string price = 9 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_DECIMAL, precision: 10, scale: 2, unique: true}];
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  int64 version = 23 [(rowkeeper.v1.column).role = ROLE_VERSION];
}
service NoteRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Note";
  rpc BatchGet(Keys) returns (Notes);
  rpc BatchCreate(Rows) returns (Notes);
  rpc BatchCreatePartial(Rows) returns (Results) { option (rowkeeper.v1.method).partial = true; }
  rpc BatchUpdate(MaskedRows) returns (Notes);
  rpc BatchUpdatePartial(MaskedRows) returns (Results) { option (rowkeeper.v1.method).partial = true; }
  rpc BatchDelete(Keys) returns (google.protobuf.Empty);
  rpc BatchDeleteByPrice(Prices) returns (google.protobuf.Empty);
  rpc BatchUpsert(Rows) returns (Notes);
  rpc BatchUpsertBySlug(MaskedRows) returns (Notes) { option (rowkeeper.v1.method).conflict_fields = "slug"; }
}
message Keys { repeated Key keys = 1; }
message Key { string id = 1; int64 version = 2; }
message Prices { repeated string prices = 1; }
message Rows { repeated Note notes = 1; }
message MaskedRows { repeated Note notes = 1; google.protobuf.FieldMask update_mask = 2; }
message Notes { repeated Note notes = 1; }
message Results { repeated Note notes = 1; repeated rowkeeper.v1.RowResult results = 2; }
)";

constexpr char kA[] = "aaaaaaaa-0000-4000-8000-000000000000";
constexpr char kB[] = "bbbbbbbb-0000-4000-8000-000000000000";
constexpr char kDue[] = "2026-01-01 00:00:00+00";

using Fields = std::vector<std::pair<std::string, std::string>>;

class BatchBindingTest : public ::testing::Test {
 protected:
  /// A request whose elements have these fields.
  RequestBuilder Request(const std::string& method, const std::vector<Fields>& elements) {
    const MethodPlan& plan = plans_.Find("NoteRepository." + method);
    RequestBuilder builder(plan);
    for (const Fields& fields : elements) {
      Element element;
      element.arguments.resize(plan.inputs.size());
      for (const auto& [name, text] : fields) {
        if (name == "version") element.version = std::stoll(text);
        for (size_t i = 0; i < plan.inputs.size(); ++i) {
          if (plan.inputs[i].element && plan.inputs[i].name == name && plan.inputs[i].column >= 0) {
            element.arguments[i] = {true, text};
          }
        }
      }
      builder.request().as<BatchRequest>().elements.push_back(std::move(element));
    }
    return builder;
  }

  std::vector<std::string> Columns(const Call& call, const std::vector<int>& values) {
    std::vector<int> columns;
    for (int i : values) columns.push_back(call.plan->values[i].column);
    return Names(*call.plan->entity, columns);
  }
  /// The refusals' fields, element by element.
  std::vector<std::vector<std::string>> Refused(const Call& call) {
    std::vector<std::vector<std::string>> fields;
    for (const Element& element : call.request.as<BatchRequest>().elements)
      fields.push_back(ErrorFields(element.refusal));
    return fields;
  }

  const Plans plans_ = Plans::OfText(kBatchedNote);
};

const Fields kRow = {{"slug", "a"}, {"due_at", kDue}, {"owner", "me"}, {"price", "1"}};

Fields With(Fields fields, const Fields& more) {
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

TEST_F(BatchBindingTest, AnEmptyBatchNeedsNothing) {
  EXPECT_TRUE(Request("BatchUpdate", {}).Bind().ok());
  EXPECT_TRUE(Request("BatchUpdatePartial", {}).Bind().ok());
}

TEST_F(BatchBindingTest, AColumnWithADefaultIsWrittenWhereSomeElementGivesIt) {
  const Call none = Request("BatchCreate", {kRow, kRow}).MustBind();
  EXPECT_THAT(Written(none), ElementsAre("slug", "title", "due_at", "owner", "street", "room", "price"));
  const Call some = Request("BatchCreate", {With(kRow, {{"state", "OPEN"}}), kRow}).MustBind();
  EXPECT_THAT(Columns(some, some.variant.as<BatchVariant>().defaulted), ElementsAre("state"));
  const Call all =
      Request("BatchCreate", {With(kRow, {{"state", "OPEN"}}), With(kRow, {{"state", "OPEN"}})}).MustBind();
  EXPECT_THAT(all.variant.as<BatchVariant>().defaulted, IsEmpty());
  EXPECT_THAT(Written(all), ::testing::Contains("state"));
}

TEST_F(BatchBindingTest, WhatIsMissingIsNamedByElement) {
  EXPECT_EQ(Request("BatchCreate", {kRow, {{"owner", "me"}}}).Message(),
            "notes[1].due_at: is required; notes[1].price: is required");
  EXPECT_EQ(Request("BatchDelete", {{{"id", kA}}, {}}).Message(), "keys[1].id: is required");
}

TEST_F(BatchBindingTest, VersionsOfAnyElementTurnTheGuardOn) {
  EXPECT_FALSE(Request("BatchDelete", {{{"id", kA}}}).MustBind().variant.as<BatchVariant>().version_guard);
  EXPECT_TRUE(Request("BatchDelete", {{{"id", kA}}, {{"id", kB}, {"version", "3"}}})
                  .MustBind()
                  .variant.as<BatchVariant>()
                  .version_guard);
  EXPECT_EQ(Request("BatchDelete", {{{"id", kA}, {"version", "-3"}}}).Message(),
            "keys[0].version: must not be negative; 0 means any version");
}

TEST_F(BatchBindingTest, ARowTwiceIsRefusedInWritesOnly) {
  EXPECT_EQ(Request("BatchDelete", {{{"id", kA}}, {{"id", kB}}, {{"id", kA}}}).Message(),
            "keys[2].id: same key as keys[0]; a batch may write a row once");
  EXPECT_TRUE(Request("BatchGet", {{{"id", kA}}, {{"id", kA}}}).Bind().ok());
  EXPECT_TRUE(Request("BatchCreate", {kRow, kRow}).Bind().ok()) << "keys of its own making";
}

TEST_F(BatchBindingTest, EqualNumbersAreTheSameKeyHoweverTheyAreWritten) {
  for (const auto& [first, second] : Fields{{"1.5", "01.50"}, {"-0", "0.00"}, {"7", "7."}, {".5", "0.5"}}) {
    EXPECT_EQ(Request("BatchDeleteByPrice", {{{"", first}}, {{"", second}}}).Message(),
              "prices[1]: same key as prices[0]; a batch may write a row once")
        << first;
  }
  EXPECT_TRUE(Request("BatchDeleteByPrice", {{{"", "1.5"}}, {{"", "15"}}, {{"", "-1.5"}}}).Bind().ok());
}

TEST_F(BatchBindingTest, OneMaskIsForAllElements) {
  const Call call = Request("BatchUpdate", {{{"id", kA}}, {{"id", kB}}}).UpdateMask({"title", "owner"}).MustBind();
  EXPECT_THAT(Written(call), ElementsAre("title"));
  EXPECT_THAT(Columns(call, call.variant.as<BatchVariant>().unchanged), ElementsAre("owner"));
  EXPECT_EQ(Request("BatchUpdate", {{{"id", kA}, {"street", "Main"}}}).UpdateMask({"street"}).Message(),
            "update_mask: names some members of a oneof; in a batch name all of them, or none");
}

TEST_F(BatchBindingTest, UpsertsWriteKeysOnlyToNewRows) {
  const Call call = Request("BatchUpsert", {With(kRow, {{"id", kA}})}).MustBind();
  EXPECT_THAT(Columns(call, call.variant.as<BatchVariant>().updated),
              ElementsAre("slug", "title", "due_at", "street", "room", "price"));
  EXPECT_THAT(Columns(call, call.variant.as<BatchVariant>().unchanged), ElementsAre("owner"));
  EXPECT_EQ(Request("BatchUpsert", {kRow}).Message(), "notes[0].id: is required: the row is looked for by it");
  const Call by_slug = Request("BatchUpsertBySlug", {kRow}).UpdateMask({"title"}).MustBind();
  EXPECT_THAT(Columns(by_slug, by_slug.variant.as<BatchVariant>().updated), ElementsAre("title"));
}

TEST_F(BatchBindingTest, APartialBatchRefusesElementsAndNotTheCall) {
  const Call call = Request("BatchCreatePartial", {kRow, {{"owner", "me"}}, kRow}).MustBind();
  EXPECT_THAT(Refused(call), ElementsAre(IsEmpty(), ElementsAre("notes[1].due_at", "notes[1].price"), IsEmpty()));
}

TEST_F(BatchBindingTest, APartialBatchRefusesTheLaterOfTwoRowsWithOneKey) {
  const auto call =
      Request("BatchUpdatePartial", {{{"id", kA}, {"version", "-1"}}, {{"id", kA}}, {{"id", kA}}, {{"id", kB}}, {}})
          .UpdateMask({"title"})
          .MustBind();
  EXPECT_THAT(Refused(call), ElementsAre(ElementsAre("notes[0].version"), IsEmpty(), ElementsAre("notes[2].id"),
                                         IsEmpty(), ElementsAre("notes[4].id")))
      << "a refused element does not take its key from others";
}

TEST_F(BatchBindingTest, AMaskThatIsWrongIsTheCallsOwnMistake) {
  EXPECT_EQ(Request("BatchUpdatePartial", {{{"id", kA}}}).UpdateMask({"titel"}).Message().substr(0, 35),
            "update_mask: path \"titel\" is not a ");
}

TEST_F(BatchBindingTest, ARefusalOfTheDecoderIsKept) {
  RequestBuilder request = Request("BatchCreatePartial", {kRow, {}});
  request.request().as<BatchRequest>().elements[1].refusal = InvalidField("notes[1].id", "is not a UUID");
  EXPECT_THAT(Refused(request.MustBind()), ElementsAre(IsEmpty(), ElementsAre("notes[1].id")));
}

}  // namespace
}  // namespace rowkeeper::plan
