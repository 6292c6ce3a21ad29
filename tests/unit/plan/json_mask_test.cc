#include "server/plan/mask/json_mask.h"

#include "absl/strings/str_join.h"
#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using ::testing::ElementsAre;

/// "theme, notifications{email, push}".
std::string Describe(const JsonTree& tree) {
  std::vector<std::string> keys;
  for (const auto& [key, below] : tree.keys) keys.push_back(below.whole() ? key : Cat(key, "{", Describe(below), "}"));
  return absl::StrJoin(keys, ", ");
}

constexpr char kSettings[] = R"(
message Inner { string name = 1; google.protobuf.Timestamp at = 2; google.protobuf.Int32Value count = 3; }
message Settings {
  string theme = 1;
  Inner inner = 2;
  repeated Inner inners = 3;
  map<string, string> texts = 4;
  map<int32, Inner> numbers = 5;
  map<bool, int32> switches = 6;
  google.protobuf.Struct more = 7;
  google.protobuf.Value any = 8;
  google.protobuf.ListValue list = 9;
  oneof start { string page = 10; int32 day = 11; Inner widget = 12; }
}
message Shop {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string title = 2;
  Settings settings = 3;
  google.protobuf.Struct labels = 4;
  map<string, int64> counts = 5;
  repeated Settings history = 6;
  Settings fixed = 7 [(rowkeeper.v1.column).immutable = true];
  Settings made = 8 [(rowkeeper.v1.column).output_only = true];
  repeated string tags = 9;
}
service ShopRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Shop";
  rpc GetById(GetRequest) returns (Shop);
  rpc Update(UpdateRequest) returns (Shop);
  rpc Upsert(UpsertRequest) returns (Shop);
}
message GetRequest { int64 id = 1; google.protobuf.FieldMask read_mask = 2; }
message UpdateRequest { Shop shop = 1; google.protobuf.FieldMask update_mask = 2; }
message UpsertRequest { Shop shop = 1; google.protobuf.FieldMask update_mask = 2; }
)";

class JsonMaskTest : public ::testing::Test {
 protected:
  /// What a read mask takes of each column; columns with a "*" are whole.
  std::string Read(const std::vector<std::string>& paths) {
    const Call call = RequestBuilder(plans_.Find("GetById")).Set("id", "1").ReadMask(paths).MustBind();
    std::vector<std::string> parts;
    for (int column : call.variant.columns) {
      const std::string& name = call.plan->entity->columns[column].name;
      const bool all = call.variant.json == nullptr || call.variant.json->reads.count(column) == 0;
      parts.push_back(all ? name : Cat(name, "{", Describe(call.variant.json->reads.at(column)), "}"));
    }
    return absl::StrJoin(parts, ", ");
  }
  RequestBuilder Update(const std::vector<std::string>& paths) {
    return RequestBuilder(plans_.Find("Update")).Set("shop.id", "1").UpdateMask(paths);
  }
  /// What is wrong with one path, without the words that every mistake has.
  std::string Mistake(const std::string& path) {
    const std::string message = Update({path}).Message();
    const std::string prefix = Cat("update_mask: path \"", path, "\" ");
    EXPECT_EQ(message.substr(0, prefix.size()), prefix);
    return message.substr(std::min(prefix.size(), message.size()));
  }

  const Plans plans_ = Plans::OfText(kSettings);
};

TEST_F(JsonMaskTest, PathsOfAColumnAddUpAndTheOneAboveWins) {
  EXPECT_EQ(Read({"settings.theme", "settings.inner.name", "title", "settings.inner.count"}),
            "title, settings{inner{count, name}, theme}");
  EXPECT_EQ(Read({"settings.inner.name", "settings.inner"}), "settings{inner}");
  EXPECT_EQ(Read({"settings.inner", "settings.inner.name", "settings.more.a.b"}), "settings{inner, more{a{b}}}");
  EXPECT_EQ(Read({"settings.theme", "settings"}), "settings");
  EXPECT_EQ(Read({"settings", "settings.theme"}), "settings");
  EXPECT_EQ(Read({"settings.theme", "*"}), "id, title, settings, labels, counts, history, fixed, made, tags");
}

TEST_F(JsonMaskTest, KeysOfMapsAndStructsAreSteps) {
  EXPECT_EQ(
      Read({"counts.red", "labels.a.b.c", "settings.any.x", "settings.numbers.-7.name", "settings.switches.true"}),
      "settings{any{x}, numbers{-7{name}}, switches{true}}, labels{a{b{c}}}, counts{red}");
  EXPECT_EQ(Read({"counts.`a.b``c`", "counts.``", "labels.`*`.`'; DROP TABLE shops; --`"}),
            "labels{*{'; DROP TABLE shops; --}}, counts{, a.b`c}");
}

TEST_F(JsonMaskTest, EveryMistakeIsNamedWithWhatIsThere) {
  EXPECT_EQ(Mistake("settings.thema"),
            "names \"thema\", which is not a field of shop.v1.Settings; the fields are theme, inner, inners, texts, "
            "numbers, switches, more, any, list, page, day, widget");
  EXPECT_EQ(Mistake("settings.inner.nope"),
            "names \"nope\", which is not a field of shop.v1.Inner; the fields are name, at, count");
  EXPECT_EQ(Mistake("settings.theme.colour"), "reaches into theme, which is no message");
  EXPECT_EQ(Mistake("settings.inners.name"), "reaches into inners, which is repeated and handled whole");
  EXPECT_EQ(Mistake("settings.inners.0"), "reaches into inners, which is repeated and handled whole");
  EXPECT_EQ(Mistake("history.theme"), "reaches into history, which is repeated and handled whole");
  EXPECT_EQ(Mistake("settings.list.0"), "reaches into list, which is handled whole");
  EXPECT_EQ(Mistake("settings.inner.at.seconds"), "reaches into at, which is handled whole");
  EXPECT_EQ(Mistake("settings.inner.count.value"), "reaches into count, which is handled whole");
  EXPECT_EQ(Mistake("counts.a.b"), "reaches into value, which is no message");
  EXPECT_EQ(Mistake("settings.numbers.07"), "has the key \"07\", which is not one of the map numbers");
  EXPECT_EQ(Mistake("settings.numbers.99999999999"),
            "has the key \"99999999999\", which is not one of the map numbers");
  EXPECT_EQ(Mistake("settings.switches.1"), "has the key \"1\", which is not one of the map switches");
  EXPECT_EQ(Mistake("settings."), "has an empty name; write ` ` around keys");
  EXPECT_EQ(Mistake("labels..a"), "has an empty name; write ` ` around keys");
  EXPECT_EQ(Mistake("labels.*"), "has a \"*\", which stands only alone");
  const char* const backticks =
      "has backticks in the wrong places; write them around a whole key, and double those inside";
  EXPECT_EQ(Mistake("labels.`a"), backticks);
  EXPECT_EQ(Mistake("labels.a`b`"), backticks);
  EXPECT_EQ(Mistake("labels.`a`b"), backticks);
  EXPECT_EQ(Mistake(std::string("labels.a\0b", 10)), "has a NUL character, which no key can have");
  EXPECT_EQ(Update({"tags.0"}).Message(),
            "update_mask: path \"tags.0\" reaches into tags, which is handled whole; write \"tags\"");
}

TEST_F(JsonMaskTest, DepthAndSizeAreLimited) {
  std::string deep = "labels";
  for (size_t i = 0; i < kMaxJsonDepth; ++i) deep += ".a";
  EXPECT_EQ(Update({deep}).Message(), "OK");
  EXPECT_EQ(Mistake(deep + ".a"), "reaches 17 levels deep; at most 16 are allowed");
  EXPECT_EQ(Update({"labels." + std::string(kMaxJsonPathBytes, 'a')}).Message(),
            "update_mask: has more than 8192 bytes of paths into JSON columns; name fewer, or the columns themselves");
}

TEST_F(JsonMaskTest, KeysAreLimitedOnAllLevelsAndInAllColumnsTogether) {
  std::vector<std::string> paths;
  for (size_t i = 0; i < (kMaxJsonKeys - 3) / 2; ++i) {
    paths.push_back(Cat("labels.a.k", i));
    paths.push_back(Cat("counts.k", i));
  }
  paths.insert(paths.end(), {"settings.inner.name", "labels.a.k0"});
  EXPECT_EQ(Update(paths).Message(), "OK");
  paths.push_back("settings.theme");
  EXPECT_EQ(Update(paths).Message(), "OK");
  paths.push_back("settings.inner.at");
  const char* const refusal =
      "names 101 keys in JSON columns; at most 100 are allowed, so name fewer, or what they are in";
  EXPECT_EQ(Update(paths).Message(), Cat("update_mask: ", refusal));
  EXPECT_EQ(RequestBuilder(plans_.Find("GetById")).Set("id", "1").ReadMask(paths).Message(),
            Cat("read_mask: ", refusal));
  paths.push_back("settings.inner");
  EXPECT_EQ(Update(paths).Message(), "OK") << "the path above counts alone";
}

TEST_F(JsonMaskTest, AnUpdateWritesPartsOfTheColumn) {
  const Call call = Update({"settings.theme", "settings.texts.a\"b", "title"}).Set("shop.settings", "{}").MustBind();
  EXPECT_THAT(Written(call), ElementsAre("title", "settings"));
  ASSERT_NE(call.variant.json, nullptr);
  ASSERT_EQ(call.variant.json->writes.size(), 1u);
  const JsonWrite& write = call.variant.json->writes.begin()->second;
  EXPECT_EQ(call.computed[write.leaves], R"({"theme"})");
  ASSERT_EQ(write.parts.size(), 1u);
  EXPECT_EQ(call.computed[write.parts[0].key], "texts");
  EXPECT_EQ(call.computed[write.parts[0].below[0].leaves], R"({"a\"b"})");
}

TEST_F(JsonMaskTest, AMemberOfAOneofDrivesOutTheOthers) {
  const Call call = Update({"settings.page", "settings.widget.name"}).MustBind();
  const JsonWrite& write = call.variant.json->writes.begin()->second;
  ASSERT_EQ(write.siblings.size(), 2u);
  EXPECT_EQ(call.computed[write.siblings[0].key], "page");
  EXPECT_EQ(call.computed[write.siblings[0].siblings], R"({"day","widget"})");
  EXPECT_EQ(call.computed[write.parts[0].named_siblings], R"({"page"})");
}

TEST_F(JsonMaskTest, KeysAreNoPartOfAStatement) {
  const std::string one = Update({"labels.a", "labels.b.c"}).MustBind().variant.Key();
  EXPECT_EQ(Update({"labels.x", "labels.y.z"}).MustBind().variant.Key(), one);
  EXPECT_NE(Update({"labels.x"}).MustBind().variant.Key(), one);
  EXPECT_NE(Update({"labels"}).MustBind().variant.Key(), one);
  const auto read = [this](const char* path) {
    return RequestBuilder(plans_.Find("GetById")).Set("id", "1").ReadMask({path}).MustBind().variant.Key();
  };
  // Columns are read whole from the table, so that callers cannot make up ever new statements.
  EXPECT_EQ(read("labels.a"), read("labels.b"));
  EXPECT_EQ(read("labels.a"), read("labels"));
  EXPECT_NE(read("labels.a"), read("counts.a"));
}

TEST_F(JsonMaskTest, ImmutableOutputOnlyAndUpsertedColumnsAreHandledWhole) {
  EXPECT_EQ(Update({"fixed.theme"}).Message(),
            "update_mask: reaches into shop.fixed, which is immutable; leave it out");
  const Call ignored = Update({"made.theme", "title"}).MustBind();
  EXPECT_THAT(Written(ignored), ElementsAre("title"));
  EXPECT_TRUE(ignored.variant.json == nullptr || ignored.variant.json->writes.empty());
}

TEST_F(JsonMaskTest, AnUpsertWritesColumnsWhole) {
  const MethodPlan& plan = plans_.Find("Upsert");
  Request request = EmptyRequest(plan);
  BatchRequest& batch = request.as<BatchRequest>();
  batch.elements.resize(1);
  batch.elements[0].arguments.resize(plan.inputs.size());
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    if (plan.inputs[i].name == "id") batch.elements[0].arguments[i] = {true, "1"};
  }
  batch.update_mask = {"settings.theme"};
  const auto call = Bind(plan, request, {}, TestTokens());
  EXPECT_EQ(call.status().message(),
            "update_mask: reaches into JSON columns, which an upsert writes whole; name the columns themselves, or "
            "update");
}

}  // namespace
}  // namespace rowkeeper::plan
