#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace rowkeeper::db {

/// Whether callers see what triggers and functions say when they raise an error. Such words may hold values of rows.
enum class RaisedMessages { kHide, kShow };

/// The catalogue's words for what a SQL error is about, so that errors speak of proto fields. Immutable.
struct ErrorContext {
  /// Full entity name.
  std::string entity;
  /// Of the entity, unquoted. An empty schema fits every schema; an empty table says that every table named by an error
  /// counts as the entity's own.
  std::string schema;
  std::string table;
  struct Constraint {
    enum class Kind { kUnique, kReference, kCheck };
    Kind kind = Kind::kUnique;
    /// Proto fields of the constraint; none when it is another entity's reference to this one.
    std::vector<std::string> fields;
    /// kReference: full name of the referenced entity; of the one that points here when there are no fields.
    std::string referenced;
    /// The remedy for kCheck, e.g. "must be one of OPEN, DONE".
    std::string description;
    /// The SQL columns of `fields`, in order; not for kCheck.
    std::vector<std::string> columns = {};
  };
  std::map<std::string, Constraint, std::less<>> constraints;
  /// SQL column name to proto field.
  std::map<std::string, std::string, std::less<>> fields;
  /// Of what is raised while a statement about the entity runs, whatever ErrorWords says of all entities.
  RaisedMessages raised_messages = RaisedMessages::kHide;
};

/// What a connection knows about errors that its statements do not say themselves. Immutable.
struct ErrorWords {
  /// Of all entities, by the names of their tables. A deferred constraint is checked by COMMIT, which is no entity's
  /// statement.
  std::multimap<std::string, std::shared_ptr<const ErrorContext>, std::less<>> tables;
  /// Of what is raised anywhere.
  RaisedMessages raised_messages = RaisedMessages::kHide;
};

/// Those of the catalogue that is served now: connections ask when a statement fails. Thread-safe.
class ServedErrorWords {
 public:
  explicit ServedErrorWords(std::shared_ptr<const ErrorWords> words) : words_(std::move(words)) {}

  void Set(std::shared_ptr<const ErrorWords> words) {
    const absl::MutexLock lock(&mutex_);
    words_.swap(words);
  }
  /// Null: no entities are known.
  std::shared_ptr<const ErrorWords> Get() const {
    const absl::ReaderMutexLock lock(&mutex_);
    return words_;
  }

 private:
  mutable absl::Mutex mutex_;
  std::shared_ptr<const ErrorWords> words_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::db
