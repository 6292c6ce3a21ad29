#include "server/plan/filter/expression.h"

#include <google/protobuf/descriptor.h>

#include "absl/strings/str_join.h"
#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = FilterExpression::Kind;

constexpr char kFilteredTicket[] = R"(
enum Mood { MOOD_UNSPECIFIED = 0; MOOD_FINE = 1; MOOD_SAD = 2; }
message Box { int32 size = 1; }
message Ticket {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true, filterable: true}];
  string title = 2 [(rowkeeper.v1.column) = {max_length: 10, filterable: true}];
  optional string notes = 3 [(rowkeeper.v1.column).filterable = true];
  int32 rank = 4 [(rowkeeper.v1.column).filterable = true];
  optional double weight = 5 [(rowkeeper.v1.column).filterable = true];
  bool open = 6 [(rowkeeper.v1.column).filterable = true];
  optional Mood mood = 7 [(rowkeeper.v1.column).filterable = true];
  Mood native = 8 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_NATIVE_ENUM, filterable: true}];
  optional google.protobuf.Timestamp due_at = 9 [(rowkeeper.v1.column).filterable = true];
  optional google.protobuf.Duration took = 10 [(rowkeeper.v1.column).filterable = true];
  google.type.Date day = 11 [(rowkeeper.v1.column).filterable = true];
  string price = 12 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_DECIMAL, precision: 8, scale: 2, filterable: true}];
  bytes hash = 13 [(rowkeeper.v1.column).filterable = true];
  repeated string tags = 14 [(rowkeeper.v1.column).filterable = true];
  repeated int64 numbers = 15 [(rowkeeper.v1.column).filterable = true];
  google.protobuf.Struct labels = 16 [(rowkeeper.v1.column).filterable = true];
  map<string, int64> counts = 17 [(rowkeeper.v1.column).filterable = true];
  map<string, int32> small = 18 [(rowkeeper.v1.column).filterable = true];
  map<string, Box> boxes = 19 [(rowkeeper.v1.column).filterable = true];
  string secret = 20;
  uint64 big = 21 [(rowkeeper.v1.column).filterable = true];
}
service TicketRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Ticket";
  rpc List(In) returns (Out);
}
message In { string filter = 1; string page_token = 2; string order_by = 3; int32 skip = 4; int32 page_size = 5; }
message Out { repeated Ticket tickets = 1; string next_page_token = 2; string previous_page_token = 3; }
)";

class FilterExpressionTest : public ::testing::Test {
 protected:
  const catalogue::Entity& entity() const { return *plans_.Find("List").entity; }

  std::string Show(const FilterExpression& expression, const std::vector<std::string>& operands) const {
    static const char* const kNames[] = {"AND", "OR",   "NOT",  "=",       "!=",       "<",   "<=",   ">",       ">=",
                                         "~",   "null", "some", "element", "nonempty", "key", "path", "contains"};
    const std::string name = kNames[static_cast<int>(expression.kind)];
    if (!expression.parts.empty()) {
      return Cat(
          name, "(",
          absl::StrJoin(expression.parts, ", ",
                        [&](std::string* out, const FilterExpression& part) { out->append(Show(part, operands)); }),
          ")");
    }
    const std::string operand = expression.operand < 0 ? "" : Cat(" [", operands[expression.operand], "]");
    return Cat(entity().columns[expression.column].field->name(), " ", name, operand);
  }

  /// The tree of `text`, or what is wrong with it.
  std::string Compiled(const std::string& text, FilterColumns columns = FilterColumns::kFilterable) const {
    std::string problem;
    const auto filter = CompileFilter(entity(), text, columns, limits_, 0, &problem);
    if (!filter.has_value()) return problem;
    return filter->expression == nullptr ? "everything" : Show(*filter->expression, filter->operands);
  }

  FilterLimits limits_;
  const Plans plans_ = Plans::OfText(kFilteredTicket);
};

TEST_F(FilterExpressionTest, AnEmptyTextMatchesEverything) {
  ASSERT_THAT(plans_.Mistakes(), IsEmpty());
  EXPECT_EQ(Compiled(""), "everything");
  EXPECT_EQ(Compiled(" \t\n"), "everything");
}

TEST_F(FilterExpressionTest, OrBindsCloserThanAndAndNotCloserThanBoth) {
  EXPECT_EQ(Compiled("rank = 1 AND rank = 2 OR rank = 3"), "AND(rank = [1], OR(rank = [2], rank = [3]))");
  EXPECT_EQ(Compiled("(rank = 1 AND rank = 2) OR rank = 3"), "OR(AND(rank = [1], rank = [2]), rank = [3])");
  EXPECT_EQ(Compiled("NOT rank = 1 OR -rank=2"), "OR(NOT(rank = [1]), NOT(rank = [2]))");
  EXPECT_EQ(Compiled("-(rank=1 OR rank=2)"), "NOT(OR(rank = [1], rank = [2]))");
  EXPECT_EQ(Compiled("NOT(rank>1)AND(rank<3)"), "AND(NOT(rank > [1]), rank < [3])");
}

TEST_F(FilterExpressionTest, EveryTypeReadsItsOwnValues) {
  EXPECT_EQ(Compiled("rank >= -5"), "rank >= [-5]");
  EXPECT_EQ(Compiled("weight<1.5e3"), "weight < [1.5e3]");
  EXPECT_EQ(Compiled("open != true"), "open != [true]");
  EXPECT_EQ(Compiled("mood = MOOD_FINE OR mood = 'SAD'"), "OR(mood = [FINE], mood = [SAD])");
  EXPECT_EQ(Compiled("native > MOOD_FINE"), "native > [FINE]");
  EXPECT_EQ(Compiled("due_at < 2026-01-31T08:00:00.123456789+02:00"), "due_at < [2026-01-31T06:00:00.123456Z]");
  EXPECT_EQ(Compiled("due_at > \"2026-01-31T08:00:00Z\""), "due_at > [2026-01-31T08:00:00Z]");
  EXPECT_EQ(Compiled("took <= 90s"), "took <= [90.000000 seconds]");
  EXPECT_EQ(Compiled("day = 2026-01-31"), "day = [2026-01-31]");
  EXPECT_EQ(Compiled("price > 9.99"), "price > [9.99]");
  EXPECT_EQ(Compiled("hash = aGk="), "at character 11: write AND or OR before \"=\"");
  EXPECT_EQ(Compiled("hash = 'aGk='"), "hash = [\\x6869]");
  EXPECT_EQ(Compiled("id = 0B5253C7-9D6C-4B6F-8A59-3F3B1F6C1F0E"), "id = [0b5253c7-9d6c-4b6f-8a59-3f3b1f6c1f0e]");
  EXPECT_EQ(Compiled("big = 18446744073709551615"), "big = [18446744073709551615]");
}

TEST_F(FilterExpressionTest, TextsAreWordsOrQuotedWithEscapesAndStars) {
  EXPECT_EQ(Compiled("title = tea"), "title = [tea]");
  EXPECT_EQ(Compiled(R"(title = "a \"b\" \\ c")"), R"(title = [a "b" \ c])");
  EXPECT_EQ(Compiled(R"(title = 'it\'s')"), "title = [it's]");
  EXPECT_EQ(Compiled(R"(title = "")"), "title = []");
  EXPECT_EQ(Compiled("title = \"longer than ten characters\""), "title = [longer than ten characters]");
  EXPECT_EQ(Compiled("title = 50%*"), R"(title ~ [50\%%])");
  EXPECT_EQ(Compiled(R"(title = "a_*\*")"), R"(title ~ [a\_%*])");
  EXPECT_EQ(Compiled("title != *x"), "NOT(title ~ [%x])");
  EXPECT_EQ(Compiled("notes:tea"), "notes ~ [%tea%]");
  EXPECT_EQ(Compiled("title < \"a*\""),
            "at character 9: a bare * stands for any text in = and != on text only; write \\* for the character");
}

TEST_F(FilterExpressionTest, NullAndPresence) {
  EXPECT_EQ(Compiled("due_at = null OR notes != null"), "OR(due_at null, notes some)");
  EXPECT_EQ(Compiled("due_at:*"), "due_at some");
  EXPECT_EQ(Compiled("notes = \"null\""), "notes = [null]");
  EXPECT_EQ(Compiled("title = null"), "at character 9: title always has a value and is never null");
  EXPECT_EQ(Compiled("title:*"), "at character 7: title always has a value");
  EXPECT_EQ(Compiled("due_at < null"), "at character 10: null can be compared with = and != only");
}

TEST_F(FilterExpressionTest, ListsAndObjects) {
  EXPECT_EQ(Compiled("tags:tea AND numbers:5"), "AND(tags element [tea], numbers element [5])");
  EXPECT_EQ(Compiled("tags:*"), "tags nonempty");
  EXPECT_EQ(Compiled("labels:color"), "labels key [color]");
  EXPECT_EQ(Compiled("labels.color = red"), R"(labels contains [{"color":"red"}])");
  EXPECT_EQ(Compiled("labels.size = 3 AND labels.deep != true"),
            R"(AND(labels contains [{"size":3}], NOT(labels contains [{"deep":true}])))");
  EXPECT_EQ(Compiled(R"(labels.box."a \"key\"" = "3")"), R"(labels contains [{"box":{"a \"key\"":"3"}}])");
  EXPECT_EQ(Compiled("labels.box.color:*"), R"(labels path [{"box","color"}])");
  EXPECT_EQ(Compiled("labels.box:color"), R"(labels path [{"box","color"}])");
  EXPECT_EQ(Compiled("labels.box = null"), R"(NOT(labels path [{"box"}]))");
  EXPECT_EQ(Compiled("counts.all = 5"), R"(counts contains [{"all":"5"}])");
  EXPECT_EQ(Compiled("small.all = 5"), R"(small contains [{"all":5}])");
  EXPECT_EQ(Compiled("boxes:a"), "boxes key [a]");
  EXPECT_THAT(Compiled("boxes.a = 1"), HasSubstr("only a google.protobuf.Struct can be looked into so deep"));
  EXPECT_THAT(Compiled("tags = tea"), HasSubstr("tags is a list; write tags:value"));
  EXPECT_THAT(Compiled("labels = tea"), HasSubstr("labels is an object; write labels:key"));
  EXPECT_THAT(Compiled("labels.size > 3"), HasSubstr("= and != only"));
  EXPECT_THAT(Compiled("title.x = 3"), HasSubstr("title holds single values and has nothing inside it"));
}

TEST_F(FilterExpressionTest, OnlyFilterableFieldsUnlessTheCatalogueSaysIt) {
  EXPECT_THAT(Compiled("secret = x"),
              HasSubstr("at character 1: \"secret\" is no field to filter by; those are id, title"));
  EXPECT_THAT(Compiled("secret = x"), Not(HasSubstr("numbers, secret")));
  EXPECT_THAT(Compiled("secret = x"),
              HasSubstr("; it would be one with `filterable: true` at shop.v1.Ticket.secret in the proto"));
  EXPECT_THAT(Compiled("nothing = x"), Not(HasSubstr("would be")));
  EXPECT_THAT(Compiled("nothing = x"), HasSubstr("\"nothing\" is no field to filter by"));
  EXPECT_EQ(Compiled("secret = x", FilterColumns::kAll), "secret = [x]");
}

TEST_F(FilterExpressionTest, MistakesSayWhereAndWhatToWrite) {
  EXPECT_EQ(Compiled("tea"),
            "at character 1: \"tea\" stands alone; write a field, one of = != < <= > >= : and a value");
  EXPECT_THAT(Compiled("\"tea\""), HasSubstr("at character 1: a quoted text stands alone"));
  EXPECT_EQ(Compiled("rank = 1 rank = 2"), "at character 10: write AND or OR before \"rank = 2\"");
  EXPECT_EQ(Compiled("rank = 1 and rank = 2"), "at character 10: write AND or OR before \"and rank = 2\"");
  EXPECT_EQ(Compiled("(rank = 1"), "at character 1: this parenthesis is not closed");
  EXPECT_EQ(Compiled("rank = 1)"), "at character 9: this parenthesis closes none");
  EXPECT_EQ(Compiled("title = \"tea"), "at character 9: this quotation mark is not closed");
  EXPECT_EQ(Compiled("title = \"tea\\"), "at character 9: this quotation mark is not closed");
  EXPECT_EQ(Compiled("rank ="), "at character 7: there is no value; an empty text is \"\"");
  EXPECT_EQ(Compiled("rank <> 1"), "at character 7: there is no value; an empty text is \"\"");
  EXPECT_EQ(Compiled("rank == 1"), "at character 7: there is no value; an empty text is \"\"");
  EXPECT_EQ(Compiled("rank = (1 OR 2)"),
            "at character 8: write one value here; alternatives are conditions joined by OR");
  EXPECT_EQ(Compiled("now() = 1"), "at character 1: functions are not known here");
  EXPECT_EQ(Compiled("rank = f(1)"), "at character 8: functions are not known here");
  EXPECT_THAT(Compiled("rank = 1 AND"), HasSubstr("at character 13: there is no field's name"));
  EXPECT_THAT(Compiled("NOT NOT rank = 1"), HasSubstr("at character 5: \"NOT\" stands alone"));
  EXPECT_EQ(Compiled("notes = \"ü\" AND rank = x"),
            "at character 24: \"x\" is no value of rank; write a whole number from -2147483648 to 2147483647");
}

TEST_F(FilterExpressionTest, TimesAtTheEdges) {
  EXPECT_EQ(Compiled("due_at > \"0001-01-01T14:00:00+14:00\""), "due_at > [0001-01-01T00:00:00Z]");
  EXPECT_EQ(Compiled("due_at < \"9999-12-31T23:59:59.999999999Z\""), "due_at < [9999-12-31T23:59:59.999999Z]");
  EXPECT_EQ(Compiled("took < 315576000000s"), "took < [315576000000.000000 seconds]");
  for (const char* text : {"0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00Z",
                           "10000-01-01T00:00:00Z", "2016-12-31T23:59:60Z", "2026-01-31T00:00:00+24:00"}) {
    EXPECT_THAT(Compiled(Cat("due_at > \"", text, "\"")),
                AllOf(HasSubstr(Cat("at character 10: \"", text, "\" is no value of due_at")),
                      HasSubstr("in the years 1 to 9999")));
  }
  for (const char* text : {"315576000001s", "-315576000001s", "9223372036854775807s", "99999999999999999999s"}) {
    EXPECT_THAT(Compiled(Cat("took = \"", text, "\"")), HasSubstr("at character 8: ")) << text;
  }
  for (const char* text : {"0000-12-31", "12345-1-01", "10000-01-01"}) {
    EXPECT_THAT(Compiled(Cat("day = \"", text, "\"")), HasSubstr("at character 7: ")) << text;
  }
}

TEST_F(FilterExpressionTest, ValuesThatTheColumnCannotHave) {
  EXPECT_THAT(Compiled("rank = 5000000000"), HasSubstr("\"5000000000\" is no value of rank"));
  EXPECT_THAT(Compiled("id = x"), HasSubstr("write a UUID"));
  EXPECT_THAT(Compiled("mood = HAPPY"), HasSubstr("write one of MOOD_FINE, MOOD_SAD"));
  EXPECT_THAT(Compiled("mood > MOOD_FINE"), HasSubstr("is stored as text, which does not sort as its enum does"));
  EXPECT_THAT(Compiled("id > 0b5253c7-9d6c-4b6f-8a59-3f3b1f6c1f0e"), HasSubstr("values of id have no order"));
  EXPECT_THAT(Compiled("due_at = now"), HasSubstr("write a time with its zone"));
  EXPECT_THAT(Compiled("due_at = 2026-01-31"), HasSubstr("write a time with its zone"));
  EXPECT_THAT(Compiled("due_at = infinity"), HasSubstr("write a time with its zone"));
  EXPECT_THAT(Compiled("day = now"), HasSubstr("write a date"));
  EXPECT_THAT(Compiled(std::string("title = \"a\0b\"", 13)), HasSubstr("NUL"));
  EXPECT_THAT(Compiled(std::string("labels.\"a\0b\" = 1", 16)), HasSubstr("no key after the point"));
  EXPECT_THAT(Compiled("rank:1"), HasSubstr("`:` looks into text, lists and objects"));
}

TEST_F(FilterExpressionTest, LimitsAreNamed) {
  limits_.max_terms = 3;
  limits_.max_nesting = 2;
  limits_.max_bytes = 60;
  EXPECT_EQ(Compiled("rank=1 OR rank=2 OR rank=3"), "OR(rank = [1], rank = [2], rank = [3])");
  EXPECT_EQ(Compiled("rank=1 OR rank=2 OR rank=3 OR rank=4"),
            "at character 31: has more than 3 conditions, the limit max-filter-terms");
  EXPECT_EQ(Compiled("((rank=1))"), "rank = [1]");
  EXPECT_EQ(Compiled("(((rank=1)))"),
            "at character 3: parentheses are nested deeper than 2, the limit max-filter-nesting");
  EXPECT_EQ(Compiled("(rank=1) OR ((rank=2))"), "OR(rank = [1], rank = [2])");
  EXPECT_THAT(Compiled("labels.a.b.c = 1"), HasSubstr("deeper than 2 keys"));
  EXPECT_EQ(Compiled(std::string(60, ' ') + "rank=1"),
            "has 66 bytes; at most 60 are allowed, the limit max-filter-bytes");
}

TEST_F(FilterExpressionTest, TextsToLookForHaveALength) {
  limits_.max_search_bytes = 5;
  for (const char* good : {"title:\"abcde\"", "title = \"abcd*\"", "title != \"*abcd\"", "title = \"abcdefgh\""}) {
    EXPECT_THAT(Compiled(good), HasSubstr("title")) << good;
    EXPECT_THAT(Compiled(good), Not(HasSubstr("limit"))) << good;
  }
  for (const char* bad : {"title:\"abcdef\"", "title = \"abcde*\"", "title != \"*abcde\"", "title = \"a*b*c*\""}) {
    EXPECT_THAT(Compiled(bad), HasSubstr("this text has 6 bytes; at most 5 are looked for, the limit max-search-bytes"))
        << bad;
  }
}

TEST_F(FilterExpressionTest, KeysTellExpressionsApartAndNotTheirOperands) {
  const auto key = [this](const std::string& text) {
    std::string problem;
    const auto filter = CompileFilter(entity(), text, FilterColumns::kAll, limits_, 4, &problem);
    return filter.has_value() ? filter->expression->Key() : problem;
  };
  EXPECT_EQ(key("rank = 1 AND title = a"), key("rank=2 AND title=b"));
  std::vector<std::string> keys;
  for (const char* text : {"rank = 1", "rank != 1", "title = a", "NOT rank = 1", "rank = 1 AND rank = 1",
                           "rank = 1 OR rank = 1", "rank=1 AND (rank=1 OR rank=1)", "(rank=1 OR rank=1) AND rank=1"}) {
    keys.push_back(key(text));
  }
  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(std::unique(keys.begin(), keys.end()), keys.end());
}

TEST_F(FilterExpressionTest, BindingPutsOperandsIntoTheCallAndMistakesUnderTheField) {
  RequestBuilder builder(plans_.Find("List"));
  PartOf<WithExpression>(&builder.request().family)->expression = "rank > 3 AND title = \"'; DROP TABLE tickets; --\"";
  const Call call = builder.MustBind();
  ASSERT_NE(PartOf<WithConditions>(call.variant.family)->expression, nullptr);
  EXPECT_THAT(call.computed, ElementsAre("3", "'; DROP TABLE tickets; --"));
  PartOf<WithExpression>(&builder.request().family)->expression = "rank >";
  EXPECT_THAT(builder.Message(), HasSubstr("filter: at character 7: there is no value"));
}

TEST_F(FilterExpressionTest, APageTokenIsBoundToTheExpression) {
  RequestBuilder builder(plans_.Find("List"));
  PartOf<WithExpression>(&builder.request().family)->expression = "rank > 3";
  const Call call = builder.MustBind();
  builder.request().as<ListRequest>().page_token =
      NextPageToken(call, TestTokens(), {"0b5253c7-9d6c-4b6f-8a59-3f3b1f6c1f0e"});
  EXPECT_EQ(builder.Message(), "OK");
  PartOf<WithExpression>(&builder.request().family)->expression = "rank > 4";
  EXPECT_THAT(builder.Message(), HasSubstr("page_token: is not a token of this request"));
}

/// Whatever callers write is compiled or refused with a position; nothing else can happen.
TEST_F(FilterExpressionTest, RandomTextsAreCompiledOrRefused) {
  static const char* const kPieces[] = {"rank",   "title",
                                        "notes",  "labels",
                                        "tags",   "due_at",
                                        "null",   "*",
                                        ".",      "=",
                                        "!=",     "<",
                                        ">=",     ":",
                                        "(",      ")",
                                        "AND",    "OR",
                                        "-",      " ",
                                        "NOT ",   "\"",
                                        "'",      "\\",
                                        "1",      "-2.5",
                                        "90s",    "\xff",
                                        ",",      "true",
                                        "counts", "mood",
                                        "SAD",    "\xF0\x9F\x98\x80",
                                        "\t",     "secret",
                                        " AND ",  " OR ",
                                        "= 1",    "rank = 1"};
  unsigned random = 1;
  int compiled = 0;
  int refused = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (int j = 0; j < 1 + i % 12; ++j) {
      random = random * 1664525 + 1013904223;
      text += kPieces[(random >> 8) % std::size(kPieces)];
    }
    std::string problem;
    const auto filter = CompileFilter(entity(), text, FilterColumns::kFilterable, limits_, 0, &problem);
    ASSERT_EQ(filter.has_value(), problem.empty()) << text;
    if (!filter.has_value()) {
      ASSERT_EQ(problem.rfind("at character ", 0), 0U) << text << ": " << problem;
    }
    ++(filter.has_value() ? compiled : refused);
  }
  EXPECT_GT(compiled, 100);
  EXPECT_GT(refused, 10000);
}

TEST(FilterExpression, AFieldForItNeedsSomethingToNameAndObjectsToLookInto) {
  EXPECT_THAT(Plans::OfText(R"(
message Note {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
}
message In { string page_token = 1; string filter = 2; }
message Out { repeated Note notes = 1; string next_page_token = 2; }
service NoteRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Note";
  rpc List(In) returns (Out);
})")
                  .Mistakes(),
              ElementsAre("shop.v1.In.filter: no field of shop.v1.Note may be named in a filter; set `filterable: "
                          "true` on those that callers may filter by, or remove this field"));
}

}  // namespace
}  // namespace rowkeeper::plan
