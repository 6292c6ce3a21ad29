#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "tests/pg/server/hostile_walk.h"

namespace rowkeeper::testing {
namespace {

// A random walk over the methods that write, in random ways, with random keys, over one table that keeps what the steps
// before have made of it. The model is the table itself: what a call answers must be what it shows.
//
// ROWKEEPER_HOSTILE_STEPS: how long the walk is (default 60). ROWKEEPER_HOSTILE_SEED: another one.

/// One call, and what the table must show when it says OK or NOT_FOUND.
struct Step {
  std::string method;
  Json request;
  /// SQL conditions; empty: there is nothing to say.
  std::string done = {};
  std::string missing = {};
  /// Rows that the answer has; -1: as many as it likes.
  int rows = -1;
};

int Setting(const char* variable, int otherwise) {
  const char* const value = std::getenv(variable);
  return value == nullptr ? otherwise : std::atoi(value);
}

class HostileRandomTest : public HostileWalkTest {
 protected:
  using Random = std::mt19937;

  static int Below(int limit, Random* random) { return static_cast<int>((*random)() % static_cast<unsigned>(limit)); }

  /// What surroundings do, they do to slugs that begin with "bad".
  static std::string Slug(Random* random) {
    static constexpr const char* kPrefixes[] = {"bad-", "bad-s", "bad-n", "bad-r", "bad-i", "fine-", "Fine-"};
    return Cat(kPrefixes[Below(7, random)], Below(12, random));
  }
  static std::string Title(Random* random) { return Cat("t", Below(4, random)); }
  static std::string Id(Random* random) { return std::to_string(1 + Below(9, random)); }
  /// One to three, none twice.
  static std::vector<std::string> Ids(Random* random) {
    std::set<std::string> ids;
    for (int i = Below(3, random); i >= 0; --i) ids.insert(Id(random));
    return {ids.begin(), ids.end()};
  }
  static Json Item(Random* random) {
    return {{"slug", Slug(random)}, {"title", Title(random)}, {"details", {{"color", "red"}}}};
  }
  static Json Items(Random* random) {
    std::set<std::string> slugs;
    Json items = Json::array();
    for (int i = Below(3, random); i >= 0; --i) {
      const Json item = Item(random);
      if (slugs.insert(item["slug"].get<std::string>()).second) items.push_back(item);
    }
    return items;
  }

  static Step OneRow(Random* random) {
    const std::string id = Id(random), row = Cat("SELECT FROM items WHERE id = ", id);
    const std::string live = " AND deleted_at IS NULL", deleted = " AND deleted_at IS NOT NULL";
    switch (Below(6, random)) {
      case 0:
        return {"ItemRepository.Create", {{"item", Item(random)}}};
      case 1: {
        Json item = With({{"title", Title(random)}}, id);
        if (Below(3, random) == 0) item["version"] = std::to_string(1 + Below(3, random));
        return {"ItemRepository.Update",
                {{"item", item}, {"update_mask", "title"}},
                Cat("EXISTS (", row, live, ")"),
                Cat("NOT EXISTS (", row, live, ")")};
      }
      case 2:
        return {"ItemRepository.SoftDelete",
                {{"id", id}},
                Cat("EXISTS (", row, deleted, ")"),
                Cat("NOT EXISTS (", row, live, ")")};
      case 3:
        return {"ItemRepository.Restore",
                {{"id", id}},
                Cat("EXISTS (", row, live, ")"),
                Cat("NOT EXISTS (", row, deleted, ")")};
      case 4:
        return {
            "ItemRepository.Delete", {{"id", id}}, Cat("NOT EXISTS (", row, ")"), Cat("NOT EXISTS (", row, live, ")")};
      default:
        break;
    }
    return {"ItemExtras.UpsertBySlug", {{"item", Item(random)}}};
  }

  static Step Batch(Random* random) {
    const std::vector<std::string> ids = Ids(random);
    const int count = static_cast<int>(ids.size());
    const std::string rows = Cat("FROM items WHERE id IN (", absl::StrJoin(ids, ", "), ")");
    const auto all = [&](const std::string& state) { return Cat("(SELECT count(*) ", rows, state, ") = ", count); };
    const auto some_lack = [&](const std::string& state) { return Cat("NOT ", all(state)); };
    const std::string live = " AND deleted_at IS NULL", deleted = " AND deleted_at IS NOT NULL";
    const Json items = Items(random);
    switch (Below(8, random)) {
      case 0:
        return {"ItemRepository.BatchCreate", {{"items", items}}, "", "", static_cast<int>(items.size())};
      case 1: {
        Json changed = Json::array();
        for (const std::string& id : ids) changed.push_back(With({{"title", Title(random)}}, id));
        return {"ItemRepository.BatchUpdate",
                {{"items", changed}, {"update_mask", "title"}},
                all(live),
                some_lack(live),
                count};
      }
      case 2:
        return {"ItemRepository.BatchSoftDelete", {{"keys", Keys(ids)}}, all(deleted), some_lack(live), count};
      case 3:
        return {"ItemRepository.BatchRestore", {{"keys", Keys(ids)}}, all(live), some_lack(deleted), count};
      case 4:
        return {"ItemRepository.BatchDelete",
                {{"keys", Keys(ids)}},
                Cat("NOT EXISTS (SELECT ", rows, ")"),
                some_lack(live)};
      case 5:
        return {"ItemExtras.UpsertSomeBySlug", {{"items", items}}, "", "", static_cast<int>(items.size())};
      case 6: {
        Json upserted = Json::array();
        for (const std::string& id : ids) upserted.push_back(With(Item(random), id));
        return {"ItemRepository.BatchUpsert", {{"items", upserted}}, all(live), "", count};
      }
      default:
        break;
    }
    return {"ItemExtras.CreateSome", {{"items", items}}};
  }

  static void ExpectTrueStep(const absl::StatusOr<Json>& answer, const Step& step, const std::string& before) {
    if (answer.ok()) {
      if (!step.done.empty()) {
        EXPECT_EQ(Value("SELECT " + step.done), "t") << "answered " << *answer << " over " << Digest();
      }
      if (step.rows >= 0) {
        EXPECT_EQ(answer->value("items", Json::array()).size(), static_cast<size_t>(step.rows)) << *answer;
      }
      ExpectRowsAsStored(*answer);
      return;
    }
    const absl::Status& status = answer.status();
    const bool told = MetadataOf(status, "executed") == "true";
    EXPECT_EQ(Digest() != before, told) << "an error that does not say what was written: " << status;
    if (status.code() == absl::StatusCode::kNotFound) {
      EXPECT_FALSE(step.missing.empty()) << status;
      if (!step.missing.empty()) {
        EXPECT_EQ(Value("SELECT " + step.missing), "t") << status << " over " << Digest();
      }
      return;
    }
    if (ReasonOf(status) == "VERSION_MISMATCH") return;
    ExpectAboutTheRow(status);
  }
};

TEST_P(HostileRandomTest, EveryAnswerIsWhatTheTableShows) {
  Fill();
  Random random(static_cast<unsigned>(Setting("ROWKEEPER_HOSTILE_SEED", 20261129)));
  const int steps = Setting("ROWKEEPER_HOSTILE_STEPS", 60);
  int good = 0;
  for (int i = 0; i < steps; ++i) {
    const Step step = Below(2, &random) == 0 ? OneRow(&random) : Batch(&random);
    constexpr Way kWays[] = {Way::kAlone, Way::kKeyed, Way::kInUnit, Way::kRun};
    const Way way = kWays[Below(4, &random)];
    SCOPED_TRACE(Cat("step ", i, ": ", step.method, " ", step.request.dump(), " ", NameOf(way)));
    const std::string before = Digest();
    const absl::StatusOr<Json> answer = CallIn(way, server_, {step.method, step.request, ""});
    ExpectTrueStep(answer, step, before);
    if (answer.ok()) ++good;
    if (HasFailure()) break;
  }
  EXPECT_GT(good, 0) << "a walk that goes nowhere";
}

/// All of it round one table: rows are skipped, normalised, raised about and made unreadable, each by its slug.
std::string Mixture() {
  return Trigger("BEFORE INSERT OR UPDATE OR DELETE ON items",
                 "IF row.slug LIKE 'bad-s%' THEN RETURN NULL; END IF; IF row.slug LIKE 'bad-r%' THEN RAISE 'no' USING "
                 "ERRCODE = '23505'; END IF; IF TG_OP <> 'DELETE' AND row.slug LIKE 'bad-n%' THEN NEW.slug := "
                 "upper(NEW.slug); END IF; IF TG_OP <> 'DELETE' AND row.slug LIKE 'bad-i%' THEN NEW.due := 'infinity'; "
                 "END IF;");
}

/// Each table once more with the mixture round it.
std::vector<Surroundings> ServedSurroundings() {
  std::vector<Surroundings> all = AllSurroundings();
  all.push_back({"Mixture", Mixture()});
  for (Surroundings remade : RemadeTables()) {
    remade.name += "AndMixture";
    remade.sql += "; " + Mixture();
    all.push_back(std::move(remade));
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Surroundings, HostileRandomTest, ::testing::ValuesIn(ServedSurroundings()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace rowkeeper::testing
