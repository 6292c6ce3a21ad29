#pragma once

#include <string>
#include <vector>

#include "server/db/connection.h"
#include "server/db/pg_session.h"
#include "server/db/rows.h"

namespace rowkeeper::db {

/// The statements of one session that wait to be sent with the next one, in the order in which they are to be executed.
/// Not thread-safe.
class StatementQueue {
 public:
  struct Entry {
    /// A BEGIN may have several statements in its text.
    std::string text;
    /// That it is prepared under; empty: it has none.
    std::string name;
    std::vector<Param> params;
  };

  void Add(const Query& query);
  bool empty() const { return entries_.empty(); }
  void Clear() { entries_.clear(); }
  /// The transaction has not begun: its BEGIN is the first of them.
  bool begins() const;
  /// None has a name or parameters.
  bool is_plain() const;
  /// All of them, and then `text`, as one text of the simple protocol. The queue is empty then.
  std::string TakeTextWith(const std::string& text);
  std::vector<Entry> Take();

  /// As messages of the extended protocol, which carry one statement each. `entries` outlives them.
  static std::vector<PgSession::Message> ToMessages(const std::vector<Entry>& entries);

 private:
  std::vector<Entry> entries_;
};

}  // namespace rowkeeper::db
