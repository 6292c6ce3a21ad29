#pragma once

#include <string>
#include <vector>

namespace rowkeeper::schema {

/// The one place that decides what PostgreSQL does when a column gets another type: `migrate diff` and `migrate lint`
/// ask here.

/// "numeric(10,2)" taken apart.
struct ParsedType {
  std::string name;
  std::vector<int> modifiers;
  bool array = false;
};

/// `text` as PostgreSQL's format_type() writes it.
ParsedType ParseType(const std::string& text);
bool IsText(const ParsedType& type);

/// What it takes to give a column another type.
enum class TypeChange {
  kNoRewrite,  ///< every value fits, and rows stay as they are
  kRewrite,    ///< every value fits, but all rows are written again
  kUnsure,     ///< values may be lost or refused
};

TypeChange JudgeTypeChange(const ParsedType& from, const ParsedType& to);

}  // namespace rowkeeper::schema
