#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "tests/pg/server/bulk_fixture.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/call_cost.h"

namespace rowkeeper::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(BulkTest, UpdateWhereWritesTheMaskToAllRowsThatMatch) {
  const std::string stranger = NewProfile();
  const Json other = NewTodo(stranger, {{"status", "TODO_STATUS_OPEN"}});
  const Json before = GetTodo(todos_[0]);
  const Json answer = MustCall("TodoRepository.UpdateWhere",
                               {{"todo", {{"priority", 7}, {"notes", "ignored"}, {"tags", {"a", "b,\"c"}}}},
                                {"update_mask", "priority,tags"},
                                {"owner_id", owner_},
                                {"status", "TODO_STATUS_OPEN"}});
  EXPECT_EQ(answer, (Json{{"affected", "3"}}));
  const Json after = GetTodo(todos_[0]);
  EXPECT_EQ(after["priority"], 7);
  EXPECT_EQ(after["tags"], (Json{"a", "b,\"c"}));
  EXPECT_FALSE(after.contains("notes"));
  EXPECT_EQ(after["version"], "2");
  EXPECT_GT(after["updated_at"], before["updated_at"]);
  EXPECT_EQ(Where("priority = 7"), "3");
  EXPECT_EQ(Where("version = 1"), "2");
  EXPECT_EQ(GetTodo(other.value("id", "")), other);
}

TEST_F(BulkTest, NothingMatchesIsNoError) {
  const std::string before = State();
  EXPECT_EQ(MustCall("TodoRepository.UpdateWhere", Update({{"owner_id", kNoId}})), Json::object());
  EXPECT_EQ(State(), before);
}

TEST_F(BulkTest, WithoutAFilterEveryFilterIsNamedAndNothingIsWritten) {
  const std::string before = State();
  EXPECT_EQ(Summary(Call("TodoRepository.UpdateWhere", Update(Json::object()))).substr(0, 77),
            "INVALID_ARGUMENT INVALID_FIELD [owner_id, status, due_before, any_tags, title");
  EXPECT_EQ(Summary(Call("TodoRepository.SoftDeleteWhere", {{"max_affected", "5"}})).substr(0, 60),
            "INVALID_ARGUMENT INVALID_FIELD [owner_id, status, due_before");
  EXPECT_EQ(Summary(Call("TodoRepository.DeleteWhere", {{"deleted", "DELETED_ONLY"}})).substr(0, 48),
            "INVALID_ARGUMENT INVALID_FIELD [owner_id, status");
  EXPECT_EQ(State(), before);
}

TEST_F(BulkTest, WhatCannotBeWrittenIsNamedAndNothingIsWritten) {
  const std::string before = State();
  const auto refused = [&](const Json& todo, const std::string& mask) {
    return Summary(Call("TodoRepository.UpdateWhere", {{"todo", todo}, {"update_mask", mask}, {"owner_id", owner_}}));
  };
  const std::string of_mask = "INVALID_ARGUMENT INVALID_FIELD [update_mask]";
  EXPECT_EQ(refused({{"title", "x"}}, ""), of_mask);
  EXPECT_EQ(refused({{"title", "x"}}, "titel"), of_mask);
  EXPECT_EQ(refused({{"id", kNoId}}, "id"), of_mask);
  EXPECT_EQ(refused({{"owner_id", kNoId}}, "title,owner_id"), of_mask);
  EXPECT_EQ(refused({{"version", "9"}}, "version"), of_mask);
  EXPECT_EQ(refused({{"status", "TODO_STATUS_UNSPECIFIED"}}, "status"), "INVALID_ARGUMENT INVALID_FIELD [todo.status]");
  EXPECT_EQ(refused({{"status", "TODO_STATUS_OPEN"}, {"id", kNoId}, {"owner_id", kNoId}}, "*"),
            "INVALID_ARGUMENT INVALID_FIELD [todo.id, todo.owner_id]");
  EXPECT_EQ(refused({{"title", std::string(201, 'x')}}, "title"), "INVALID_ARGUMENT INVALID_FIELD [todo.title]");
  EXPECT_EQ(State(), before);
}

TEST_F(BulkTest, DeletedRowsAreOutOfSight) {
  MustCall("TodoRepository.SoftDelete", {{"id", todos_[0]}});
  EXPECT_EQ(MustCall("TodoRepository.UpdateWhere", Update({{"owner_id", owner_}})), (Json{{"affected", "4"}}));
  EXPECT_EQ(MustCall("TodoRepository.SoftDeleteWhere", {{"owner_id", owner_}}), (Json{{"affected", "4"}}));
  EXPECT_EQ(MustCall("TodoRepository.SoftDeleteWhere", {{"owner_id", owner_}}), Json::object());
  EXPECT_EQ(MustCall("TodoRepository.DeleteWhere", {{"owner_id", owner_}}), Json::object());
  EXPECT_EQ(Where("deleted_at IS NOT NULL AND priority = 9"), "4");
  EXPECT_EQ(MustCall("TodoRepository.DeleteWhere",
                     {{"owner_id", owner_}, {"status", "TODO_STATUS_DONE"}, {"deleted", "DELETED_ONLY"}}),
            (Json{{"affected", "2"}}));
  EXPECT_EQ(MustCall("TodoRepository.DeleteWhere", {{"owner_id", owner_}, {"deleted", "DELETED_INCLUDE"}}),
            (Json{{"affected", "3"}}));
}

TEST_F(BulkTest, SoftDeleteWhereKeepsHouse) {
  EXPECT_EQ(MustCall("TodoRepository.SoftDeleteWhere", {{"owner_id", owner_}, {"status", "TODO_STATUS_OPEN"}}),
            (Json{{"affected", "3"}}));
  EXPECT_EQ(Where("deleted_at IS NOT NULL AND version = 2 AND updated_at > created_at"), "3");
  const Json back = MustCall("TodoRepository.Restore", {{"id", todos_[1]}, {"version", "2"}});
  EXPECT_EQ(back["version"], "3");
}

TEST_F(BulkTest, PartsOfJsonAndFilterExpressionsWork) {
  for (size_t i = 0; i < 2; ++i) {
    MustCall("TodoRepository.Update",
             {{"todo", {{"id", todos_[i]}, {"labels", {{"room", "attic"}, {"n", i}}}}}, {"update_mask", "labels"}});
  }
  EXPECT_EQ(MustCall("TodoRepository.UpdateWhere", {{"todo", {{"labels", {{"room", "cellar"}}}}},
                                                    {"update_mask", "labels.room"},
                                                    {"filter", "title = \"todo *\" AND labels.room = \"attic\""},
                                                    {"owner_id", owner_}}),
            (Json{{"affected", "2"}}));
  EXPECT_EQ(GetTodo(todos_[1])["labels"], (Json{{"room", "cellar"}, {"n", 1}}));
  const std::string before = State();
  EXPECT_EQ(Summary(Call("TodoRepository.UpdateWhere", Update({{"filter", "owner = 3; DROP TABLE todos"}}))),
            "INVALID_ARGUMENT INVALID_FIELD [filter]");
  EXPECT_EQ(Summary(Call("TodoRepository.UpdateWhere", Update({{"filter", "  "}}))).substr(0, 30),
            "INVALID_ARGUMENT INVALID_FIELD");
  EXPECT_EQ(State(), before);
}

TEST_F(BulkTest, MoreRowsThanMaxAffectedChangeNothing) {
  const std::string before = State();
  const auto refusal = Call("TodoRepository.UpdateWhere", Update({{"owner_id", owner_}, {"max_affected", "4"}}));
  EXPECT_EQ(Summary(refusal), "FAILED_PRECONDITION MAX_AFFECTED_EXCEEDED");
  EXPECT_THAT(std::string(refusal.status().message()), HasSubstr("more than 4 rows of planner.v1.Todo match"));
  EXPECT_EQ(MetadataOf(refusal.status(), "max_affected"), "4");
  EXPECT_EQ(MetadataOf(refusal.status(), "limit"), "max-affected");
  EXPECT_THAT(PreconditionsOf(refusal.status()), ElementsAre("MAX_AFFECTED planner.v1.Todo"));
  for (const char* method : {"SoftDeleteWhere", "DeleteWhere"}) {
    EXPECT_EQ(ReasonOf(Call(Cat("TodoRepository.", method), {{"owner_id", owner_}, {"max_affected", "1"}})),
              "MAX_AFFECTED_EXCEEDED");
  }
  EXPECT_EQ(State(), before);
  EXPECT_EQ(MustCall("TodoRepository.UpdateWhere", Update({{"owner_id", owner_}, {"max_affected", "5"}})),
            (Json{{"affected", "5"}}));
}

TEST_F(BulkTest, MaxAffectedIsChecked) {
  const auto refused = [&](const std::string& most) {
    return Summary(Call("TodoRepository.DeleteWhere", {{"owner_id", owner_}, {"max_affected", most}}));
  };
  EXPECT_EQ(refused("-1"), "INVALID_ARGUMENT INVALID_FIELD [max_affected]");
  EXPECT_EQ(refused("10001"), "INVALID_ARGUMENT INVALID_FIELD [max_affected]");
  EXPECT_EQ(refused("9223372036854775807"), "INVALID_ARGUMENT INVALID_FIELD [max_affected]");
  EXPECT_EQ(Where("true"), "5");
}

TEST_F(BulkTest, TheServersOwnLimitHoldsWhereTheRequestHasNone) {
  InProcessServer::Options options;
  options.serve.max_affected = 2;
  InProcessServer server(CompileExample("planner/v1"), options);
  ASSERT_TRUE(server.ok());
  const std::string owner = server.MustCall("ProfileRepository.Create", {{"profile", Profile("ada")}}).value("id", "");
  for (int i = 0; i < 3; ++i) {
    server.MustCall("TodoRepository.Create", {{"todo", {{"owner_id", owner}, {"title", Cat("t", i)}}}});
  }
  const auto refusal = server.Call("TodoRepository.SoftDeleteWhere", {{"owner_id", owner}});
  EXPECT_EQ(ReasonOf(refusal), "MAX_AFFECTED_EXCEEDED");
  EXPECT_THAT(std::string(refusal.status().message()), HasSubstr("--max-affected"));
  EXPECT_EQ(Summary(server.Call("TodoRepository.SoftDeleteWhere", {{"owner_id", owner}, {"max_affected", "3"}})),
            "INVALID_ARGUMENT INVALID_FIELD [max_affected]");
  EXPECT_EQ(server.database().Value("SELECT count(*) FROM todos WHERE deleted_at IS NULL"), "3");
}

TEST_F(BulkTest, FilterValuesAreNeverSql) {
  const std::string before = State();
  const std::string evil[] = {"'; DROP TABLE todos; --", "%' OR '1'='1", "$1::text); DELETE FROM todos; --",
                              "\"id\" = \"#0\"",         "\\",           "a','b"};
  for (const std::string& text : evil) {
    EXPECT_EQ(MustCall("TodoRepository.UpdateWhere", Update({{"owner_id", owner_}, {"title_prefix", text}})),
              Json::object())
        << text;
    EXPECT_EQ(MustCall("TodoRepository.UpdateWhere", Update({{"owner_id", owner_}, {"any_tags", {text, "{}"}}})),
              Json::object())
        << text;
    EXPECT_EQ(Summary(Call("TodoRepository.UpdateWhere", Update({{"owner_id", text}}))),
              "INVALID_ARGUMENT INVALID_FIELD [owner_id]");
  }
  for (const char* path : {"title; DROP TABLE todos", "title = '' --", "\"title\""}) {  // (a JSON mask has no brackets)
    EXPECT_EQ(Summary(Call("TodoRepository.UpdateWhere",
                           {{"todo", {{"title", "x"}}}, {"update_mask", path}, {"owner_id", owner_}})),
              "INVALID_ARGUMENT INVALID_FIELD [update_mask]")
        << path;
  }
  EXPECT_EQ(State(), before);
  for (const std::string& text : evil) {
    MustCall("TodoRepository.UpdateWhere", {{"todo", {{"notes", text}, {"tags", {text}}, {"labels", {{text, text}}}}},
                                            {"update_mask", "notes,tags,labels"},
                                            {"owner_id", owner_},
                                            {"status", "TODO_STATUS_DONE"}});
    const Json todo = GetTodo(todos_[4]);
    EXPECT_EQ(todo["notes"], text);
    EXPECT_EQ(todo["tags"], Json::array({text}));
    EXPECT_EQ(todo["labels"], (Json{{text, text}}));
  }
}

/// Starts a call and waits until its statement waits for a lock.
std::thread StartBlocked(InProcessServer* server, const std::string& method, const Json& request,
                         absl::StatusOr<Json>* answer) {
  std::thread thread([=] { *answer = server->Call(method, request); });
  EXPECT_TRUE(Eventually([server] {
    return server->database().Value(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = "
               "'Lock'") != "0";
  })) << "the call did not wait for the lock";
  return thread;
}

TEST_F(BulkTest, ARowThatBecomesUnfitWhileItIsWaitedForIsNeitherCountedNorChanged) {
  Unit unit(&server());
  unit.MustCall("TodoRepository.Update",
                {{"todo", {{"id", todos_[1]}, {"status", "TODO_STATUS_DONE"}}}, {"update_mask", "status"}});
  absl::StatusOr<Json> answer = absl::UnknownError("none");
  std::thread call =
      StartBlocked(&server(), "TodoRepository.UpdateWhere",
                   Update({{"owner_id", owner_}, {"status", "TODO_STATUS_OPEN"}, {"max_affected", "2"}}), &answer);
  ASSERT_TRUE(unit.Commit().ok());
  call.join();
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(*answer, (Json{{"affected", "2"}}));
  EXPECT_EQ(Where("priority = 9"), "2");
  EXPECT_EQ(GetTodo(todos_[1]).value("priority", 0), 0);
}

TEST_F(BulkTest, AChangeOfAnotherTransactionIsNotLost) {
  Unit unit(&server());
  unit.MustCall("TodoRepository.Update", {{"todo", {{"id", todos_[1]}, {"title", "new"}}}, {"update_mask", "title"}});
  absl::StatusOr<Json> answer = absl::UnknownError("none");
  std::thread call = StartBlocked(&server(), "TodoRepository.UpdateWhere", Update({{"owner_id", owner_}}), &answer);
  ASSERT_TRUE(unit.Commit().ok());
  call.join();
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(*answer, (Json{{"affected", "5"}}));
  const Json todo = GetTodo(todos_[1]);
  EXPECT_EQ(todo["title"], "new");
  EXPECT_EQ(todo["priority"], 9);
  EXPECT_EQ(todo["version"], "3");
}

TEST_F(BulkTest, ManyCallersTogetherNeverChangeARowTwiceNorMoreThanTheyMay) {
  constexpr int kRows = 200;
  server().database().Run(Cat("INSERT INTO todos (owner_id, title, status, priority) SELECT '", owner_,
                              "', 'many ' || i, 'IN_PROGRESS', 0 FROM generate_series(1, ", kRows, ") AS i"));
  const auto in_progress = [&] { return std::stoi(Where("status = 'IN_PROGRESS'")); };
  std::atomic<int> changed{0}, refused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        // Every caller is after rows of its own and shares half of them with its neighbour.
        const Json request = {{"todo", {{"status", "TODO_STATUS_DONE"}}},
                              {"update_mask", "status"},
                              {"owner_id", owner_},
                              {"status", "TODO_STATUS_IN_PROGRESS"},
                              {"title_prefix", Cat("many ", (t + i) % 9 + 1)},
                              {"max_affected", "30"}};
        const auto answer = Call("TodoRepository.UpdateWhere", request);
        if (answer.ok()) {
          const int affected = std::stoi(answer->value("affected", "0"));
          EXPECT_LE(affected, 30);
          changed += affected;
        } else {
          EXPECT_EQ(ReasonOf(answer), "MAX_AFFECTED_EXCEEDED");
          ++refused;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  // "many 1…" are 111 rows, more than anybody may change; the others are 11 each and "many 2" has one more.
  EXPECT_GT(refused, 0);
  EXPECT_EQ(changed, kRows - in_progress());
  EXPECT_EQ(in_progress(), 111);
  EXPECT_EQ(Where("title LIKE 'many %' AND status = 'DONE' AND version <> 2"), "0");
}

TEST_F(BulkTest, InsideAUnitOfWorkItGoesBackWithTheUnit) {
  const std::string before = State();
  Unit unit(&server());
  EXPECT_EQ(unit.MustCall("TodoRepository.UpdateWhere", Update({{"owner_id", owner_}})), (Json{{"affected", "5"}}));
  EXPECT_EQ(unit.MustCall("TodoRepository.SoftDeleteWhere", {{"owner_id", owner_}}), (Json{{"affected", "5"}}));
  EXPECT_EQ(ReasonOf(unit.Call("TodoRepository.GetById", {{"id", todos_[0]}})), "ROW_NOT_FOUND");
  EXPECT_EQ(unit.MustCall("TodoRepository.Purge", {{"older_than", "0s"}, {"owner_id", owner_}}),
            (Json{{"affected", "5"}}));
  ASSERT_TRUE(unit.Rollback().ok());
  EXPECT_EQ(State(), before);
}

TEST_F(BulkTest, ARefusalDoesNotFailTheUnitOfWork) {
  Unit unit(&server());
  EXPECT_EQ(ReasonOf(unit.Call("TodoRepository.UpdateWhere", Update({{"owner_id", owner_}, {"max_affected", "1"}}))),
            "MAX_AFFECTED_EXCEEDED");
  unit.MustCall("TodoRepository.UpdateWhere", Update({{"owner_id", owner_}, {"status", "TODO_STATUS_DONE"}}));
  ASSERT_TRUE(unit.Commit().ok());
  EXPECT_EQ(Where("priority = 9"), "2");
}

TEST_F(BulkTest, RunTakesBulkChanges) {
  const auto answers =
      RunRequest(&server())
          .Add("TodoRepository.UpdateWhere", Update({{"owner_id", owner_}}))
          .Add("TodoRepository.SoftDeleteWhere", {{"owner_id", owner_}, {"status", "TODO_STATUS_DONE"}})
          .Send();
  ASSERT_TRUE(answers.ok()) << answers.status();
  EXPECT_EQ((*answers)[0], (Json{{"affected", "5"}}));
  EXPECT_EQ((*answers)[1], (Json{{"affected", "2"}}));
  const std::string before = State();
  const auto refused = RunRequest(&server())
                           .Add("TodoRepository.UpdateWhere", Update({{"owner_id", owner_}}, 1))
                           .Add("TodoRepository.SoftDeleteWhere", {{"owner_id", owner_}, {"max_affected", "2"}})
                           .Send();
  EXPECT_EQ(ReasonOf(refused.status()), "MAX_AFFECTED_EXCEEDED");
  EXPECT_EQ(State(), before);
}

TEST_F(BulkTest, OneStatementWhateverTheNumberOfRows) {
  EXPECT_EQ(CallCosted(&server(), "TodoRepository.UpdateWhere", Update({{"owner_id", owner_}})).statements, 1);
  EXPECT_EQ(CallCosted(&server(), "TodoRepository.SoftDeleteWhere", {{"owner_id", owner_}}).statements, 1);
}

}  // namespace
}  // namespace rowkeeper::testing
