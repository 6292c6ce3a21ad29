// Several clients write, each rows of its own, while sessions are ended and cancelled and the schema is made anew under
// them. Every answer is compared with what a trigger saw.
//
// ROWKEEPER_STORM_SECONDS: for how long (default 6). ROWKEEPER_STORM_SEED: another storm.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/idempotency_sql.h"
#include "tests/pg/server/hostile_items.h"
#include "tests/pg/server/storm_writer.h"

namespace rowkeeper::testing {
namespace {

constexpr char kTrigger[] = R"(
  CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO public.written (token) SELECT CASE
      WHEN TG_OP = 'DELETE' THEN 'gone ' || OLD.slug
      WHEN TG_OP = 'UPDATE' AND OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'hidden ' || OLD.slug
      WHEN TG_OP = 'UPDATE' AND OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'shown ' || OLD.slug
      ELSE NEW.title END;
    RETURN NULL;
  END $$;
  CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON items FOR EACH ROW EXECUTE FUNCTION note();)";

constexpr char kRemakeType[] = R"(
  ALTER TYPE item_kind RENAME TO item_kind_old;
  CREATE TYPE item_kind AS ENUM ('ODD', 'PLAIN');
  ALTER TABLE items ALTER kind DROP DEFAULT;
  ALTER TABLE items ALTER kind TYPE item_kind USING kind::text::item_kind;
  ALTER TABLE items ALTER kind SET DEFAULT 'PLAIN';
  DROP TYPE item_kind_old;)";

constexpr char kSwapTable[] = R"(
  CREATE TABLE items_new (LIKE items INCLUDING ALL);
  INSERT INTO items_new SELECT * FROM items;
  SELECT setval(pg_get_serial_sequence('items_new', 'id'), nextval(pg_get_serial_sequence('items', 'id')));
  DROP TABLE items;
  ALTER TABLE items_new RENAME TO items;
  DROP FUNCTION note;)";

/// "$user" comes before public.
constexpr char kMove[] = R"(
  DO $$ BEGIN
    EXECUTE format('ALTER TABLE items SET SCHEMA %I', CASE (SELECT relnamespace::regnamespace::text FROM pg_class WHERE
      oid = 'items'::regclass) WHEN 'public' THEN current_user ELSE 'public' END);
  END $$;)";

constexpr const char* kBlows[] = {"type", "table", "function", "search_path", "cancel", "end", "end in COMMIT"};

/// Of one database.
class Storm {
 public:
  Storm(ScratchDatabase* database, unsigned seed) : spared_(database->Value("SELECT pg_backend_pid()")), random_(seed) {
    db::ConnectionOptions options;
    options.url = database->url();
    options.application_name = "storm";
    auto opened = db::Connection::Open(options);
    EXPECT_TRUE(opened.ok()) << opened.status();
    if (opened.ok()) connection_ = *std::move(opened);
  }

  void Strike() {
    switch (random_() % 8) {
      case 0:
        return Change("type", kRemakeType);
      case 1:
        return Change("table", Cat(kSwapTable, kTrigger));
      case 2:
        return Change("function", Cat("DROP FUNCTION note CASCADE;", kTrigger));
      case 3:
        return Change("search_path", kMove);
      case 4:
        return Count("cancel", Signal("pg_cancel_backend", "state = 'active'", 2));
      case 5:
        return Count("end in COMMIT", Signal("pg_terminate_backend", "query ILIKE '%commit%'", 3));
      default:
        return Count("end", Signal("pg_terminate_backend", "true", 1 + static_cast<int>(random_() % 3)));
    }
  }

  std::chrono::milliseconds Pause() { return std::chrono::milliseconds(5 + random_() % 60); }
  /// Each thing has happened.
  bool is_complete() const {
    return std::all_of(std::begin(kBlows), std::end(kBlows),
                       [this](const char* blow) { return tally_.count(blow) != 0; });
  }
  /// How often each thing happened; what has not is not in it.
  const std::map<std::string, int>& tally() const { return tally_; }

 private:
  /// Nothing of it is seen before all of it.
  void Change(const std::string& what, const std::string& sql) {
    const absl::Status status = connection_->ExecuteScript(
        Cat("BEGIN; SET LOCAL lock_timeout = '2s'; LOCK TABLE items IN ACCESS EXCLUSIVE MODE;", sql, "; COMMIT"),
        nullptr);
    if (!status.ok()) {
      EXPECT_TRUE(connection_->ExecuteScript("ROLLBACK", nullptr).ok());
    }
    const bool passing = status.ok() || status.code() == absl::StatusCode::kAborted ||
                         status.code() == absl::StatusCode::kDeadlineExceeded;
    EXPECT_TRUE(passing) << what << ": " << status;
    if (status.ok()) ++tally_[what];
  }

  int Signal(const std::string& function, const std::string& condition, int limit) {
    db::Query query;
    query.result = ResultShape::Any();
    const std::string text = Cat("SELECT count(", function,
                                 "(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND "
                                 "application_name = 'rowkeeper' AND pid <> ",
                                 spared_, " AND ", condition, " ORDER BY random() LIMIT ", limit, ") AS s");
    query.text = text;
    const auto rows = connection_->Execute(query);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? std::stoi(std::string(rows->cell(0, 0))) : 0;
  }
  void Count(const std::string& what, int times) {
    if (times > 0) tally_[what] += times;
  }

  /// The test's own session.
  const std::string spared_;
  std::mt19937 random_;
  std::unique_ptr<db::Connection> connection_;
  std::map<std::string, int> tally_;
};

int Setting(const char* variable, int otherwise) {
  const char* const value = std::getenv(variable);
  return value == nullptr ? otherwise : std::atoi(value);
}

class StormTest : public ::testing::Test {
 protected:
  static constexpr int kWriters = 6;

  StormTest() : server_(CompileItems(Query::kNotServed)) {}

  void SetUp() override {
    ASSERT_TRUE(server_.ok());
    server_.database().Run(Cat(absl::StrJoin(sql::CreateIdempotencyKeys(), ";\n"),
                               "; CREATE SCHEMA AUTHORIZATION CURRENT_USER; CREATE TABLE public.written (token text); ",
                               "CREATE INDEX ON public.written (token);", kTrigger));
  }

  /// Writers write until the storm is over.
  void Weather(Storm* storm, std::vector<std::unique_ptr<StormWriter>>* writers) {
    std::atomic<bool> stop{false};
    std::vector<std::thread> threads;
    for (const auto& writer : *writers) {
      threads.emplace_back([&stop, &writer] {
        while (!stop && !HasFailure()) writer->Step();
      });
    }
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(Setting("ROWKEEPER_STORM_SECONDS", 6));
    const auto lull = until + std::chrono::seconds(30);  // of a machine that is slow to meet all of it
    for (auto now = std::chrono::steady_clock::now(); now < until || (!storm->is_complete() && now < lull);
         now = std::chrono::steady_clock::now()) {
      if (HasFailure()) break;
      storm->Strike();
      std::this_thread::sleep_for(storm->Pause());
    }
    stop = true;
    for (std::thread& thread : threads) thread.join();
  }

  /// What came later than its answer is told from here.
  void ExpectAsTold(const StormWriter& writer) {
    std::map<Told, std::vector<std::string>> tokens;
    for (const auto& [token, told] : writer.told()) tokens[told].push_back(Cat("('", token, "')"));
    const std::pair<Told, const char*> wrong[] = {
        {Told::kDone, "<> 1"}, {Told::kNothing, "<> 0"}, {Told::kUnknown, "> 1"}};
    for (const auto& [told, count] : wrong) {
      if (tokens[told].empty()) continue;
      EXPECT_EQ(server_.database().Value(Cat("SELECT string_agg(told.token, ', ') FROM (VALUES ",
                                             absl::StrJoin(tokens[told], ", "), ") AS told (token) WHERE (SELECT ",
                                             "count(*) FROM public.written WHERE written.token = told.token) ", count)),
                "")
          << "written another number of times than told";
    }
  }

  InProcessServer server_;
};

TEST_F(StormTest, EveryAnswerIsWhatWasWritten) {
  Storm storm(&server_.database(), static_cast<unsigned>(Setting("ROWKEEPER_STORM_SEED", 20261129)));
  std::vector<std::unique_ptr<StormWriter>> writers;
  for (int i = 0; i < kWriters; ++i) writers.push_back(std::make_unique<StormWriter>(&server_, Cat("w", i)));
  Weather(&storm, &writers);
  // What clients in a hurry left may still run.
  EXPECT_TRUE(Eventually([this] {
    return server_.database().Value(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = "
               "'rowkeeper' AND state <> 'idle' AND pid <> pg_backend_pid()") == "0";
  }));
  std::map<std::string, int> tally = storm.tally();
  EXPECT_TRUE(storm.is_complete());
  for (const auto& writer : writers) {
    ExpectAsTold(*writer);
    for (const auto& [what, times] : writer->tally()) tally[what] += times;
  }
  // Few on a slow machine, but not none.
  EXPECT_GT(tally["Create OK"], 2);
  EXPECT_GT(tally["Commit OK"], 2);
  for (const auto& [what, times] : tally) std::printf("%6d %s\n", times, what.c_str());
}

}  // namespace
}  // namespace rowkeeper::testing
