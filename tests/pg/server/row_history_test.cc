// Whether what callers see of a row at the same time could have been one after the other, with calls that are merged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <random>
#include <thread>

#include "server/app/server_process.h"
#include "server/base/error_details.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/support/row_history.h"

namespace rowkeeper::testing {
namespace {

using std::chrono::milliseconds;
using Kind = RowHistory::Kind;

Clock::time_point At(int ms) { return Clock::time_point() + milliseconds(ms); }

/// Of operations on a row of version 1 and value "a".
std::vector<std::string> ViolationsOf(const std::vector<RowHistory::Operation>& operations) {
  RowHistory history(1, "a");
  for (const RowHistory::Operation& operation : operations) history.Add(operation);
  return history.Violations();
}

TEST(RowHistoryTest, WhatCanBeIsFound) {
  EXPECT_THAT(ViolationsOf({}), ::testing::IsEmpty());
  EXPECT_THAT(ViolationsOf({{Kind::kRead, 1, "a", At(0), At(1)}}), ::testing::IsEmpty());
  const RowHistory::Operation write{Kind::kWrite, 2, "b", At(10), At(20)};
  EXPECT_THAT(ViolationsOf({write, {Kind::kRead, 1, "a", At(11), At(19)}, {Kind::kRead, 2, "b", At(11), At(12)}}),
              ::testing::IsEmpty())
      << "while it is written both are right";
  EXPECT_THAT(ViolationsOf({write, {Kind::kWrite, 3, "c", At(5), At(30)}, {Kind::kRead, 3, "c", At(31), At(32)}}),
              ::testing::IsEmpty());
  EXPECT_THAT(ViolationsOf({{Kind::kUnknownWrite, 0, "b", At(0), At(1)}, {Kind::kRead, 1, "a", At(5), At(6)}}),
              ::testing::IsEmpty())
      << "it may not have been made";
  EXPECT_THAT(ViolationsOf({{Kind::kUnknownWrite, 0, "b", At(0), At(1)},
                            {Kind::kRead, 1, "a", At(5), At(6)},
                            {Kind::kRead, 2, "b", At(7), At(8)}}),
              ::testing::IsEmpty())
      << "or later";
  EXPECT_THAT(ViolationsOf({{Kind::kUnknownWrite, 0, "b", At(0), At(1)}, {Kind::kWrite, 3, "c", At(2), At(3)}}),
              ::testing::IsEmpty());
}

TEST(RowHistoryTest, WhatCannotBeIsFound) {
  const RowHistory::Operation write{Kind::kWrite, 2, "b", At(10), At(20)};
  const std::vector<std::pair<const char*, std::vector<RowHistory::Operation>>> planted = {
      {"a stale read", {write, {Kind::kRead, 1, "a", At(21), At(22)}}},
      {"a read of the future", {write, {Kind::kRead, 2, "b", At(1), At(9)}}},
      {"two writes of one version", {write, {Kind::kWrite, 2, "c", At(11), At(21)}}},
      {"a value that nobody wrote", {write, {Kind::kRead, 3, "x", At(15), At(16)}}},
      {"another's value", {write, {Kind::kRead, 2, "a", At(21), At(22)}}},
      {"a value with an older version", {write, {Kind::kRead, 1, "b", At(21), At(22)}}},
      {"a version that nobody wrote", {write, {Kind::kWrite, 4, "c", At(21), At(22)}}},
      {"writes against the clock", {{Kind::kWrite, 3, "b", At(1), At(2)}, {Kind::kWrite, 2, "c", At(3), At(4)}}},
      {"reads that go back", {write, {Kind::kRead, 2, "b", At(11), At(12)}, {Kind::kRead, 1, "a", At(13), At(14)}}},
      {"a lost update", {write, {Kind::kWrite, 1, "c", At(21), At(22)}}},
      {"an unknown write before it began",
       {{Kind::kUnknownWrite, 0, "b", At(10), At(20)}, {Kind::kRead, 2, "b", At(1), At(9)}}},
      {"an unknown write that is taken back",
       {{Kind::kUnknownWrite, 0, "b", At(0), At(1)},
        {Kind::kRead, 2, "b", At(5), At(6)},
        {Kind::kRead, 1, "a", At(7), At(8)}}},
      {"more versions than unknown writes",
       {{Kind::kUnknownWrite, 0, "b", At(0), At(1)}, {Kind::kWrite, 4, "c", At(2), At(3)}}},
      {"an unknown write of a known version",
       {write, {Kind::kUnknownWrite, 0, "c", At(0), At(1)}, {Kind::kRead, 2, "c", At(21), At(22)}}},
  };
  for (const auto& [name, operations] : planted) {
    EXPECT_THAT(ViolationsOf(operations), ::testing::Not(::testing::IsEmpty())) << name;
  }
}

/// A few rows, and callers who read and write them while connections are lost.
class LinearizableRowsTest : public ::testing::Test {
 protected:
  static constexpr int kRows = 3, kCallers = 24, kCalls = 150;

  void SetUp() override {
    InProcessServer::Options options;
    options.pool.pool_size = 30;
    options.pool.max_overflow = 0;
    server_ = std::make_unique<InProcessServer>(CompileExample("tracker/v1"), options);
    ASSERT_TRUE(server_->ok());
    for (int i = 0; i < kRows; ++i) {
      const Json row = server_->MustCall("ArticleRepository.Create", {{"article", {{"title", "a"}, {"body", ""}}}});
      ids_.push_back(row.value("id", ""));
      histories_.push_back(std::make_unique<RowHistory>(row.value("version_id", 0), "a"));
    }
  }

  void Read(int row) {
    const Clock::time_point began = Clock::System().Now();
    const auto answer = server_->Call("ArticleRepository.GetById", {{"id", ids_[row]}});
    if (!answer.ok()) return NoteError(answer.status());
    histories_[row]->Add(
        {Kind::kRead, answer->value("version_id", 0), answer->value("title", ""), began, Clock::System().Now()});
  }
  void Write(int row, const std::string& title) {
    const Clock::time_point began = Clock::System().Now();
    const auto answer = server_->Call("ArticleRepository.Update",
                                      {{"article", {{"id", ids_[row]}, {"title", title}}}, {"update_mask", "title"}});
    const Clock::time_point ended = Clock::System().Now();
    if (answer.ok()) {
      histories_[row]->Add({Kind::kWrite, answer->value("version_id", 0), title, began, ended});
    } else if (ErrorReason(answer.status()) == "COMMIT_OUTCOME_UNKNOWN") {
      histories_[row]->Add({Kind::kUnknownWrite, 0, title, began, ended});
    } else {
      NoteError(answer.status());
    }
  }
  void NoteError(const absl::Status& status) {
    if (ErrorReason(status) != "DATABASE_UNAVAILABLE") ADD_FAILURE() << status;
  }

  void Use(int caller) {
    std::minstd_rand random(static_cast<unsigned>(caller + 1));
    for (int i = 0; i < kCalls; ++i) {
      const int row = static_cast<int>(random() % kRows);
      if (random() % 3 == 0) {
        Write(row, Cat("w", caller, "-", i));
      } else {
        Read(row);
      }
      if (caller == 0 && i % 30 == 20) {
        server_->database().Run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
            "application_name = 'rowkeeper' AND pid <> pg_backend_pid() LIMIT 2");
      }
    }
  }

  std::unique_ptr<InProcessServer> server_;
  std::vector<std::string> ids_;
  std::vector<std::unique_ptr<RowHistory>> histories_;
};

TEST_F(LinearizableRowsTest, AllThatCallersSeeCouldHaveBeenOneAfterTheOther) {
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) callers.emplace_back([this, caller] { Use(caller); });
  for (std::thread& caller : callers) caller.join();
  size_t operations = 0;
  for (const auto& history : histories_) {
    operations += history->size();
    EXPECT_THAT(history->Violations(), ::testing::IsEmpty());
  }
  EXPECT_GT(operations, static_cast<size_t>(kCallers * kCalls / 2));
  EXPECT_THAT(server_->process().MetricsText(), ::testing::ContainsRegex("rowkeeper_merged_calls_total [1-9]"));
}

}  // namespace
}  // namespace rowkeeper::testing
