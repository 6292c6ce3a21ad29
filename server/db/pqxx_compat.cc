#include "server/db/pqxx_compat.h"

#include <pqxx/except>
#include <pqxx/prepared_statement>
#if PQXX_VERSION_MAJOR >= 7
#include <pqxx/params>
#endif

namespace rowkeeper::db {

#if PQXX_VERSION_MAJOR < 7

namespace {

/// libpqxx 6 takes parameters as a range of C strings, null pointers being NULL, and copies them.
std::vector<const char*> Pointers(const std::vector<Param>& params) {
  std::vector<const char*> pointers;
  pointers.reserve(params.size());
  for (const Param& param : params) pointers.push_back(param ? param->c_str() : nullptr);
  return pointers;
}

}  // namespace

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

pqxx::result RunWithParams(pqxx::nontransaction* transaction, const std::string& text,
                           const std::vector<Param>& params) {
  return transaction->exec_params(text, pqxx::prepare::make_dynamic_params(Pointers(params)));
}

#else

namespace {

PGconn* Connect(const std::string& conninfo) {
  PGconn* const handle = pqxx::connection(conninfo).release_raw_connection();
  // The old handler belongs to an object that is gone.
  PQsetNoticeProcessor(
      handle, [](void*, const char*) {}, nullptr);
  return handle;
}

pqxx::params Borrow(const std::vector<Param>& params) {
  pqxx::params borrowed;
  borrowed.reserve(params.size());
  for (const Param& param : params) {
    if (param) {
      borrowed.append(pqxx::zview(*param));
    } else {
      borrowed.append();
    }
  }
  return borrowed;
}

}  // namespace

PqxxConnection::PqxxConnection(const std::string& conninfo)
    : handle_(Connect(conninfo)), connection_(pqxx::connection::seize_raw_connection(handle_)) {}

pqxx::result RunWithParams(pqxx::nontransaction* transaction, const std::string& text,
                           const std::vector<Param>& params) {
  return transaction->exec(text, Borrow(params));
}

#endif

}  // namespace rowkeeper::db
