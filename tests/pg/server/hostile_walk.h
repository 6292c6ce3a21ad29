#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "server/base/ids.h"
#include "server/base/text.h"
#include "server/sql/idempotency_sql.h"
#include "tests/pg/server/hostile_surroundings.h"

namespace rowkeeper::testing {

/// A server over items, whose surroundings each test chooses.
class HostileWalkTest : public ::testing::TestWithParam<Surroundings> {
 protected:
  static void SetUpTestSuite() { role_ = Cat("rk_hostile_", RandomHex(6)); }
  static void TearDownTestSuite() {
    StopServer();
    RunOn(TestServerUrl(), "DROP ROLE IF EXISTS " + role_);
  }
  void SetUp() override {
    if (server_ != nullptr && GetParam().query != served_) StopServer();
    if (server_ == nullptr) StartServer(GetParam().query);
    ASSERT_TRUE(server_->ok());
  }
  void TearDown() override {
    Clear();
    if (GetParam().table == Surroundings::Table::kRemade) StopServer();  // it may know by now that it is refused
  }

  /// As a role of its own, for row-level security does not bind superusers; behind a pooler as the pooler's.
  static void StartServer(Query query) {
    served_ = query;
    InProcessServer::Options options;
    options.serve.max_response_kib = 128;
    const bool pooled = std::getenv("ROWKEEPER_TEST_POOLER") != nullptr;
    if (!pooled) {
      options.route = [](const std::string& url) {
        SetUpDatabase(url);
        return Cat(url, url.find('?') == std::string::npos ? "?" : "&", "user=", role_);
      };
    }
    server_ = new InProcessServer(CompileItems(query), options);
    if (pooled) SetUpDatabase(server_->database().url());
  }
  static void SetUpDatabase(const std::string& url) {
    RunOn(url,
          Cat(absl::StrJoin(sql::CreateIdempotencyKeys(), ";\n"), "; CREATE TABLE elsewhere (LIKE items); DO $$ ",
              "BEGIN CREATE ROLE ", role_, " LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; GRANT ALL ",
              "ON ALL TABLES IN SCHEMA public TO ", role_, "; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO ", role_));
  }
  static void StopServer() {
    delete server_;
    server_ = nullptr;
  }

  static void RunOn(const std::string& url, const std::string& sql) {
    db::ConnectionOptions options;
    options.url = url;
    const auto connection = db::Connection::Open(options);
    ASSERT_TRUE(connection.ok()) << connection.status();
    int position = 0;
    const absl::Status status = (*connection)->ExecuteScript(sql, &position);
    ASSERT_TRUE(status.ok()) << status;
  }

  static void Sql(const std::string& text) { server_->database().Run(text); }
  static std::string Value(const std::string& text) { return server_->database().Value(text); }

  static void Clear() {
    Sql("DO $$ BEGIN IF to_regclass('items_before') IS NOT NULL THEN DROP TABLE items; ALTER TABLE items_before RENAME "
        "TO items; END IF; END $$");
    Sql("DROP FUNCTION IF EXISTS act CASCADE; DROP RULE IF EXISTS act ON items; ALTER TABLE items DISABLE ROW LEVEL "
        "SECURITY; DROP POLICY IF EXISTS reads ON items; DROP POLICY IF EXISTS updates ON items; DROP POLICY IF EXISTS "
        "deletes ON items; DROP POLICY IF EXISTS inserts ON items; TRUNCATE items, elsewhere RESTART IDENTITY");
  }

  static void Fill() {
    if (Value("SELECT to_regclass('items_before') IS NOT NULL") == "t") {
      Sql("TRUNCATE items, elsewhere; " + kRowsOfBefore);
      return;
    }
    Clear();
    Sql("INSERT INTO items (slug, title, body, details, version, deleted_at) SELECT slug, 'old', '', '{}', 1, CASE "
        "WHEN "
        "n > 3 THEN now() - interval '1 day' END FROM unnest(ARRAY['one', 'bad', 'three', 'four', 'bad-five', 'six']) "
        "WITH ORDINALITY AS t (slug, n)");
    Sql(GetParam().sql);
  }

  static std::string Digest() {
    return Value(
        "SELECT coalesce(string_agg(t, ';' ORDER BY t), '') FROM (SELECT concat('items ', left(items::text, 200)) FROM "
        "items UNION ALL SELECT concat('elsewhere ', left(elsewhere::text, 200)) FROM elsewhere) AS x (t)");
  }

  static void ExpectTrue(const absl::StatusOr<Json>& answer, const Write& write, const std::string& before) {
    if (answer.ok()) {
      EXPECT_EQ(Value("SELECT " + write.done), "t") << "answered " << *answer << " over " << Digest();
      ExpectRowsAsStored(*answer);
      return;
    }
    const bool told = MetadataOf(answer.status(), "executed") == "true";
    EXPECT_EQ(Digest() != before, told) << "an error that does not say what was written: " << answer.status();
    ExpectAboutTheRow(answer.status());
  }

  /// Nothing else is wrong here: no connection is lost, no row is missing, and no other try would do better.
  static void ExpectAboutTheRow(const absl::Status& status) {
    if (ReasonOf(status) == "SCHEMA_MISMATCH") {
      const std::vector<std::string>& words = GetParam().mismatches;
      EXPECT_TRUE(std::any_of(words.begin(), words.end(), [&](const std::string& one) {
        return absl::StrContains(status.message(), one);
      })) << status;
    }
    using absl::StatusCode;
    EXPECT_THAT(status.code(),
                ::testing::AllOf(::testing::Ne(StatusCode::kUnknown), ::testing::Ne(StatusCode::kInternal),
                                 ::testing::Ne(StatusCode::kUnavailable), ::testing::Ne(StatusCode::kNotFound),
                                 ::testing::Ne(StatusCode::kAborted), ::testing::Ne(StatusCode::kDeadlineExceeded)))
        << status;
  }

  static void ExpectRowsAsStored(const Json& answer) {
    Json rows = Json::array();
    if (answer.contains("items")) rows = answer["items"];
    if (answer.contains("item")) rows.push_back(answer["item"]);
    if (answer.contains("slug")) rows.push_back(answer);
    for (const Json& row : rows) {
      if (!row.contains("id")) continue;  // of an element that was refused
      const auto stored = server_->Call("ItemRepository.GetById", {{"id", row["id"]}, {"deleted", "DELETED_INCLUDE"}});
      if (ReasonOf(stored) == "SCHEMA_MISMATCH") {  // nothing may be asked for by id any more
        const std::string id = row.value("id", ""), cells = "concat_ws(' ', slug, title, version)";
        EXPECT_EQ(Value(Cat("SELECT ", cells, " FROM items WHERE id = ", id)),
                  Cat(row.value("slug", ""), " ", row.value("title", ""), " ", row.value("version", "0")));
        continue;
      }
      ASSERT_TRUE(stored.ok()) << "answered, but not there: " << row << " " << stored.status();
      EXPECT_EQ(*stored, row);
    }
  }

  static inline InProcessServer* server_ = nullptr;
  static inline Query served_ = Query::kServed;
  static inline std::string role_;
};

}  // namespace rowkeeper::testing
