#include "server/db/describe.h"

#include <libpq-fe.h>

#include <chrono>
#include <exception>
#include <utility>

#include "server/base/database_errors.h"
#include "server/base/text.h"
#include "server/base/utf8.h"
#include "server/db/conninfo.h"
#include "server/db/pg_session.h"
#include "server/db/socket_watch.h"

namespace rowkeeper::db {
namespace {

constexpr std::chrono::seconds kAnswerLimit{5};
/// In a transaction, so that a pooler in transaction mode brings all of it to one session: the unnamed statement of
/// another client would be described else. Preparing a statement waits for whoever changes its tables.
constexpr char kBegin[] = "BEGIN READ ONLY; SET LOCAL lock_timeout = 500; SET LOCAL statement_timeout = 2000";
constexpr char kEnd[] = "ROLLBACK";

using Result = std::unique_ptr<PGresult, void (*)(PGresult*)>;

/// What PostgreSQL says of a statement that it refuses.
absl::Status Refused(const PGresult* result) {
  const PgError error = ReadPgError(result);
  if (error.sqlstate == "55P03" || error.sqlstate == "57014") return LockTimeout();
  const std::string words = Cat(error.primary, error.hint.empty() ? "" : "; ", error.hint);
  return absl::FailedPreconditionError(ToAbsl(RepairUtf8(words)));
}

}  // namespace

struct Describer::Session {
  explicit Session(const std::string& conninfo) : pg(conninfo), watch(pg.socket()) {}

  /// Runs `send` under the watch.
  template <typename Send>
  Result Ask(Send send) {
    watch.Arm(kAnswerLimit);
    Result result(send(pg.handle()), PQclear);
    watch.Disarm();
    return result;
  }

  PgSession pg;
  SocketWatch watch;
};

Describer::Describer(std::unique_ptr<Session> session) : session_(std::move(session)) {}
Describer::~Describer() = default;

absl::StatusOr<std::unique_ptr<Describer>> Describer::Open(const ConnectionOptions& options) {
  auto info = ParseConnInfo(options.url);
  if (!info.ok()) return info.status();
  AddLivenessDefaults(options.connect_timeout_s, &*info);
  (*info)["client_encoding"] = "UTF8";
  info->try_emplace("application_name", options.application_name);
  try {
    return std::unique_ptr<Describer>(new Describer(std::make_unique<Session>(ToKeyValue(*info))));
  } catch (const std::exception&) {  // no connection, or no descriptor for the watch
    return DatabaseUnavailable();
  }
}

bool Describer::broken() const { return session_->watch.expired() || !session_->pg.is_open(); }

absl::StatusOr<std::vector<DescribedColumn>> Describer::Describe(const std::string& text) {
  if (broken()) return DatabaseUnavailable();
  const Result begun = session_->Ask([](PGconn* c) { return PQexec(c, kBegin); });
  if (broken() || PQresultStatus(begun.get()) != PGRES_COMMAND_OK) return DatabaseUnavailable();
  absl::StatusOr<std::vector<DescribedColumn>> columns = DescribeInTransaction(text);
  if (!broken()) session_->Ask([](PGconn* c) { return PQexec(c, kEnd); });
  return columns;
}

absl::StatusOr<std::vector<DescribedColumn>> Describer::DescribeInTransaction(const std::string& text) {
  const Result prepared = session_->Ask([&text](PGconn* c) { return PQprepare(c, "", text.c_str(), 0, nullptr); });
  if (broken()) return DatabaseUnavailable();
  if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) return Refused(prepared.get());
  const Result described = session_->Ask([](PGconn* c) { return PQdescribePrepared(c, ""); });
  if (broken()) return DatabaseUnavailable();
  if (PQresultStatus(described.get()) != PGRES_COMMAND_OK) return Refused(described.get());
  std::vector<DescribedColumn> columns;
  columns.reserve(static_cast<size_t>(PQnfields(described.get())));
  for (int i = 0; i < PQnfields(described.get()); ++i) {
    columns.push_back({PQfname(described.get(), i), PQftype(described.get(), i), PQftable(described.get(), i),
                       PQftablecol(described.get(), i)});
  }
  return columns;
}

}  // namespace rowkeeper::db
