#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/upsert_fixture.h"

namespace rowkeeper::testing {
namespace {

/// The statement waits for another transaction, and then meets what that one left.
class OvertakenTest : public UpsertSurroundingsTest, public ::testing::WithParamInterface<bool> {
 protected:
  /// Runs `sql` beside the upsert, which waits for it.
  CallResult Overtaken(const std::string& sql, const Json& items) {
    Blocker blocker(server_.get(), sql);
    std::unique_ptr<Unit> unit = GetParam() ? std::make_unique<Unit>(server_.get()) : nullptr;
    auto answer = std::async(std::launch::async, [&] {
      CallResult result = server_->Call("ItemRepository.BatchUpsert", {{"items", items}},
                                        unit == nullptr ? CallOptions() : unit->Inside());
      if (unit != nullptr) {
        const CallResult end = result.ok() ? unit->Commit() : unit->Rollback();
        EXPECT_TRUE(end.ok()) << end.status();
      }
      return result;
    });
    EXPECT_TRUE(Eventually(server_.get(),
                           "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND "
                           "wait_event_type = 'Lock' AND query LIKE '%item%')"));
    blocker.End("COMMIT");
    return answer.get();
  }
};

INSTANTIATE_TEST_SUITE_P(AloneAndInAUnit, OvertakenTest, ::testing::Bool());

TEST_P(OvertakenTest, ByANewRow) {
  const Json items = {Item("c", "1"), Item("a", "1"), Item("b", "1")};
  EXPECT_EQ(AllSaid(Overtaken("INSERT INTO item (sku, title) VALUES ('a', '0'), ('b', '1')", items)),
            "INSERTED c:1:1, UPDATED a:1:2, UNCHANGED b:1:1");
  EXPECT_EQ(Stored(), "a:1:2, b:1:1, c:1:1");
}

TEST_P(OvertakenTest, ByADeletion) {
  Run("INSERT INTO item (sku, title) VALUES ('a', '0'), ('b', '0')");
  EXPECT_EQ(AllSaid(Overtaken("DELETE FROM item", {Item("b", "1"), Item("a", "1")})), "INSERTED b:1:1, INSERTED a:1:1");
}

TEST_P(OvertakenTest, ByADeletionOfTheVersionThatIsToBeReplaced) {
  Run("INSERT INTO item (sku, title) VALUES ('a', '0')");
  Json item = Item("a", "1");
  item["version"] = "1";
  EXPECT_EQ(Summary(Overtaken("DELETE FROM item", {Item("b", "1"), item})), "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(Stored(), "");
}

TEST_P(OvertakenTest, ByAnotherKey) {
  Run("INSERT INTO item (sku, title) VALUES ('a', '0')");
  EXPECT_EQ(AllSaid(Overtaken("UPDATE item SET sku = 'b'", {Item("a", "1")})), "INSERTED a:1:1");
  EXPECT_EQ(Stored(), "a:1:1, b:0:1");
}

TEST_P(OvertakenTest, ByTheSameValues) {
  Run("INSERT INTO item (sku, title) VALUES ('a', '0')");
  EXPECT_EQ(AllSaid(Overtaken("UPDATE item SET title = '1'", {Item("a", "1"), Item("b", "1")})),
            "UNCHANGED a:1:1, INSERTED b:1:1");
}

TEST_P(OvertakenTest, ByAnotherVersionOrImmutableValue) {
  Run("INSERT INTO item (sku, title, maker) VALUES ('a', '0', 'm')");
  Json item = Item("a", "1");
  item.update({{"version", "1"}, {"maker", "m"}});
  EXPECT_EQ(Summary(Overtaken("UPDATE item SET version = 2", {item, Item("b", "1")})), "ABORTED VERSION_MISMATCH");
  item["version"] = "2";
  EXPECT_EQ(Summary(Overtaken("UPDATE item SET maker = 'n'", {item, Item("b", "1")})),
            "INVALID_ARGUMENT INVALID_FIELD [items[0].maker]");
  EXPECT_EQ(Stored(), "a:0:2");
}

/// Eight clients that upsert and delete rows of few keys, in batches and alone. What they were told adds up to what is
/// there.
enum class Keys { kAsStored, kMixedCase };
struct Load {
  int calls = 0;  ///< of each client
  Keys keys = Keys::kAsStored;
};
/// What clients were told.
struct Tally {
  std::atomic<int> inserted{0}, updated{0}, deleted{0}, again{0};
};

constexpr int kKeys = 9;

void DeleteOne(InProcessServer* server, std::minstd_rand* random, Tally* tally) {
  const auto answer = server->Call("ItemRepository.Delete", {{"sku", Cat("K", (*random)() % kKeys)}});
  if (answer.ok()) ++tally->deleted;
  EXPECT_TRUE(answer.ok() || absl::IsNotFound(answer.status())) << answer.status();
}

void UpsertSome(InProcessServer* server, Keys keys, std::minstd_rand* random, Tally* tally) {
  std::map<int, Json> rows;
  for (int i = 0; i < 4; ++i) {
    const int key = static_cast<int>((*random)() % kKeys);
    const bool low = keys == Keys::kMixedCase && (*random)() % 2 == 0;
    rows[key] = {{"sku", Cat(low ? "k" : "K", key)}, {"title", Cat("t", (*random)() % 3)}};
  }
  Json items = Json::array();
  for (const auto& [key, row] : rows) items.push_back(row);
  const auto answer = server->Call("ItemRepository.BatchUpsert", {{"items", items}});
  if (!answer.ok()) {
    EXPECT_EQ(answer.status().code(), absl::StatusCode::kAborted) << answer.status();
    ++tally->again;
    return;
  }
  ASSERT_EQ((*answer)["items"].size(), rows.size());
  size_t i = 0;
  for (const auto& [key, row] : rows) {
    EXPECT_EQ((*answer)["items"][i]["sku"], Cat("K", key));
    EXPECT_EQ((*answer)["items"][i]["title"], row["title"]);
    if ((*answer)["outcomes"][i] == "WRITE_OUTCOME_INSERTED") ++tally->inserted;
    if ((*answer)["outcomes"][i] == "WRITE_OUTCOME_UPDATED") ++tally->updated;
    ++i;
  }
}

void AddsUp(InProcessServer* server, const Load& load) {
  constexpr int kClients = 8;
  Tally tally;
  std::vector<std::thread> clients;
  for (int client = 0; client < kClients; ++client) {
    clients.emplace_back([&, client] {
      std::minstd_rand random(static_cast<unsigned>(client + 1));
      for (int call = 0; call < load.calls; ++call) {
        if (random() % 3 == 0) {
          DeleteOne(server, &random, &tally);
        } else {
          UpsertSome(server, load.keys, &random, &tally);
        }
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(server->database().Value("SELECT count(*) FROM item"), std::to_string(tally.inserted - tally.deleted));
  EXPECT_EQ(
      server->database().Value("SELECT concat(n_i, ' ', n_u, ' ', n_d) FROM (SELECT count(*) FILTER (WHERE what = "
                               "'INSERT') n_i, count(*) FILTER (WHERE what = 'UPDATE') n_u, count(*) FILTER (WHERE "
                               "what = 'DELETE') n_d FROM done) AS counts"),
      Cat(tally.inserted.load(), " ", tally.updated.load(), " ", tally.deleted.load()));
  EXPECT_LT(tally.again, kClients * load.calls / 4);
}

/// Writes down what really happened to rows.
constexpr char kWitness[] =
    "CREATE TABLE done (what text); CREATE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO "
    "done VALUES (TG_OP); RETURN NULL; END $$; CREATE TRIGGER witness AFTER INSERT OR UPDATE OR DELETE ON item FOR "
    "EACH "
    "ROW EXECUTE FUNCTION witness();";

TEST_F(UpsertSurroundingsTest, OutcomesOfConcurrentClientsAddUp) {
  Run(kWitness);
  AddsUp(server_.get(), {60, Keys::kAsStored});
}

TEST_F(UpsertSurroundingsTest, OutcomesOfConcurrentClientsOfAPartitionedTableAddUp) {
  Run(kPartitioned);
  Run(kWitness);
  AddsUp(server_.get(), {60, Keys::kAsStored});
}

/// Rows are locked in the order of the keys that are given, which the trigger turns round: deadlocks are a part of it,
/// and PostgreSQL's second before it looks for one is most of the time that they take.
TEST_F(UpsertSurroundingsTest, OutcomesOfConcurrentClientsAddUpWhereATriggerNormalisesKeys) {
  InProcessServer::Options options;
  options.route = [](const std::string& url) {
    return Cat(url, url.find('?') == std::string::npos ? "?" : "&", "options=-c%20deadlock_timeout%3D30ms");
  };
  server_ = std::make_unique<InProcessServer>(CompileProtoText(kUpsertShop), options);
  ASSERT_TRUE(server_->ok());
  Run(kUpperKey);
  Run(kWitness);
  AddsUp(server_.get(), {15, Keys::kMixedCase});
}

}  // namespace
}  // namespace rowkeeper::testing
