// A server of the old catalogue and one of the new, under load, while columns and a table are renamed to and fro. Every
// answer is checked.

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
#include "server/base/text.h"
#include "tests/pg/server/rename_fixture.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::IsEmpty;

constexpr int kCallersOfEach = 4;
constexpr int kRenames = 12;

/// Writes to-dos whose title and notes tell of each other, and reads them back.
class Caller {
 public:
  Caller(InProcessServer* server, std::string owner, std::string name)
      : server_(*server), owner_(std::move(owner)), name_(std::move(name)) {}

  /// One turn; empty: every answer was right.
  std::string Turn() {
    const std::string text = Cat(name_, "-", ++turn_);
    switch (turn_ % 7) {
      case 0:
        return Alone(text);
      case 1:
        return InBatches(text);
      case 2:
        return InARun(text);
      case 3:
        return Listed();
      case 4:
        return InAUnit(text, Isolated("REPEATABLE_READ"));
      case 5:
        return Deleted(text);
      default:
        return InAUnit(text, Json::object());
    }
  }

 private:
  Json Todo(const std::string& text) const {
    return {{"owner_id", owner_}, {"title", text}, {"notes", "about " + text}};
  }

  static std::string Check(const absl::StatusOr<Json>& answer, const std::string& text) {
    if (!answer.ok()) return Cat(Summary(answer), " ", std::string(answer.status().message()));
    const bool right = answer->value("title", "") == text && answer->value("notes", "") == "about " + text;
    return right ? "" : Cat("wrong: ", answer->dump());
  }

  std::string Alone(const std::string& text) {
    const auto made = server_.Call("TodoRepository.Create", {{"todo", Todo(text)}});
    if (std::string wrong = Check(made, text); !wrong.empty()) return wrong;
    const Json named = {{"id", made->value("id", "")}};
    if (std::string wrong = Check(server_.Call("TodoRepository.GetById", named), text); !wrong.empty()) return wrong;
    Json changed = {{"id", made->value("id", "")}, {"title", text + "!"}, {"notes", "about " + text + "!"}};
    return Check(server_.Call("TodoRepository.Update", {{"todo", changed}, {"update_mask", "title,notes"}}),
                 text + "!");
  }

  std::string InBatches(const std::string& text) {
    const auto made = server_.Call("TodoRepository.BatchCreate", {{"todos", {Todo(text), Todo(text + "b")}}});
    if (!made.ok()) return Cat("batch ", Summary(made), " ", std::string(made.status().message()));
    const auto got =
        server_.Call("TodoRepository.BatchGet",
                     {{"ids", {(*made)["todos"][1].value("id", ""), (*made)["todos"][0].value("id", "")}}});
    if (!got.ok()) return Cat("batch get ", Summary(got), " ", std::string(got.status().message()));
    if (std::string wrong = Check((*got)["todos"][0], text + "b"); !wrong.empty()) return wrong;
    return Check((*got)["todos"][1], text);
  }

  std::string InARun(const std::string& text) {
    const auto ran = RunRequest(&server_)
                         .Add("TodoRepository.Create", {{"todo", Todo(text)}})
                         .Add("TodoRepository.GetById", Json::object(), {{"id", 0, "id"}})
                         .Send();
    if (!ran.ok()) return Cat("run ", Summary(ran.status()), " ", std::string(ran.status().message()));
    return Check((*ran)[1], text);
  }

  std::string Listed() {
    const auto page =
        server_.Call("TodoRepository.List",
                     {{"page_size", 5}, {"order_by", "title desc"}, {"filter", Cat("title >= \"", name_, "\"")}});
    if (!page.ok()) return Cat("list ", Summary(page), " ", std::string(page.status().message()));
    for (const Json& todo : page->value("todos", Json::array())) {
      if (std::string wrong = Check(todo, todo.value("title", "")); !wrong.empty()) return wrong;
    }
    return "";
  }

  /// And back again.
  std::string Deleted(const std::string& text) {
    const auto made = server_.Call("TodoRepository.Create", {{"todo", Todo(text)}});
    if (std::string wrong = Check(made, text); !wrong.empty()) return wrong;
    const Json named = {{"id", made->value("id", "")}};
    if (std::string wrong = Check(server_.Call("TodoRepository.SoftDelete", named), text); !wrong.empty()) return wrong;
    const auto gone = server_.Call("TodoRepository.GetById", named);
    if (ReasonOf(gone) != "ROW_NOT_FOUND") return Cat("deleted: ", Summary(gone));
    if (std::string wrong = Check(server_.Call("TodoRepository.Restore", named), text); !wrong.empty()) return wrong;
    const auto removed = server_.Call("TodoRepository.Delete", named);
    return removed.ok() ? "" : Cat("delete ", Summary(removed));
  }

  std::string InAUnit(const std::string& text, const Json& options) {
    const Unit unit(&server_, options);
    const auto made = unit.Call("TodoRepository.Create", {{"todo", Todo(text)}});
    if (std::string wrong = Check(made, text); !wrong.empty()) return "unit " + wrong;
    const std::string wrong = Check(unit.Call("TodoRepository.GetById", {{"id", made->value("id", "")}}), text);
    if (!wrong.empty()) return "unit " + wrong;
    const auto committed = unit.Commit();
    return committed.ok() ? "" : Summary(committed);
  }

  InProcessServer& server_;
  const std::string owner_;
  const std::string name_;
  int turn_ = 0;
};

class RenameUnderLoadTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(old_.ok());
    owner_ = old_.MustCall("ProfileRepository.Create",
                           {{"profile", {{"email", "a@example.org"}, {"handle", "ada"}, {"display_name", "Ada"}}}})
                 .value("id", "");
  }

  /// Callers of both servers go on until `change` has returned; what went wrong, and how often.
  std::map<std::string, int> CallWhile(InProcessServer* newer, const std::function<void()>& change) {
    absl::Mutex mutex;
    std::map<std::string, int> wrong;
    std::atomic<bool> stop{false};
    std::vector<std::thread> threads;
    for (InProcessServer* server : {&old_, newer}) {
      for (int i = 0; i < kCallersOfEach; ++i) {
        threads.emplace_back([&, server, i] {
          Caller caller(server, owner_, Cat(server == &old_ ? "old" : "new", i));
          while (!stop) {
            const std::string said = caller.Turn();
            ++turns_;
            if (said.empty()) continue;
            const absl::MutexLock lock(&mutex);
            ++wrong[said];
          }
        });
      }
    }
    change();
    stop = true;
    for (std::thread& thread : threads) thread.join();
    return wrong;
  }

  /// Waits until `turns` more have been made, so that each state of the database is met.
  void AwaitTurns(int turns) {
    const int64_t until = turns_ + turns;
    EXPECT_TRUE(Within(std::chrono::minutes(2), [&] { return turns_ >= until; }));
  }

  void Rename(const std::string& there, const std::string& back) {
    for (int i = 0; i < kRenames; ++i) {
      old_.database().Run(i % 2 == 0 ? there : back);
      AwaitTurns(4 * kCallersOfEach);
    }
  }

  InProcessServer old_{PlannerWith({}), PatientOptions()};
  std::string owner_;
  std::atomic<int64_t> turns_{0};
};

TEST_F(RenameUnderLoadTest, NoCallNoticesThatAColumnIsRenamed) {
  const auto newer = ServerBeside(&old_, kTitleIsHeadline);
  const auto wrong = CallWhile(newer.get(), [this] {
    Rename("ALTER TABLE todos RENAME title TO headline", "ALTER TABLE todos RENAME headline TO title");
  });
  EXPECT_THAT(wrong, IsEmpty());
  RecordProperty("turns", std::to_string(turns_));
}

TEST_F(RenameUnderLoadTest, NoCallNoticesThatATableIsRenamed) {
  const auto newer = ServerBeside(&old_, kTodosAreTasks);
  const auto wrong = CallWhile(
      newer.get(), [this] { Rename("ALTER TABLE todos RENAME TO tasks", "ALTER TABLE tasks RENAME TO todos"); });
  EXPECT_THAT(wrong, IsEmpty());
  RecordProperty("turns", std::to_string(turns_));
}

TEST_F(RenameUnderLoadTest, AfterTheProbeThatSeesItNoAnswerHasTheColumnOfASwap) {
  const auto newer = ServerBeside(&old_, kTitleIsHeadline);
  old_.database().Run(
      "BEGIN; ALTER TABLE todos RENAME title TO swapped; ALTER TABLE todos RENAME notes TO title; "
      "ALTER TABLE todos RENAME swapped TO notes; COMMIT");
  for (InProcessServer* server : {&old_, newer.get()}) {
    ASSERT_TRUE(Eventually([server] { return Advises(*server, "has the name \"notes\""); }));
  }
  EXPECT_THAT(CallWhile(newer.get(), [this] { AwaitTurns(20 * kCallersOfEach); }), IsEmpty());
}

}  // namespace
}  // namespace rowkeeper::testing
