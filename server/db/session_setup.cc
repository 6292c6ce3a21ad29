#include "server/db/session_setup.h"

#include <array>
#include <atomic>
#include <charconv>
#include <string_view>

#include <spdlog/spdlog.h>

#include "server/base/database_errors.h"
#include "server/base/text.h"

namespace rowkeeper::db {
namespace {

// Columns of the row that shows a session; the settings follow, in their order.
constexpr int kPidColumn = 0;
constexpr int kRoleColumn = 1;
constexpr int kStartedColumn = 2;
constexpr int kFirstSetting = 3;

/// Names that PostgreSQL has for what we set as "UTC".
constexpr std::array<std::string_view, 9> kUtcNames = {"UTC",     "Etc/UTC", "GMT",           "Etc/GMT", "UCT",
                                                       "Etc/UCT", "Zulu",    "Etc/Universal", "Etc/Zulu"};

int ToNumber(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// PostgreSQL shows "30s" for 30000 ms; it is asked for milliseconds here.
std::string ShowSetting(std::string_view name, bool limit) {
  if (!limit) return Cat("pg_catalog.current_setting('", name, "')");
  return Cat("(SELECT setting FROM pg_catalog.pg_settings WHERE name = '", name, "')");
}

bool IsRight(std::string_view name, std::string_view value, std::string_view wanted) {
  if (value == wanted) return true;
  if (name == "TimeZone") {
    for (const std::string_view utc : kUtcNames) {
      if (value == utc) return true;
    }
  }
  // Any number above 0 gives the shortest text that is exact.
  return name == "extra_float_digits" && ToNumber(value) > 0;
}

/// For the words of an error, which an operator may copy.
std::string Identifier(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

SessionSetup::SessionSetup(const ConnectionOptions& options)
    : pooler_(options.pooler),
      use_(options.use),
      statement_timeout_(options.statement_timeout_ms),
      settings_({{"client_encoding", "UTF8", Kind::kFormat},
                 {"TimeZone", "UTC", Kind::kFormat},
                 {"DateStyle", "ISO, MDY", Kind::kFormat},
                 {"IntervalStyle", "postgres", Kind::kFormat},
                 {"extra_float_digits", "1", Kind::kFormat},
                 {"bytea_output", "hex", Kind::kFormat},
                 {"standard_conforming_strings", "on", Kind::kFormat},
                 {"statement_timeout", Cat(options.statement_timeout_ms), Kind::kLimit},
                 {"lock_timeout", Cat(options.lock_timeout_ms), Kind::kLimit},
                 {"idle_in_transaction_session_timeout", Cat(options.idle_in_transaction_ms), Kind::kLimit}}) {}

std::string SessionSetup::Opening(int pid) const {
  // A process that nobody has: this connection is to set nothing.
  const int set_if = pooler_ == Pooler::kTransaction ? 0 : pid;
  return Show(Cat("pg_catalog.pg_backend_pid() = ", set_if));
}

std::string SessionSetup::Always() const { return Show("true"); }

std::string SessionSetup::Show(const std::string& condition) const {
  std::string text =
      "SELECT pg_catalog.pg_backend_pid(), session_user, extract(epoch FROM "
      "pg_catalog.pg_postmaster_start_time())::text";
  for (const Setting& setting : settings_) {
    text += Cat(", CASE WHEN ", condition, " THEN pg_catalog.set_config('", setting.name, "', '", setting.value,
                "', false) ELSE ", ShowSetting(setting.name, setting.kind == Kind::kLimit), " END");
  }
  return text;
}

bool SessionSetup::IsFrom(const Rows& rows, int pid) {
  return rows.size() == 1 && rows.columns() > kPidColumn && ToNumber(rows.cell(0, kPidColumn)) == pid;
}

absl::StatusOr<SessionFacts> SessionSetup::Judge(const Rows& opening, int pid) const {
  if (opening.size() != 1 || opening.columns() != kFirstSetting + static_cast<int>(settings_.size())) {
    return PoolerUnfit(
        "the first statement of a session returned an unexpected result; check what `--database-url` points at");
  }
  const bool direct = IsFrom(opening, pid);
  SessionFacts facts;
  facts.server_pid = ToNumber(opening.cell(0, kPidColumn));
  facts.server_started = std::string(opening.cell(0, kStartedColumn));
  switch (pooler_) {
    case Pooler::kNone:
      if (direct) return facts;
      return PoolerUnfit(
          "there is a connection pooler before the database, and --pooler none says that there is none; say "
          "--pooler session or --pooler transaction, as the pooler is configured, or leave it out");
    case Pooler::kSession:
      return facts;
    case Pooler::kAuto:
      if (direct) return facts;
      break;
    case Pooler::kTransaction:
      break;
  }
  if (use_ == SessionUse::kSession) {
    return PoolerUnfit(
        "this needs a session of its own (for locks, SET or PREPARE), which a pooler in transaction mode does not "
        "give; name a direct connection with --migrations-database-url, or say --pooler session where the pooler "
        "gives each client a session of its own");
  }
  if (absl::Status status = CheckRole(opening); !status.ok()) return status;
  Announce(opening);
  return SessionFacts{false, 0, {}, StatementLimit(opening)};
}

absl::Status SessionSetup::CheckRole(const Rows& opening) const {
  const std::string role = Identifier(opening.cell(0, kRoleColumn));
  std::string wrong;
  std::string remedy;
  for (size_t i = 0; i < settings_.size(); ++i) {
    const Setting& setting = settings_[i];
    const std::string_view value = opening.cell(0, kFirstSetting + static_cast<int>(i));
    if (setting.kind != Kind::kFormat || IsRight(setting.name, value, setting.value)) continue;
    wrong += Cat(wrong.empty() ? "" : ", ", setting.name, " is '", value, "'");
    remedy += Cat("ALTER ROLE ", role, " SET ", setting.name, " = '", setting.value, "'; ");
  }
  if (wrong.empty()) return absl::OkStatus();
  return PoolerUnfit(
      Cat("behind a pooler in transaction mode the server uses the settings of the database role, and for this role ",
          wrong, "; run: ", remedy,
          "and then let the pooler open new connections (RECONNECT in PgBouncer). If they are right and this goes on, "
          "another application of the same role changes them with SET: give Rowkeeper a role of its own"));
}

std::string_view SessionSetup::Value(const Rows& opening, std::string_view name) const {
  for (size_t i = 0; i < settings_.size(); ++i) {
    if (settings_[i].name == name) return opening.cell(0, kFirstSetting + static_cast<int>(i));
  }
  return {};
}

std::chrono::milliseconds SessionSetup::StatementLimit(const Rows& opening) const {
  const std::chrono::milliseconds of_role(ToNumber(Value(opening, "statement_timeout")));
  const bool enough = of_role.count() > 0 && of_role <= statement_timeout_;
  return enough ? std::chrono::milliseconds(0) : statement_timeout_;
}

void SessionSetup::Announce(const Rows& opening) const {
  static std::atomic<bool> said{false};  // once for the process, not for each connection
  if (said.exchange(true)) return;
  spdlog::info(
      "there is a pooler before the database, and it counts as one in transaction mode unless --pooler says session: "
      "outside transactions the settings of the role hold, with "
      "lock_timeout {} ms; statements that run for longer than the server allows are cancelled by it",
      std::string(Value(opening, "lock_timeout")));
}

std::string SessionSetup::ForAnyBytes(std::string_view begin) {
  return Cat(begin, "; SET LOCAL client_encoding = 'SQL_ASCII'");
}

std::string SessionSetup::ForTransaction(std::string_view begin) const {
  const size_t end = begin.find(';');
  std::string text(begin.substr(0, end));
  for (const Setting& setting : settings_) {
    if (std::string_view(setting.name) == "client_encoding") continue;  // libpq's own, from the start
    text += Cat("; SET LOCAL ", setting.name, " = '", setting.value, "'");
  }
  // What the transaction sets for itself comes last, and wins.
  if (end != std::string_view::npos) text += begin.substr(end);
  return text;
}

}  // namespace rowkeeper::db
