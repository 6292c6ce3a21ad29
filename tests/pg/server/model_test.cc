#include <algorithm>
#include <functional>
#include <random>
#include <set>
#include <sstream>

#include "tests/pg/server/server_fixture.h"

/// Every operator, alone and in random combinations, on random rows: each answer is compared with the same question put
/// to a plain model in memory.
namespace rowkeeper::testing {
namespace {

constexpr char kItems[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
enum Mood { MOOD_UNSPECIFIED = 0; MOOD_CALM = 1; MOOD_GLAD = 2; MOOD_SAD = 3; }
message Item {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column) = {primary_key: true}];
  string title = 2 [(rowkeeper.v1.column).sortable = true];
  optional string note = 3 [(rowkeeper.v1.column) = {max_length: 80, sortable: true}];
  optional int32 due = 4 [(rowkeeper.v1.column).sortable = true];
  int32 rank = 5 [(rowkeeper.v1.column).sortable = true];
  optional Mood mood = 6;
  repeated string tags = 7 [(rowkeeper.v1.column).max_length = 40];
  google.protobuf.Struct labels = 8;
  map<string, int32> counts = 9;
  repeated int64 numbers = 10;
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
service ItemRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Item";
  rpc Create(Item) returns (Item);
  rpc SoftDelete(SoftDeleteItemRequest) returns (Item);
  rpc List(ListItemsRequest) returns (ListItemsResponse);
}
message SoftDeleteItemRequest { int64 id = 1; }
message ListItemsRequest {
  optional string title = 1;
  optional string title_prefix = 2 [(rowkeeper.v1.filter) = {field: "title", op: FILTER_OPERATOR_PREFIX}];
  optional string title_like = 3 [(rowkeeper.v1.filter) = {field: "title", op: FILTER_OPERATOR_LIKE}];
  optional string note_prefix = 4 [(rowkeeper.v1.filter) = {field: "note", op: FILTER_OPERATOR_PREFIX}];
  optional bool no_note = 5 [(rowkeeper.v1.filter) = {field: "note", op: FILTER_OPERATOR_IS_NULL}];
  optional bool no_due = 6 [(rowkeeper.v1.filter) = {field: "due", op: FILTER_OPERATOR_IS_NULL}];
  optional int32 due_from = 7 [(rowkeeper.v1.filter) = {field: "due", op: FILTER_OPERATOR_GREATER_OR_EQUAL}];
  optional int32 due_to = 8 [(rowkeeper.v1.filter) = {field: "due", op: FILTER_OPERATOR_LESS}];
  repeated Mood moods = 9 [(rowkeeper.v1.filter) = {field: "mood", op: FILTER_OPERATOR_IN, skip_empty: true}];
  repeated Mood not_moods = 10 [(rowkeeper.v1.filter) = {field: "mood", op: FILTER_OPERATOR_NOT_IN, skip_empty: true}];
  optional string tag = 11 [(rowkeeper.v1.filter) = {field: "tags", op: FILTER_OPERATOR_CONTAINS}];
  repeated string all_tags = 12 [(rowkeeper.v1.filter) = {
    field: "tags", op: FILTER_OPERATOR_CONTAINS, skip_empty: true}];
  repeated string any_tags = 13 [(rowkeeper.v1.filter) = {
    field: "tags", op: FILTER_OPERATOR_OVERLAPS, skip_empty: true}];
  optional google.protobuf.Struct labels = 14 [(rowkeeper.v1.filter).op = FILTER_OPERATOR_CONTAINS];
  map<string, int32> counts = 15 [(rowkeeper.v1.filter) = {op: FILTER_OPERATOR_CONTAINS, skip_empty: true}];
  optional string search = 16 [(rowkeeper.v1.filter) = {
    field: "title", more_fields: "note", op: FILTER_OPERATOR_SEARCH}];
  repeated int64 any_numbers = 17 [(rowkeeper.v1.filter) = {
    field: "numbers", op: FILTER_OPERATOR_OVERLAPS, skip_empty: true}];
  repeated int32 not_ranks = 18 [(rowkeeper.v1.filter) = {field: "rank", op: FILTER_OPERATOR_NOT_IN, skip_empty: true}];
  optional Mood other_mood = 19 [(rowkeeper.v1.filter) = {field: "mood", op: FILTER_OPERATOR_NOT_EQUAL}];
  int32 page_size = 90;
  string page_token = 91;
  string order_by = 92;
  rowkeeper.v1.Deleted deleted = 93;
}
message ListItemsResponse { repeated Item items = 1; string next_page_token = 2; }
)";

using Random = std::mt19937;

int Below(int limit, Random* random) { return std::uniform_int_distribution<int>(0, limit - 1)(*random); }
bool Coin(Random* random) { return Below(2, random) == 0; }

const std::vector<std::string> kWords = {"tea", "te", "pot", "50%", "a_b", "ab", "x\\y", "it's", "Tea", "%", "'; --"};
const std::vector<std::string> kPlainWords = {"red", "green", "blue", "cup"};
const std::vector<std::string> kMoods = {"MOOD_CALM", "MOOD_GLAD", "MOOD_SAD"};

const std::string& Pick(const std::vector<std::string>& from, Random* random) {
  return from[Below(static_cast<int>(from.size()), random)];
}

Json PickSome(const std::vector<std::string>& from, Random* random) {
  Json some = Json::array();
  for (const std::string& one : from) {
    if (Below(3, random) == 0) some.push_back(one);
  }
  return some;
}

Json RandomItem(Random* random) {
  Json item = {{"title", Pick(kWords, random) + " " + Pick(kPlainWords, random)}, {"rank", Below(4, random)}};
  if (Coin(random)) item["note"] = Pick(kWords, random) + " " + Pick(kPlainWords, random);
  if (Coin(random)) item["due"] = Below(5, random);
  if (Coin(random)) item["mood"] = Pick(kMoods, random);
  item["tags"] = PickSome(kWords, random);
  item["labels"] = {{"size", Below(3, random)}, {"box", {{"color", Pick(kPlainWords, random)}, {"deep", true}}}};
  item["counts"] = {{Pick(kPlainWords, random), 1 + Below(2, random)}, {"all", 1 + Below(2, random)}};
  item["numbers"] = Json::array();
  for (int i = Below(3, random); i > 0; --i) item["numbers"].push_back(std::to_string(Below(4, random)));
  return item;
}

std::string Text(const Json& value) { return value.get<std::string>(); }
bool StartsWith(const std::string& text, const std::string& start) { return text.rfind(start, 0) == 0; }
bool Has(const Json& list, const Json& value) { return std::find(list.begin(), list.end(), value) != list.end(); }

bool Like(const char* text, const char* pattern) {
  if (*pattern == 0) return *text == 0;
  if (*pattern == '%') return Like(text, pattern + 1) || (*text != 0 && Like(text + 1, pattern));
  if (*text == 0) return false;
  if (*pattern == '_') return Like(text + 1, pattern + 1);
  if (*pattern == '\\') ++pattern;
  return *text == *pattern && Like(text + 1, pattern + 1);
}

/// jsonb's @> for objects and scalars.
bool Contains(const Json& whole, const Json& part) {
  if (!part.is_object()) return whole == part;
  if (!whole.is_object()) return false;
  return std::all_of(part.items().begin(), part.items().end(), [&whole](const auto& entry) {
    return whole.contains(entry.key()) && Contains(whole[entry.key()], entry.value());
  });
}

/// "red blue", "red or blue", "red -blue": what RandomQuestion asks.
bool Found(const std::string& text, const std::string& search) {
  std::istringstream in(search);
  std::string first, second, third;
  in >> first >> second >> third;
  const auto has = [&text](const std::string& word) { return (" " + text + " ").find(" " + word + " ") != text.npos; };
  if (second == "or") return has(first) || has(third);
  if (StartsWith(second, "-")) return has(first) && !has(second.substr(1));
  return has(first) && (second.empty() || has(second));
}

/// A condition: how a request asks for it, and what it means.
struct Condition {
  std::string field;
  std::function<Json(Random*)> ask;
  std::function<bool(const Json& item, const Json& asked)> holds;
};

const std::vector<Condition>& Conditions() {  // NOLINT(readability-function-size): a table
  static const auto* const conditions = new std::vector<Condition>{
      {"title", [](Random* r) { return Pick(kWords, r) + " " + Pick(kPlainWords, r); },
       [](const Json& i, const Json& a) { return i["title"] == a; }},
      {"title_prefix", [](Random* r) { return Coin(r) ? Pick(kWords, r) : Pick(kWords, r).substr(0, 1); },
       [](const Json& i, const Json& a) { return StartsWith(Text(i["title"]), Text(a)); }},
      {"title_like",
       [](Random* r) {
         return Pick({"%red", "t%", "_e_ %", "50\\%%", "%\\\\%", "a\\_b%", "%", "", "%'%"}, r);
       },
       [](const Json& i, const Json& a) { return Like(Text(i["title"]).c_str(), Text(a).c_str()); }},
      {"note_prefix", [](Random* r) { return Coin(r) ? Pick(kWords, r) : std::string(); },
       [](const Json& i, const Json& a) { return i.contains("note") && StartsWith(Text(i["note"]), Text(a)); }},
      {"no_note", [](Random* r) { return Coin(r); },
       [](const Json& i, const Json& a) { return i.contains("note") != a.get<bool>(); }},
      {"no_due", [](Random* r) { return Coin(r); },
       [](const Json& i, const Json& a) { return i.contains("due") != a.get<bool>(); }},
      {"due_from", [](Random* r) { return Below(4, r); },
       [](const Json& i, const Json& a) { return i.contains("due") && i["due"] >= a; }},
      {"due_to", [](Random* r) { return Below(5, r); },
       [](const Json& i, const Json& a) { return i.contains("due") && i["due"] < a; }},
      {"moods", [](Random* r) { return PickSome(kMoods, r); },
       [](const Json& i, const Json& a) { return a.empty() || (i.contains("mood") && Has(a, i["mood"])); }},
      {"not_moods", [](Random* r) { return PickSome(kMoods, r); },
       [](const Json& i, const Json& a) { return !i.contains("mood") || !Has(a, i["mood"]); }},
      {"other_mood", [](Random* r) { return Pick(kMoods, r); },
       [](const Json& i, const Json& a) { return !i.contains("mood") || i["mood"] != a; }},
      {"tag", [](Random* r) { return Pick(kWords, r); },
       [](const Json& i, const Json& a) { return Has(i["tags"], a); }},
      {"all_tags", [](Random* r) { return PickSome(kWords, r); },
       [](const Json& i, const Json& a) {
         return std::all_of(a.begin(), a.end(), [&i](const Json& tag) { return Has(i["tags"], tag); });
       }},
      {"any_tags", [](Random* r) { return PickSome(kWords, r); },
       [](const Json& i, const Json& a) {
         return a.empty() || std::any_of(a.begin(), a.end(), [&i](const Json& tag) { return Has(i["tags"], tag); });
       }},
      {"any_numbers",
       [](Random* r) {
         return Json{std::to_string(Below(4, r)), std::to_string(Below(4, r))};
       },
       [](const Json& i, const Json& a) { return Has(i["numbers"], a[0]) || Has(i["numbers"], a[1]); }},
      {"not_ranks",
       [](Random* r) {
         return Json{Below(4, r), Below(4, r)};
       },
       [](const Json& i, const Json& a) { return !Has(a, i["rank"]); }},
      {"labels",
       [](Random* r) {
         return Coin(r) ? Json{{"size", Below(3, r)}} : Json{{"box", {{"color", Pick(kPlainWords, r)}}}};
       },
       [](const Json& i, const Json& a) { return Contains(i["labels"], a); }},
      {"counts",
       [](Random* r) {
         return Json{{"all", 1 + Below(2, r)}};
       },
       [](const Json& i, const Json& a) { return Contains(i["counts"], a); }},
      {"search",
       [](Random* r) {
         const char* const between[] = {" ", " or ", " -"};
         return Pick(kPlainWords, r) + (Coin(r) ? "" : between[Below(3, r)] + Pick(kPlainWords, r));
       },
       [](const Json& i, const Json& a) { return Found(Text(i["title"]) + " " + i.value("note", ""), Text(a)); }},
  };
  return *conditions;
}

/// Sorts by `column`; rows without a value are put as `nulls_first` says.
int Compare(const Json& a, const Json& b, const std::string& column, int direction, int nulls_first) {
  if (!a.contains(column) || !b.contains(column)) {
    return (a.contains(column) - b.contains(column)) * nulls_first;
  }
  return a[column] == b[column] ? 0 : (a[column] < b[column] ? -direction : direction);
}

/// One term of an order and what it means: negative when the first row comes first.
struct OrderTerm {
  std::string column;
  int direction = 1;
  /// 1 first, -1 last.
  int nulls = -1;
  bool says_nulls = false;

  std::string Text() const {
    return column + (direction < 0 ? " desc" : "") + (says_nulls ? (nulls > 0 ? " nulls first" : " NULLS Last") : "");
  }
};

std::vector<OrderTerm> RandomOrder(Random* random) {
  std::vector<std::string> columns = {"due", "rank"};
  std::shuffle(columns.begin(), columns.end(), *random);
  columns.resize(1 + Below(2, random));
  std::vector<OrderTerm> order;
  for (const std::string& column : columns) {
    OrderTerm term{column, Coin(random) ? 1 : -1, 0, Coin(random)};
    term.nulls = term.says_nulls ? (Coin(random) ? 1 : -1) : -term.direction;
    order.push_back(term);
  }
  return order;
}

class ModelTest : public ::testing::Test {
 protected:
  static constexpr int kItemCount = 150;

  static void SetUpTestSuite() {
    server_ = new InProcessServer(CompileProtoText(kItems));
    if (!server_->ok()) return;
    Random random(17);
    for (int i = 0; i < kItemCount; ++i) {
      Json item = RandomItem(&random);
      const std::string id = Text(server_->MustCall("ItemRepository.Create", item)["id"]);
      item["id"] = id;
      item["gone"] = Below(4, &random) == 0;
      if (item["gone"]) server_->MustCall("ItemRepository.SoftDelete", {{"id", id}});
      model().push_back(item);
    }
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void SetUp() override { ASSERT_TRUE(server_ != nullptr && server_->ok()); }

  static std::vector<Json>& model() {
    static auto* const items = new std::vector<Json>;
    return *items;
  }

  static bool IsVisible(const Json& item, const Json& request) {
    const std::string deleted = request.value("deleted", "DELETED_EXCLUDE");
    return deleted == "DELETED_INCLUDE" || item["gone"] == (deleted == "DELETED_ONLY");
  }

  static std::set<std::string> Expected(const Json& request) {
    std::set<std::string> ids;
    for (const Json& item : model()) {
      const bool fits = std::all_of(Conditions().begin(), Conditions().end(), [&](const Condition& condition) {
        return !request.contains(condition.field) || condition.holds(item, request[condition.field]);
      });
      if (fits && IsVisible(item, request)) ids.insert(Text(item["id"]));
    }
    return ids;
  }

  static std::vector<std::string> AnsweredInOrder(Json request) {
    std::vector<std::string> ids;
    do {
      const Json page = server_->MustCall("ItemRepository.List", request);
      for (const Json& item : page.value("items", Json::array())) ids.push_back(Text(item["id"]));
      request["page_token"] = page.value("next_page_token", "");
    } while (request["page_token"] != "");
    return ids;
  }

  static std::set<std::string> Answered(const Json& request) {
    const std::vector<std::string> ids = AnsweredInOrder(request);
    const std::set<std::string> distinct(ids.begin(), ids.end());
    EXPECT_EQ(distinct.size(), ids.size()) << "repeated";
    return distinct;
  }

  /// The ids of `ids` in this order, ties by id in the direction of the last term.
  static std::vector<std::string> Sorted(const std::set<std::string>& ids, const std::vector<OrderTerm>& order) {
    std::vector<Json> items;
    for (const Json& item : model()) {
      if (ids.count(Text(item["id"])) > 0) items.push_back(item);
    }
    std::sort(items.begin(), items.end(), [&order](const Json& a, const Json& b) {
      for (const OrderTerm& term : order) {
        const int compared = Compare(a, b, term.column, term.direction, term.nulls);
        if (compared != 0) return compared < 0;
      }
      return (std::stoi(Text(a["id"])) - std::stoi(Text(b["id"]))) * order.back().direction < 0;
    });
    std::vector<std::string> sorted;
    for (const Json& item : items) sorted.push_back(Text(item["id"]));
    return sorted;
  }

  static Json RandomVisibility(Random* random) {
    return Pick({"DELETED_EXCLUDE", "DELETED_INCLUDE", "DELETED_ONLY"}, random);
  }

  static inline InProcessServer* server_ = nullptr;
};

TEST_F(ModelTest, EveryOperatorAloneAnswersAsTheModel) {
  Random random(3);
  for (const Condition& condition : Conditions()) {
    size_t found = 0;
    for (int i = 0; i < 12; ++i) {
      const Json request = {{condition.field, condition.ask(&random)}, {"deleted", RandomVisibility(&random)}};
      const std::set<std::string> expected = Expected(request);
      found += expected.size();
      EXPECT_EQ(Answered(request), expected) << request;
    }
    EXPECT_GT(found, 0U) << condition.field << " was never seen to find a row";
  }
}

TEST_F(ModelTest, AnyCombinationOfOptionalConditionsAnswersAsTheModel) {
  Random random(5);
  size_t found = 0;
  for (int i = 0; i < 400; ++i) {
    Json request = {{"deleted", RandomVisibility(&random)}, {"page_size", 1 + Below(40, &random)}};
    const int rarity = 3 + Below(6, &random);
    for (const Condition& condition : Conditions()) {
      if (Below(rarity, &random) == 0) request[condition.field] = condition.ask(&random);
    }
    const std::set<std::string> expected = Expected(request);
    found += expected.size();
    EXPECT_EQ(Answered(request), expected) << request;
  }
  EXPECT_GT(found, 100U);
}

TEST_F(ModelTest, SeveralColumnsWithNullsPlacedPageInTheOrderOfTheModel) {
  Random random(7);
  for (int i = 0; i < 150; ++i) {
    const std::vector<OrderTerm> order = RandomOrder(&random);
    std::string text;
    for (const OrderTerm& term : order) text += (text.empty() ? "" : ", ") + term.Text();
    Json request = {{"deleted", RandomVisibility(&random)}, {"page_size", 1 + Below(20, &random)}, {"order_by", text}};
    for (const Condition& condition : Conditions()) {
      if (Below(12, &random) == 0) request[condition.field] = condition.ask(&random);
    }
    EXPECT_EQ(AnsweredInOrder(request), Sorted(Expected(request), order)) << request;
  }
}

TEST_F(ModelTest, APatternThatEndsInABareBackslashIsRefused) {
  EXPECT_EQ(Summary(server_->Call("ItemRepository.List", {{"title_like", "a\\"}})),
            "INVALID_ARGUMENT INVALID_FIELD [title_like]");
}

TEST_F(ModelTest, TextForTheDatabaseStaysText) {
  for (const char* text : {"'; DROP TABLE item; --", "\" OR 1=1", "$1", "\\'; --x", "a & | ! :* <->", "(", "\"open"}) {
    for (const char* field : {"title", "title_prefix", "title_like", "note_prefix", "tag"}) {
      EXPECT_EQ(Answered({{field, text}}).size(), 0U) << field << " " << text;
    }
    EXPECT_TRUE(server_->Call("ItemRepository.List", {{"search", text}}).ok()) << text;
    EXPECT_EQ(Answered({{"all_tags", {text}}}).size(), 0U);
    EXPECT_EQ(Answered({{"any_tags", {text}}}).size(), 0U);
    EXPECT_EQ(Answered({{"labels", {{text, text}}}}).size(), 0U);
    EXPECT_EQ(Answered({{"counts", {{text, 1}}}}).size(), 0U);
  }
  EXPECT_EQ(Answered({{"deleted", "DELETED_INCLUDE"}}).size(), static_cast<size_t>(kItemCount));
}

}  // namespace
}  // namespace rowkeeper::testing
