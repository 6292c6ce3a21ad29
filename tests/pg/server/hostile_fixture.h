#pragma once

#include <string>

#include "tests/pg/server/idempotency_fixture.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {

/// Planner's to-dos among what other owners of a database put there. An answer is compared with the rows each time.
class HostileTest : public PlannerTest {
 protected:
  static void SetUpTestSuite() {
    PlannerTest::SetUpTestSuite();
    CreateKeyTable(&server().database());
  }
  /// Triggers are gone after each test.
  void TearDown() override {
    Sql("DROP TRIGGER IF EXISTS hostile ON todos; DROP TRIGGER IF EXISTS hostile_after ON todos; "
        "DROP TABLE IF EXISTS elsewhere");
  }

  static void Sql(const std::string& sql) { server().database().Run(sql); }
  static std::string Value(const std::string& sql) { return server().database().Value(sql); }

  /// A trigger before each change of a to-do; `body` of PL/pgSQL ends in a RETURN.
  static void Before(const std::string& events, const std::string& body) {
    Sql(Cat("CREATE OR REPLACE FUNCTION hostile() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN ", body,
            " END $f$; CREATE TRIGGER hostile BEFORE ", events, " ON todos FOR EACH ROW EXECUTE FUNCTION hostile()"));
  }
  /// Rows with a title that begins with "keep" are kept from all changes, in silence.
  static void KeepRows() {
    Before("INSERT OR UPDATE OR DELETE",
           "IF TG_OP = 'INSERT' THEN IF NEW.title LIKE 'keep%' THEN RETURN NULL; END IF; RETURN NEW; END IF; "
           "IF OLD.title LIKE 'keep%' THEN RETURN NULL; END IF; "
           "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;");
  }

  /// All rows, so that a difference tells that something was written.
  static std::string Rows() { return Value("SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM todos AS t"); }

  static std::string Id(const Json& todo) { return todo.value("id", ""); }

  /// The call fails as `summary` says, and has not changed anything: alone, with an idempotency key, in Run, and in a
  /// unit, which cannot be committed any more.
  static void FailsWithoutTrace(const std::string& method, const Json& request, const std::string& summary) {
    SCOPED_TRACE(method);
    const std::string before = Rows();
    const auto alone = Call(method, request);
    EXPECT_EQ(Summary(alone), summary) << alone.status().message();
    EXPECT_EQ(MetadataOf(alone.status(), "executed"), "");
    EXPECT_EQ(Rows(), before);
    EXPECT_EQ(Summary(Call(method, request, WithKey(NewKey()))), summary) << "with a key";
    EXPECT_EQ(Rows(), before);
    EXPECT_EQ(Summary(RunRequest(&server()).Add(method, request).Send()), summary) << "in a run";
    EXPECT_EQ(Rows(), before);
    const Unit unit(&server());
    EXPECT_EQ(Summary(unit.Call(method, request)), summary) << "in a unit";
    EXPECT_NE(Summary(unit.Commit()), "OK");
    EXPECT_EQ(Rows(), before);
  }
};

}  // namespace rowkeeper::testing
