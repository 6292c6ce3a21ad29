#include "server/db/pqxx_compat.h"

#include <pqxx/except>

namespace rowkeeper::db {

#if PQXX_VERSION_MAJOR < 7

PqxxPolicy::handle PqxxPolicy::do_startconnect(handle original) {
  if (original != nullptr) return original;
  if (connected_) throw pqxx::broken_connection("the session has ended");
  connection_ = normalconnect(nullptr);
  connected_ = true;
  return connection_;
}

PqxxPolicy::handle PqxxPolicy::do_disconnect(handle original) noexcept {
  connection_ = nullptr;
  return connectionpolicy::do_disconnect(original);
}

PqxxConnection::PqxxConnection(const std::string& conninfo) : connection_base(policy_), policy_(conninfo) { init(); }

#else

namespace {

PGconn* Connect(const std::string& conninfo) {
  PGconn* const handle = pqxx::connection(conninfo).release_raw_connection();
  // The old handler belongs to an object that is gone.
  PQsetNoticeProcessor(
      handle, [](void*, const char*) {}, nullptr);
  return handle;
}

}  // namespace

PqxxConnection::PqxxConnection(const std::string& conninfo)
    : handle_(Connect(conninfo)), connection_(pqxx::connection::seize_raw_connection(handle_)) {}

#endif

}  // namespace rowkeeper::db
