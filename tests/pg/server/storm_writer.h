#pragma once

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/support/in_process_server.h"

namespace rowkeeper::testing {

/// What a caller was told of a change.
enum class Told { kDone, kNothing, kUnknown };

/// The only writer of its rows in the table of items, over which there is a storm. Every change leaves a token of its
/// own in the table `written`, by a trigger. After each answer that is compared with what was told, and kept for a last
/// look when all is over. For one thread.
class StormWriter {
 public:
  /// `name` is in all slugs. All pointers outlive this.
  StormWriter(InProcessServer* server, std::string name);

  /// One call, unit of work or run.
  void Step();

  /// By token.
  const std::map<std::string, Told>& told() const { return told_; }
  /// How often each way of writing ended how: "Update OK", "unit DATABASE_UNAVAILABLE".
  const std::map<std::string, int>& tally() const { return tally_; }

 private:
  struct Row {
    std::string id;
    std::string title;
    enum class State { kLive, kHidden } state = State::kLive;
    bool was_hidden = false;
  };
  using Rows = std::map<std::string, Row>;
  /// What a call changes: a slug, and what its row is to hold.
  struct Change {
    std::string slug;
    std::string title;
  };

  int Below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  std::string NewTitle();
  Change NewRow();
  /// A row in this state; end() when there is none.
  Rows::iterator Any(Row::State state);
  std::vector<Change> Some(bool fresh);
  static Json ItemOf(const Change& change);
  Json WithId(const Change& change) const;
  /// Now and then a caller is in a hurry, or sends the call with a key.
  CallOptions Options();

  // Each is told in the tally under its name.
  void Create();
  void CreateWithKey();
  void CreateSome();
  void Update();
  void Upsert();
  void Batch();
  void HideOrShow();
  void Delete();
  void Unit();
  void Run();
  void Read();

  absl::StatusOr<Json> Call(const std::string& method, const Json& request, const CallOptions& options);
  /// What an answer says; fails the test where it says what cannot be.
  Told Judge(const std::string& what, const absl::Status& status, const CallOptions& options);
  /// Compares with the table, now and in the end.
  void Expect(const std::string& token, Told told, const absl::Status& status);
  void Settle(const Change& change, Told told, const Json& row, const absl::Status& status);
  int Written(const std::string& token);

  InProcessServer* const server_;
  const std::string name_;
  const std::unique_ptr<db::Connection> look_;
  std::mt19937 random_;
  int number_ = 0;
  Rows rows_;
  std::map<std::string, Told> told_;
  std::map<std::string, int> tally_;
};

}  // namespace rowkeeper::testing
