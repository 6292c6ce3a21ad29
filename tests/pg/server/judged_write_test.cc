#include "server/app/trigger_advice.h"
#include "tests/pg/server/hostile_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kKept[] = "FAILED_PRECONDITION TRIGGER_REFUSED";
constexpr char kUnrepresentable[] = "FAILED_PRECONDITION UNREPRESENTABLE_VALUE";

using JudgedWriteTest = HostileTest;

TEST_F(JudgedWriteTest, ARowThatATriggerSkipsIsNotCreated) {
  KeepRows();
  FailsWithoutTrace("TodoRepository.Create", {{"todo", {{"owner_id", NewProfile()}, {"title", "keep out"}}}}, kKept);
}

TEST_F(JudgedWriteTest, ARowThatATriggerPutsElsewhereIsNotCreated) {
  Sql("CREATE TABLE elsewhere (LIKE todos)");
  Before("INSERT", "INSERT INTO elsewhere VALUES (NEW.*); RETURN NULL;");
  FailsWithoutTrace("TodoRepository.Create", {{"todo", {{"owner_id", NewProfile()}, {"title", "routed"}}}}, kKept);
  EXPECT_EQ(Count("elsewhere"), "0");
}

TEST_F(JudgedWriteTest, ARowThatATriggerKeepsIsNotMissing) {
  const std::string live = Id(NewTodo(NewProfile(), {{"title", "keep me"}}));
  const std::string gone = Id(NewTodo(NewProfile(), {{"title", "keep me"}}));
  MustCall("TodoRepository.SoftDelete", {{"id", gone}});
  KeepRows();
  const Json update = {{"todo", {{"id", live}, {"title", "x"}}}, {"update_mask", "title"}};
  FailsWithoutTrace("TodoRepository.Update", update, kKept);
  FailsWithoutTrace("TodoRepository.SoftDelete", {{"id", live}}, kKept);
  FailsWithoutTrace("TodoRepository.Restore", {{"id", gone}}, kKept);
  FailsWithoutTrace("TodoRepository.Delete", {{"id", live}}, kKept);
  EXPECT_THAT(std::string(Call("TodoRepository.Delete", {{"id", live}}).status().message()),
              HasSubstr("the row with id " + live));
}

TEST_F(JudgedWriteTest, WhatATriggerDidInsteadIsUndone) {
  const std::string id = Id(NewTodo(NewProfile()));
  Before("DELETE", "UPDATE todos SET title = 'deleted' WHERE id = OLD.id; RETURN NULL;");
  const std::string before = Rows();
  EXPECT_EQ(Summary(Call("TodoRepository.Delete", {{"id", id}})), kKept);
  EXPECT_EQ(Rows(), before);
}

TEST_F(JudgedWriteTest, ARuleInPlaceOfAWriteIsNamed) {
  const std::string id = Id(NewTodo(NewProfile()));
  const std::string mismatch = "FAILED_PRECONDITION SCHEMA_MISMATCH";
  const Json update = {{"todo", {{"id", id}, {"title", "x"}}}, {"update_mask", "title"}};
  for (const char* rule :
       {"ON DELETE TO todos DO INSTEAD UPDATE todos SET deleted_at = now() WHERE id = OLD.id",
        "ON DELETE TO todos DO INSTEAD NOTHING", "ON DELETE TO todos WHERE OLD.title = 'x' DO INSTEAD NOTHING",
        "ON DELETE TO todos DO ALSO NOTIFY gone"}) {
    SCOPED_TRACE(rule);
    Sql(Cat("CREATE RULE hostile AS ", rule));
    FailsWithoutTrace("TodoRepository.Delete", {{"id", id}}, mismatch);
    FailsWithoutTrace("TodoRepository.BatchDelete", {{"keys", {{{"id", id}}}}}, mismatch);
    EXPECT_THAT(std::string(Call("TodoRepository.Delete", {{"id", id}}).status().message()),
                HasSubstr("a rule of the table"));
    EXPECT_EQ(Summary(Call("TodoRepository.Update", update)), "OK");
    Sql("DROP RULE hostile ON todos");
  }
  Sql("CREATE RULE hostile AS ON UPDATE TO todos DO ALSO NOTIFY changed");
  FailsWithoutTrace("TodoRepository.Update", update, mismatch);
  FailsWithoutTrace("TodoRepository.SoftDelete", {{"id", id}}, mismatch);
  Sql("DROP RULE hostile ON todos; CREATE RULE hostile AS ON INSERT TO todos DO ALSO NOTIFY made");
  FailsWithoutTrace("TodoRepository.Create", {{"todo", {{"owner_id", NewProfile()}, {"title", "x"}}}}, mismatch);
  Sql("DROP RULE hostile ON todos");
}

TEST_F(JudgedWriteTest, ARuleThatReturnsTheRowIsAsGoodAsTheWrite) {
  const std::string id = Id(NewTodo(NewProfile()));
  Sql("CREATE RULE hostile AS ON DELETE TO todos DO INSTEAD UPDATE todos SET deleted_at = now() WHERE id = OLD.id "
      "RETURNING OLD.*");
  EXPECT_EQ(Summary(Call("TodoRepository.Delete", {{"id", id}})), "OK");
  EXPECT_EQ(Value(Cat("SELECT deleted_at IS NOT NULL FROM todos WHERE id = '", id, "'")), "t");
  Sql("DROP RULE hostile ON todos");
}

TEST_F(JudgedWriteTest, ATriggerThatRaisesWhatAJudgedWriteDoesIsNotTakenForOne) {
  Before("INSERT", "RAISE EXCEPTION 'JSON object does not contain key \"rk:0:0:-1:1\"' USING ERRCODE = '2203A';");
  const auto refused = Call("TodoRepository.Create", {{"todo", {{"owner_id", NewProfile()}, {"title", "x"}}}});
  EXPECT_FALSE(refused.ok());
  EXPECT_THAT(std::string(refused.status().message()), ::testing::Not(HasSubstr("row-level security")));
  EXPECT_THAT(std::string(refused.status().message()), ::testing::Not(HasSubstr("transaction")));
}

TEST_F(JudgedWriteTest, AnAfterTriggerThatWritesTheRowAgainIsNotInTheAnswer) {
  Sql("CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN "
      "UPDATE todos SET version = version + 1, notes = 'by a trigger' WHERE id = NEW.id; RETURN NULL; END $f$; "
      "CREATE TRIGGER hostile_after AFTER INSERT ON todos FOR EACH ROW EXECUTE FUNCTION again()");
  const auto advice = app::AdviseTriggers(*server().loaded().catalogue, *server().Connect());
  ASSERT_TRUE(advice.ok());
  EXPECT_THAT(*advice, ::testing::ElementsAre(HasSubstr("planner.v1.Todo: trigger hostile_after runs after")));
  const Json todo = NewTodo(NewProfile());
  EXPECT_EQ(todo.value("version", ""), "1");
  EXPECT_EQ(GetTodo(Id(todo)).value("version", ""), "2");
  const Json stale = {{"todo", {{"id", Id(todo)}, {"title", "x"}, {"version", "1"}}}, {"update_mask", "title"}};
  EXPECT_EQ(Summary(Call("TodoRepository.Update", stale)), "ABORTED VERSION_MISMATCH");
}

TEST_F(JudgedWriteTest, ARowThatATriggerKeepsFromTheCascadeOfPostgresIsAdvised) {
  const auto about_todos = [] {
    const auto advice = app::AdviseTriggers(*server().loaded().catalogue, *server().Connect());
    EXPECT_TRUE(advice.ok()) << advice.status();
    return *advice;
  };
  EXPECT_THAT(about_todos(), ::testing::IsEmpty());
  const std::string owner = NewProfile();
  const Json todo = NewTodo(owner, {{"title", "keep me"}});
  KeepRows();
  EXPECT_THAT(about_todos(), ::testing::Contains(
                                 ::testing::AllOf(::testing::StartsWith("planner.v1.Profile: when a row is deleted"),
                                                  HasSubstr("rows of todos"), HasSubstr("the trigger hostile skips"))));
  EXPECT_EQ(Summary(Call("ProfileRepository.Delete", {{"id", owner}})), "OK");
  EXPECT_EQ(Value(Cat("SELECT count(*) FROM todos WHERE owner_id = '", owner, "'")), "1") << "as the reference says";
  Sql(Cat("ALTER TABLE todos DISABLE TRIGGER hostile; DELETE FROM todos WHERE owner_id = '", owner, "'"));
  EXPECT_THAT(about_todos(), ::testing::IsEmpty()) << "a disabled trigger keeps nothing";
}

TEST_F(JudgedWriteTest, ATriggerThatChangesTheRowItselfAndSkipsItStoresNothingButInAUnitThatGoesOn) {
  const Json todo = NewTodo(NewProfile());
  Before("UPDATE",
         "IF pg_trigger_depth() > 1 THEN RETURN NEW; END IF; "
         "UPDATE todos SET version = version + 1, notes = 'by a trigger' WHERE id = OLD.id; RETURN NULL;");
  const Json any = {{"todo", {{"id", Id(todo)}, {"title", "x"}}}, {"update_mask", "title"}};
  FailsWithoutTrace("TodoRepository.Update", any, "FAILED_PRECONDITION TRIGGER_REFUSED");
  const Json guarded = {{"todo", {{"id", Id(todo)}, {"title", "x"}, {"version", "1"}}}, {"update_mask", "title"}};
  const std::string before = Rows();
  EXPECT_EQ(Summary(Call("TodoRepository.Update", guarded)), "FAILED_PRECONDITION TRIGGER_REFUSED");
  EXPECT_FALSE(Call("TodoRepository.Update", guarded, WithKey(NewKey())).ok());
  EXPECT_EQ(Rows(), before);
  const Unit unit(&server());
  EXPECT_EQ(Summary(unit.Call("TodoRepository.Update", guarded)), "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(Summary(unit.Commit()), "OK");
  EXPECT_EQ(Value(Cat("SELECT notes FROM todos WHERE id = '", Id(todo), "'")), "by a trigger");
}

TEST_F(JudgedWriteTest, AMissIsStillAMissBesideTriggers) {
  const Json todo = NewTodo(NewProfile(), {{"title", "keep me"}});
  KeepRows();
  EXPECT_EQ(Summary(Call("TodoRepository.Delete", {{"id", kNoId}})), "NOT_FOUND ROW_NOT_FOUND");
  const Json stale = {{"todo", {{"id", Id(todo)}, {"title", "x"}, {"version", "7"}}}, {"update_mask", "title"}};
  EXPECT_EQ(Summary(Call("TodoRepository.Update", stale)), "ABORTED VERSION_MISMATCH");
  const Unit unit(&server());
  EXPECT_EQ(Summary(unit.Call("TodoRepository.Delete", {{"id", kNoId}})), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(Summary(unit.Call("TodoRepository.Update", stale)), "ABORTED VERSION_MISMATCH");
  EXPECT_EQ(Summary(unit.Commit()), "OK");
}

TEST_F(JudgedWriteTest, AValueThatItsFieldCannotCarryUndoesTheWrite) {
  for (const char* assignment : {"due_at = 'infinity'", "due_at = '-infinity'", "due_at = '0044-03-15 BC'",
                                 "due_at = '12026-01-01'", "estimate = '2 months'", "estimate = '11000 years'",
                                 "tags = '{a,NULL}'", "tags = '{{a,b},{c,d}}'", "labels = '[1]'", "labels = '\"x\"'"}) {
    SCOPED_TRACE(assignment);
    const std::string id = Id(NewTodo(NewProfile()));
    Sql(Cat("UPDATE todos SET ", assignment, " WHERE id = '", id, "'"));
    const Json update = {{"todo", {{"id", id}, {"title", "new"}}}, {"update_mask", "title"}};
    FailsWithoutTrace("TodoRepository.Update", update, kUnrepresentable);
    FailsWithoutTrace("TodoRepository.SoftDelete", {{"id", id}}, kUnrepresentable);
    EXPECT_THAT(std::string(Call("TodoRepository.Update", update).status().message()),
                HasSubstr("nothing was changed"));
    // The row itself can go, for nothing of it is answered.
    EXPECT_EQ(Summary(Call("TodoRepository.Delete", {{"id", id}})), "OK");
  }
}

TEST_F(JudgedWriteTest, AValueThatATriggerMadeUndoesTheCreate) {
  Before("INSERT", "NEW.due_at := 'infinity'; RETURN NEW;");
  FailsWithoutTrace("TodoRepository.Create", {{"todo", {{"owner_id", NewProfile()}, {"title", "x"}}}},
                    kUnrepresentable);
}

TEST_F(JudgedWriteTest, ValuesAtTheEdgesAreAnswered) {
  for (const char* assignment :
       {"due_at = '0001-01-01 00:00:00+00'", "due_at = '9999-12-31 23:59:59.999999+00'", "estimate = '-3652500 days'",
        "estimate = '87660000 hours'", "tags = '{}'", "tags = '[5:6]={a,b}'", "labels = '{\"a\": [1, {\"b\": null}]}'",
        "labels = '{\"a\": 1e305}'", "labels = 'null'", "notes = ''"}) {
    SCOPED_TRACE(assignment);
    const std::string id = Id(NewTodo(NewProfile()));
    Sql(Cat("UPDATE todos SET ", assignment, " WHERE id = '", id, "'"));
    const Json updated =
        MustCall("TodoRepository.Update", {{"todo", {{"id", id}, {"title", "new"}}}, {"update_mask", "title"}});
    EXPECT_EQ(updated["title"], "new");
    EXPECT_EQ(GetTodo(id), updated);
  }
}

TEST_F(JudgedWriteTest, ShapesOfMessagesAreDecidedBeforeCommit) {
  const std::string id = NewProfile();
  const auto rename = [&id](const std::string& name) {
    return Call("ProfileRepository.Update",
                {{"profile", {{"id", id}, {"display_name", name}}}, {"update_mask", "display_name"}});
  };
  const auto stored = [&id] { return Value(Cat("SELECT display_name FROM profiles WHERE id = '", id, "'")); };
  Sql(Cat("UPDATE profiles SET preferences = '{}' WHERE id = '", id, "'"));
  EXPECT_EQ(Summary(rename("One")), "OK");
  Sql(Cat("UPDATE profiles SET preferences = '[]' WHERE id = '", id, "'"));
  const auto refused = rename("Two");
  EXPECT_EQ(Summary(refused), kUnrepresentable);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("nothing was changed"));
  EXPECT_EQ(MetadataOf(refused.status(), "executed"), "");
  EXPECT_EQ(stored(), "One");
}

/// A server whose role owns no table, so that row-level security holds for it: all rows may be seen, few changed.
class RowLevelSecurity {
 public:
  RowLevelSecurity() {
    admin_.Run(Cat("CREATE ROLE ", role_, "; GRANT pg_read_all_data, pg_write_all_data TO ", role_));
    InProcessServer::Options options;
    options.route = [this](const std::string& url) {
      return Cat(url, url.find('?') == std::string::npos ? "?" : "&", "options=-c%20role%3D", role_);
    };
    server_ = std::make_unique<InProcessServer>(CompileExample("planner/v1"), options);
    server_->database().Run(
        "ALTER TABLE todos ENABLE ROW LEVEL SECURITY; CREATE POLICY a ON todos FOR SELECT USING (true); "
        "CREATE POLICY b ON todos FOR INSERT WITH CHECK (true); "
        "CREATE POLICY c ON todos FOR UPDATE USING (title <> 'locked'); "
        "CREATE POLICY d ON todos FOR DELETE USING (title <> 'locked')");
  }
  ~RowLevelSecurity() {
    server_.reset();
    admin_.Run(Cat("DROP ROLE ", role_));
  }

  InProcessServer& server() { return *server_; }

 private:
  const std::string role_ = "rk_" + RandomHex(8);
  ScratchDatabase admin_;
  std::unique_ptr<InProcessServer> server_;
};

TEST(RowLevelSecurityTest, ARowThatIsHiddenFromAWriteIsNotMissing) {
  RowLevelSecurity setting;
  InProcessServer& server = setting.server();
  const Json profile = {{"email", "a@b.c"}, {"handle", "ada"}, {"display_name", "Ada"}};
  const std::string owner = server.MustCall("ProfileRepository.Create", {{"profile", profile}}).value("id", "");
  const auto create = [&](const char* title) {
    return server.MustCall("TodoRepository.Create", {{"todo", {{"owner_id", owner}, {"title", title}}}})
        .value("id", "");
  };
  const std::string open = create("open");
  const std::string locked = create("locked");
  const Json update = {{"todo", {{"id", locked}, {"priority", 1}}}, {"update_mask", "priority"}};
  const Json both = {{"keys", {{{"id", open}}, {{"id", locked}}}}};
  EXPECT_EQ(Summary(server.Call("TodoRepository.Update", update)), kKept);
  EXPECT_EQ(Summary(server.Call("TodoRepository.Delete", {{"id", locked}})), kKept);
  EXPECT_EQ(Summary(server.Call("TodoRepository.SoftDelete", {{"id", locked}})), kKept);
  EXPECT_EQ(Summary(server.Call("TodoRepository.BatchDelete", both)), kKept);
  EXPECT_EQ(Summary(server.Call("TodoRepository.BatchSoftDelete", both)), kKept);
  {
    const Unit unit(&server);
    EXPECT_EQ(Summary(unit.Call("TodoRepository.Update", update)), kKept);
    EXPECT_NE(Summary(unit.Commit()), "OK");
  }
  EXPECT_EQ(server.database().Value("SELECT count(*) FROM todos WHERE deleted_at IS NULL AND version = 1"), "2");
  EXPECT_EQ(Summary(server.Call("TodoRepository.Delete", {{"id", open}})), "OK");
}

TEST(RowLevelSecurityTest, ARowThatIsHiddenFromReadsIsNotThere) {
  RowLevelSecurity setting;
  InProcessServer& server = setting.server();
  const Json profile = {{"email", "a@b.c"}, {"handle", "ada"}, {"display_name", "Ada"}};
  const std::string owner = server.MustCall("ProfileRepository.Create", {{"profile", profile}}).value("id", "");
  const Json todo = {{"owner_id", owner}, {"title", "secret"}};
  const std::string id = server.MustCall("TodoRepository.Create", {{"todo", todo}}).value("id", "");
  server.database().Run("DROP POLICY a ON todos; CREATE POLICY a ON todos FOR SELECT USING (title <> 'secret')");
  const std::string missing = "NOT_FOUND ROW_NOT_FOUND";
  EXPECT_EQ(Summary(server.Call("TodoRepository.GetById", {{"id", id}})), missing);
  const Json update = {{"todo", {{"id", id}, {"priority", 1}}}, {"update_mask", "priority"}};
  EXPECT_EQ(Summary(server.Call("TodoRepository.Update", update)), missing);
  EXPECT_EQ(Summary(server.Call("TodoRepository.SoftDelete", {{"id", id}})), missing);
  EXPECT_EQ(Summary(server.Call("TodoRepository.BatchDelete", {{"keys", {{{"id", id}}}}})), missing);
  EXPECT_EQ(Summary(server.Call("TodoRepository.Delete", {{"id", id}})), missing);
  EXPECT_EQ(Summary(server.Call("TodoRepository.Create", {{"todo", todo}})), "PERMISSION_DENIED DATABASE_PERMISSION");
  EXPECT_EQ(server.database().Value("SELECT count(*) FROM todos WHERE deleted_at IS NULL AND version = 1"), "1");
}

}  // namespace
}  // namespace rowkeeper::testing
