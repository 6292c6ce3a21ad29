#include "server/catalogue/terms.h"

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.h"
#include "server/catalogue/relations.h"

namespace rowkeeper::catalogue {
namespace {

std::string ColumnFields(const google::protobuf::Descriptor& message) {
  std::vector<std::string> names;
  for (int i = 0; i < message.field_count(); ++i) {
    if (!IsRelation(*message.field(i))) names.push_back(message.field(i)->name());
  }
  return absl::StrJoin(names, ", ");
}

std::optional<IndexTerm> ReadTerm(const Entity& entity, const std::string& option, const std::string& text,
                                  Diagnostics* diagnostics) {
  const std::vector<std::string> words = absl::StrSplit(text, ' ', absl::SkipWhitespace());
  const std::string direction = words.size() == 2 ? absl::AsciiStrToLower(words[1]) : "asc";
  if (words.empty() || words.size() > 2 || (direction != "asc" && direction != "desc")) {
    diagnostics->Error(*entity.message, absl::StrCat(option, " has \"", text, "\", which is not a field name"),
                       "write a field name, with ` desc` after it for a descending order");
    return std::nullopt;
  }
  const google::protobuf::FieldDescriptor* field = entity.message->FindFieldByName(words[0]);
  if (field == nullptr) {
    diagnostics->Error(*entity.message,
                       absl::StrCat(option, " names the field \"", words[0], "\", which the message does not have"),
                       absl::StrCat("write one of ", ColumnFields(*entity.message)));
    return std::nullopt;
  }
  if (IsRelation(*field)) {
    diagnostics->Error(*entity.message,
                       absl::StrCat(option, " names the field \"", words[0], "\", which is a relation and no column"),
                       absl::StrCat("write one of ", ColumnFields(*entity.message)));
    return std::nullopt;
  }
  const Column* column = entity.FindField(words[0]);
  if (column == nullptr) return std::nullopt;  // The field's own mistake was reported.
  return IndexTerm{entity.IndexOf(*column), direction == "desc"};
}

}  // namespace

std::optional<std::vector<IndexTerm>> ReadTerms(const Entity& entity, const std::string& option,
                                                const std::vector<std::string>& fields, Diagnostics* diagnostics) {
  if (fields.empty()) {
    diagnostics->Error(*entity.message, absl::StrCat(option, " has an entry without fields"),
                       "write fields: [\"...\"]");
    return std::nullopt;
  }
  std::vector<IndexTerm> terms;
  std::set<int> seen;
  bool good = true;
  for (const std::string& text : fields) {
    const std::optional<IndexTerm> term = ReadTerm(entity, option, text, diagnostics);
    good = good && term.has_value();
    if (!term) continue;
    if (!seen.insert(term->column).second) {
      diagnostics->Error(
          *entity.message,
          absl::StrCat(option, " names the field \"", entity.columns[term->column].field->name(), "\" twice"),
          "name it once");
      good = false;
    }
    terms.push_back(*term);
  }
  if (!good) return std::nullopt;
  return terms;
}

}  // namespace rowkeeper::catalogue
