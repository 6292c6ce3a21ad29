#include "server/db/pg_session.h"

#include <exception>
#include <new>
#include <utility>

#include <libpq-events.h>

#include "server/base/text.h"
#include "server/db/connection.h"

namespace rowkeeper::db {
namespace {

/// PgSession::LastError says what it was.
class Failure : public std::exception {
 public:
  const char* what() const noexcept override { return "a statement failed"; }
};

/// As libpq takes parameters: null pointers are NULL.
std::vector<const char*> Pointers(const std::vector<Param>& params) {
  std::vector<const char*> values;
  values.reserve(params.size());
  for (const Param& param : params) values.push_back(param ? param->c_str() : nullptr);
  return values;
}

PgResult Succeeded(PgResult result) {
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) throw Failure();
  return result;
}

}  // namespace

void PgSession::Errors::Add(const PGresult* result) noexcept {
  if (PQresultStatus(result) != PGRES_FATAL_ERROR) return;
  if (std::exchange(seen_, true)) return;  // after a FATAL error libpq adds one of its own
  try {
    first_ = ReadPgError(result);
  } catch (const std::bad_alloc&) {
    first_ = PgError();
    first_.lost = true;
  }
}

void PgSession::Errors::Clear() {
  seen_ = end_.has_value();
  if (seen_) first_ = *end_;
}

/// To libpq it is one more notice.
void PgSession::Errors::AddUnasked(const PGresult* result) noexcept {
  try {
    PgError error = ReadPgError(result);
    if (!error.lost || error.sqlstate.empty()) return;
    error.ended_before = true;
    end_ = std::move(error);
  } catch (const std::bad_alloc&) {
    // Then nobody knows.
  }
}

PgSession::PgSession(const std::string& conninfo) : connection_(conninfo), transaction_(connection_.pqxx()) {
  // By default notices go to stderr, and they may hold values.
  PQsetNoticeReceiver(
      handle(), [](void* errors, const PGresult* result) { static_cast<Errors*>(errors)->AddUnasked(result); },
      &errors_);
  const PGEventProc on_event = [](PGEventId event, void* info, void* errors) {
    // Results are destroyed later than sessions: then `errors` is gone.
    if (event == PGEVT_RESULTCREATE) {
      static_cast<Errors*>(errors)->Add(static_cast<PGEventResultCreate*>(info)->result);
    }
    return 1;
  };
  if (PQregisterEventProc(handle(), on_event, "rowkeeper", &errors_) == 0) throw std::bad_alloc();
}

/// What lies behind the last answer, and libpq has not looked at, was said before what is sent next.
void PgSession::Begin() {
  while (const PgResult unasked{PQgetResult(handle())}) {
  }
  errors_.Clear();
}

pqxx::result PgSession::Run(const std::string& text) {
  Begin();
  return transaction_.exec(text);
}

PgResult PgSession::RunWithParams(const std::string& text, const std::vector<Param>& params, const Reading& reading) {
  Begin();
  const std::vector<const char*> values = Pointers(params);
  if (PQsendQueryParams(handle(), text.c_str(), static_cast<int>(values.size()), nullptr, values.data(), nullptr,
                        nullptr, 0) == 0) {
    throw Failure();
  }
  return Succeeded(ReadAnswer(handle(), reading.meter, reading.stop));
}

void PgSession::Prepare(const std::string& name, std::string_view text) {
  Begin();
  Succeeded(PgResult(PQprepare(handle(), name.c_str(), std::string(text).c_str(), 0, nullptr)));
}

void PgSession::Unprepare(const std::string& name) {
  Begin();
  Succeeded(PgResult(PQexec(handle(), Cat("DEALLOCATE \"", name, "\"").c_str())));
}

PgResult PgSession::Describe(const std::string& name) {
  Begin();
  return Succeeded(PgResult(PQdescribePrepared(handle(), name.c_str())));
}

PgResult PgSession::RunPrepared(const std::string& name, const std::vector<Param>& params, const Reading& reading) {
  Begin();
  const std::vector<const char*> values = Pointers(params);
  if (PQsendQueryPrepared(handle(), name.c_str(), static_cast<int>(values.size()), values.data(), nullptr, nullptr,
                          0) == 0) {
    throw Failure();
  }
  return Succeeded(ReadAnswer(handle(), reading.meter, reading.stop));
}

PgError PgSession::LastError() const {
  PgError error;
  if (errors_.first() != nullptr) error = *errors_.first();
  if (errors_.first() == nullptr || !is_open()) error.lost = true;
  return error;
}

std::string PgSession::server_encoding() const {
  const char* const encoding = PQparameterStatus(handle(), "server_encoding");
  return encoding == nullptr ? "" : encoding;
}

void PgSession::TryCancel() {
  try {
    connection_.pqxx().cancel_query();
  } catch (const std::exception&) {
    // Whoever wants it cancelled tries again for as long as the statement runs.
  }
}

std::string DriverVersion() { return std::string("libpqxx ") + PQXX_VERSION; }

}  // namespace rowkeeper::db
