#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "server/db/answer_reader.h"
#include "server/db/pg_error.h"
#include "server/db/pg_result.h"
#include "server/db/pqxx_compat.h"
#include "server/db/rows.h"

namespace rowkeeper::db {

/// One session with PostgreSQL: libpqxx's connection, and the PGconn below it. Statements run through libpqxx; what it
/// does not tell, above all the fields of an error, comes from libpq. Nothing here begins a transaction or reconnects.
/// One thread at a time, except TryCancel.
class PgSession {
 public:
  /// Throws an exception of libpqxx with libpq's message when it cannot connect.
  explicit PgSession(const std::string& conninfo);
  PgSession(const PgSession&) = delete;
  PgSession& operator=(const PgSession&) = delete;

  // Each of these throws an exception of libpqxx when it fails; LastError then says what happened.

  /// Simple protocol: `text` may hold several statements.
  pqxx::result Run(const std::string& text);

  // libpqxx reads an answer however large it is. And names are the caller's affair: it has a list of its own, which
  // cannot be told that the server has forgotten a statement, or has one that others prepared. So these run on the
  // handle, and throw an std::exception.

  /// How an answer is read: see ReadAnswer.
  struct Reading {
    AnswerMeter* meter = nullptr;
    absl::FunctionRef<void()> stop;
  };

  /// `text` is one statement, executed without a name.
  PgResult RunWithParams(const std::string& text, const std::vector<Param>& params, const Reading& reading);

  void Prepare(const std::string& name, std::string_view text);
  /// DEALLOCATE.
  void Unprepare(const std::string& name);
  /// What it returns, without executing it.
  PgResult Describe(const std::string& name);
  PgResult RunPrepared(const std::string& name, const std::vector<Param>& params, const Reading& reading);

  /// One of several statements that are sent together.
  struct Message {
    enum class Kind {
      kExecute,  ///< what is prepared as `name`, or `text` without a name where that is null
      kPrepare,  ///< `text` as `name`
    } kind = Kind::kExecute;
    const std::string* name = nullptr;
    std::string text;
    const std::vector<Param>* params = nullptr;
  };
  /// Sends all in one round trip, in pipeline mode. One that fails keeps those behind it from being executed; it throws
  /// then. `results` gets those of the statements that succeeded, in their order.
  void RunTogether(const std::vector<Message>& messages, const Reading& reading, std::vector<PgResult>* results);
  /// Simple protocol, as Run; gives libpq's result of the last statement.
  PgResult RunSimple(const std::string& text, const Reading& reading);
  /// Most bytes of parameters that SendPrepared sends without waiting: an idle connection has room for that many.
  static constexpr size_t kMostSentAtOnce = 8192;
  /// The two halves of RunPrepared. The first one throws nothing: it is false when nothing was sent.
  bool SendPrepared(const std::string& name, const std::vector<Param>& params);
  PgResult ReadPrepared(EarlyAnswer early, const Reading& reading);

  /// The error of the latest of the calls above, which has thrown. One that came without an answer of the server is
  /// `lost`: nobody knows what the session has seen.
  PgError LastError() const;

  /// PostgreSQL has said that the session is in a transaction that failed.
  bool in_failed_transaction() const { return PQtransactionStatus(handle()) == PQTRANS_INERROR; }

  /// What it is connected to: the database, the host or the directory of the socket, the port. Empty once it is closed.
  std::string_view database() const { return TextOf(PQdb(handle())); }
  std::string_view host() const { return TextOf(PQhost(handle())); }
  std::string_view port() const { return TextOf(PQport(handle())); }

  bool in_no_transaction() const { return PQtransactionStatus(handle()) == PQTRANS_IDLE; }

  /// Asks the server to cancel what this session runs; blocks until it has been told, or the attempt failed. Throws
  /// nothing. From any thread, while another one runs a statement, as long as the session lives.
  void TryCancel();

  bool is_open() const { return connection_.pqxx().is_open(); }
  int backend_pid() const { return connection_.pqxx().backendpid(); }
  /// Of the database: "UTF8".
  std::string server_encoding() const;
  int socket() const { return connection_.pqxx().sock(); }

  /// For what libpqxx cannot do: describing statements, pipeline mode, reading an answer as it comes. It is libpqxx's
  /// between two calls too: leave it idle, do not finish it, and let nobody keep it longer than the session. Null once
  /// libpqxx has closed it.
  PGconn* handle() const { return connection_.handle(); }

 private:
  /// The errors among the results of one call. libpq reports each result that it makes, also those that libpqxx reads.
  class Errors {
   public:
    /// Before a call.
    void Clear();
    void Add(const PGresult* result) noexcept;
    /// What the server said unasked, behind its answer to a statement: it hears nothing that is sent after it. Of that
    /// statement itself it says nothing.
    void AddUnasked(const PGresult* result) noexcept;
    /// Null when there was none.
    const PgError* first() const { return seen_ ? &first_ : nullptr; }

   private:
    PgError first_;
    bool seen_ = false;
    /// The server has ended the session.
    std::optional<PgError> end_;
  };

  static std::string_view TextOf(const char* text) { return text == nullptr ? std::string_view() : text; }
  /// Before each call.
  void Begin();
  bool SendInPipeline(const Message& message);
  /// Reads what is left of the pipeline. A session that cannot leave it is of no more use.
  void LeavePipeline();

  Errors errors_;
  bool unusable_ = false;
  PqxxConnection connection_;
  pqxx::nontransaction transaction_;
};

}  // namespace rowkeeper::db
