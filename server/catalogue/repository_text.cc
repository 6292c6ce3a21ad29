#include "server/catalogue/repository_text.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "server/catalogue/naming.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;

constexpr StandardField kStandardFields[] = {kPageSizeField,   kPageTokenField, kOrderByField,     kReadMaskField,
                                             kUpdateMaskField, kDeletedField,   kVersionField,     kAllowMissingField,
                                             kExpressionField, kCountField,     kMaxAffectedField, kOlderThanField};

bool IsStandardName(const std::string& name) {
  return std::any_of(std::begin(kStandardFields), std::end(kStandardFields),
                     [&](const StandardField& field) { return name == field.name; });
}

/// The plural of a message's name: `Category` -> `Categories`, `LLM` -> `LLMs`.
std::string PluralMessage(const std::string& name) {
  const std::string singular = SnakeCase(name);
  const std::string plural = Plural(singular);
  const auto [end, plural_end] = std::mismatch(singular.begin(), singular.end(), plural.begin(), plural.end());
  return absl::StrCat(name.substr(0, name.size() - (singular.end() - end)), std::string(plural_end, plural.end()));
}

/// A message's name within its package, nested ones with their parents: "Outer.Inner".
std::string NameInPackage(const std::string& full_name, const pb::FileDescriptor& file) {
  if (file.package().empty()) return full_name;
  return full_name.substr(file.package().size() + 1);
}

std::string WithoutDots(std::string name) {
  name.erase(std::remove(name.begin(), name.end(), '.'), name.end());
  return name;
}

bool HasField(const MessageText& message, const std::string& name) {
  return std::any_of(message.fields.begin(), message.fields.end(),
                     [&name](const FieldText& field) { return field.name == name; });
}

}  // namespace

RepositoryText::RepositoryText(const Entity& entity)
    : entity_(entity),
      package_file_(*entity.message->file()),
      type_(NameInPackage(entity.full_name, package_file_)),
      name_(WithoutDots(type_)),
      plural_(PluralMessage(name_)) {
  file_.comment = absl::StrCat("The repository of ", entity_.full_name, ".");
  file_.package = package_file_.package();
  file_.imports = {package_file_.name(), "rowkeeper/v1/annotations.proto"};
  file_.service = absl::StrCat(name_, "Repository");
  file_.entity = entity_.full_name;
  CopyFileOptions();
}

std::string RepositoryText::path() const {
  const std::string& own = package_file_.name();
  const size_t slash = own.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : own.substr(0, slash + 1);
  return absl::StrCat(folder, SnakeCase(name_), "_repository.proto");
}

/// Generators, and buf with them, want these to be the same in all files of a package.
void RepositoryText::CopyFileOptions() {
  const pb::FileOptions& options = package_file_.options();
  std::vector<const pb::FieldDescriptor*> set;
  options.GetReflection()->ListFields(options, &set);
  for (const pb::FieldDescriptor* field : set) {
    if (field->is_extension() || field->is_repeated()) continue;
    if (field->type() == pb::FieldDescriptor::TYPE_STRING) {
      file_.options.push_back(
          absl::StrCat("option ", field->name(), " = \"", options.GetReflection()->GetString(options, field), "\";"));
    } else if (field->name() == "java_multiple_files" && options.java_multiple_files()) {
      file_.options.push_back("option java_multiple_files = true;");
    }
  }
}

std::string RepositoryText::TypeOf(const Column& column) {
  const pb::FieldDescriptor& field = *column.field;
  const pb::FileDescriptor* file = nullptr;
  std::string name = field.type_name();
  if (field.enum_type() != nullptr) {
    file = field.enum_type()->file();
    name = field.enum_type()->full_name();
  } else if (field.message_type() != nullptr) {
    file = field.message_type()->file();
    name = field.message_type()->full_name();
  } else {
    return name;
  }
  file_.imports.insert(file->name());
  return file->package() == package_file_.package() ? NameInPackage(name, package_file_) : name;
}

FieldText RepositoryText::Equality(int index) {
  const Column& of = ColumnAt(index);
  const std::string& name = of.field->name();
  FieldText field;
  field.type = of.field->is_repeated() ? absl::StrCat("repeated ", TypeOf(of)) : TypeOf(of);
  field.name = name;
  if (IsStandardName(name)) field.filter = {absl::StrCat("field: \"", name, "\"")};
  return field;
}

void RepositoryText::AddEqualities(const std::vector<int>& columns, MessageText* message) {
  for (const int index : columns) message->fields.push_back(Equality(index));
}

void RepositoryText::AddStandard(const StandardField& standard, MessageText* message) {
  const std::string type = standard.type;
  if (type == "google.protobuf.FieldMask") file_.imports.insert("google/protobuf/field_mask.proto");
  if (type == "google.protobuf.Duration") file_.imports.insert("google/protobuf/duration.proto");
  FieldText field{type, standard.name, {}, ""};
  if (HasField(*message, field.name)) {
    field.name = absl::StrCat("request_", standard.name);
    field.bind = standard.bind;
  }
  message->fields.push_back(std::move(field));
}

void RepositoryText::AddOptionalEnums(MessageText* request) {
  for (size_t i = 0; i < entity_.columns.size(); ++i) {
    const Column& of = ColumnAt(static_cast<int>(i));
    if (of.type.kind != ValueKind::kEnum || of.type.array || of.key) continue;
    if (HasField(*request, of.field->name())) continue;
    FieldText field = Equality(static_cast<int>(i));
    field.type = absl::StrCat("optional ", field.type);
    request->fields.push_back(std::move(field));
  }
}

void RepositoryText::AddMethod(std::string comment, const std::string& method, const std::string& response,
                               MessageText request) {
  file_.methods.push_back({std::move(comment), method, request.name, response});
  file_.messages.push_back(std::move(request));
}

std::string RepositoryText::By(const std::vector<int>& columns) const {
  std::string by;
  for (const int index : columns) {
    absl::StrAppend(&by, by.empty() ? "By" : "And", PascalCase(ColumnAt(index).field->name()));
  }
  return by;
}

}  // namespace rowkeeper::catalogue
