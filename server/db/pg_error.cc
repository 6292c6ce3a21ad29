#include "server/db/pg_error.h"

#include <cstdlib>
#include <memory>

#include <libpq-fe.h>

#include "absl/strings/str_split.h"

namespace rowkeeper::db {
namespace {

std::string ErrorField(const PGresult* result, int code) {
  const char* const text = PQresultErrorField(result, code);
  return text == nullptr ? std::string() : text;
}

/// PostgreSQL has closed the session after an error of this severity; it does so after no other. What libpq reports
/// itself, because no answer came, has no severity.
bool LeavesTheSession(const PGresult* result) {
  std::string severity = ErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  if (severity.empty()) severity = ErrorField(result, PG_DIAG_SEVERITY);  // a pooler's own errors
  return !severity.empty() && severity != "FATAL" && severity != "PANIC";
}

/// The message with all details, but not the place in PostgreSQL's source.
std::string FullMessage(const PGresult* result) {
  const std::unique_ptr<char, void (*)(void*)> text(
      PQresultVerboseErrorMessage(result, PQERRORS_VERBOSE, PQSHOW_CONTEXT_ERRORS), PQfreemem);
  std::string message = text == nullptr ? std::string() : text.get();
  while (!message.empty() && message.back() == '\n') message.pop_back();
  const bool has_place = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION) != nullptr;
  if (const size_t place = message.rfind('\n'); has_place && place != std::string::npos) message.resize(place);
  return message;
}

/// "Key (a, lower(b))=(1, x) already exists.", in every language alike up to the values.
std::vector<std::string> KeyColumns(const std::string& detail) {
  const size_t begin = detail.find('(');
  const size_t end = detail.find(")=(");
  if (begin == std::string::npos || end == std::string::npos || end < begin) return {};
  return absl::StrSplit(detail.substr(begin + 1, end - begin - 1), ", ");
}

}  // namespace

bool PgError::ReportedBy(std::string_view name) const {
  if (source_function.empty()) return context.empty();
  return source_function == name;
}

PgError ReadPgError(const PGresult* result) {
  PgError error;
  error.sqlstate = ErrorField(result, PG_DIAG_SQLSTATE);
  error.constraint = ErrorField(result, PG_DIAG_CONSTRAINT_NAME);
  error.schema = ErrorField(result, PG_DIAG_SCHEMA_NAME);
  error.table = ErrorField(result, PG_DIAG_TABLE_NAME);
  error.column = ErrorField(result, PG_DIAG_COLUMN_NAME);
  error.primary = ErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  error.hint = ErrorField(result, PG_DIAG_MESSAGE_HINT);
  error.key_columns = KeyColumns(ErrorField(result, PG_DIAG_MESSAGE_DETAIL));
  error.context = ErrorField(result, PG_DIAG_CONTEXT);
  error.internal_query = ErrorField(result, PG_DIAG_INTERNAL_QUERY);
  error.source_function = ErrorField(result, PG_DIAG_SOURCE_FUNCTION);
  error.position = std::atoi(ErrorField(result, PG_DIAG_STATEMENT_POSITION).c_str());
  error.message = FullMessage(result);
  error.lost = !LeavesTheSession(result);
  error.ended_by_request =
      ErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED) == "FATAL" && error.source_function == "ProcessInterrupts";
  return error;
}

}  // namespace rowkeeper::db
