// Pages, counts and batches of several callers that are read by one statement.
#include <algorithm>
#include <atomic>
#include <future>
#include <random>
#include <set>
#include <thread>

#include "absl/strings/match.h"
#include "server/base/database_errors.h"
#include "server/sql/render_list.h"
#include "tests/pg/exec/executor_pg_fixture.h"

namespace rowkeeper::exec {
namespace {

using std::chrono::milliseconds;
using Cause = db::Cancellation::Cause;

std::string Uuid(int number) {
  const std::string digits = std::to_string(number);
  return Cat("00000000-0000-4000-8000-", std::string(12 - digits.size(), '0'), digits);
}

/// All that the caller would be told: each row, whether there are pages around it, what is missing, the count.
std::string Told(const absl::StatusOr<Outcome>& outcome) {
  if (!outcome.ok()) return Cat(ErrorReason(outcome.status()), " ", std::string(outcome.status().message()));
  std::string told;
  const int cells = outcome->statement == nullptr ? 0 : outcome->statement->visible_cells;
  for (int row = 0; row < outcome->row_count; ++row) {
    for (int cell = 0; cell < cells; ++cell) told += Cat(outcome->rows.cell(row, cell), cell + 1 < cells ? "," : ";");
  }
  if (const auto* page = std::get_if<PageFacts>(&outcome->facts)) {
    told += Cat(page->next_page_token.empty() ? "" : " more", page->previous_page_token.empty() ? "" : " before");
    if (page->total_size.has_value()) told += Cat(" of ", *page->total_size);
  }
  if (const auto* batch = std::get_if<BatchFacts>(&outcome->facts)) {
    for (const auto& key : batch->missing) told += Cat(" without ", key.front());
  }
  return told;
}

std::string NextToken(const absl::StatusOr<Outcome>& outcome) {
  return outcome.ok() ? std::get<PageFacts>(outcome->facts).next_page_token : "";
}
std::string PreviousToken(const absl::StatusOr<Outcome>& outcome) {
  return outcome.ok() ? std::get<PageFacts>(outcome->facts).previous_page_token : "";
}

/// Tasks 1 to 400: number n is of project n % 20 and of assignee n % 7; every eleventh is deleted.
class MergedListsTest : public ExecutorPgTest {
 protected:
  using Answers = std::vector<std::future<std::string>>;
  static constexpr int kTasks = 400, kProjects = 20, kAssignees = 7;

  void SetUp() override {
    ExecutorPgTest::SetUp();
    database_.Run(
        "CREATE FUNCTION key(n int) RETURNS uuid LANGUAGE sql AS $$ SELECT ('00000000-0000-4000-8000-' || "
        "lpad(n::text, 12, '0'))::uuid $$");
    database_.Run("SET session_replication_role = replica");  // there are no projects and no users
    database_.Run(
        "INSERT INTO task (id, project_id, assignee_id, title, description, status, due_date, position, created_at, "
        "is_deleted, deleted_at) SELECT key(n), key(n % 20), key(n % 7), 'task ' || n, '', (ARRAY['TODO', 'DONE'])[1 + "
        "n % 2], '2026-01-01'::date + n % 50, n, '2026-01-01Z'::timestamptz + n * '1 min'::interval, n % 11 = 0, "
        "CASE WHEN n % 11 = 0 THEN now() END FROM generate_series(1, 400) AS n");
  }

  /// A page of `size` rows, from `token` on.
  plan::Call Page(const std::string& method, const std::map<std::string, std::string>& values, int size,
                  const std::string& token = "") const {
    plan::Request request = RequestOf("TaskRepository." + method, values);
    request.as<plan::ListRequest>().page_size = size;
    request.as<plan::ListRequest>().page_token = token;
    return Bound("TaskRepository." + method, std::move(request));
  }
  plan::Call OfProject(int project, int size, const std::string& token = "") const {
    return Page("ListByProject", {{"project_id", Uuid(project)}}, size, token);
  }
  plan::Call Due(int assignee, int from, int days, int size) const {
    return Page("ListByDateRange",
                {{"assignee_id", Uuid(assignee)}, {"start_date", Date(from)}, {"end_date", Date(from + days)}}, size);
  }
  plan::Call CountOf(int project) const { return Call("TaskRepository.Count", {{"project_id", Uuid(project)}}); }
  plan::Call Batch(const std::vector<int>& tasks, bool allow_missing) const {
    const std::string method = "TaskRepository.BatchGet";
    plan::Request request = RequestOf(method, {});
    auto& batch = request.as<plan::BatchRequest>();
    batch.allow_missing = allow_missing;
    for (const int task : tasks) {
      plan::Element element;
      element.arguments.resize(request.arguments.size());
      element.arguments[static_cast<size_t>(Plan(method).filters[0].input)] = {true, Uuid(task)};
      batch.elements.push_back(std::move(element));
    }
    return Bound(method, std::move(request));
  }
  static std::string Date(int day) { return day < 31 ? Cat("2026-01-", day + 1) : Cat("2026-02-", day - 30); }

  Answers SubmitAll(std::vector<plan::Call> calls, Telling tell = Told) {
    Answers answers;
    for (plan::Call& call : calls) answers.push_back(Submit(std::move(call), nullptr, tell));
    return answers;
  }
  /// What each gives by itself.
  std::vector<std::string> Alone(const std::vector<plan::Call>& calls, Telling tell = Told) {
    Start(4);
    std::vector<std::string> told;
    for (const plan::Call& call : calls) told.push_back(Submit(call, nullptr, tell).get());
    return told;
  }
  /// The same, of calls that come while the table is locked: two take the lanes, and the others wait.
  std::vector<std::string> Together(const std::vector<plan::Call>& calls, Telling tell = Told,
                                    const std::string& table = "task") {
    Start(8, kOneLane, &still_);
    LockTable(table);
    Answers answers = SubmitAll(calls, tell);
    blocker_.reset();
    std::vector<std::string> told;
    for (auto& answer : answers) told.push_back(answer.get());
    return told;
  }
  ExecutorStats stats() const { return executor_->stats(); }

  /// Calls are answered together as they are alone, and most of them are.
  void ExpectTheSameTogether(const std::vector<plan::Call>& calls) {
    const std::vector<std::string> alone = Alone(calls);
    const std::vector<std::string> together = Together(calls);
    for (size_t i = 0; i < calls.size(); ++i) EXPECT_EQ(together[i], alone[i]) << i;
    EXPECT_GT(std::set<std::string>(alone.begin(), alone.end()).size(), calls.size() / 4) << "they differ";
    EXPECT_GE(stats().merged_calls_total, calls.size() / 2);
    EXPECT_LE(stats().merged_statements_total, stats().merged_calls_total / 2);
    EXPECT_EQ(stats().unmerged_calls.total(), 0u);
  }
};

TEST_F(MergedListsTest, EachPageHasItsOwnRowsInItsOrder) {
  std::vector<plan::Call> calls;
  for (int i = 0; i < 48; ++i) calls.push_back(OfProject(i % 24, 1 + i % 10));  // of some projects there is nothing
  ExpectTheSameTogether(calls);
}

TEST_F(MergedListsTest, APageOfAWindowOfDatesHasItsOwnRows) {
  std::vector<plan::Call> calls;
  for (int i = 0; i < 48; ++i) calls.push_back(Due(i % kAssignees, i % 13, 1 + i, 5));
  ExpectTheSameTogether(calls);
}

TEST_F(MergedListsTest, CountsAreTheirOwn) {
  database_.Run(
      "DELETE FROM task WHERE position::int % 20 > position::int / 20");  // a different number of each project
  std::vector<plan::Call> calls;
  for (int i = 0; i < 48; ++i) calls.push_back(CountOf(i % 24));
  ExpectTheSameTogether(calls);
}

TEST_F(MergedListsTest, BatchesHaveTheirOwnRowsAndMissTheirOwn) {
  std::vector<plan::Call> calls;
  for (int i = 1; i <= 48; ++i) {
    std::vector<int> tasks;
    for (int j = 0; j < 1 + i % 6; ++j)
      tasks.push_back(1 + (i * 13 + j * 7) % 420);  // some are deleted, some not there
    if (i % 5 == 0) tasks.push_back(tasks.front());
    calls.push_back(Batch(tasks, /*allow_missing=*/i % 3 != 0));
  }
  ExpectTheSameTogether(calls);
}

TEST_F(MergedListsTest, LaterPagesAndThoseBeforeThemHaveTheirOwnRows) {
  std::vector<plan::Call> firsts, seconds, back;
  for (int i = 0; i < 40; ++i) firsts.push_back(OfProject(i % kProjects, 2 + i % 5));
  const std::vector<std::string> next = Together(firsts, NextToken);
  for (int i = 0; i < 40; ++i) seconds.push_back(OfProject(i % kProjects, 2 + i % 5, next[static_cast<size_t>(i)]));
  ExpectTheSameTogether(seconds);
  const std::vector<std::string> previous = Together(seconds, PreviousToken);
  for (int i = 0; i < 40; ++i) back.push_back(OfProject(i % kProjects, 2 + i % 5, previous[static_cast<size_t>(i)]));
  ExpectTheSameTogether(back);
}

TEST_F(MergedListsTest, LongPagesRunAlone) {
  std::vector<plan::Call> calls;
  for (int i = 0; i < 20; ++i) calls.push_back(OfProject(i, Runner::kMostPageRows + 1));
  const std::vector<std::string> alone = Alone(calls);
  EXPECT_EQ(Together(calls), alone);
  EXPECT_EQ(stats().merged_calls_total + stats().unmerged_calls.total(), 0u);
}

TEST_F(MergedListsTest, AListAloneIsItsOwnStatement) {
  Start(2, kOneLane);
  for (int i = 0; i < kProjects; ++i) Submit(OfProject(i, 3), nullptr, Told).get();
  EXPECT_EQ(stats().merged_statements_total, 0u);
  EXPECT_EQ(stats().unmerged_calls.total(), 0u);
}

TEST_F(MergedListsTest, ShortPagesDoNotReadTheRowsOfLongOnes) {
  EXPECT_NE(Runner::ShareOf(OfProject(1, 10)).size, Runner::ShareOf(OfProject(1, 11)).size);
  EXPECT_EQ(Runner::ShareOf(OfProject(1, 26)).size, Runner::ShareOf(OfProject(2, 50)).size);
  EXPECT_NE(Runner::ShareOf(OfProject(1, 50)).size, Runner::ShareOf(OfProject(1, 51)).size);
  EXPECT_EQ(Runner::ShareOf(OfProject(1, 50)).weight, 50);
}

TEST_F(MergedListsTest, OnlyListsOfAnOwnerMayRunTogether) {
  const auto may = [](const plan::Call& call) { return Runner::IsMergeable(call, Mergeable::kReads); };
  EXPECT_TRUE(may(OfProject(1, 10)));
  EXPECT_TRUE(may(CountOf(1)));
  EXPECT_TRUE(may(Batch({1, 2}, true)));
  EXPECT_FALSE(may(Page("List", {}, 10))) << "it is of nobody";
  EXPECT_FALSE(may(Call("TaskRepository.Count", {})));
  EXPECT_FALSE(may(Call("TaskRepository.Count", {{"status", "DONE"}}))) << "half of all tasks may be";
  EXPECT_TRUE(may(Call("TaskRepository.Count", {{"status", "DONE"}, {"project_id", Uuid(1)}})));
  EXPECT_FALSE(may(Page("ListByStatuses", {{"project_id", Uuid(1)}, {"statuses", "{DONE}"}}, 10)));
  EXPECT_FALSE(may(Batch(std::vector<int>(Runner::kMostBatchElements + 1, 7), true)));
  plan::Call counted = OfProject(1, 10);
  counted.request.as<plan::ListRequest>().count = plan::CountMode::kExact;
  EXPECT_FALSE(may(counted)) << "it is two statements";
}

TEST_F(MergedListsTest, WhatTakesManyTooLongMayTakeOneNotTooLong) {
  const plan::Call page = OfProject(1, 5), get = Get(1);
  EXPECT_FALSE(runner_.Merge({&page, &page}).IsOfEach(StatementTimeout()));
  EXPECT_TRUE(runner_.Merge({&get, &get}).IsOfEach(StatementTimeout()));
}

TEST_F(MergedListsTest, ACancelledOneIsAnsweredAtOnceAndTheOthersGetTheirs) {
  std::vector<plan::Call> calls;
  for (int i = 0; i < 20; ++i) calls.push_back(OfProject(i, 3));
  const std::vector<std::string> alone = Alone(calls);
  Start(4, kOneLane, &still_);
  LockTable("task");
  std::vector<Executor::Ticket> tickets(20);
  Answers answers;
  for (size_t i = 0; i < 20; ++i) answers.push_back(Submit(calls[i], &tickets[i], Told));
  EXPECT_EQ(stats().queued, 18);
  for (size_t i = 0; i < 20; i += 2) tickets[i].Cancel(Cause::kDeadline);
  for (size_t i = 0; i < 20; i += 2) EXPECT_TRUE(absl::StartsWith(answers[i].get(), "DEADLINE_EXCEEDED"));
  blocker_.reset();
  for (size_t i = 1; i < 20; i += 2) EXPECT_EQ(answers[i].get(), alone[i]);
}

TEST_F(MergedListsTest, WhereAnswersAreLargeFewerAreMerged) {
  database_.Run("UPDATE task SET description = repeat('x', 200000)");
  std::vector<plan::Call> calls;
  for (int i = 0; i < 16; ++i) calls.push_back(OfProject(i, 4));
  const std::vector<std::string> alone = Alone(calls);
  EXPECT_EQ(Together(calls), alone);
  EXPECT_GT(stats().merge_halvings.large, 0u);
}

TEST_F(MergedListsTest, WhenTheStatementOfAllFailsEachGetsItsOwnAnswer) {
  database_.Run("ALTER TABLE task RENAME TO stored; COMMENT ON TABLE stored IS NULL");
  database_.Run(
      "CREATE FUNCTION fits(project uuid) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN IF current_query() LIKE "
      "'%#calls%' THEN RAISE EXCEPTION 'not together'; END IF; RETURN true; END $$");
  database_.Run("CREATE VIEW task AS SELECT * FROM stored WHERE fits(project_id)");
  std::vector<plan::Call> calls;
  for (int i = 0; i < 20; ++i) calls.push_back(OfProject(i, 3));
  const std::vector<std::string> alone = Alone(calls);
  EXPECT_THAT(alone, ::testing::Each(::testing::HasSubstr("task ")));
  EXPECT_EQ(Together(calls, Told, "stored"), alone);
  EXPECT_EQ(stats().merged_calls_total, 0u);
  EXPECT_GT(stats().unmerged_calls.failed, 0u);
  EXPECT_GT(stats().merge_halvings.failed, 0u);
}

/// Callers who check every answer while connections are lost.
TEST_F(MergedListsTest, EveryAnswerIsTheRightOneHoweverConnectionsAreLost) {
  std::vector<plan::Call> calls;
  for (int i = 0; i < 20; ++i) {
    calls.push_back(OfProject(i, 1 + i % 10));
    calls.push_back(CountOf(i));
    calls.push_back(Due(i % kAssignees, i, 10, 6));
    calls.push_back(Batch({1 + i, 21 + i, 200 + i}, true));
  }
  const std::vector<std::string> alone = Alone(calls);
  Start(6, {/*lanes=*/1, /*most_merged=*/16});
  // How many of those below meet depends on the machine; these do.
  LockTable("task");
  Answers first;
  for (size_t i = 0; i < calls.size(); i += 4) first.push_back(Submit(calls[i], nullptr, Told));
  blocker_.reset();
  for (size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].get(), alone[4 * i]);
  EXPECT_GT(MergesTried(), 0u);
  std::atomic<int> wrong{0}, right{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 8; ++caller) {
    callers.emplace_back([&, caller] {
      std::minstd_rand random(static_cast<unsigned>(caller + 1));
      for (int round = 0; round < 40; ++round) {
        std::vector<std::pair<size_t, std::future<std::string>>> open;
        const size_t kind = random() % 4;  // those of one kind meet
        for (int i = 0; i < 8; ++i) {
          const size_t call = random() % 20 * 4 + kind;
          open.emplace_back(call, Submit(calls[call], nullptr, Told));
        }
        if (caller == 0 && round % 10 == 5) LoseConnection();
        for (auto& [call, answer] : open) {
          const std::string told = answer.get();
          right += told == alone[call];
          wrong += told != alone[call] && !absl::StartsWith(told, "DATABASE_UNAVAILABLE");
        }
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(right, 8 * 40 * 8 / 2);
}

}  // namespace
}  // namespace rowkeeper::exec
