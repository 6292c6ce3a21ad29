#include "server/catalogue/diagnostics.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"

namespace rowkeeper::catalogue {
namespace {

template <typename Descriptor>
int LineOf(const Descriptor& at) {
  google::protobuf::SourceLocation location;
  return at.GetSourceLocation(&location) ? location.start_line + 1 : 0;
}

template <typename Descriptor>
Diagnostic At(const Descriptor& at, const google::protobuf::FileDescriptor* file, std::string problem,
              std::string remedy, Diagnostic::Severity severity) {
  return Diagnostic{file->name(), LineOf(at), at.full_name(), std::move(problem), std::move(remedy), severity};
}

constexpr auto kError = Diagnostic::Severity::kError;
constexpr auto kWarning = Diagnostic::Severity::kWarning;

}  // namespace

std::string Diagnostic::ToString() const {
  std::string text = file;
  if (line > 0) absl::StrAppend(&text, ":", line);
  if (!text.empty()) text += ": ";
  if (severity == kWarning) text += "warning: ";
  if (!element.empty()) absl::StrAppend(&text, element, ": ");
  text += problem;
  if (!remedy.empty()) absl::StrAppend(&text, "; ", remedy);
  return text;
}

void Diagnostics::Error(const google::protobuf::FileDescriptor& at, std::string problem, std::string remedy) {
  Add(Diagnostic{at.name(), 0, "", std::move(problem), std::move(remedy), kError});
}

void Diagnostics::Error(const google::protobuf::Descriptor& at, std::string problem, std::string remedy) {
  Add(At(at, at.file(), std::move(problem), std::move(remedy), kError));
}

void Diagnostics::Error(const google::protobuf::FieldDescriptor& at, std::string problem, std::string remedy) {
  Add(At(at, at.file(), std::move(problem), std::move(remedy), kError));
}

void Diagnostics::Error(const google::protobuf::OneofDescriptor& at, std::string problem, std::string remedy) {
  Add(At(at, at.containing_type()->file(), std::move(problem), std::move(remedy), kError));
}

void Diagnostics::Error(const google::protobuf::EnumDescriptor& at, std::string problem, std::string remedy) {
  Add(At(at, at.file(), std::move(problem), std::move(remedy), kError));
}

void Diagnostics::Error(const google::protobuf::EnumValueDescriptor& at, std::string problem, std::string remedy) {
  Add(At(at, at.type()->file(), std::move(problem), std::move(remedy), kError));
}

void Diagnostics::Error(const google::protobuf::ServiceDescriptor& at, std::string problem, std::string remedy) {
  Add(At(at, at.file(), std::move(problem), std::move(remedy), kError));
}

void Diagnostics::Error(const google::protobuf::MethodDescriptor& at, std::string problem, std::string remedy) {
  Add(At(at, at.service()->file(), std::move(problem), std::move(remedy), kError));
}

void Diagnostics::Warning(const google::protobuf::Descriptor& at, std::string problem, std::string remedy) {
  Add(At(at, at.file(), std::move(problem), std::move(remedy), kWarning));
}

void Diagnostics::Warning(const google::protobuf::FieldDescriptor& at, std::string problem, std::string remedy) {
  Add(At(at, at.file(), std::move(problem), std::move(remedy), kWarning));
}

void Diagnostics::Warning(const google::protobuf::MethodDescriptor& at, std::string problem, std::string remedy) {
  Add(At(at, at.file(), std::move(problem), std::move(remedy), kWarning));
}

void Diagnostics::Add(Diagnostic diagnostic) {
  const auto same = [&](const Diagnostic& other) {
    return std::tie(other.file, other.line, other.element, other.problem) ==
           std::tie(diagnostic.file, diagnostic.line, diagnostic.element, diagnostic.problem);
  };
  if (std::any_of(items_.begin(), items_.end(), same)) return;
  if (diagnostic.severity == kError) ++errors_;
  items_.push_back(std::move(diagnostic));
}

std::vector<Diagnostic> Diagnostics::Sorted() const {
  std::vector<Diagnostic> sorted = items_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.file, a.line) < std::tie(b.file, b.line);
  });
  return sorted;
}

std::string Diagnostics::ToString() const {
  std::string text;
  for (const Diagnostic& diagnostic : Sorted()) absl::StrAppend(&text, diagnostic.ToString(), "\n");
  return text;
}

}  // namespace rowkeeper::catalogue
