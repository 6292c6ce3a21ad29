#include "server/db/describe.h"

#include <libpq-fe.h>

#include <chrono>
#include <exception>
#include <string_view>
#include <utility>

#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/base/utf8.h"
#include "server/db/conninfo.h"
#include "server/db/socket_watch.h"

namespace rowkeeper::db {
namespace {

constexpr std::chrono::seconds kAnswerLimit{5};
/// Preparing a statement waits for whoever changes its tables.
constexpr char kSetup[] = "SET client_encoding = 'UTF8'; SET lock_timeout = 500; SET statement_timeout = 2000";

using Result = std::unique_ptr<PGresult, void (*)(PGresult*)>;

Result Own(PGresult* result) { return Result(result, PQclear); }

std::string_view ErrorField(const PGresult* result, int field) {
  const char* text = PQresultErrorField(result, field);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

/// What PostgreSQL says of a statement that it refuses.
absl::Status Refused(const PGresult* result) {
  const std::string_view state = ErrorField(result, PG_DIAG_SQLSTATE);
  if (state == "55P03" || state == "57014") return LockTimeout();
  const std::string_view hint = ErrorField(result, PG_DIAG_MESSAGE_HINT);
  const std::string words = Cat(ErrorField(result, PG_DIAG_MESSAGE_PRIMARY), hint.empty() ? "" : "; ", hint);
  return absl::FailedPreconditionError(ToAbsl(RepairUtf8(words)));
}

}  // namespace

struct Describer::Session {
  explicit Session(PGconn* opened) : connection(opened, PQfinish), watch(PQsocket(opened)) {}

  /// Runs `send` under the watch.
  template <typename Send>
  Result Ask(Send send) {
    watch.Arm(kAnswerLimit);
    Result result = Own(send(connection.get()));
    watch.Disarm();
    return result;
  }

  std::unique_ptr<PGconn, void (*)(PGconn*)> connection;
  SocketWatch watch;
};

Describer::Describer(std::unique_ptr<Session> session) : session_(std::move(session)) {}
Describer::~Describer() = default;

absl::StatusOr<std::unique_ptr<Describer>> Describer::Open(const ConnectionOptions& options) {
  auto info = ParseConnInfo(options.url);
  if (!info.ok()) return info.status();
  AddLivenessDefaults(options.connect_timeout_s, &*info);
  info->try_emplace("application_name", options.application_name);
  PGconn* const connection = PQconnectdb(ToKeyValue(*info).c_str());
  if (PQstatus(connection) != CONNECTION_OK) {
    PQfinish(connection);
    return DatabaseUnavailable();
  }
  try {
    auto session = std::make_unique<Session>(connection);
    PQsetNoticeProcessor(
        connection, [](void*, const char*) {}, nullptr);
    const Result set_up = session->Ask([](PGconn* c) { return PQexec(c, kSetup); });
    if (PQresultStatus(set_up.get()) != PGRES_COMMAND_OK) return DatabaseUnavailable();
    return std::unique_ptr<Describer>(new Describer(std::move(session)));
  } catch (const std::exception&) {  // no descriptor for the watch
    return DatabaseUnavailable();
  }
}

bool Describer::broken() const {
  return session_->watch.expired() || PQstatus(session_->connection.get()) != CONNECTION_OK;
}

absl::StatusOr<std::vector<DescribedColumn>> Describer::Describe(const std::string& text) {
  if (broken()) return DatabaseUnavailable();
  const Result prepared = session_->Ask([&text](PGconn* c) { return PQprepare(c, "", text.c_str(), 0, nullptr); });
  if (broken()) return DatabaseUnavailable();
  if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) return Refused(prepared.get());
  const Result described = session_->Ask([](PGconn* c) { return PQdescribePrepared(c, ""); });
  if (broken()) return DatabaseUnavailable();
  if (PQresultStatus(described.get()) != PGRES_COMMAND_OK) return Refused(described.get());
  std::vector<DescribedColumn> columns;
  for (int i = 0; i < PQnfields(described.get()); ++i) {
    columns.push_back({PQfname(described.get(), i), PQftype(described.get(), i), PQftable(described.get(), i),
                       PQftablecol(described.get(), i)});
  }
  return columns;
}

}  // namespace rowkeeper::db
