#include "server/catalogue/options.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace rowkeeper::catalogue {

bool IsEntity(const google::protobuf::Descriptor& message) { return ReadOptions(message).HasExtension(v1::entity); }

std::string QuotedAfter(absl::string_view message, absl::string_view prefix) {
  const size_t at = message.find(prefix);
  if (at == absl::string_view::npos) return "";
  const size_t open = message.find('"', at + prefix.size());
  if (open == absl::string_view::npos) return "";
  const size_t close = message.find('"', open + 1);
  if (close == absl::string_view::npos) return "";
  return std::string(message.substr(open + 1, close - open - 1));
}

std::string AnnotationEnumValueEndingIn(absl::string_view suffix) {
  const google::protobuf::FileDescriptor* file = v1::EntityOptions::descriptor()->file();
  const std::string ending = absl::StrCat("_", suffix);
  std::string found;
  for (int i = 0; i < file->enum_type_count(); ++i) {
    for (int j = 0; j < file->enum_type(i)->value_count(); ++j) {
      const std::string& name = file->enum_type(i)->value(j)->name();
      if (!absl::EndsWith(name, ending)) continue;
      if (!found.empty()) return "";
      found = name;
    }
  }
  return found;
}

}  // namespace rowkeeper::catalogue
