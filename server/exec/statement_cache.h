#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "server/plan/call.h"
#include "server/plan/relation/selection.h"
#include "server/sql/statement.h"

namespace rowkeeper::exec {

/// The statements of every variant of every plan that has been called, each rendered once, with a comment that says its
/// purpose (sql/purpose.h). Thread-safe.
class StatementCache {
 public:
  /// Bytes of the longest text that is kept. A longer one is rendered for its call alone and not prepared, as those are
  /// that are beyond the number.
  static constexpr size_t kMaxKeptBytes = 32 * 1024;

  /// Which of a variant's statements.
  enum class Kind : char {
    kMain = 'm',
    kProbe = 'p',
    kReread = 'r',
    kStoredKeys = 'k',
    kCount = 'c',
    kEstimate = 'e',
    kLargeRows = 'l',
    kParents = 'h',  ///< a restore that a deleted row above may hold
    kMerged = 'g',   ///< many calls at once
  };

  /// `limit`: variants kept; beyond it a statement is rendered for its call alone and not prepared, so that callers who
  /// make up ever new masks cannot grow the server or the sessions of the database. Range 1 to 1000000.
  explicit StatementCache(size_t limit = 10000) : limit_(limit) {}

  /// Statements with a filter expression are not kept either: callers make up ever new ones. Calls that read different
  /// parts of JSON columns share what is kept, each with its own Statement::json.
  std::shared_ptr<const sql::Statement> Get(const plan::MethodPlan& plan, const plan::Variant& variant, Kind kind);

  /// The statement of a relation, which all methods that load it share.
  std::shared_ptr<const sql::Statement> GetRelation(const plan::SelectedRelation& selected);

  /// Those that are kept, in no order: text with its purpose, name and what became of each.
  std::vector<std::shared_ptr<const sql::Statement>> Kept() const;
  /// Statements that are kept.
  size_t size() const;
  /// Statements that were not kept because of a limit.
  uint64_t refused() const;

 private:
  template <typename Render>
  std::shared_ptr<const sql::Statement> GetOrRender(const std::string& key, Render render);

  const size_t limit_;
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<const sql::Statement>> statements_ ABSL_GUARDED_BY(mutex_);
  uint64_t refused_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace rowkeeper::exec
