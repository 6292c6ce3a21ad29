#include "server/catalogue/naming.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace rowkeeper::catalogue {
namespace {

bool IsVowel(char c) { return absl::StrContains("aeiou", absl::string_view(&c, 1)); }

template <size_t N>
bool IsOneOf(absl::string_view word, const std::array<absl::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<absl::string_view, 8> kSameInPlural = {"data",      "metadata", "media", "information",
                                                            "equipment", "staff",    "sheep", "feedback"};
constexpr std::array<absl::string_view, 5> kPluralWithoutS = {"people", "children", "men", "women", "criteria"};
constexpr std::array<absl::string_view, 5> kOes = {"hero", "potato", "tomato", "echo", "veto"};

/// A word in -s that is a plural already, such as `settings` or `preferences`, but not `status`, `alias` or `address`.
bool EndsInPluralS(absl::string_view word) {
  if (word.size() < 3 || word.back() != 's' || word == "lens") return false;
  return !absl::StrContains("aious", word.substr(word.size() - 2, 1));
}

std::string PluralOfWord(absl::string_view word) {
  if (word.empty() || IsOneOf(word, kSameInPlural) || IsOneOf(word, kPluralWithoutS) || EndsInPluralS(word)) {
    return std::string(word);
  }
  const auto replaced = [&](size_t cut, absl::string_view ending) {
    return absl::StrCat(word.substr(0, word.size() - cut), ending);
  };
  if (word == "child") return "children";
  if (word.size() > 1 && word.back() == 'y' && !IsVowel(word[word.size() - 2])) return replaced(1, "ies");
  if (absl::EndsWith(word, "sis")) return replaced(2, "es");
  if (absl::EndsWith(word, "iz")) return replaced(0, "zes");
  if (absl::EndsWith(word, "lf") || absl::EndsWith(word, "leaf")) return replaced(1, "ves");
  if (absl::EndsWith(word, "ife")) return replaced(2, "ves");
  for (absl::string_view ending : {"s", "x", "z", "ch", "sh"}) {
    if (absl::EndsWith(word, ending)) return replaced(0, "es");
  }
  return IsOneOf(word, kOes) ? replaced(0, "es") : replaced(0, "s");
}

absl::string_view LastWord(absl::string_view name) {
  const size_t underscore = name.rfind('_');
  return underscore == absl::string_view::npos ? name : name.substr(underscore + 1);
}

/// FNV-1a, folded to 32 bits: names must stay the same in every build and on every machine.
uint32_t Hash(absl::string_view text) {
  uint64_t hash = 14695981039346656037u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return static_cast<uint32_t>(hash ^ (hash >> 32));
}

/// `stem` + `ending`, where the stem gives way when both are too long.
std::string Fit(absl::string_view stem, absl::string_view ending) {
  const std::string whole = absl::StrCat(stem, ending);
  if (whole.size() <= kMaxIdentifier) return whole;
  const std::string tail = absl::StrCat(absl::StrFormat("_%08x", Hash(whole)), ending);
  size_t keep = kMaxIdentifier - tail.size();
  while (keep > 0 && (static_cast<unsigned char>(stem[keep]) & 0xC0) == 0x80) --keep;
  return absl::StrCat(stem.substr(0, keep), tail);
}

}  // namespace

std::string CutIdentifier(const std::string& name) {
  size_t keep = std::min(name.size(), kMaxIdentifier);
  while (keep < name.size() && (static_cast<unsigned char>(name[keep]) & 0xC0) == 0x80) --keep;
  return name.substr(0, keep);
}

std::string SnakeCase(absl::string_view name) {
  std::string result;
  for (size_t i = 0; i < name.size(); ++i) {
    const bool upper = absl::ascii_isupper(name[i]);
    if (upper && i > 0 && name[i - 1] != '_') {
      const bool after_lower = !absl::ascii_isupper(name[i - 1]);
      const bool before_lower = i + 1 < name.size() && absl::ascii_islower(name[i + 1]);
      if (after_lower || before_lower) result += '_';
    }
    result += absl::ascii_tolower(name[i]);
  }
  return result;
}

std::string PascalCase(absl::string_view name) {
  std::string result;
  for (absl::string_view word : absl::StrSplit(name, '_', absl::SkipEmpty())) {
    result += absl::ascii_toupper(word.front());
    absl::StrAppend(&result, word.substr(1));
  }
  return result;
}

std::string Plural(absl::string_view name) {
  const absl::string_view word = LastWord(name);
  return absl::StrCat(name.substr(0, name.size() - word.size()), PluralOfWord(word));
}

bool LooksPlural(absl::string_view name) {
  const absl::string_view word = LastWord(name);
  if (IsOneOf(word, kSameInPlural) || IsOneOf(word, kPluralWithoutS) || EndsInPluralS(word)) return true;
  // The few plurals of words in -o, -a and -i, but not `bus`, `status`, `gas` or `basis`.
  return word.size() > 3 && absl::EndsWith(word, "os");
}

std::string Naming::Table(absl::string_view message) const {
  const std::string name = SnakeCase(message);
  return Fit(absl::StrCat(conventions_.table_prefix(), plural() ? Plural(name) : name), "");
}

std::string Naming::PrimaryKey(absl::string_view table) const {
  return suffixed() ? Fit(table, "_pkey") : Fit(absl::StrCat("pk_", table), "");
}

std::string Naming::UniqueKey(absl::string_view table, const std::vector<std::string>& columns) const {
  const std::string stem = absl::StrCat(table, "_", absl::StrJoin(columns, "_"));
  return suffixed() ? Fit(stem, "_key") : Fit(absl::StrCat("uq_", stem), "");
}

std::string Naming::Index(absl::string_view table, const std::vector<std::string>& columns) const {
  const std::string stem = absl::StrCat(table, "_", absl::StrJoin(columns, "_"));
  return suffixed() ? Fit(stem, "_idx") : Fit(absl::StrCat("ix_", stem), "");
}

std::string Naming::ForeignKey(absl::string_view table, absl::string_view column,
                               absl::string_view referenced_table) const {
  const std::string stem = absl::StrCat(table, "_", column);
  return suffixed() ? Fit(stem, "_fkey") : Fit(absl::StrCat("fk_", stem, "_", referenced_table), "");
}

std::string Naming::Check(absl::string_view table, absl::string_view about) const {
  const std::string stem = absl::StrCat(table, "_", about);
  return suffixed() ? Fit(stem, "_check") : Fit(absl::StrCat("ck_", stem), "");
}

}  // namespace rowkeeper::catalogue
