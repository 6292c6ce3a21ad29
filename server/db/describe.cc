#include "server/db/describe.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
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
constexpr int kLongestLockWaitMs = 500;
constexpr int kLongestStatementMs = 2000;
constexpr char kEnd[] = "ROLLBACK";

using Result = std::unique_ptr<PGresult, void (*)(PGresult*)>;

/// The shorter of both, where 0 is no limit.
int Limit(int milliseconds, int longest) { return milliseconds > 0 ? std::min(milliseconds, longest) : longest; }

/// In a transaction, so that a pooler in transaction mode brings all of it to one session: the unnamed statement of
/// another client would be described else. Preparing a statement waits for whoever changes its tables.
std::string BeginText(const ConnectionOptions& options) {
  return Cat("BEGIN READ ONLY; SET LOCAL lock_timeout = ", Limit(options.lock_timeout_ms, kLongestLockWaitMs),
             "; SET LOCAL statement_timeout = ", Limit(options.statement_timeout_ms, kLongestStatementMs));
}

/// Of what happened to PostgreSQL or the session meanwhile, which says nothing about the statement.
bool IsAboutTheMoment(std::string_view sqlstate) {
  constexpr std::array<std::string_view, 8> kClasses = {"08", "25", "40", "53", "55", "57", "58", "XX"};
  return std::find(kClasses.begin(), kClasses.end(), sqlstate.substr(0, 2)) != kClasses.end();
}

/// What PostgreSQL says of a statement that it refuses.
absl::Status Refused(const PGresult* result) {
  const PgError error = ReadPgError(result);
  if (error.sqlstate == "55P03") return absl::AbortedError("a table that it uses is locked");
  const std::string words = RepairUtf8(Cat(error.primary, error.hint.empty() ? "" : "; ", error.hint));
  if (IsAboutTheMoment(error.sqlstate)) return absl::AbortedError(ToAbsl(words));
  return absl::FailedPreconditionError(ToAbsl(words));
}

}  // namespace

struct Describer::Session {
  Session(const std::string& conninfo, std::string begin_text)
      : begin(std::move(begin_text)), pg(conninfo), watch(pg.socket()) {}

  /// Runs `send` under the watch.
  template <typename Send>
  Result Ask(Send send) {
    watch.Arm(kAnswerLimit);
    Result result(send(pg.handle()), PQclear);
    watch.Disarm();
    return result;
  }

  const std::string begin;
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
    return std::unique_ptr<Describer>(new Describer(std::make_unique<Session>(ToKeyValue(*info), BeginText(options))));
  } catch (const std::exception&) {  // no connection, or no descriptor for the watch
    return DatabaseUnavailable();
  }
}

bool Describer::broken() const { return session_->watch.expired() || !session_->pg.is_open(); }

absl::StatusOr<std::vector<DescribedColumn>> Describer::Describe(const std::string& text) {
  if (broken()) return DatabaseUnavailable();
  const Result begun = session_->Ask([this](PGconn* c) { return PQexec(c, session_->begin.c_str()); });
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
