#include "server/catalogue/proto_text.h"

#include "absl/strings/str_cat.h"

namespace rowkeeper::catalogue {
namespace {

void PrintFilter(const FieldText& field, std::string* out) {
  if (field.filter.size() == 1) {
    absl::StrAppend(out, " [(rowkeeper.v1.filter) = {", field.filter.front(), "}]");
    return;
  }
  absl::StrAppend(out, " [(rowkeeper.v1.filter) = {\n");
  for (const std::string& entry : field.filter) absl::StrAppend(out, "    ", entry, "\n");
  absl::StrAppend(out, "  }]");
}

void PrintService(const FileText& file, std::string* out) {
  absl::StrAppend(out, "\nservice ", file.service, " {\n  option (rowkeeper.v1.repository).entity = \"", file.entity,
                  "\";\n\n");
  for (const MethodText& method : file.methods) absl::StrAppend(out, Print(method));
  absl::StrAppend(out, "}\n");
}

}  // namespace

std::string Print(const FileText& file) {
  std::string out = absl::StrCat("// ", file.comment, "\nsyntax = \"proto3\";\n\n");
  if (!file.package.empty()) absl::StrAppend(&out, "package ", file.package, ";\n\n");
  for (const std::string& import : file.imports) absl::StrAppend(&out, "import \"", import, "\";\n");
  if (!file.options.empty()) absl::StrAppend(&out, "\n");
  for (const std::string& option : file.options) absl::StrAppend(&out, option, "\n");
  PrintService(file, &out);
  for (const MessageText& message : file.messages) absl::StrAppend(&out, Print(message));
  return out;
}

std::string Print(const MethodText& method) {
  const std::string comment = method.comment.empty() ? "" : absl::StrCat("  // ", method.comment, "\n");
  return absl::StrCat(comment, "  rpc ", method.name, "(", method.request, ") returns (", method.response, ");\n");
}

std::string Print(const MessageText& message) {
  std::string out = absl::StrCat("\nmessage ", message.name, " {\n");
  int number = 1;
  for (const FieldText& field : message.fields) absl::StrAppend(&out, Print(field, number++));
  absl::StrAppend(&out, "}\n");
  return out;
}

std::string Print(const FieldText& field, int number) {
  std::string out = absl::StrCat("  ", field.type, " ", field.name, " = ", number);
  if (!field.filter.empty()) PrintFilter(field, &out);
  if (!field.bind.empty()) absl::StrAppend(&out, " [(rowkeeper.v1.bind) = ", field.bind, "]");
  absl::StrAppend(&out, ";\n");
  return out;
}

}  // namespace rowkeeper::catalogue
