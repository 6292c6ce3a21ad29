// Lists that change while the server runs: those of the operator's file, and callers whose roles are others than when
// an answer was made.
#include <functional>
#include <vector>

#include "absl/strings/match.h"
#include "tests/pg/server/field_fixture.h"
#include "tests/pg/server/log_capture.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/stream_client.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/eventually.h"

namespace rowkeeper::testing {
namespace {

class FieldChangesTest : public FieldRulesTest {
 protected:
  void TearDown() override { Use(""); }
  /// Waits until the server has taken the file with these lists.
  static void Use(const std::string& fields) {
    const uint64_t before = Loads();
    ReplaceTestFile(FilePath(), Cat(kOpenFile, fields, "# ", RandomHex(8), "\n"));
    ASSERT_TRUE(Eventually([&] { return Loads() > before; }));
  }
  static uint64_t Loads() {
    const std::string text = server().MetricsText();
    const std::string name = "\nrowkeeper_policy_file_loads_total ";
    const size_t at = text.find(name);
    return at == std::string::npos ? 0 : std::stoull(text.substr(at + name.size()));
  }
  Json Seen(const CallOptions& as = Staff()) const { return Must("PersonRepository.GetById", {{"id", id_}}, as); }
};

TEST_F(FieldChangesTest, TheFileNarrowsFields) {
  EXPECT_TRUE(Seen().contains("name"));
  Use("[fields]\n\"shop.v1.Person.name\" = {read = [\"role:hr\"], write = []}\n");
  EXPECT_FALSE(Seen().contains("name"));
  EXPECT_TRUE(Seen(Hr()).contains("name"));
  EXPECT_EQ(Call("PersonRepository.List", {{"filter", "name = Ada"}}), Denied("read name"));
  EXPECT_EQ(Call("PersonRepository.Update", {{"person", {{"id", id_}, {"name", "N"}}}, {"update_mask", "name"}}, Hr()),
            Denied("write name"));
  Use("");
  EXPECT_TRUE(Seen().contains("name"));
}

TEST_F(FieldChangesTest, TheFileNeverWidens) {
  Use("[fields]\n\"*\" = {read = [\"everyone\"], write = [\"everyone\"]}\n");
  EXPECT_FALSE(Seen().contains("salary"));
  Use("[fields]\n\"shop.v1.Person.salary\" = {read = [\"caller:jwt:carol\"]}\n");
  EXPECT_FALSE(Seen(Hr()).contains("salary")) << "both lists have to admit";
}

TEST_F(FieldChangesTest, APatternIsForTheFieldsThatCanHaveAList) {
  Use("[fields]\n\"shop.v1.Person.*\" = {read = []}\n\"shop.v1.Person.rank\" = {read = [\"everyone\"]}\n");
  const Json person = Seen(Hr());
  EXPECT_EQ(person.value("id", ""), id_);
  EXPECT_TRUE(person.contains("version"));
  EXPECT_TRUE(person.contains("rank"));
  EXPECT_EQ(person.size(), 3) << person;
}

TEST_F(FieldChangesTest, AnOpenUnitFollows) {
  const Unit unit(&server(), Json::object(), Staff());
  EXPECT_TRUE(unit.MustCall("PersonRepository.GetById", {{"id", id_}}).contains("name"));
  Use("[fields]\n\"shop.v1.Person.name\" = {read = []}\n");
  EXPECT_FALSE(unit.MustCall("PersonRepository.GetById", {{"id", id_}}).contains("name"));
  EXPECT_TRUE(unit.Do("Rollback").ok());
}

TEST_F(FieldChangesTest, AReplayShowsWhatTheCallerMayReadByNow) {
  const std::string key = NewKey();
  const Json request = {{"person", {{"name", "Replayed"}, {"note", kSecret}, {"origin", kSecret}}}};
  const KeyedAnswer first = CallWithKey(&server(), "PersonRepository.Create", request, key, Hr());
  ASSERT_TRUE(first.bytes.ok()) << first.bytes.status();
  EXPECT_TRUE(absl::StrContains(*first.bytes, kSecret));
  const KeyedAnswer again = CallWithKey(&server(), "PersonRepository.Create", request, key, Staff());
  ASSERT_TRUE(again.bytes.ok()) << again.bytes.status();
  EXPECT_TRUE(again.replayed);
  EXPECT_FALSE(absl::StrContains(*again.bytes, kSecret));
  EXPECT_TRUE(absl::StrContains(*again.bytes, "Replayed"));
  EXPECT_EQ(*CallWithKey(&server(), "PersonRepository.Create", request, key, Hr()).bytes, *first.bytes);
}

TEST_F(FieldChangesTest, AReplayedBatchAndARunDoTheSame) {
  const std::string key = NewKey();
  const Json batch = {{"people", {{{"name", "B1"}, {"note", kSecret}}, {{"name", "B2"}, {"note", kSecret}}}}};
  ASSERT_TRUE(CallWithKey(&server(), "PersonRepository.BatchCreate", batch, key, Hr()).bytes.ok());
  const KeyedAnswer again = CallWithKey(&server(), "PersonRepository.BatchCreate", batch, key, Staff());
  ASSERT_TRUE(again.bytes.ok() && again.replayed) << again.bytes.status();
  EXPECT_FALSE(absl::StrContains(*again.bytes, kSecret));
  EXPECT_TRUE(absl::StrContains(*again.bytes, "B2"));

  RunRequest run(&server());
  run.Add("PersonRepository.Create", {{"person", {{"name", "R1"}, {"note", kSecret}}}})
      .Add("PersonRepository.GetById", {{"id", id_}, {"read_mask", "*,department"}});
  const std::string run_key = NewKey();
  const auto made = run.Send(WithKey(run_key, Hr()));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_TRUE(absl::StrContains((*made)[1].dump(), kSecret));
  const auto replayed = run.Send(WithKey(run_key, Staff()));
  ASSERT_TRUE(replayed.ok()) << replayed.status();
  EXPECT_FALSE(absl::StrContains(Json(*replayed).dump(), kSecret)) << Json(*replayed);
  EXPECT_EQ((*replayed)[1]["department"].value("name", ""), "Sales");
}

TEST_F(FieldChangesTest, ACallThatAUnitRepeatsDoesTheSame) {
  const Unit unit(&server(), Json::object(), Hr());
  const Json request = {{"person", {{"name", "Numbered"}, {"note", kSecret}}}};
  const auto call = [&](const CallOptions& as) {
    CallOptions options = as;
    options.headers.emplace_back("rowkeeper-unit-of-work", unit.handle());
    options.headers.emplace_back("rowkeeper-sequence", "1");
    return server().Call("PersonRepository.Create", request, options);
  };
  const auto first = call(Hr());
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->value("note", ""), kSecret);
  const auto again = call(Staff());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->value("id", ""), first->value("id", "-"));
  EXPECT_FALSE(again->contains("note")) << *again;
  EXPECT_TRUE(unit.Do("Rollback").ok());
}

TEST_F(FieldChangesTest, ARefusalIsCountedAndLogged) {
  LogCapture log;
  EXPECT_EQ(Call("PersonRepository.List", {{"filter", "salary = 4711"}}), Denied("read salary"));
  const std::string text = log.Read();
  const size_t at = text.find("a list for a field refused a call");
  ASSERT_NE(at, std::string::npos) << text;
  const std::string line = text.substr(at, text.find('\n', at) - at);
  EXPECT_TRUE(absl::StrContains(line, "field=salary") && absl::StrContains(line, "caller=jwt:alice")) << line;
  EXPECT_FALSE(absl::StrContains(text, "4711")) << "what was asked";
  EXPECT_TRUE(absl::StrContains(server().MetricsText(), "reason=\"FIELD_NOT_ALLOWED\""));
}

}  // namespace
}  // namespace rowkeeper::testing
