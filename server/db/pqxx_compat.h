#pragma once

#include <string>

#include <libpq-fe.h>
#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <pqxx/result>
#include <pqxx/version>

namespace rowkeeper::db {

// How libpqxx 6.4 and 7.10 differ, and nothing else. All calls throw libpqxx's exceptions.

#if PQXX_VERSION_MAJOR < 7

/// Connects as libpqxx's own policy does, and keeps the handle. It connects once: libpqxx would silently replace a lost
/// session by a new one.
class PqxxPolicy final : public pqxx::connectionpolicy {
 public:
  using connectionpolicy::connectionpolicy;
  handle do_startconnect(handle original) override;
  handle do_disconnect(handle original) noexcept override;
  /// Null once libpqxx has closed it.
  PGconn* connection() const { return connection_; }

 private:
  PGconn* connection_ = nullptr;
  bool connected_ = false;
};

/// A libpqxx connection that also gives its PGconn.
class PqxxConnection final : public pqxx::connection_base {
 public:
  explicit PqxxConnection(const std::string& conninfo);
  ~PqxxConnection() noexcept { close(); }

  pqxx::connection_base& pqxx() { return *this; }
  const pqxx::connection_base& pqxx() const { return *this; }
  PGconn* handle() const { return policy_.connection(); }

 private:
  PqxxPolicy policy_;
};

#else

/// A libpqxx connection that also gives its PGconn.
class PqxxConnection final {
 public:
  explicit PqxxConnection(const std::string& conninfo);

  pqxx::connection& pqxx() { return connection_; }
  const pqxx::connection& pqxx() const { return connection_; }
  PGconn* handle() const { return handle_; }

 private:
  PGconn* const handle_;
  pqxx::connection connection_;
};

#endif

}  // namespace rowkeeper::db
