#pragma once

#include <optional>
#include <string>
#include <vector>

#include <pqxx/connection>
#include <pqxx/except>
#include <pqxx/nontransaction>
#include <pqxx/result>
#include <pqxx/row>
#include <pqxx/version>

#include "server/db/rows.h"

namespace rowkeeper::db {

/// A session through libpqxx: the few calls that Rowkeeper needs, spelled alike for libpqxx 6.4 and 7.10. Nothing here
/// begins a transaction or reconnects. All calls throw libpqxx's exceptions. One thread at a time, except TryCancel.
class PqxxSession {
 public:
  explicit PqxxSession(const std::string& conninfo);

  /// Simple protocol: `text` may hold several statements.
  pqxx::result Run(const std::string& text);
  pqxx::result RunWithParams(const std::string& text, const std::vector<Param>& params);
  void Prepare(const std::string& name, const std::string& text);
  void Unprepare(const std::string& name);
  pqxx::result RunPrepared(const std::string& name, const std::vector<Param>& params);

  /// Asks the server to cancel what this session runs; blocks until it has been told, or the attempt failed. Throws
  /// nothing. From any thread, while another one runs a statement, as long as the session lives.
  void TryCancel();

  bool is_open() const { return connection_.is_open(); }
  int backend_pid() const { return connection_.backendpid(); }
  int socket() const { return connection_.sock(); }

 private:
  pqxx::connection connection_;
  std::optional<pqxx::nontransaction> transaction_;
  std::vector<const char*> pointers_;
};

}  // namespace rowkeeper::db
