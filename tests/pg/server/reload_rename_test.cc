// Tables and columns that are renamed after another catalogue is served, under calls that go on with the one before.

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "tests/pg/server/reload_fixture.h"

namespace rowkeeper::testing {
namespace {

class ReloadRenameTest : public ReloadTest {
 protected:
  void SetUp() override {
    ReloadTest::SetUp();
    Create(1, {{"note", "first"}});
  }

  /// Each has the name of the other then, which raises no error. Nobody may be using the table.
  void SwapNameAndNote() {
    server_.database().Run(
        "BEGIN; ALTER TABLE items ALTER note TYPE varchar(20), ALTER name DROP NOT NULL;"
        "ALTER TABLE items RENAME name TO swapped; ALTER TABLE items RENAME note TO name;"
        "ALTER TABLE items RENAME swapped TO note; COMMIT");
  }

  /// The first version, with batches.
  SharedCatalogue ServeBatches() {
    ItemVersion version = FirstVersion();
    version.methods += "  rpc BatchCreate(CreateItems) returns (CreatedItems);";
    version.rest = "message CreateItems { repeated Item items = 1; } message CreatedItems { repeated Item items = 1; }";
    SharedCatalogue batches = Compile(version);
    Serve(batches);
    return batches;
  }

  /// "name/note" of the first item, by the first catalogue.
  std::string Read(const Unit& unit) {
    const auto item = Call(first_, "ItemRepository.GetById", {{"id", "1"}}, unit.Inside());
    return item.ok() ? Cat(item->value("name", ""), "/", item->value("note", "")) : item.status().ToString();
  }
};

TEST_F(ReloadRenameTest, UnitsOfTheCatalogueBeforeAskForNamesThatNobodyWatchesForThem) {
  const Unit units[] = {Unit(&server_), Unit(&server_), Unit(&server_), Unit(&server_)};
  Serve(second_);
  server_.database().Run("ALTER TABLE items RENAME name TO title");
  EXPECT_EQ(Read(units[0]), "item 1/first");
  EXPECT_TRUE(units[0].Commit().ok());
  server_.database().Run("ALTER TABLE items RENAME title TO name");
  for (int i = 1; i < 4; ++i) {
    SwapNameAndNote();  // what one unit hears is not enough for the next
    EXPECT_EQ(Read(units[i]), "item 1/first");
    EXPECT_TRUE(units[i].Commit().ok());
  }
}

/// Behind a pooler its BEGIN and the batch's savepoint have been executed when names are asked for.
TEST_F(ReloadRenameTest, ABatchBeginsAUnitOfTheCatalogueBeforeAtAnyIsolation) {
  const SharedCatalogue batches = ServeBatches();
  const Unit units[] = {Unit(&server_), Unit(&server_, Isolated("REPEATABLE_READ")),
                        Unit(&server_, Isolated("SERIALIZABLE"))};
  Serve(second_);
  for (int i = 0; i < 3; ++i) {
    SwapNameAndNote();
    const Json item = {{"id", std::to_string(i + 2)}, {"name", "of a batch"}, {"note", "right"}};
    const auto made = Call(batches, "ItemRepository.BatchCreate", {{"items", {item}}}, units[i].Inside());
    EXPECT_TRUE(made.ok()) << made.status();
    EXPECT_TRUE(units[i].Commit().ok());
    const std::string both = i == 1 ? "name || '/' || note" : "note || '/' || name";
    EXPECT_EQ(server_.database().Value(Cat("SELECT DISTINCT ", both, " FROM items WHERE id > 1")), "of a batch/right");
  }
}

/// A batch's own savepoint waits to be sent with its first statement, but behind a pooler.
TEST_F(ReloadRenameTest, AUnitGoesOnAtItsSavepointWhenNamesCannotBeAskedFor) {
  const SharedCatalogue batches = ServeBatches();
  const std::pair<std::string, Json> calls[] = {{"ItemRepository.GetById", {{"id", "1"}}},
                                                {"ItemRepository.BatchCreate", {{"items", {{{"id", "2"}}}}}}};
  const Unit units[] = {Unit(&server_), Unit(&server_)};
  for (const Unit& unit : units) EXPECT_EQ(Read(unit), "item 1/first");  // who asked would hold what is locked below
  Serve(second_);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(units[i].Savepoint("here").ok());
    const auto locker = server_.Connect();
    ASSERT_TRUE(locker->ExecuteScript("BEGIN; LOCK TABLE pg_catalog.pg_description", nullptr).ok());
    CallOptions soon = units[i].Inside();
    soon.timeout = std::chrono::seconds(2);
    (void)Call(batches, calls[i].first, calls[i].second, soon);  // may be done, or be late
    ASSERT_TRUE(locker->ExecuteScript("ROLLBACK", nullptr).ok());
    const auto back = units[i].RollbackTo("here");
    EXPECT_TRUE(back.ok()) << calls[i].first << ": " << back.status();
    EXPECT_EQ(Read(units[i]), "item 1/first");
    EXPECT_TRUE(units[i].Commit().ok());
  }
}

TEST_F(ReloadRenameTest, AnImportOfTheCatalogueBeforeWritesWhatItMeans) {
  StreamClient client(&server_, Method(*first_, "ItemRepository.Import"));
  const auto import = [&client](const std::string& id) {
    client.Send({{"items", {{{"id", id}, {"name", "item " + id}, {"note", "imported"}}}}});
    return client.Receive().has_value();
  };
  ASSERT_TRUE(import("2"));
  Serve(second_);
  ASSERT_TRUE(import("3"));
  SwapNameAndNote();
  ASSERT_TRUE(import("4"));
  SwapNameAndNote();
  ASSERT_TRUE(import("5"));
  client.SendNoMore();
  EXPECT_EQ(client.ReceiveAll().size(), 0U);
  EXPECT_TRUE(client.Finish().ok());
  EXPECT_EQ(server_.database().Value("SELECT string_agg(name || '/' || note, ' ' ORDER BY id) FROM items WHERE id > 1"),
            "item 2/imported item 3/imported item 4/imported item 5/imported");
}

}  // namespace
}  // namespace rowkeeper::testing
