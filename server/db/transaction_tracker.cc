#include "server/db/transaction_tracker.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "server/base/statement_text.h"
#include "server/base/text.h"

namespace rowkeeper::db {
namespace {

bool IsWordChar(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

std::string_view TakeWord(std::string_view* text) {
  size_t begin = 0;
  while (begin < text->size() && absl::ascii_isspace(static_cast<unsigned char>((*text)[begin]))) ++begin;
  size_t end = begin;
  while (end < text->size() && IsWordChar((*text)[end])) ++end;
  const std::string_view word = text->substr(begin, end - begin);
  text->remove_prefix(end);
  return word;
}

bool Is(std::string_view word, std::string_view keyword) {
  return word.size() == keyword.size() && absl::EqualsIgnoreCase(ToAbsl(word), ToAbsl(keyword));
}

bool HasWord(std::string_view text, std::string_view keyword) {
  while (true) {
    const size_t before = text.size();
    const std::string_view word = TakeWord(&text);
    if (Is(word, keyword)) return true;
    if (text.empty()) return false;
    if (text.size() == before) text.remove_prefix(1);
  }
}

TransactionEffect ClassifyBegin(std::string_view rest) {
  return HasWord(rest, "only") ? TransactionEffect::kBeginReadOnly : TransactionEffect::kBegin;
}

TransactionEffect ClassifyRollback(std::string_view rest) {
  if (HasWord(rest, "to")) return TransactionEffect::kRollbackTo;
  if (HasWord(rest, "prepared")) return TransactionEffect::kNone;
  return HasWord(rest, "chain") ? TransactionEffect::kUnknown : TransactionEffect::kRollback;
}

TransactionEffect ClassifyCommit(std::string_view rest) {
  if (HasWord(rest, "prepared")) return TransactionEffect::kNone;
  return HasWord(rest, "chain") ? TransactionEffect::kUnknown : TransactionEffect::kCommit;
}

}  // namespace

TransactionEffect ClassifyStatement(std::string_view text) {
  text = SkipComments(text);
  const std::string_view word = TakeWord(&text);
  if (word.empty()) return text.empty() ? TransactionEffect::kNone : TransactionEffect::kUnknown;
  switch (absl::ascii_tolower(static_cast<unsigned char>(word[0]))) {
    case 'b':
      return Is(word, "begin") ? ClassifyBegin(text) : TransactionEffect::kNone;
    case 's':
      if (Is(word, "savepoint")) return TransactionEffect::kSavepoint;
      return Is(word, "start") ? ClassifyBegin(text) : TransactionEffect::kNone;
    case 'c':
      return Is(word, "commit") ? ClassifyCommit(text) : TransactionEffect::kNone;
    case 'e':
      return Is(word, "end") ? ClassifyCommit(text) : TransactionEffect::kNone;
    case 'r':
      return Is(word, "rollback") ? ClassifyRollback(text) : TransactionEffect::kNone;
    case 'a':
      return Is(word, "abort") ? ClassifyRollback(text) : TransactionEffect::kNone;
    case 'p':
      return Is(word, "prepare") && Is(TakeWord(&text), "transaction") ? TransactionEffect::kCommit
                                                                       : TransactionEffect::kNone;
    default:
      return TransactionEffect::kNone;
  }
}

bool IsBegin(TransactionEffect effect) {
  return effect == TransactionEffect::kBegin || effect == TransactionEffect::kBeginReadOnly;
}

void TransactionTracker::NoteWayBack(TransactionEffect effect, std::string_view text) {
  way_back_.clear();
  if (state_ != State::kOpen) return;
  way_back_begins_ = IsBegin(effect);
  if (way_back_begins_) way_back_ = Cat("ROLLBACK; ", text);
  if (effect == TransactionEffect::kSavepoint) way_back_ = Cat("ROLLBACK TO ", text);
  if (effect == TransactionEffect::kRollbackTo) way_back_ = text;
}

void TransactionTracker::Succeeded(TransactionEffect effect, std::string_view text) {
  NoteState(effect);
  NoteWayBack(effect, text);
  if (IsBegin(effect)) read_committed_ = HasWord(text, "committed");
  const bool sets_savepoint = effect == TransactionEffect::kSavepoint || effect == TransactionEffect::kRollbackTo;
  no_snapshot_ = IsBegin(effect) || (no_snapshot_ && sets_savepoint);
}

bool TransactionTracker::next_has_new_snapshot() const {
  if (state_ == State::kNone) return true;
  return !way_back_.empty() && (way_back_begins_ || read_committed_);
}

void TransactionTracker::NoteState(TransactionEffect effect) {
  if (effect == TransactionEffect::kNone || effect == TransactionEffect::kSavepoint) return;
  failed_ = false;
  if (effect != TransactionEffect::kRollbackTo) read_only_ = effect == TransactionEffect::kBeginReadOnly;
  switch (effect) {
    case TransactionEffect::kNone:
    case TransactionEffect::kSavepoint:
      return;
    case TransactionEffect::kBegin:
    case TransactionEffect::kBeginReadOnly:
    case TransactionEffect::kRollbackTo:
      state_ = State::kOpen;
      return;
    case TransactionEffect::kCommit:
    case TransactionEffect::kRollback:
      state_ = State::kNone;
      return;
    case TransactionEffect::kUnknown:
      state_ = State::kUnknown;
      return;
  }
}

void TransactionTracker::Failed(TransactionEffect effect) {
  way_back_.clear();
  no_snapshot_ = false;
  if (state_ == State::kNone && IsBegin(effect)) state_ = State::kUnknown;  // what followed BEGIN may have failed
  if (state_ != State::kNone) failed_ = true;
  if (effect == TransactionEffect::kCommit && state_ == State::kOpen) {
    state_ = State::kUnknown;  // rolled back, or failed and still open when it was cancelled early
  } else if (effect == TransactionEffect::kUnknown) {
    state_ = state_ == State::kNone ? State::kNone : State::kUnknown;
  } else if (state_ == State::kOpen) {
    state_ = State::kFailed;
  }
}

void TransactionTracker::ScriptSucceeded() {
  way_back_.clear();
  no_snapshot_ = false;
  state_ = State::kUnknown;
}

void TransactionTracker::ScriptFailed() {
  way_back_.clear();
  no_snapshot_ = false;
  state_ = State::kUnknown;
  failed_ = true;
}

}  // namespace rowkeeper::db
