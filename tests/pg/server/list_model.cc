#include "tests/pg/server/list_model.h"

#include <algorithm>

namespace rowkeeper::testing {

const char kListModelCatalogue[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
enum Mood { MOOD_UNSPECIFIED = 0; MOOD_CALM = 1; MOOD_GLAD = 2; MOOD_SAD = 3; }
message Item {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column) = {primary_key: true, filterable: true}];
  string title = 2 [(rowkeeper.v1.column) = {sortable: true, filterable: true}];
  optional string note = 3 [(rowkeeper.v1.column) = {max_length: 80, sortable: true, filterable: true}];
  optional int32 due = 4 [(rowkeeper.v1.column) = {sortable: true, filterable: true}];
  int32 rank = 5 [(rowkeeper.v1.column) = {sortable: true, filterable: true}];
  optional double weight = 6 [(rowkeeper.v1.column) = {sortable: true, filterable: true}];
  optional Mood mood = 7 [(rowkeeper.v1.column).filterable = true];
  bool flag = 8 [(rowkeeper.v1.column).filterable = true];
  repeated string tags = 9 [(rowkeeper.v1.column) = {max_length: 40, filterable: true}];
  google.protobuf.Struct labels = 10 [(rowkeeper.v1.column).filterable = true];
  map<string, int32> counts = 11 [(rowkeeper.v1.column).filterable = true];
  optional google.protobuf.Timestamp at = 12 [(rowkeeper.v1.column) = {sortable: true, filterable: true}];
  string secret = 13;
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
service ItemRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Item";
  rpc Create(Item) returns (Item);
  rpc Update(UpdateItemRequest) returns (Item);
  rpc SoftDelete(ItemKey) returns (Item);
  rpc Delete(ItemKey) returns (google.protobuf.Empty);
  rpc List(ListItemsRequest) returns (ListItemsResponse);
  rpc Count(CountItemsRequest) returns (CountItemsResponse);
}
message ItemKey { int64 id = 1; }
message UpdateItemRequest { Item item = 1; google.protobuf.FieldMask update_mask = 2; }
message ListItemsRequest {
  optional int32 rank = 1;
  repeated string tags_equal = 2 [(rowkeeper.v1.filter) = {field: "tags", skip_empty: true}];
  optional int32 due_from = 3 [(rowkeeper.v1.filter) = {field: "due", op: FILTER_OPERATOR_GREATER_OR_EQUAL}];
  string filter = 80;
  int32 skip = 81;
  rowkeeper.v1.CountMode count = 82;
  int32 page_size = 90;
  string page_token = 91;
  string order_by = 92;
  rowkeeper.v1.Deleted deleted = 93;
  google.protobuf.FieldMask read_mask = 94;
}
message ListItemsResponse {
  repeated Item items = 1;
  string next_page_token = 2;
  string previous_page_token = 3;
  optional int64 total_size = 4;
}
message CountItemsRequest {
  optional int32 rank = 1;
  string filter = 2;
  rowkeeper.v1.Deleted deleted = 3;
  rowkeeper.v1.CountMode count = 4;
}
message CountItemsResponse { int64 total_size = 1; }
)";

namespace {

const std::vector<std::string> kWords = {"tea", "te", "pot", "50%", "a_b", "ab", "x\\y", "it's", "Tea", "*", "\"q\""};
const std::vector<std::string> kColors = {"red", "green", "blue"};
const std::vector<std::string> kMoods = {"MOOD_CALM", "MOOD_GLAD", "MOOD_SAD"};

const std::string& Pick(const std::vector<std::string>& from, Random* random) {
  return from[Below(static_cast<int>(from.size()), random)];
}

std::string Text(const Json& value) { return value.get<std::string>(); }
bool StartsWith(const std::string& text, const std::string& start) { return text.rfind(start, 0) == 0; }
bool EndsWith(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}
bool IsIn(const std::string& part, const std::string& text) { return text.find(part) != std::string::npos; }

/// `field op number`, where a row without a value is true of != only.
Expression Compare(const std::string& field, const std::vector<double>& values, Random* random) {
  const double value = values[Below(static_cast<int>(values.size()), random)];
  const int op = Below(6, random);
  static const char* const kOperators[] = {"=", "!=", "<", "<=", ">", ">="};
  std::string number = Json(value).dump();
  if (value == static_cast<int>(value)) number = std::to_string(static_cast<int>(value));
  const std::string between = Coin(random) ? " " : "";
  return {Cat(field, between, kOperators[op], between, number), [field, value, op](const Json& item) {
            if (!item.contains(field)) return op == 1;
            const double stored = item[field].get<double>();
            switch (op) {
              case 0:
                return stored == value;
              case 1:
                return stored != value;
              case 2:
                return stored < value;
              case 3:
                return stored <= value;
              case 4:
                return stored > value;
              default:
                return stored >= value;
            }
          }};
}

/// Patterns escape what would mean something: only the star that is added does.
std::string Escaped(const std::string& text, bool star_first, bool star_last) {
  std::string out = "\"";
  if (star_first) out.push_back('*');
  for (char c : text) {
    if (c == '"' || c == '\\' || c == '*') out.push_back('\\');
    out.push_back(c);
  }
  if (star_last) out.push_back('*');
  return out + "\"";
}

Expression OfText(const std::string& field, Random* random) {
  const std::string word = Pick(kWords, random);
  const auto with = [field](std::function<bool(const std::string&)> holds, bool without = false) {
    return
        [field, holds, without](const Json& item) { return item.contains(field) ? holds(Text(item[field])) : without; };
  };
  const std::string whole = Cat(word, " ", Pick(kColors, random));
  switch (Below(6, random)) {
    case 0:
      return {Cat(field, " = ", Quoted(whole, random)), with([whole](const std::string& t) { return t == whole; })};
    case 1:
      return {Cat(field, " != ", Quoted(whole, random)),
              with([whole](const std::string& t) { return t != whole; }, true)};
    case 2:
      return {Cat(field, "=", Escaped(word, false, true)),
              with([word](const std::string& t) { return StartsWith(t, word); })};
    case 3:
      return {Cat(field, " = ", Escaped(word.substr(0, 1), true, true)),
              with([word](const std::string& t) { return IsIn(word.substr(0, 1), t); })};
    case 4: {
      const std::string color = Pick(kColors, random);
      return {Cat(field, " != *", color), with([color](const std::string& t) { return !EndsWith(t, color); }, true)};
    }
    default:
      return {Cat(field, ":", Escaped(word, false, false)),
              with([word](const std::string& t) { return IsIn(word, t); })};
  }
}

Expression OfPresence(Random* random) {
  static const std::vector<std::string> kNullable = {"note", "due", "weight", "mood", "at"};
  const std::string field = Pick(kNullable, random);
  const auto present = [field](const Json& item) { return item.contains(field); };
  if (Coin(random)) return {field + (Coin(random) ? ":*" : " != null"), present};
  return {field + " = null", [present](const Json& item) { return !present(item); }};
}

Expression OfTags(Random* random) {
  if (Below(4, random) == 0) return {"tags:*", [](const Json& item) { return !item["tags"].empty(); }};
  const std::string word = Pick(kWords, random);
  return {Cat("tags:", Escaped(word, false, false)), [word](const Json& item) {
            return std::find(item["tags"].begin(), item["tags"].end(), word) != item["tags"].end();
          }};
}

Expression OfObjects(Random* random) {
  const int number = Below(3, random);
  const std::string color = Pick(kColors, random);
  const auto has_color = [color](const Json& item) { return item["labels"]["box"].value("color", "") == color; };
  switch (Below(7, random)) {
    case 0:
      return {Cat("labels.size = ", number), [number](const Json& item) { return item["labels"]["size"] == number; }};
    case 1:
      return {Cat("labels.size != ", number), [number](const Json& item) { return item["labels"]["size"] != number; }};
    case 2:
      return {Cat("labels.box.color = ", Coin(random) ? color : Quoted(color, random)), has_color};
    case 3:
      return {"labels.box.color:*", [](const Json& item) { return item["labels"]["box"].contains("color"); }};
    case 4:
      return {"labels.box:color", [](const Json& item) { return item["labels"]["box"].contains("color"); }};
    case 5:
      return {Cat("counts:", color), [color](const Json& item) { return item["counts"].contains(color); }};
    default:
      return {Cat("counts.all = ", number),
              [number](const Json& item) { return item["counts"].value("all", -1) == number; }};
  }
}

Expression OfOthers(Random* random) {
  const std::string mood = Pick(kMoods, random);
  switch (Below(4, random)) {
    case 0:
      return {Cat("mood = ", mood), [mood](const Json& item) { return item.value("mood", "") == mood; }};
    case 1:
      return {Cat("mood != ", Quoted(mood.substr(5), random)),
              [mood](const Json& item) { return item.value("mood", "") != mood; }};
    case 2:
      return {"flag = true", [](const Json& item) { return item["flag"].get<bool>(); }};
    default: {
      const std::string day = Cat("2026-01-0", 1 + Below(5, random), "T00:00:00Z");
      return {Cat("at >= ", Coin(random) ? day : Quoted(day, random)),
              [day](const Json& item) { return item.contains("at") && Text(item["at"]) >= day; }};
    }
  }
}

Expression RandomCondition(Random* random) {
  switch (Below(8, random)) {
    case 0:
      return Compare("rank", {0, 1, 2, 3}, random);
    case 1:
      return Compare("due", {-1, 0, 1, 2, 3}, random);
    case 2:
      return Compare("weight", {0, 0.5, 1.5, -1}, random);
    case 3:
      return OfText(Coin(random) ? "title" : "note", random);
    case 4:
      return OfPresence(random);
    case 5:
      return OfTags(random);
    case 6:
      return OfObjects(random);
    default:
      return OfOthers(random);
  }
}

std::string Wrapped(const Expression& expression, int level, Random* random) {
  const bool needed = expression.level > level;
  return needed || Below(5, random) == 0 ? Cat("(", expression.text, ")") : expression.text;
}

}  // namespace

int Below(int limit, Random* random) { return std::uniform_int_distribution<int>(0, limit - 1)(*random); }
bool Coin(Random* random) { return Below(2, random) == 0; }

Json RandomListItem(Random* random) {
  Json item = {{"title", Pick(kWords, random) + " " + Pick(kColors, random)},
               {"rank", Below(4, random)},
               {"flag", Coin(random)},
               {"tags", Json::array()},
               {"secret", "hidden"}};
  if (Coin(random)) item["note"] = Pick(kWords, random) + " " + Pick(kColors, random);
  if (Coin(random)) item["due"] = Below(4, random) - 1;
  if (Coin(random)) item["weight"] = Below(4, random) * 0.5;
  if (Coin(random)) item["mood"] = Pick(kMoods, random);
  if (Coin(random)) item["at"] = Cat("2026-01-0", 1 + Below(5, random), "T00:00:00Z");
  for (const std::string& word : kWords) {
    if (Below(5, random) == 0) item["tags"].push_back(word);
  }
  item["labels"] = {{"size", Below(3, random)}, {"box", {{"deep", true}}}};
  if (Coin(random)) item["labels"]["box"]["color"] = Pick(kColors, random);
  item["counts"] = {{"all", 1 + Below(2, random)}};
  if (Coin(random)) item["counts"][Pick(kColors, random)] = 1;
  return item;
}

std::string Quoted(const std::string& text, Random* random) {
  const char quote = Coin(random) ? '"' : '\'';
  std::string out(1, quote);
  for (char c : text) {
    if (c == quote || c == '\\' || c == '*') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back(quote);
  return out;
}

Expression RandomExpression(int size, Random* random) {
  if (size <= 1) return RandomCondition(random);
  if (Below(4, random) == 0) {
    const Expression inner = RandomExpression(size - 1, random);
    const bool word = Coin(random);
    return {Cat(word ? "NOT " : "-", Wrapped(inner, 0, random)),
            [holds = inner.holds](const Json& item) { return !holds(item); }, 1};
  }
  const int left_size = 1 + Below(size - 1, random);
  const Expression left = RandomExpression(left_size, random);
  const Expression right = RandomExpression(size - left_size, random);
  if (Coin(random)) {
    return {Cat(Wrapped(left, 3, random), " AND ", Wrapped(right, 3, random)),
            [a = left.holds, b = right.holds](const Json& item) { return a(item) && b(item); }, 3};
  }
  return {Cat(Wrapped(left, 2, random), " OR ", Wrapped(right, 2, random)),
          [a = left.holds, b = right.holds](const Json& item) { return a(item) || b(item); }, 2};
}

Order RandomOrder(Random* random) {
  struct Term {
    std::string column;
    bool descending = false;
    bool nulls_first = false;
  };
  std::vector<std::string> columns = {"due", "rank", "weight", "at", "id"};
  std::shuffle(columns.begin(), columns.end(), *random);
  columns.resize(1 + Below(3, random));
  std::vector<Term> terms;
  Order order;
  for (const std::string& column : columns) {
    Term term{column, Coin(random), false};
    term.nulls_first = term.descending;
    order.text += Cat(order.text.empty() ? "" : ", ", column, term.descending ? " desc" : "");
    if (Coin(random)) {
      term.nulls_first = Coin(random);
      order.text += term.nulls_first ? " nulls first" : " nulls last";
    }
    terms.push_back(term);
  }
  terms.push_back({"id", terms.back().descending, false});
  order.before = [terms](const Json& a, const Json& b) {
    for (const Term& term : terms) {
      const bool has_a = a.contains(term.column);
      const bool has_b = b.contains(term.column);
      if (has_a != has_b) return has_a != term.nulls_first;
      if (!has_a || a[term.column] == b[term.column]) continue;
      return (a[term.column] < b[term.column]) != term.descending;
    }
    return false;
  };
  return order;
}

}  // namespace rowkeeper::testing
