#pragma once

#include <string>

#include <vector>

#include "absl/strings/string_view.h"
#include "rowkeeper/v1/annotations.pb.h"

namespace rowkeeper::catalogue {

/// PostgreSQL cuts longer identifiers, in bytes.
inline constexpr size_t kMaxIdentifier = 63;

/// The first 63 bytes of `name` at most, as PostgreSQL takes them.
std::string CutIdentifier(const std::string& name);

/// `LLMFactory` -> `llm_factory`; text that is in snake_case already stays as it is.
std::string SnakeCase(absl::string_view name);
/// `ListByOwner` from `list_by_owner`.
std::string PascalCase(absl::string_view name);
/// The plural of a word, or of the last word of a snake_case name, by the common English endings.
std::string Plural(absl::string_view name);
/// Whether the last word of a snake_case name looks like a plural.
bool LooksPlural(absl::string_view name);

/// How one file's tables, indexes and constraints are named. Every name is at most 63 bytes: longer ones are cut and
/// get a hash of the whole, so that they differ where the whole differs. Immutable.
class Naming {
 public:
  explicit Naming(const v1::Conventions& conventions) : conventions_(conventions) {}

  std::string Table(absl::string_view message) const;
  std::string PrimaryKey(absl::string_view table) const;
  std::string UniqueKey(absl::string_view table, const std::vector<std::string>& columns) const;
  std::string Index(absl::string_view table, const std::vector<std::string>& columns) const;
  std::string ForeignKey(absl::string_view table, absl::string_view column, absl::string_view referenced_table) const;
  std::string Check(absl::string_view table, absl::string_view about) const;

  bool plural() const { return conventions_.table_names() != v1::TABLE_NAMES_SINGULAR; }

 private:
  bool suffixed() const { return conventions_.constraint_names() == v1::CONSTRAINT_NAMES_SUFFIXED; }

  v1::Conventions conventions_;
};

}  // namespace rowkeeper::catalogue
