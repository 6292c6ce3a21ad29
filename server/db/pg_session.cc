#include "server/db/pg_session.h"

#include <exception>
#include <new>
#include <utility>

#include <libpq-events.h>

#include "absl/container/inlined_vector.h"
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
absl::InlinedVector<const char*, 16> Pointers(const std::vector<Param>& params) {
  absl::InlinedVector<const char*, 16> values;
  values.reserve(params.size());
  for (const Param& param : params) values.push_back(param ? param->c_str() : nullptr);
  return values;
}

bool HasSucceeded(const PgResult& result) {
  const ExecStatusType status = PQresultStatus(result.get());
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

PgResult Succeeded(PgResult result) {
  if (!HasSucceeded(result)) throw Failure();
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
  const auto values = Pointers(params);
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
  if (!SendPrepared(name, params)) throw Failure();
  return ReadPrepared({}, reading);
}

bool PgSession::SendPrepared(const std::string& name, const std::vector<Param>& params) {
  Begin();
  const auto values = Pointers(params);
  return PQsendQueryPrepared(handle(), name.c_str(), static_cast<int>(values.size()), values.data(), nullptr, nullptr,
                             0) != 0;
}

PgResult PgSession::ReadPrepared(EarlyAnswer early, const Reading& reading) {
  return Succeeded(ReadAnswer(handle(), reading.meter, reading.stop, std::move(early)));
}

PgResult PgSession::RunSimple(const std::string& text, const Reading& reading) {
  Begin();
  if (PQsendQuery(handle(), text.c_str()) == 0) throw Failure();
  return Succeeded(ReadAnswer(handle(), reading.meter, reading.stop));
}

bool PgSession::SendInPipeline(const Message& message) {
  if (message.kind == Message::Kind::kPrepare) {
    return PQsendPrepare(handle(), message.name->c_str(), message.text.c_str(), 0, nullptr) != 0;
  }
  const auto values = message.params == nullptr ? absl::InlinedVector<const char*, 16>() : Pointers(*message.params);
  const int count = static_cast<int>(values.size());
  if (message.name == nullptr) {
    return PQsendQueryParams(handle(), message.text.c_str(), count, nullptr, values.data(), nullptr, nullptr, 0) != 0;
  }
  return PQsendQueryPrepared(handle(), message.name->c_str(), count, values.data(), nullptr, nullptr, 0) != 0;
}

void PgSession::RunTogether(const std::vector<Message>& messages, const Reading& reading,
                            std::vector<PgResult>* results) {
  Begin();
  bool going = PQenterPipelineMode(handle()) != 0;
  for (const Message& message : messages) going = going && SendInPipeline(message);
  going = going && PQpipelineSync(handle()) != 0;
  if (!going) {
    unusable_ = true;  // nobody knows how much was sent
    throw Failure();
  }
  while (results->size() < messages.size()) {
    PgResult result = ReadAnswer(handle(), reading.meter, reading.stop);
    if (!HasSucceeded(result)) break;
    results->push_back(std::move(result));
  }
  LeavePipeline();
  if (unusable_ || results->size() < messages.size()) throw Failure();
}

void PgSession::LeavePipeline() {
  // libpq gives nothing after each statement; twice nothing is the end of what there is.
  bool nothing = false;
  while (PQstatus(handle()) == CONNECTION_OK) {
    const PgResult rest(PQgetResult(handle()));
    if (rest == nullptr && std::exchange(nothing, true)) break;
    if (rest == nullptr) continue;
    nothing = false;
    if (PQresultStatus(rest.get()) == PGRES_PIPELINE_SYNC) break;
  }
  if (PQexitPipelineMode(handle()) == 0) unusable_ = true;
}

PgError PgSession::LastError() const {
  PgError error;
  if (errors_.first() != nullptr) error = *errors_.first();
  if (errors_.first() == nullptr || unusable_ || !is_open()) error.lost = true;
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
