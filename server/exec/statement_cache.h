#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "server/db/current_names.h"
#include "server/db/statement_rewriter.h"
#include "server/plan/call.h"
#include "server/plan/relation/selection.h"
#include "server/sql/statement.h"

namespace rowkeeper::exec {

/// The statements of every variant of every plan that has been called, each rendered once for the names that tables and
/// columns have, with a comment that says its purpose (sql/purpose.h). One that would not keep to one tenant is not
/// among them: PostgreSQL refuses what stands in its place (sql/tenant_check.h). Thread-safe.
class StatementCache final : public db::StatementRewriter {
 public:
  /// Bytes of the longest text that is kept. A longer one is rendered for its call alone and not prepared, as those are
  /// that are beyond the number.
  static constexpr size_t kMaxKeptBytes = 32 * 1024;
  /// Variants that are kept by default.
  static constexpr size_t kMostKept = 10000;

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
  /// make up ever new masks cannot grow the server or the sessions of the database. Range 1 to 1000000. `names`
  /// may be null: everything is called as declared.
  explicit StatementCache(size_t limit = kMostKept, std::shared_ptr<db::CurrentNames> names = nullptr)
      : limit_(limit), names_(std::move(names)) {}

  /// Statements with a filter expression are not kept either: callers make up ever new ones. Calls that read different
  /// parts of JSON columns share what is kept, each with its own Statement::json.
  std::shared_ptr<const sql::Statement> Get(const plan::MethodPlan& plan, const plan::Variant& variant, Kind kind);

  /// The statement of a relation, which all methods that load it share.
  std::shared_ptr<const sql::Statement> GetRelation(const plan::SelectedRelation& selected);

  const std::shared_ptr<db::CurrentNames>& names() const override { return names_; }
  std::shared_ptr<const sql::Statement> Rewrite(const sql::Statement& statement) override;
  void ToDeclaredNames(const db::ErrorContext* context, db::PgError* error) const override;
  /// For statements that are to be written anew; null where nothing is renamed.
  db::StatementRewriter* rewriter() { return names_ == nullptr ? nullptr : this; }

  /// Those that are kept, in no order: text with its purpose, name and what became of each.
  std::vector<std::shared_ptr<const sql::Statement>> Kept() const;
  /// Statements that are kept.
  size_t size() const;
  /// Statements that were not kept because of a limit.
  uint64_t refused() const;

 private:
  using Render = std::function<sql::Statement()>;

  db::CurrentNames::Snapshot Names() const;
  std::shared_ptr<const sql::Statement> Find(const std::string& key, uint64_t revision) const;
  /// `make_render` gives what renders it, which may be kept with the statement.
  template <typename MakeRender>
  std::shared_ptr<const sql::Statement> GetOrRender(const std::string& key, MakeRender make_render);
  /// Not kept.
  static std::shared_ptr<sql::Statement> RenderBy(const db::CurrentNames::Snapshot& names,
                                                  std::shared_ptr<const Render> render);
  /// The statement, or what stands in its place: see sql::OfTenantOrRefused. The good ones are known again by a hash,
  /// for not all statements are kept.
  sql::Statement Judged(sql::Statement statement, const catalogue::Tenancy* tenancy);
  sql::Statement RenderKind(const plan::MethodPlan& plan, const plan::Variant& variant, Kind kind);

  const size_t limit_;
  const std::shared_ptr<db::CurrentNames> names_;
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<const sql::Statement>> statements_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<size_t> good_ ABSL_GUARDED_BY(mutex_);
  uint64_t refused_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace rowkeeper::exec
