#include "server/db/pg_error.h"

#include <cstddef>

#include <pqxx/except>

#include "absl/strings/ascii.h"
#include "server/base/text.h"

namespace rowkeeper::db {
namespace {

/// The lines that end a verbose message, in their order. Lines above them may hold row values, even lines that look
/// like these, so they are read from the end and no further than their order allows.
struct TrailingLine {
  std::string_view label;
  std::string PgError::*member;
};
constexpr TrailingLine kTrailingLines[] = {
    {"SCHEMA NAME:  ", nullptr},   {"TABLE NAME:  ", &PgError::table},           {"COLUMN NAME:  ", &PgError::column},
    {"DATATYPE NAME:  ", nullptr}, {"CONSTRAINT NAME:  ", &PgError::constraint}, {"LOCATION:  ", nullptr},
};
constexpr int kTrailingLineCount = sizeof(kTrailingLines) / sizeof(kTrailingLines[0]);

bool StartsWith(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

std::string_view TakeLastLine(std::string_view* text) {
  while (!text->empty() && text->back() == '\n') text->remove_suffix(1);
  const size_t newline = text->rfind('\n');
  const std::string_view line = newline == std::string_view::npos ? *text : text->substr(newline + 1);
  *text = newline == std::string_view::npos ? std::string_view() : text->substr(0, newline);
  return line;
}

void ReadTrailingLines(std::string_view message, PgError* error) {
  int last = kTrailingLineCount;
  while (!message.empty()) {
    const std::string_view line = TakeLastLine(&message);
    int index = last - 1;
    while (index >= 0 && !StartsWith(line, kTrailingLines[index].label)) --index;
    if (index < 0) return;
    const TrailingLine& found = kTrailingLines[index];
    if (found.member != nullptr) error->*found.member = std::string(line.substr(found.label.size()));
    last = index;
  }
}

/// "ERROR:  23505: duplicate key …"; the severity may be translated.
std::string ReadSqlState(std::string_view message) {
  const size_t colon = message.find(":  ");
  if (colon == std::string_view::npos || message.substr(0, colon).find('\n') != std::string_view::npos) return {};
  const std::string_view state = message.substr(colon + 3, 5);
  if (state.size() != 5 || message.substr(colon + 8, 1) != ":") return {};
  for (const char c : state) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c)) && !absl::ascii_isupper(static_cast<unsigned char>(c))) {
      return {};
    }
  }
  return std::string(state);
}

/// Where the server's messages are translated, the SQLSTATE alone tells.
bool EndsTheSession(std::string_view message) {
  return StartsWith(message, "FATAL:  ") || StartsWith(message, "PANIC:  ");
}

}  // namespace

bool MeansConnectionLost(std::string_view sqlstate) {
  // 25P03, 25P04 and 57P05 are timeouts that end the session; 57P04 is a dropped database.
  return StartsWith(sqlstate, "08") || sqlstate == "57P01" || sqlstate == "57P02" || sqlstate == "57P03" ||
         sqlstate == "57P04" || sqlstate == "57P05" || sqlstate == "25P03" || sqlstate == "25P04";
}

PgError ParsePgMessage(std::string_view message) {
  PgError error;
  error.message = std::string(message);
  error.sqlstate = ReadSqlState(message);
  ReadTrailingLines(message, &error);
  error.lost = MeansConnectionLost(error.sqlstate) || EndsTheSession(message);
  return error;
}

PgError ReadPgError(const std::exception& exception) {
  PgError error = ParsePgMessage(exception.what());
  if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&exception); sql != nullptr && !sql->sqlstate().empty()) {
    error.sqlstate = sql->sqlstate();
    error.lost = error.lost || MeansConnectionLost(error.sqlstate);
  }
  // libpqxx has failures of its own that carry no SQLSTATE; after one, nobody knows what the session has seen. Its
  // too_many_connections and statement_completion_unknown do not say anything else.
  if (error.sqlstate.empty()) error.lost = true;
  return error;
}

}  // namespace rowkeeper::db
