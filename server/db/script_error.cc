#include "server/db/script_error.h"

#include <cstdlib>

#include "absl/strings/cord.h"
#include "server/base/text.h"
#include "server/base/utf8.h"

namespace rowkeeper::db {
namespace {

constexpr std::string_view kLineMark = "\nLINE ";

bool StartsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

int CountCharacters(std::string_view text) {
  int count = 0;
  for (const char c : text) count += StartsCharacter(c) ? 1 : 0;
  return count;
}

/// "LINE 3: …excerpt" and, below, blanks that end in a caret.
struct Excerpt {
  int line = 0;
  /// As shown, without the dots that mark a cut.
  std::string_view text;
  /// Columns from the start of `text` to the caret; -1 when there is none.
  int caret = -1;
};

std::string_view FirstLine(std::string_view text) { return text.substr(0, text.find('\n')); }

bool ReadExcerpt(std::string_view message, Excerpt* excerpt) {
  const size_t mark = message.find(kLineMark);
  if (mark == std::string_view::npos) return false;
  const std::string_view shown = FirstLine(message.substr(mark + 1));
  const size_t colon = shown.find(": ");
  if (colon == std::string_view::npos) return false;
  excerpt->line = std::atoi(std::string(message.substr(mark + kLineMark.size(), 10)).c_str());
  size_t begin = colon + 2;
  const bool cut = shown.substr(begin, 3) == "...";
  if (cut) begin += 3;
  excerpt->text = shown.substr(begin);
  if (excerpt->text.size() > 3 && excerpt->text.substr(excerpt->text.size() - 3) == "...")
    excerpt->text.remove_suffix(3);
  const size_t rest = mark + 1 + shown.size() + 1;
  const std::string_view pointer = rest < message.size() ? FirstLine(message.substr(rest)) : std::string_view();
  const size_t caret = pointer.find('^');
  if (caret != std::string_view::npos && caret >= begin) excerpt->caret = static_cast<int>(caret - begin);
  return excerpt->line > 0;
}

/// The byte offset of a 1-based line, or npos.
size_t LineStart(std::string_view script, int line) {
  size_t start = 0;
  for (int i = 1; i < line; ++i) {
    const size_t newline = script.find('\n', start);
    if (newline == std::string_view::npos) return newline;
    start = newline + 1;
  }
  return start;
}

/// libpq shows tabs as blanks.
std::string WithBlanks(std::string_view text) {
  std::string blanks(text);
  for (char& c : blanks) {
    if (c == '\t' || c == '\r') c = ' ';
  }
  return blanks;
}

}  // namespace

int ErrorPosition(std::string_view script, const PgError& error) {
  Excerpt excerpt;
  // With QUERY, the line is one of a function's body.
  if (error.message.find("\nQUERY:  ") != std::string::npos || !ReadExcerpt(error.message, &excerpt)) return 0;
  const size_t start = LineStart(script, excerpt.line);
  if (start == std::string_view::npos) return 0;
  const int line_position = CountCharacters(script.substr(0, start)) + 1;
  const std::string line = WithBlanks(FirstLine(script.substr(start)));
  const size_t shown_at = line.find(excerpt.text);
  if (excerpt.caret < 0 || shown_at == std::string::npos) return line_position;
  return line_position + CountCharacters(std::string_view(line).substr(0, shown_at)) + excerpt.caret;
}

absl::Status ScriptStatus(const PgError& error, const absl::Status& mapped) {
  std::string message = error.message;
  if (const size_t location = message.rfind("\nLOCATION:  "); location != std::string::npos) message.resize(location);
  while (!message.empty() && message.back() == '\n') message.pop_back();
  const bool actionable =
      mapped.code() == absl::StatusCode::kAborted || mapped.code() == absl::StatusCode::kDeadlineExceeded ||
      mapped.code() == absl::StatusCode::kResourceExhausted || mapped.code() == absl::StatusCode::kPermissionDenied;
  if (!actionable) return absl::FailedPreconditionError(ToAbsl(RepairUtf8(message)));
  absl::Status status(mapped.code(), ToAbsl(RepairUtf8(message)));
  mapped.ForEachPayload(
      [&status](absl::string_view url, const absl::Cord& payload) { status.SetPayload(url, payload); });
  return status;
}

}  // namespace rowkeeper::db
