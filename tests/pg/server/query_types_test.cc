#include "tests/pg/server/query_fixture.h"

namespace rowkeeper::testing {
namespace {

/// Every kind of value, as parameters and as columns.
constexpr char kEverything[] = R"(
message Everything {
  bool truth = 1;
  int32 small = 2;
  int64 large = 3;
  uint32 usmall = 4;
  uint64 ularge = 5;
  float single = 6;
  double twice = 7;
  string text = 8;
  bytes data = 9;
  string uid = 10 [(rowkeeper.v1.column).type = COLUMN_TYPE_UUID];
  bytes raw_uid = 11 [(rowkeeper.v1.column).type = COLUMN_TYPE_UUID];
  string price = 12 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_DECIMAL, precision: 12, scale: 2}];
  Color color = 13;
  google.protobuf.Timestamp at = 14;
  google.protobuf.Duration span = 15;
  google.type.Date day = 16;
  google.protobuf.Struct labels = 17;
  google.protobuf.Value any = 18;
  map<string, int32> counts = 19;
  google.protobuf.Int64Value boxed = 20;
  optional string maybe = 21;
  repeated string texts = 22;
  repeated int64 numbers = 23;
  repeated string uids = 24 [(rowkeeper.v1.column).type = COLUMN_TYPE_UUID];
  repeated google.protobuf.Timestamp times = 25;
  repeated Color colors = 26;
  repeated Part parts = 27;
  repeated bytes blobs = 28;
  google.protobuf.ListValue list = 29;
}
message Part { string name = 1; int32 count = 2; }
)";

constexpr char kEcho[] =
    "SELECT :truth AS truth, :small AS small, :large AS large, :usmall AS usmall, :ularge AS ularge, :single AS "
    "single, "
    ":twice AS twice, :text AS text, :data AS data, :uid AS uid, :raw_uid AS raw_uid, :price AS price, :color AS "
    "color, "
    ":at AS at, :span AS span, :day AS day, :labels AS labels, :any AS any, :counts AS counts, :boxed AS boxed, "
    ":maybe AS maybe, :texts AS texts, :numbers AS numbers, :uids AS uids, :times AS times, :colors AS colors, "
    ":parts AS parts, :blobs AS blobs, :list AS list";

class QueryTypes : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = new QueryServer(Query("Echo(Everything) returns (Everything)", kEcho), kEverything);
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void SetUp() override { ASSERT_TRUE((*server_)->ok()); }

  /// A request with what has no zero value.
  static Json Least() {
    return {{"uid", "0f8fad5b-d9cb-469f-a165-70867728950e"},
            {"raw_uid", "D4+tW9nLRp+hZXCGdyiVDg=="},
            {"price", "0.00"},
            {"color", "COLOR_RED"}};
  }
  static Json Echo(const Json& request) { return server_->MustCall("Echo", request); }

  static inline QueryServer* server_ = nullptr;
};

TEST_F(QueryTypes, EveryKindOfValueComesBackAsItWasSent) {
  Json request = Least();
  request.update(Json::parse(R"({
    "truth": true, "small": -5, "large": "9007199254740993", "usmall": 4294967295, "ularge": "18446744073709551615",
    "single": 1.5, "twice": -0.1, "text": "it's \"ü\" \\ :small $1", "data": "AAECgP8=", "price": "1234567890.12",
    "color": "COLOR_BLUE", "at": "2026-03-01T10:00:00.123456Z", "span": "90.500s",
    "day": {"year": 2026, "month": 2, "day": 28}, "labels": {"a": [1, null, {"b": "c"}]}, "any": null,
    "counts": {"x": 1, "y": -2}, "boxed": "0", "maybe": "", "texts": ["a,b", "{}", "", "NULL", "\"q\\"],
    "numbers": ["1", "-2"], "uids": ["0f8fad5b-d9cb-469f-a165-70867728950e"],
    "times": ["2026-03-01T10:00:00Z"], "colors": ["COLOR_BLUE", "COLOR_RED"],
    "parts": [{"name": "screw", "count": 4}, {}], "blobs": ["AAE=", ""], "list": [1, "two"]})"));
  EXPECT_EQ(Echo(request), request);
}

TEST_F(QueryTypes, AbsentFieldsAreNullOrTheirZero) {
  Json answer = Echo(Least());
  EXPECT_EQ(answer.value("uid", ""), Least()["uid"]);
  for (const char* absent : {"at", "span", "day", "labels", "any", "boxed", "maybe", "list"}) {
    EXPECT_FALSE(answer.contains(absent)) << absent;
  }
  EXPECT_FALSE(answer.contains("text"));  // "" is not shown
}

TEST_F(QueryTypes, ExtremesSurvive) {
  Json request = Least();
  request.update(Json::parse(R"({"small": -2147483648, "large": "-9223372036854775808", "single": "Infinity",
    "twice": "NaN", "day": {"year": 1, "month": 1, "day": 1}, "span": "-315576000000s"})"));
  const Json answer = Echo(request);
  for (const char* name : {"small", "large", "single", "twice", "day", "span"}) EXPECT_EQ(answer[name], request[name]);
}

TEST_F(QueryTypes, WhatHasNoZeroMustBeGiven) {
  EXPECT_EQ(Summary(server_->Call("Echo")), "INVALID_ARGUMENT INVALID_FIELD [uid, raw_uid, price, color]");
}

TEST_F(QueryTypes, ValuesThatAreNoneOfTheirTypeAreRefused) {
  Json request = Least();
  request["uid"] = "not a uuid";
  request["price"] = "1.234";
  request["day"] = {{"year", 2026}, {"month", 13}, {"day", 1}};
  request["text"] = std::string("a\0b", 3);
  EXPECT_EQ(Summary(server_->Call("Echo", request)), "INVALID_ARGUMENT INVALID_FIELD [text, uid, price, day]");
}

TEST_F(QueryTypes, TextIsNeverReadAsSql) {
  for (const std::string& text :
       {std::string("'; DROP TABLE products; --"), std::string("\\'; SELECT 1"), std::string("$$ :uid $1 ($1::text)"),
        std::string("') AS \"#rows\" LIMIT 0; --"), std::string("{\"a\"}"), std::string("NULL")}) {
    Json request = Least();
    request["text"] = text;
    request["texts"] = Json::array({text, text});
    request["labels"] = {{text, text}};
    const Json answer = Echo(request);
    EXPECT_EQ(answer["text"], text);
    EXPECT_EQ(answer["texts"], request["texts"]);
    EXPECT_EQ(answer["labels"], request["labels"]);
  }
  EXPECT_EQ(server_->Value("SELECT count(*) FROM products"), "0");
}

}  // namespace
}  // namespace rowkeeper::testing
