#include <unistd.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/synchronization/notification.h"
#include "server/app/server_registration.h"
#include "server/sql/servers_sql.h"
#include "tests/pg/server/reload_fixture.h"

namespace rowkeeper::testing {
namespace {

/// What a server says of itself in the table of servers.
class RegistrationTest : public ReloadTest {
 protected:
  /// Without the row of the new table, and with `more` in the same transaction.
  void CreateTable(const std::string& more = "") {
    server_.database().Run(
        Cat(absl::StrJoin(sql::CreateServers(), ";\n"), ";\nDELETE FROM rowkeeper_servers;\n", more));
  }
  bool Says(const std::string& condition) {
    return Eventually([&] {
      return server_.database().Value(Cat("SELECT count(*) FROM rowkeeper_servers WHERE ", condition)) == "1";
    });
  }
  bool Shows(const std::string& line) { return server_.MetricsText().find(line) != std::string::npos; }
  static app::ServerRegistration::Options OfTheTest() {
    app::ServerRegistration::Options options;
    options.id = "of the test";
    options.clock = &Clock::System();
    options.statement_limit = std::chrono::seconds(30);
    return options;
  }
  /// Whose statements may take as long as they like.
  std::unique_ptr<db::Connection> Connect() {
    db::ConnectionOptions options;
    options.url = server_.database().url();
    options.statement_timeout_ms = 0;
    options.answer_limit_ms = 0;
    auto connection = db::Connection::Open(options);
    EXPECT_TRUE(connection.ok()) << connection.status();
    return connection.ok() ? *std::move(connection) : nullptr;
  }
  /// Of this process.
  static bool Sleeps(pid_t thread) {
    std::ifstream file(Cat("/proc/self/task/", thread, "/stat"));
    std::string text;
    std::getline(file, text);
    return text.find(") S ") != std::string::npos;
  }
  static ItemVersion WithABoxForEachItem() { return {"  optional int64 box_id = 7;", "", ""}; }
};

constexpr char kFirstUse[] =
    "[{\"queries\": [], \"messages\": {\"shop.v1.Item\": {\"table\": \"items\", \"fields\": {\"1\": \"id\", "
    "\"2\": \"name\", \"3\": \"note\"}}}, \"tables\": {\"items\": {\"id\": {\"default\": true, \"null\": false, "
    "\"type\": \"bigint\"}, "
    "\"name\": {\"default\": false, \"null\": false, \"type\": \"character varying(20)\"}, "
    "\"note\": {\"default\": false, \"null\": true, \"type\": \"text\"}}}}]";

TEST_F(RegistrationTest, TheServerIsThereAsSoonAsThereIsTheTable) {
  CreateTable();
  EXPECT_TRUE(Says(Cat("declares = '", kFirstUse, "'")));
  EXPECT_TRUE(Says(Cat("address = '", server_.addresses().front(), "'")));
}

TEST_F(RegistrationTest, TheServerIsSeenAgainAndAgain) {
  CreateTable();
  ASSERT_TRUE(Says("true"));
  server_.database().Run("UPDATE rowkeeper_servers SET seen_at = seen_at - interval '1 hour'");
  EXPECT_TRUE(Says("seen_at > clock_timestamp() - interval '20 s'"));
  server_.database().Run("DELETE FROM rowkeeper_servers");
  EXPECT_TRUE(Says("true")) << "it says so anew";
}

TEST_F(RegistrationTest, CataloguesCountAsLongAsUnitsGoOnWithThem) {
  CreateTable();
  const Unit unit(&server_);
  Serve(second_);
  EXPECT_TRUE(
      Says("jsonb_array_length(declares) = 2 AND NOT declares -> 0 -> 'tables' ? 'boxes' AND "
           "declares -> 1 -> 'tables' ? 'boxes'"));
  EXPECT_TRUE(unit.Rollback().ok());
  EXPECT_TRUE(Says("jsonb_array_length(declares) = 1 AND declares -> 0 -> 'tables' ? 'boxes'"));
}

TEST_F(RegistrationTest, ACatalogueCountsBeforeItIsServed) {
  CreateTable();
  ASSERT_TRUE(catalogue().Offer(Compile(WithABoxForEachItem())).ok());
  EXPECT_TRUE(Says("jsonb_array_length(declares) = 2 AND declares -> 1 -> 'tables' -> 'items' ? 'box_id'"));
  EXPECT_FALSE(catalogue().Serve()) << "the column is missing";
  catalogue().Withdraw();
  EXPECT_TRUE(Says("jsonb_array_length(declares) = 1 AND NOT declares -> 0 -> 'tables' -> 'items' ? 'box_id'"));
}

TEST_F(RegistrationTest, WhatCannotBeSaidIsCountedAndKeepsNobodyFromServing) {
  EXPECT_FALSE(Shows("rowkeeper_registered "));
  EXPECT_TRUE(Shows("rowkeeper_registration_failures_total 0\n"));
  CreateTable("ALTER TABLE rowkeeper_servers ADD CONSTRAINT no CHECK (false)");
  EXPECT_TRUE(Eventually([this] { return Shows("rowkeeper_registered 0\n"); }));
  EXPECT_TRUE(Eventually([this] { return !Shows("rowkeeper_registration_failures_total 0\n"); }));
  EXPECT_TRUE(server_.IsServing());
  EXPECT_FALSE(Create(1).empty());
  server_.database().Run("ALTER TABLE rowkeeper_servers DROP CONSTRAINT no");
  EXPECT_TRUE(Eventually([this] { return Shows("rowkeeper_registered 1\n"); }));
}

TEST_F(RegistrationTest, WhatTakesTooLongIsGivenUp) {
  CreateTable(
      "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END';"
      "CREATE TRIGGER wait BEFORE INSERT ON rowkeeper_servers FOR EACH ROW EXECUTE FUNCTION wait()");
  EXPECT_TRUE(Eventually([this] { return !Shows("rowkeeper_registration_failures_total 0\n"); }));
  EXPECT_TRUE(server_.IsServing());
}

TEST_F(RegistrationTest, WhatTakesTooLongIsGivenUpAfterASecondWhateverTheConnectionMay) {
  CreateTable(
      "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(200); RETURN NEW; END';"
      "CREATE TRIGGER wait BEFORE INSERT ON rowkeeper_servers FOR EACH ROW EXECUTE FUNCTION wait()");
  app::ServerRegistration::Options options = OfTheTest();
  options.statement_limit = app::ServerRegistration::Options().statement_limit;
  app::ServerRegistration registration(std::move(options));
  registration.Add(catalogue().Get());
  const auto connection = Connect();
  int answers = 0;
  const auto begun = Clock::System().Now();
  registration.Beat(*connection, [&] { ++answers; });
  EXPECT_LT(Clock::System().Now() - begun, std::chrono::minutes(2));
  EXPECT_GE(answers, 4) << "each statement is an answer of the database";
  EXPECT_EQ(registration.stats().failures_total, 1);
  EXPECT_FALSE(connection->broken());
}

TEST_F(RegistrationTest, ABeatThatHasWaitedForAnotherOneSaysWhatIsUsedThen) {
  CreateTable();
  const auto served_first = catalogue().Get();
  app::ServerRegistration registration(OfTheTest());
  registration.Add(served_first);
  absl::Notification holds, goes_on;
  const auto hold = [&] {
    if (!holds.HasBeenNotified()) holds.Notify();
    goes_on.WaitForNotification();
  };
  const auto first_connection = Connect(), second_connection = Connect();
  std::thread first([&] { registration.Beat(*first_connection, hold); });
  holds.WaitForNotification();
  std::atomic<pid_t> waiting{0};
  std::thread second([&] {
    waiting = gettid();
    registration.Beat(*second_connection, [] {});
  });
  EXPECT_TRUE(Eventually([&] { return waiting != 0 && Sleeps(waiting); }));
  Serve(second_);
  registration.Add(catalogue().Get());
  goes_on.Notify();
  first.join();
  second.join();
  EXPECT_EQ(server_.database().Value(
                "SELECT jsonb_array_length(declares)::text FROM rowkeeper_servers WHERE id = 'of the test'"),
            "2");
}

TEST_F(RegistrationTest, WhatIsTooMuchToBeSaidIsEverything) {
  CreateTable();
  ASSERT_TRUE(Says("true"));
  app::ServerRegistration::Options options = OfTheTest();
  options.most_declared_bytes = 10;
  app::ServerRegistration registration(std::move(options));
  registration.Add(catalogue().Get());
  registration.Beat(*Connect(), [] {});
  EXPECT_TRUE(Says("declares = '\"everything\"' AND id = 'of the test'"));
}

TEST_F(RegistrationTest, ServersThatAreLongGoneAreForgotten) {
  CreateTable(
      "INSERT INTO rowkeeper_servers (id, address, release, digest, declares, seen_at) "
      "SELECT n, 'gone', '', '', '[]', clock_timestamp() - interval '61 min' FROM generate_series(1, 90) AS n");
  EXPECT_TRUE(Says("address <> 'gone'"));
  EXPECT_TRUE(Eventually([this] { return server_.database().Value("SELECT count(*) FROM rowkeeper_servers") == "1"; }));
}

}  // namespace
}  // namespace rowkeeper::testing
