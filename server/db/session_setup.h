#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/db/connection.h"
#include "server/db/rows.h"

namespace rowkeeper::db {

/// What a new connection leads to.
struct SessionFacts {
  /// Statements come to one session of PostgreSQL, which is this connection's alone.
  bool own_session = true;
  /// The process of PostgreSQL that answers; 0 where it changes, behind a transaction pooler.
  int server_pid = 0;
  /// When the server was started, as it says itself: no two servers agree on it.
  std::string server_started = {};
  /// Longest run of a statement outside transactions, which PostgreSQL does not see to; 0: it does, or there is none.
  std::chrono::milliseconds statement_limit{0};
  /// The database has the encoding SQL_ASCII: it stores whatever bytes it is given, and does not give those that are
  /// not UTF-8 to a session whose encoding is.
  bool any_bytes = false;
};

/// What makes a session give values as the server reads them, and keeps it from running for ever. A session of its own
/// is set up once. Behind a transaction pooler any SET would reach the sessions of others, and be missing later: there
/// the settings of the database role are compared with what they have to be, and each transaction sets its own.
class SessionSetup {
 public:
  explicit SessionSetup(const ConnectionOptions& options);

  /// The first statement of a connection that believes to talk to process `pid`: sets the session up if that is so, and
  /// shows it in any case. One round trip, one row.
  std::string Opening(int pid) const;
  /// What the answer to Opening(pid) says. FAILED_PRECONDITION POOLER_UNFIT, with what to do, when the session is not
  /// what the options say or need.
  absl::StatusOr<SessionFacts> Judge(const Rows& opening, int pid) const;
  /// Sets up a session of its own behind a pooler, whatever process it is.
  std::string Always() const;
  /// Whether the row of Always() or of Opening() is from process `pid`.
  static bool IsFrom(const Rows& rows, int pid);

  /// `begin`, which begins a transaction, with the settings for that transaction alone. Several statements in one text.
  std::string ForTransaction(std::string_view begin) const;
  /// `begin` for a transaction that is given any bytes. Such text is checked before it leaves the server.
  static std::string ForAnyBytes(std::string_view begin);

 private:
  /// Whether a wrong value makes answers wrong, or only lets statements take longer.
  enum class Kind { kFormat, kLimit };
  struct Setting {
    const char* name;
    std::string value;
    Kind kind;
  };

  std::string Show(const std::string& condition) const;
  absl::Status CheckRole(const Rows& opening) const;
  std::string_view Value(const Rows& opening, std::string_view name) const;
  std::chrono::milliseconds StatementLimit(const Rows& opening) const;
  void Announce(const Rows& opening) const;

  const Pooler pooler_;
  const SessionUse use_;
  const std::chrono::milliseconds statement_timeout_;
  std::vector<Setting> settings_;
};

}  // namespace rowkeeper::db
