#include "server/db/pqxx_compat.h"

#include "server/db/connection.h"

#if PQXX_VERSION_MAJOR < 7
#include <pqxx/prepared_statement>
#else
#include <pqxx/params>
#include <pqxx/prepared_statement>
#endif

#include <pqxx/version>

namespace rowkeeper::db {

#if PQXX_VERSION_MAJOR < 7

namespace {

/// libpqxx 6 takes parameters as a range of C strings, null pointers being NULL, and copies them.
auto Dynamic(const std::vector<Param>& params, std::vector<const char*>* pointers) {
  pointers->clear();
  for (const Param& param : params) pointers->push_back(param ? param->c_str() : nullptr);
  return pqxx::prepare::make_dynamic_params(*pointers);
}

}  // namespace

PqxxSession::PqxxSession(const std::string& conninfo) : connection_(conninfo) {
  connection_.set_verbosity(pqxx::connection_base::verbose);
  transaction_.emplace(connection_);
}

pqxx::result PqxxSession::Run(const std::string& text) { return transaction_->exec(text); }

pqxx::result PqxxSession::RunWithParams(const std::string& text, const std::vector<Param>& params) {
  return transaction_->exec_params(text, Dynamic(params, &pointers_));
}

void PqxxSession::Prepare(const std::string& name, const std::string& text) {
  connection_.prepare(name, text);
  try {
    connection_.prepare_now(name);  // else the first use prepares, and its errors are taken for the statement's
  } catch (const std::exception&) {
    connection_.unprepare(name);  // forgets it; nothing is sent for what the server does not know
    throw;
  }
}

pqxx::result PqxxSession::RunPrepared(const std::string& name, const std::vector<Param>& params) {
  return transaction_->exec_prepared(name, Dynamic(params, &pointers_));
}

#else

namespace {

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

PqxxSession::PqxxSession(const std::string& conninfo) : connection_(conninfo) {
  connection_.set_verbosity(pqxx::error_verbosity::verbose);
  // The default writes them to stderr, and they may hold values.
  connection_.set_notice_handler([](pqxx::zview) {});
  transaction_.emplace(connection_);
}

pqxx::result PqxxSession::Run(const std::string& text) { return transaction_->exec(text); }

pqxx::result PqxxSession::RunWithParams(const std::string& text, const std::vector<Param>& params) {
  return transaction_->exec(text, Borrow(params));
}

void PqxxSession::Prepare(const std::string& name, const std::string& text) { connection_.prepare(name, text); }

pqxx::result PqxxSession::RunPrepared(const std::string& name, const std::vector<Param>& params) {
  return transaction_->exec(pqxx::prepped(name), Borrow(params));
}

#endif

void PqxxSession::Unprepare(const std::string& name) { connection_.unprepare(name); }

void PqxxSession::TryCancel() {
  try {
    connection_.cancel_query();
  } catch (const std::exception&) {
    // Whoever wants it cancelled tries again for as long as the statement runs.
  }
}

std::string DriverVersion() { return std::string("libpqxx ") + PQXX_VERSION; }

}  // namespace rowkeeper::db
